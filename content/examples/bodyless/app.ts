import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    await send({ type: 'http.response.start', status: 204 });
    const nothing = JSON.stringify(null);
    await send({ type: 'http.response.body', data: utf8(nothing) }).catch(() => {});
    await send({ type: 'http.response.end' });
  },
});
