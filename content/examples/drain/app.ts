import { application, lifespan, readBody, utf8 } from 'portway';

export default application({
  lifespan: lifespan({ start: () => ({}) }),

  async http(_scope, receive, send) {
    await readBody(receive, { limit: 0 });
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain']],
    });
    await send({ type: 'http.response.body', data: utf8('part 1 of 100\n') });

    // Stands for the other 99 parts, each of which takes its time.
    const event = await receive();
    if (event.type !== 'gateway.drain') return;

    await send({ type: 'http.response.body', data: utf8('to be continued: /?part=2\n') });
    await send({ type: 'http.response.end' });
  },
});
