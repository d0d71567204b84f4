// The yardstick of HTTP/1.1: `node:http` alone, writing the same octets as the gateway.
// With PORTWAY_BENCH_BARE it leaves `connection` and `keep-alive` out, as a gateway does that does not send them.

import { createServer, type ServerResponse } from 'node:http';
import { announce, DOWNLOAD_OCTETS, HELLO, HELLO_TYPE, PIECE, PIECES } from './shared.ts';

const bare = process.env.PORTWAY_BENCH_BARE === '1';
const helloFields = { 'Content-Type': HELLO_TYPE, 'Content-Length': Buffer.byteLength(HELLO) };
const downloadFields = {
  'Content-Type': 'application/octet-stream',
  'Content-Length': DOWNLOAD_OCTETS,
};

const server = createServer((req, res) => {
  if (bare) res.removeHeader('connection');
  switch (req.url) {
    case '/hello':
      res.writeHead(200, helloFields).end(HELLO);
      break;
    case '/echo':
      res.writeHead(200, {
        'Content-Type': req.headers['content-type'] ?? 'application/octet-stream',
      });
      req.pipe(res);
      break;
    case '/download':
      download(res);
      break;
    default:
      res.writeHead(404, { 'Content-Length': 0 }).end();
  }
});

/** As the guide of streams has it: write until told to wait, go on at `drain`. */
function download(res: ServerResponse): void {
  res.writeHead(200, downloadFields);
  let left = PIECES;
  const write = () => {
    while (left-- > 0) if (!res.write(PIECE)) return void res.once('drain', write);
    res.end();
  };
  write();
}

server.listen(0, '127.0.0.1', () => announce(server.address()));
