import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    for (;;) {
      const event = await receive();
      if (event.type === 'websocket.message') await send(event);
      else if (event.type === 'websocket.closed') return;
    }
  },
});
