import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain']],
    });
    for (const word of ['in ', 'this ', 'order\n']) {
      send({ type: 'http.response.body', data: utf8(word) });
    }
    await send({ type: 'http.response.end' });
  },
});
