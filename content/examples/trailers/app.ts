import { application, bodyStream } from 'portway';

// Sends a body back, with a checksum of what went by. The checksum is known when the last piece has gone.
export default application({
  async http(scope, receive, send) {
    const counted = scope.path === '/counted' && scope.content_length !== null;
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'text/plain'],
        ['trailer', 'checksum'],
        ...(counted ? [['content-length', String(scope.content_length)] as const] : []),
      ],
    });

    let checksum = 0;
    const body = bodyStream(receive);
    let next = await body.next();
    for (; !next.done; next = await body.next()) {
      for (const octet of next.value) checksum = (checksum * 31 + octet) >>> 0;
      await send({ type: 'http.response.body', data: next.value });
    }

    const claimed = next.value.find(([name]) => name === 'checksum')?.[1];
    const own = checksum.toString(16);
    await send({
      type: 'http.response.end',
      trailers: [['checksum', claimed === undefined || claimed === own ? own : 'mismatch']],
    });
  },
});
