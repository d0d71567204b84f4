// The load of the WebSocket rows, in a process of its own. `idle PORT COUNT` holds sockets open with `ws` until told to
// go; `echo PORT CONNECTIONS SECONDS` counts messages that come back. There the frames are made beforehand and sent over
// plain TCP: a client that masks and parses for each message works more than the server, and would measure itself.

import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

const MESSAGE = Buffer.from('a message of thirty-two octets..');
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
/** FIN and text, then masked and the length, then mask and payload (RFC 6455 section 5.2). */
const SENT = Buffer.concat([
  Buffer.from([0x81, 0x80 | MESSAGE.length]),
  MASK,
  MESSAGE.map((octet, index) => octet ^ (MASK[index % 4] ?? 0)),
]);
const RETURNED = Buffer.concat([Buffer.from([0x81, MESSAGE.length]), MESSAGE]);

const [mode = '', port = '', count = '', seconds = ''] = process.argv.slice(2);
if (mode === 'idle') await idle(Number(port), Number(count));
else console.log(JSON.stringify(await echo(Number(port), Number(count), Number(seconds))));

async function idle(port: number, count: number): Promise<void> {
  const sockets = await Promise.all(
    Array.from({ length: count }, () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      return new Promise<WebSocket>((resolve, reject) => {
        socket.once('open', () => resolve(socket));
        socket.once('error', reject);
      });
    }),
  );
  let leaving = false;
  for (const socket of sockets)
    socket.on('close', (code) => {
      if (!leaving) fail(`the server closed an idle socket with ${code}`);
    });
  process.once('message', () => {
    leaving = true;
    for (const socket of sockets) socket.close();
    process.disconnect();
  });
  process.send?.('open');
}

async function echo(port: number, connections: number, seconds: number) {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
  let messages = 0;
  let over = false;
  const started = performance.now();
  for (const socket of sockets) {
    let at = 0;
    socket.on('data', (data: Buffer) => {
      if (at === 0 && data.length === RETURNED.length) {
        if (!data.equals(RETURNED)) fail('a message came back that was not the one sent');
      } else {
        const end = at + data.length;
        if (end > RETURNED.length || !data.equals(RETURNED.subarray(at, end)))
          fail('a message came back that was not the one sent, or not in one frame');
        at = end % RETURNED.length;
        if (at !== 0) return;
      }
      if (over) return;
      messages++;
      socket.write(SENT);
    });
    socket.on('close', () => {
      if (!over) fail('the server closed a connection');
    });
    socket.write(SENT);
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  over = true;
  const elapsed = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  return { messages, seconds: elapsed };
}

/** A connection behind its handshake (RFC 6455 section 4.1). */
function open(port: number): Promise<Socket> {
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const expected = accept.digest('base64');
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let head = '';
    const read = (data: Buffer) => {
      head += data.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', read);
      const accepted = head.startsWith('HTTP/1.1 101 ') && head.includes(expected);
      if (accepted && head.endsWith('\r\n\r\n')) resolve(socket);
      else reject(new Error(`the handshake was answered ${head.split('\r\n')[0]}`));
    };
    socket.on('data', read);
    socket.on('error', reject);
    socket.write(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
  });
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
