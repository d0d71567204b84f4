import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const text = 'café\n';
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'text/plain; charset=utf-8'],
        ['content-length', String(text.length)], // Characters, where octets are asked for.
      ],
    });
    await send({ type: 'http.response.body', data: utf8(text) }).catch(() =>
      send({ type: 'http.response.body', data: utf8('cafe\n') }),
    );
    await send({ type: 'http.response.end' });
  },
});
