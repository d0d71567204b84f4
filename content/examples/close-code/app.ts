import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    await receive();
    const lost = 1006; // The code of another WebSocket, which was lost.
    await send({ type: 'websocket.close', code: lost }).catch(() =>
      send({ type: 'websocket.close', code: 1011, reason: 'the other side was lost' }),
    );
    while ((await receive()).type !== 'websocket.closed');
  },
});
