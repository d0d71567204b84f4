import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const text = utf8('How long was it?\n');
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', data: text });
    const length = ['content-length', String(text.length)] as const;
    await send({ type: 'http.response.end', trailers: [length] }).catch(() =>
      send({ type: 'http.response.end', trailers: [['checksum', 'c0ffee']] }),
    );
  },
});
