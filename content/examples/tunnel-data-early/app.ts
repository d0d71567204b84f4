import { application, lifespan, utf8 } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),

  async tunnel(_scope, receive, send) {
    const greeting = { type: 'tunnel.data', data: utf8('220 ready') } as const;
    await send(greeting).catch(() => send({ type: 'tunnel.accept' }));
    await send(greeting);
    while ((await receive()).type !== 'tunnel.end');
    await send({ type: 'tunnel.end' });
  },
});
