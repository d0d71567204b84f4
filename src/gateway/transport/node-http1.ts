// HTTP/1.1 and 1.0 on `node:http`. Turns Node's requests and responses into exchanges of the gateway; decides nothing
// about the conversation itself.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Address, Fields, HttpClosed } from '../../interface/index.ts';
import type { HttpOutput } from '../conversation/http.ts';
import type { Refusal } from '../conversation/request.ts';
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
  const server = createServer({ noDelay: true, keepAlive: true }, (req, res) =>
    accept(gateway, req, res),
  );
  // http.half-close: without this Node ends its own side as soon as the peer ends the other one.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  // http.continue.on-receive: with a listener Node leaves the 100 to us.
  server.on('checkContinue', (req, res) => accept(gateway, req, res));
  server.on('connect', (_req, socket) => {
    socket.end('HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve({
        address: server.address() as AddressInfo,
        close: () => new Promise((done) => void server.close(() => done())),
        destroy: () => server.closeAllConnections(),
      });
    });
  });
}

function accept(gateway: Gateway, req: IncomingMessage, res: ServerResponse): void {
  const wire = new NodeWire(req, res);
  const outcome = gateway.http(
    {
      http_version: req.httpVersion === '1.0' ? '1.0' : '1.1',
      method: req.method ?? 'GET',
      scheme: 'http',
      target: req.url ?? '/',
      headers: pairs(req.rawHeaders),
      ...addresses(req.socket),
    },
    wire,
  );
  if (isRefusal(outcome)) refuse(req, res, outcome);
  else connect(outcome, req, res);
}

/** Feeds an exchange from Node's events. */
function connect(exchange: HttpExchange, req: IncomingMessage, res: ServerResponse): void {
  let cause: HttpClosed['cause'] = 'connection_lost';
  if (
    req.headers['content-length'] === undefined &&
    req.headers['transfer-encoding'] === undefined
  ) {
    // Nothing will come: say so now, and not after a turn of the event loop.
    exchange.end();
    req.resume();
  } else {
    req.on('data', (data: Buffer) => exchange.body(data));
    req.on('end', () => exchange.end(pairs(req.rawTrailers)));
  }
  req.on('error', () => {
    // The close of the response, which follows, is what tells the exchange.
  });
  res.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') cause = 'peer_reset';
  });
  res.on('drain', () => exchange.drained());
  res.on('close', () => exchange.lost(cause));
}

/** Answers without the application, and closes: after a framing conflict nothing that follows can be trusted. */
function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  req.resume();
  req.on('error', () => {});
  res.writeHead(refusal.status, {
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
  });
  res.end(`${refusal.requirement}: ${refusal.message}\n`);
}

/** Node's flat list of names and values as pairs, with names in lowercase (http.headers.lowercase). */
function pairs(raw: readonly string[]): Fields {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2)
    fields.push([(raw[i] as string).toLowerCase(), raw[i + 1] as string]);
  return fields;
}

interface Ends {
  readonly peer: Address;
  readonly local_address: Address;
}

/** The two ends of a connection do not change: one pair of values for each socket. */
const knownEnds = new WeakMap<Socket, Ends>();

function addresses(socket: Socket): Ends {
  let ends = knownEnds.get(socket);
  if (!ends) {
    ends = {
      peer: Object.freeze({
        transport: 'tcp' as const,
        address: socket.remoteAddress ?? '',
        port: socket.remotePort ?? null,
      }),
      local_address: Object.freeze({
        transport: 'tcp' as const,
        address: socket.localAddress ?? '',
        port: socket.localPort ?? null,
      }),
    };
    knownEnds.set(socket, ends);
  }
  return ends;
}

class NodeWire implements HttpWire {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  #headWaits: NodeJS.Immediate | undefined;
  #endsWithConnection = false;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.#req = req;
    this.#res = res;
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
        res.writeContinue();
        return;
      case 'informational':
        this.#informational(output.status, output.headers);
        return;
      case 'head':
        this.#endsWithConnection =
          output.content && output.length === null && this.#req.httpVersion === '1.0';
        res.writeHead(output.status, output.headers.flat() as string[]);
        // http.commit.on-start: joined with a body of this turn, never held longer.
        this.#headWaits = setImmediate(() => res.flushHeaders());
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
        this.#abort();
        return;
      case 'refuse':
        res.destroy();
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

  /** Node has no call for a 1xx other than 103 with links, so the head is written as it stands in RFC 9112 section 4. */
  #informational(status: number, headers: Fields): void {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.#res.socket?.write(`HTTP/1.1 ${status} \r\n${lines}\r\n`, 'latin1');
  }

  /** Closes so that the peer sees a broken response (http.abort-when-unended). */
  #abort(): void {
    const { socket } = this.#res;
    if (!socket) {
      this.#res.destroy();
      return;
    }
    this.#res.flushHeaders();
    // What was written goes out first, unless the end of the connection would pass for the end of the body.
    if (this.#endsWithConnection) socket.resetAndDestroy();
    else socket.destroySoon();
  }
}
