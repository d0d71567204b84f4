import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept', subprotocol: 'chat.v2' }).catch(() =>
      send({ type: 'websocket.accept' }),
    );
    await send({ type: 'websocket.message', text: 'Let us see what we have in common.' });
    while ((await receive()).type !== 'websocket.closed');
  },
});
