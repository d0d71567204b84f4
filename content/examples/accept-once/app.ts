import { application } from 'portway';

export default application({
  async websocket(_scope, receive, send) {
    await send({ type: 'websocket.accept' });
    await send({ type: 'websocket.accept' }).catch((error) =>
      send({ type: 'websocket.message', text: `${error}` }),
    );
    while ((await receive()).type !== 'websocket.closed');
  },
});
