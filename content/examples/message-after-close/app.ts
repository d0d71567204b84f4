import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    await send({ type: 'websocket.message', text: 'That is all.' });
    await send({ type: 'websocket.close', code: 1000, reason: 'done' });
    const late = { type: 'websocket.message', text: 'By the way' } as const;
    await send(late).catch((error) => console.log(`${error}`));
    while ((await receive()).type !== 'websocket.closed');
  },
});
