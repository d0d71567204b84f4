import { application, lifespan, utf8 } from 'portway';

export default application({
  lifespan: lifespan({
    start: () => ({ accepts: { tunnel: 1, 'tunnel.datagram': 1 }, tunnels: ['CONNECT'] }),
  }),

  async tunnel(scope, receive, send) {
    await send({ type: 'tunnel.accept', datagrams: true }).catch(() =>
      send({ type: 'tunnel.accept' }),
    );
    await send({ type: 'tunnel.data', data: utf8(`datagrams: ${scope.datagrams}`) });
    while ((await receive()).type !== 'tunnel.end');
    await send({ type: 'tunnel.end' });
  },
});
