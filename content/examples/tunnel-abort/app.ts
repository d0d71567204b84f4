import { application, lifespan, utf8 } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),

  async tunnel(scope, receive, send) {
    await send({ type: 'tunnel.accept' });
    await receive();
    await send({ type: 'tunnel.data', data: utf8('so far') });
    if (scope.target === 'return.example:1') return;
    if (scope.target === 'abort.example:1') {
      await receive();
      await send({ type: 'tunnel.abort' });
    }
    for (let ends = 0; ends < 2; ) {
      if ((await receive()).type === 'tunnel.closed') ends++;
    }
  },
});
