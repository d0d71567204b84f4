import { application, utf8 } from 'portway';

// The smallest complete answer: a head, a body, an end.
export default application({
  async http(_scope, _receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain; charset=utf-8']],
    });
    await send({ type: 'http.response.body', data: utf8('Hello from Portway\n') });
    await send({ type: 'http.response.end' });
  },
});
