import { application, header, sendText } from 'portway';

const welcome = new Set(['https://portway.example']);

export default application({
  async websocket(scope, receive, send) {
    const origin = header(scope, 'origin');
    if (origin !== null && !welcome.has(origin)) {
      await sendText(send, `Not from ${origin}.\n`, { status: 403 });
      await receive(); // http.closed
      return;
    }
    await send({ type: 'websocket.accept' });
    await send({ type: 'websocket.message', text: 'Welcome.' });
    while ((await receive()).type !== 'websocket.closed');
  },
});
