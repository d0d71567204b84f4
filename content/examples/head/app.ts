import { application, utf8 } from 'portway';

const page = utf8('<p>Portway</p>');

export default application({
  async http(scope, _receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'text/html; charset=utf-8'],
        ['content-length', String(page.length)],
      ],
    });
    // To save the work of a body that will not be sent is allowed, and is never necessary.
    if (scope.path !== '/quick') await send({ type: 'http.response.body', data: page });
    await send({ type: 'http.response.end' });
  },
});
