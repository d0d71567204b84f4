import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const start = { type: 'http.response.start', status: 200 } as const;
    const restricted = { ...start, '!com.example.certificate': 'required' };
    await send(restricted).catch(() =>
      send({ ...start, status: 501, ...{ '!headers': [['content-type', 'text/plain']] } }),
    );
    await send({ type: 'http.response.body', data: utf8('Not on this gateway.\n') });
    await send({ type: 'http.response.end' });
  },
});
