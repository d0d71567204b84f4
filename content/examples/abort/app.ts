import { application, utf8 } from 'portway';

export default application({
  async http(_scope, receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/csv']],
    });
    try {
      for await (const row of rows()) await send({ type: 'http.response.body', data: utf8(row) });
      await send({ type: 'http.response.end' });
    } catch {
      // 2: an internal error (RFC 9113 section 7), for protocols that carry a code.
      await send({ type: 'http.response.abort', code: 2 });
    }
    // The request has no body: behind its end comes what became of the exchange, now and for ever.
    for (let asked = 0; asked < 3; asked++) await receive();
  },
});

async function* rows(): AsyncGenerator<string> {
  yield 'name,height\n';
  yield 'Zugspitze,2962\n';
  throw new Error('the database has gone away');
}
