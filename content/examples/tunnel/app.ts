import { application, lifespan, sendText, utf8 } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),

  async tunnel(scope, receive, send) {
    if (scope.target !== 'echo.example:7') {
      return sendText(send, `No way to ${scope.target}.\n`, { status: 403 });
    }
    await send({ type: 'tunnel.accept' });
    for (;;) {
      const event = await receive();
      if (event.type === 'tunnel.data') {
        await send({ type: 'tunnel.data', data: event.data });
      } else if (event.type === 'tunnel.end') {
        await send({ type: 'tunnel.data', data: utf8('(end of echo)') });
        await send({ type: 'tunnel.end' });
      } else if (event.type === 'tunnel.closed') return;
    }
  },
});
