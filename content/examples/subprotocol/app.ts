import { application, sendText } from 'portway';

const spoken = ['chat.v2', 'chat.v1'];

export default application({
  async websocket(scope, receive, send) {
    const subprotocol = scope.subprotocols.find((offered) => spoken.includes(offered));
    if (subprotocol === undefined) {
      const known = spoken.join(' and ');
      return sendText(send, `Only ${known} are spoken here.\n`, { status: 400 });
    }
    await send({
      type: 'websocket.accept',
      subprotocol,
      headers: [['set-cookie', 'seen=1; HttpOnly']],
    });
    await send({ type: 'websocket.message', text: `This is ${subprotocol}.` });
    while ((await receive()).type !== 'websocket.closed');
  },
});
