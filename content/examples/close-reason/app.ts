import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    await receive();
    const novel = 'It was the best of times, it was the worst of times. '.repeat(3);
    await send({ type: 'websocket.close', code: 1011, reason: novel }).catch(() =>
      send({ type: 'websocket.close', code: 1011, reason: 'internal error' }),
    );
    while ((await receive()).type !== 'websocket.closed');
  },
});
