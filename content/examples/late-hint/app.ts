import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const headers = [['content-type', 'text/html; charset=utf-8']] as const;
    await send({ type: 'http.response.start', status: 200, headers });
    const link = ['link', '</style.css>; rel=preload; as=style'] as const;
    await send({ type: 'http.informational', status: 103, headers: [link] }).catch(() => {});
    await send({ type: 'http.response.body', data: utf8('<h1>Portway</h1>\n') });
    await send({ type: 'http.response.end' });
  },
});
