import { application, utf8 } from 'portway';

export default application({
  async http(_scope, _receive, send) {
    const headers = [['content-type', 'text/plain; charset=utf-8']] as const;
    await send({ type: 'http.response.start', status: 200, headers });
    await send({ type: 'http.response.body', data: 'é' as never }).catch((error) =>
      send({ type: 'http.response.body', data: utf8(`${error}\n`) }),
    );
    await send({ type: 'http.response.end' });
  },
});
