import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    for (;;) {
      const event = await receive();
      if (event.type === 'websocket.message') {
        await send({ type: 'websocket.message', text: 'I am listening.' });
      } else if (event.type === 'websocket.closed') {
        await receive(); // The same once more.
        if (!event.clean) await send({ type: 'websocket.message', text: 'Are you there?' });
        return;
      }
    }
  },
});
