import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const start = { type: 'http.response.start', status: 200 } as const;
    const text = utf8('How long?\n');
    const length = ['content-length', String(text.length)] as const;
    await send({ ...start, headers: [length, ['content-length', '0']] }).catch(() =>
      send({ ...start, headers: [length] }),
    );
    await send({ type: 'http.response.body', data: text });
    await send({ type: 'http.response.end' });
  },
});
