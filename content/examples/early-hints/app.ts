import { application, sendText } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    await send({
      type: 'http.informational',
      status: 103,
      headers: [['link', '</style.css>; rel=preload; as=style']],
    });
    const page = await renderPage();
    await sendText(send, page, {
      headers: [
        ['content-type', 'text/html; charset=utf-8'],
        ['link', '</style.css>; rel=preload; as=style'],
      ],
    });
  },
});

/** Stands for what takes long: a query, a template, a call elsewhere. */
async function renderPage(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 40));
  return '<link rel="stylesheet" href="/style.css"><h1>Portway</h1>\n';
}
