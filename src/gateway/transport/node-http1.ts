// HTTP/1.1 and 1.0 on `node:http`. Turns Node's requests and responses into exchanges of the gateway; decides nothing
// about the conversation itself.

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Address, Fields, HttpClosed } from '../../interface/index.ts';
import type { HttpOutput } from '../conversation/http.ts';
import { type Refusal, type RequestHead, refusalResponse } from '../conversation/request.ts';
import { type Gateway, type HttpExchange, type HttpWire, isRefusal } from '../gateway.ts';

export interface Http1Server {
  readonly address: AddressInfo;
  /** Stops accepting, and closes each connection when its response is over. */
  close(): Promise<void>;
  /** Breaks every connection off. */
  destroy(): void;
}

/** Listens on `host` and `port`; port 0 takes a free one. Rejects when the address is not to be had. */
export function listenHttp1(
  gateway: Gateway,
  options: { host: string; port: number },
): Promise<Http1Server> {
  const { limits } = gateway;
  // `requireHostHeader`: Node would answer by itself, and go on to read what follows (security.host-single).
  // `requestTimeout`: Node's bounds the whole request, however lively; ours bounds a body that stands still.
  // `maxHeaderSize`: Node counts target and fields together, up to one octet less. What it lets through is measured by
  // the gateway (security.limits-head).
  // `connectionsCheckingInterval`: how late a head that takes too long can be noticed (timeout.acts).
  const server = createServer({
    noDelay: true,
    keepAlive: true,
    requireHostHeader: false,
    requestTimeout: 0,
    headersTimeout: limits.head_ms,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: limits.keep_alive_ms,
    maxHeaderSize: limits.target_octets + limits.header_octets + 1,
    highWaterMark: limits.send_buffer_octets,
  });
  // http.half-close: without this Node ends its own side as soon as the peer ends the other one.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  // Node would drop the fields beyond the 2000th unseen, a second `host` among them. The gateway counts them.
  server.maxHeadersCount = 0;

  let closing = false;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // security.head-time-silent: Node would answer 408 to a connection that has said nothing.
    const silence = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, limits.head_ms).unref();
    socket.once('close', () => {
      clearTimeout(silence);
      sockets.delete(socket);
    });
  });
  const accept = (req: IncomingMessage, res: ServerResponse) => {
    const connection = connectionOf(req.socket);
    if (connection.refused) {
      req.resume();
      return;
    }
    const wire = new NodeWire(req, res, () => closing && connection.exchanges.size <= 1);
    const outcome = gateway.http(headOf(req, connection), wire);
    if (isRefusal(outcome)) {
      connection.refused = true;
      refuse(req, res, outcome);
      return;
    }
    connect(outcome, connection, wire, req, res, limits.idle_ms);
    res.on('close', () => {
      if (closing) server.closeIdleConnections();
    });
  };
  server.on('request', accept);
  // http.continue.on-receive: with a listener Node leaves the 100 to us.
  server.on('checkContinue', accept);
  // Without a listener Node answers 417; what is expected is for the application to judge.
  server.on('checkExpectation', accept);
  // Node takes its own listeners off the socket of a CONNECT, and gives it to us without a response to write to.
  server.on('connect', (req, socket) => {
    socket.on('error', () => {});
    const connection = connectionOf(req.socket);
    if (connection.refused || connection.exchanges.size > 0) {
      // An answer now would stand in the middle of another one.
      socket.destroy();
      return;
    }
    const outcome = gateway.http(headOf(req, connection), new NoWire());
    const status = isRefusal(outcome) ? outcome.status : 501;
    const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
    socket.end(`${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`, () => socket.destroy());
  });

  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve({
        address: server.address() as AddressInfo,
        close: () => {
          closing = true;
          // What Node does not count as idle: a connection that has not sent a request yet.
          for (const socket of sockets) {
            const { exchanges, refused } = connectionOf(socket);
            if (exchanges.size === 0 && !refused) socket.destroy();
          }
          return new Promise((done) => void server.close(() => done()));
        },
        destroy: () => server.closeAllConnections(),
      });
    });
  });
}

function headOf(req: IncomingMessage, { ends }: Connection): RequestHead {
  return {
    http_version: req.httpVersion,
    method: req.method ?? 'GET',
    scheme: 'http',
    target: req.url ?? '/',
    headers: pairs(req.rawHeaders),
    ...ends,
  };
}

/** Feeds an exchange from Node's events. A body that stands still for `idle` milliseconds loses its connection. */
function connect(
  exchange: HttpExchange,
  connection: Connection,
  wire: NodeWire,
  req: IncomingMessage,
  res: ServerResponse,
  idle: number,
): void {
  if (
    req.headers['content-length'] === undefined &&
    req.headers['transfer-encoding'] === undefined
  ) {
    // Nothing will come: say so now, and not after a turn of the event loop.
    exchange.end();
    req.resume();
  } else {
    const standstill = setTimeout(() => {
      // A body that we do not read, or have not asked for, has no way to go on.
      if (req.isPaused() || wire.withholdsContinue) standstill.refresh();
      else
        req.socket.destroy(
          Object.assign(new Error('the body stands still'), { code: 'ETIMEDOUT' }),
        );
    }, idle).unref();
    req.on('data', (data: Buffer) => {
      standstill.refresh();
      wire.withholdsContinue = false;
      exchange.body(plain(data));
    });
    req.on('end', () => exchange.end(pairs(req.rawTrailers)));
    req.on('close', () => clearTimeout(standstill));
  }
  const gone = () => {
    if (connection.exchanges.delete(gone)) exchange.lost(causeOf(req.socket.errored));
  };
  connection.exchanges.add(gone);
  res.on('drain', () => exchange.drained());
  res.on('close', () => {
    // A response may be over before its request (http.duplex): the rest of the body is still the application's.
    if (res.writableFinished && !req.complete && !req.socket.destroyed) req.once('close', gone);
    else gone();
  });
  // What is told by the close, which follows.
  req.on('error', () => {});
  res.on('error', () => {});
}

/** The octets of a Buffer, which are not to behave otherwise than those of another transport. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function causeOf(error: NodeJS.ErrnoException | null): HttpClosed['cause'] {
  switch (error?.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return 'peer_reset';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
    case 'ETIMEDOUT':
      return 'timeout';
    // The peer ended its side in the middle of the request.
    case 'HPE_INVALID_EOF_STATE':
      return 'connection_lost';
    default:
      return error?.code?.startsWith('HPE_') ? 'protocol_error' : 'connection_lost';
  }
}

/** Answers without the application, and closes: after a framing conflict nothing that follows can be trusted. */
function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  req.resume();
  req.on('error', () => {});
  res.on('error', () => {});
  const { headers, data } = refusalResponse(refusal);
  res.shouldKeepAlive = false;
  res.writeHead(refusal.status, headers.flat() as string[]);
  res.end(data);
}

/** Node's flat list of names and values as pairs, with names in lowercase (http.headers.lowercase). */
function pairs(raw: readonly string[]): Fields {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2)
    fields.push([(raw[i] as string).toLowerCase(), raw[i + 1] as string]);
  return fields;
}

/** What is known of a connection, which may carry several exchanges, one behind the other. */
interface Connection {
  readonly ends: { readonly peer: Address; readonly local_address: Address };
  /** Of each exchange that is not over: to be called when the connection is gone. */
  readonly exchanges: Set<() => void>;
  /** Once a request was refused, no other is read (security.framing-conflict). */
  refused: boolean;
}

const connections = new WeakMap<Socket, Connection>();

function connectionOf(socket: Socket): Connection {
  let connection = connections.get(socket);
  if (!connection) {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    const end = (address = '', port: number | null = null) =>
      Object.freeze({ transport: 'tcp' as const, address, port });
    const exchanges = new Set<() => void>();
    connection = {
      ends: { peer: end(remoteAddress, remotePort), local_address: end(localAddress, localPort) },
      exchanges,
      refused: false,
    };
    connections.set(socket, connection);
    // A response that waits behind another is not told by every Node that its connection is gone.
    socket.once('close', () => {
      for (const gone of [...exchanges]) gone();
    });
  }
  return connection;
}

class NodeWire implements HttpWire {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #isLast: () => boolean;
  #headWaits: NodeJS.Immediate | undefined;
  #endsWithConnection = false;
  /** The peer waits for a 100 before it sends its body. */
  withholdsContinue: boolean;

  /** `isLast` says, when the head is written, whether the connection is to close after the response. */
  constructor(req: IncomingMessage, res: ServerResponse, isLast: () => boolean) {
    this.#req = req;
    this.#res = res;
    this.#isLast = isLast;
    this.withholdsContinue =
      req.httpVersion === '1.1' && /100-continue/i.test(req.headers.expect ?? '');
  }

  get congested(): boolean {
    return this.#res.writableNeedDrain;
  }

  pause(): void {
    this.#req.pause();
  }

  resume(): void {
    this.#req.resume();
  }

  write(output: HttpOutput): void {
    const res = this.#res;
    switch (output.do) {
      case 'continue':
        this.withholdsContinue = false;
        res.writeContinue();
        return;
      case 'informational':
        this.#informational(output.status, output.headers);
        return;
      case 'head':
        this.#endsWithConnection =
          output.content && output.length === null && this.#req.httpVersion === '1.0';
        if (this.#isLast()) res.shouldKeepAlive = false;
        // RFC 9112 section 6.1; Node would, for a peer that sends `te: chunked`.
        if (this.#req.httpVersion === '1.0') res.useChunkedEncodingByDefault = false;
        res.writeHead(output.status, output.headers.flat() as string[]);
        // http.commit.on-start: joined with a body of this turn, never held longer.
        this.#headWaits = setImmediate(() => this.#flushHead());
        return;
      case 'body':
        this.#headGone();
        res.write(output.data);
        return;
      case 'end':
        this.#headGone();
        if (output.trailers.length > 0) res.addTrailers(output.trailers as [string, string][]);
        res.end();
        return;
      case 'abort':
        this.#headGone();
        this.#withSocket((socket) => this.#abort(socket));
        return;
      case 'refuse':
        this.#withSocket((socket) => socket.destroy());
        return;
      case 'discard':
        this.#req.resume();
        return;
    }
  }

  #headGone(): void {
    if (this.#headWaits) clearImmediate(this.#headWaits);
    this.#headWaits = undefined;
  }

  /** What `flushHeaders` does, but for the encoding: field values are octets, and it would write them as UTF-8. */
  #flushHead(): void {
    const res = this.#res as ServerResponse & { _send(data: string, encoding: 'latin1'): void };
    res._send('', 'latin1');
  }

  /** Node has no call for every 1xx in all its versions, so the head is written as it stands in RFC 9112 section 4. */
  #informational(status: number, headers: Fields): void {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const write = (socket: Socket) =>
      void socket.write(`HTTP/1.1 ${status} \r\n${lines}\r\n`, 'latin1');
    const { socket } = this.#res;
    if (socket) write(socket);
    // Before whatever Node has kept for its turn.
    else this.#res.once('socket', write);
  }

  /** Calls back with the socket once it is this response's turn and what was written of it is handed over. */
  #withSocket(then: (socket: Socket) => void): void {
    const { socket } = this.#res;
    if (socket) then(socket);
    else this.#res.once('socket', (socket: Socket) => queueMicrotask(() => then(socket)));
  }

  /** Closes so that the peer sees a broken response (http.abort-when-unended). */
  #abort(socket: Socket): void {
    this.#flushHead();
    // What was written goes out first, unless the end of the connection would pass for the end of the body.
    if (this.#endsWithConnection) socket.resetAndDestroy();
    else socket.destroySoon();
  }
}

/** For a request that is always refused. */
class NoWire implements HttpWire {
  readonly congested = false;
  write(): void {}
  pause(): void {}
  resume(): void {}
}
