import { application, type Fields, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const elsewhere: Fields = [
      ['content-type', 'text/plain'],
      ['transfer-encoding', 'chunked'],
    ];
    const start = { type: 'http.response.start', status: 200 } as const;
    await send({ ...start, headers: elsewhere }).catch(() =>
      send({ ...start, headers: elsewhere.filter(([name]) => name !== 'transfer-encoding') }),
    );
    await send({ type: 'http.response.body', data: utf8('forwarded\n') });
    await send({ type: 'http.response.end' });
  },
});
