import { application, sendText } from 'portway';

export default application({
  async lifespan(_scope, receive, send) {
    await receive();
    await send({ type: 'lifespan.ready', state: { pool: 'first' } });
    await send({ type: 'lifespan.ready', state: { pool: 'second' } }).catch((error) =>
      console.log(`${error}`),
    );
    while ((await receive()).type !== 'lifespan.shutdown');
  },

  async http(scope, _receive, send) {
    await sendText(send, `pool: ${scope.local.state['pool']}\n`);
  },
});
