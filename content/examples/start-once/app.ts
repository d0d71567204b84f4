import { application, utf8 } from 'portway';

// Breaks a rule on purpose: the head is sent twice. The gateway rejects the second one and leaves the wire alone.
export default application({
  async http(_scope, _receive, send) {
    const headers = [['content-type', 'text/plain; charset=utf-8']] as const;
    await send({ type: 'http.response.start', status: 200, headers });
    try {
      await send({ type: 'http.response.start', status: 500, headers });
    } catch (error) {
      await send({ type: 'http.response.body', data: utf8(`${error}\n`) });
    }
    await send({ type: 'http.response.end' });
  },
});
