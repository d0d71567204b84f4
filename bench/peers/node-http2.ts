// The yardstick of HTTP/2: `node:http2` alone in clear text, with its stream API, which is the faster of its two.

import { createServer } from 'node:http2';
import { announce, HELLO, HELLO_TYPE } from './shared.ts';

const fields = {
  ':status': 200,
  'content-type': HELLO_TYPE,
  'content-length': Buffer.byteLength(HELLO),
};

const server = createServer();
server.on('stream', (stream, headers) => {
  if (headers[':path'] === '/hello') {
    stream.respond(fields);
    stream.end(HELLO);
  } else stream.respond({ ':status': 404 }, { endStream: true });
});
server.listen(0, '127.0.0.1', () => announce(server.address()));
