import { application, lifespan } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),

  async tunnel(_scope, receive, send) {
    await send({ type: 'tunnel.accept' });
    await receive(); // What the client has to say to the other end.
    if (!(await dial())) {
      await send({ type: 'http.response.start', status: 502 }).catch(() =>
        send({ type: 'tunnel.abort' }),
      );
    }
    while ((await receive()).type !== 'tunnel.closed');
  },
});

/** Stands for a connection to the other end, which is not there. */
async function dial(): Promise<boolean> {
  return false;
}
