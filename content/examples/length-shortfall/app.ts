import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-length', '10']],
    });
    await send({ type: 'http.response.body', data: utf8('four') });
    await send({ type: 'http.response.end' }).catch(() => send({ type: 'http.response.abort' }));
  },
});
