import { application, lifespan, utf8 } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),

  async tunnel(_scope, receive, send) {
    await send({ type: 'tunnel.accept' });
    await send({ type: 'tunnel.datagram', data: utf8('ping') }).catch((error) =>
      send({ type: 'tunnel.data', data: utf8(`${error}`) }),
    );
    while ((await receive()).type !== 'tunnel.end');
    await send({ type: 'tunnel.end' });
  },
});
