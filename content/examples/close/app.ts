import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    const event = await receive();
    if (event.type !== 'websocket.message') return;
    await new Promise((resolve) => setTimeout(resolve, 50)); // Thinks about it.
    const reason = `one is enough: ${event.text}`;
    await send({ type: 'websocket.close', code: 4000, reason });
    while ((await receive()).type !== 'websocket.closed');
  },
});
