import { application } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const start = { type: 'http.response.start', status: 204 } as const;
    await send({ ...start, headers: [['content-length', '0']] }).catch(() => send(start));
    await send({ type: 'http.response.end' });
  },
});
