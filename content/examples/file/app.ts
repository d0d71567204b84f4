import { application, header, sendText, utf8 } from 'portway';

const path = '/app/alphabet.txt';
const type = ['content-type', 'text/plain'] as const;

export default application({
  async http(scope, _receive, send) {
    if (!Object.hasOwn(scope.gateway.features, 'http.file')) {
      return sendText(send, 'This gateway sends no files: it offers no http.file.\n', {
        status: 501,
      });
    }

    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header(scope, 'range') ?? '') ?? [];
    if (first !== undefined && last !== undefined) {
      const length = Number(last) - Number(first) + 1;
      await send({
        type: 'http.response.start',
        status: 206,
        headers: [
          type,
          ['content-range', `bytes ${first}-${last}/27`],
          ['content-length', `${length}`],
        ],
      });
      await send({ type: 'http.file', path, offset: Number(first), length });
      return send({ type: 'http.response.end' });
    }

    await send({ type: 'http.response.start', status: 200, headers: [type] });
    const framed = scope.path === '/framed';
    if (framed) await send({ type: 'http.response.body', data: utf8('It begins:\n') });
    await send({ type: 'http.file', path });
    if (framed) await send({ type: 'http.response.body', data: utf8('That was it.\n') });
    await send({ type: 'http.response.end' });
  },
});
