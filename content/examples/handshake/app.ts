import { application, sendText } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    await send({ type: 'websocket.message', text: 'That was a handshake.' });
    while ((await receive()).type !== 'websocket.closed');
  },

  async http(scope, _receive, send) {
    await sendText(send, `${scope.method}, with an offer of ${scope.upgrade?.offers}\n`);
  },
});
