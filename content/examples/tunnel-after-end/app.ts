import { application, lifespan, utf8 } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),

  async tunnel(_scope, receive, send) {
    await send({ type: 'tunnel.accept' });
    await send({ type: 'tunnel.data', data: utf8('I have nothing more to say.') });
    await send({ type: 'tunnel.end' });
    for (let event = await receive(); event.type !== 'tunnel.closed'; event = await receive()) {
      if (event.type === 'tunnel.data') {
        const answer = utf8('Except this');
        await send({ type: 'tunnel.data', data: answer }).catch((error) => console.log(`${error}`));
      }
    }
  },
});
