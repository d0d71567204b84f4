import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    const event = await receive();
    if (event.type === 'websocket.message' && event.text !== 'open sesame') {
      await send({ type: 'http.response.start', status: 401 }).catch(() =>
        send({ type: 'websocket.close', code: 4401, reason: 'wrong password' }),
      );
    }
    while ((await receive()).type !== 'websocket.closed');
  },
});
