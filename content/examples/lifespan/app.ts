import { application, sendText } from 'portway';
import { openPool, type Pool } from './pool.ts';

export default application({
  async lifespan(_scope, receive, send) {
    await receive(); // lifespan.startup is always the first.
    const pool = await openPool();
    await send({ type: 'lifespan.ready', state: { pool } });

    while ((await receive()).type !== 'lifespan.shutdown'); // A drain comes before it.
    await pool.close();
    await send({ type: 'lifespan.stopped' });
  },

  async http(scope, _receive, send) {
    const { pool } = scope.local.state as { pool: Pool };
    await sendText(send, `${await pool.query()}\n`);
  },
});
