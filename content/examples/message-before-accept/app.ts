import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    const greeting = { type: 'websocket.message', text: 'Hello' } as const;
    await send(greeting).catch(() => send({ type: 'websocket.accept' }));
    await send(greeting);
    while ((await receive()).type !== 'websocket.closed');
  },
});
