// Reads a server's connections through one buffer for all of them. Without it Node allocates 64 KiB for every read, which
// `node:http` spares itself too; measured on small requests, that is a tenth of their whole cost.

import { Socket } from 'node:net';

/** What one read can bring. Shared: what was read is copied out before anything else runs. */
const BUFFER = Buffer.allocUnsafeSlow(65_536);

interface Accepted {
  _handle: object | null;
  _server?: unknown;
  server?: unknown;
}

/**
 * The same connection as a socket that reads through the shared buffer. `accepted` must not have begun to read
 * (`pauseOnConnect`), and is of no use afterwards. Where Node does not show its handle, it is given back as it is.
 */
export function readThroughBuffer(accepted: Socket): Socket {
  const from = accepted as unknown as Accepted;
  const handle = from._handle;
  if (!handle || typeof (handle as { useUserBuffer?: unknown }).useUserBuffer !== 'function')
    return accepted;
  from._handle = null;
  const socket: Socket = new Socket({
    handle,
    allowHalfOpen: true,
    pauseOnCreate: true,
    onread: {
      buffer: BUFFER,
      callback(size: number) {
        socket.emit('data', Buffer.from(BUFFER.subarray(0, size)));
        return true;
      },
    },
  } as ConstructorParameters<typeof Socket>[0]);
  // The server counts it until it is closed.
  const to = socket as unknown as Accepted;
  to._server = from._server;
  to.server = from.server;
  delete from._server;
  delete from.server;
  return socket;
}
