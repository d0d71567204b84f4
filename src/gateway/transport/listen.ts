// Listens on an address and gives each connection to the version of HTTP that its peer speaks: by ALPN over TLS, and by
// the first octets without. Tells what TLS has negotiated; knows nothing of requests.

import { X509Certificate } from 'node:crypto';
import {
  type AddressInfo,
  createServer as createSocketServer,
  type Socket,
  type ListenOptions as SocketOptions,
} from 'node:net';
import {
  createServer as createTlsServer,
  type DetailedPeerCertificate,
  type TLSSocket,
  type Server as TlsServer,
} from 'node:tls';
import type { Tls } from '../../interface/index.ts';
import type { Gateway } from '../gateway.ts';
import { type ConnectionFacts, createHttp1Acceptor, endsOf } from './http1.ts';
import { readThroughBuffer } from './read-buffer.ts';

/** Certificates and keys in PEM. */
export interface TlsOptions {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Trust anchors for the certificates of clients. Without them none is ever `verified` (security.tls-facts). */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Asks clients for a certificate. One that cannot be verified is given to the application all the same. */
  readonly requestCert?: boolean;
}

export interface ListenOptions {
  /** Name or address; default 127.0.0.1. */
  readonly host?: string;
  /** Default 0, which takes a free one. */
  readonly port?: number;
  /** Path of a Unix socket, in place of host and port. */
  readonly path?: string;
  readonly tls?: TlsOptions;
  /** Serves HTTP/2 too: over TLS where the peer chooses it, without TLS with prior knowledge (RFC 9113 section 3.3). */
  readonly http2?: boolean;
  /** Connections that the system keeps until they are accepted. Default: Node's. */
  readonly backlog?: number;
  /** Most calls of the application under way for one connection (security.concurrency-bounded). Default 100. */
  readonly calls?: number;
}

export interface Listener {
  /** Where it listens: a path for a Unix socket. */
  readonly address: AddressInfo | string;
  /** Such as `https://127.0.0.1:8443`, or `unix:/run/app.sock`. */
  readonly url: string;
  /** Stops accepting, and winds the connections up (drain.no-new, drain.connections). Harmless a second time. */
  drain(): void;
  /** Resolves when it accepts no more and no connection is left. Never rejects. */
  readonly closed: Promise<void>;
  /** Stops accepting, and breaks every connection off. */
  destroy(): void;
}

/** RFC 9113 section 3.4. */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/**
 * Listens, and serves what connects. The gateway must have been started; a drain of it drains the listener. Rejects with
 * Node's error, such as EADDRINUSE, when the address is not to be had or the certificate is none.
 */
export async function listen(gateway: Gateway, options: ListenOptions = {}): Promise<Listener> {
  const { limits, clock } = gateway;
  const shared = options.calls === undefined ? {} : { calls: options.calls };
  const http1 = createHttp1Acceptor(gateway, shared);
  // Whoever does not serve it does not load it.
  const http2 = options.http2
    ? (await import('./http2.ts')).createHttp2Acceptor(gateway, shared)
    : undefined;
  const sockets = new Set<Socket>();
  /** Connections whose version of HTTP is not known yet, with when they were made. */
  const unknown = new Map<Socket, number>();
  let unwatch: (() => void) | undefined;

  /** The time of a handshake, or of a preface, is part of that of a first request (proposal 6, “Time”). */
  const look = () => {
    for (const [socket, since] of unknown)
      if (clock.passed(since, limits.head_ms)) socket.destroy();
  };
  const wait = (socket: Socket, since: number) => {
    unknown.set(socket, since);
    unwatch ??= clock.watch(look);
  };
  const known = (socket: Socket) => {
    if (!unknown.delete(socket) || unknown.size > 0) return;
    unwatch?.();
    unwatch = undefined;
  };

  const anchors = derOf(options.tls?.ca);
  const tls = options.tls && makeTls(options.tls, options.http2 === true, limits.head_ms);
  tls?.on('secureConnection', (socket: TLSSocket) => {
    // Node names the socket below in a field of its own; without it, the time begins again.
    const { _parent: below } = socket as TLSSocket & { _parent?: Socket };
    const since = (below && unknown.get(below)) ?? clock.stamp;
    if (below) known(below);
    const facts: ConnectionFacts = {
      ...endsOf(socket, 'tls', path),
      tls: readTls(socket, anchors),
      since,
      ...(below ? { reset: resetOf(below) } : {}),
    };
    if (socket.alpnProtocol === 'h2') http2?.accept(socket, facts);
    else http1.accept(socket, facts);
  });
  // A handshake that failed has no one to be told.
  tls?.on('tlsClientError', (_, socket) => socket.destroy());

  const path = options.path;
  // Without anybody else to read first, HTTP/1 reads through a buffer of its own.
  const direct = !tls && !http2;
  const server = createSocketServer({
    allowHalfOpen: true,
    noDelay: path === undefined,
    pauseOnConnect: direct,
  });
  server.on('connection', (accepted) => {
    const socket = direct ? readThroughBuffer(accepted) : accepted;
    const since = clock.stamp;
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      known(socket);
    });
    if (tls) {
      wait(socket, since);
      tls.emit('connection', socket);
      return;
    }
    const transport = path === undefined ? 'tcp' : 'unix';
    const facts = { ...endsOf(socket, transport, path), tls: null, since, reset: resetOf(socket) };
    if (!http2) {
      http1.accept(socket, facts);
      socket.resume();
      return;
    }
    wait(socket, since);
    sniff(socket, (isHttp2, alreadyRead) => {
      known(socket);
      const acceptor = isHttp2 ? http2 : http1;
      acceptor.accept(socket, { ...facts, alreadyRead });
    });
  });

  await new Promise<void>((resolve, reject) => {
    const { host = '127.0.0.1', port = 0, backlog } = options;
    const where: SocketOptions = path === undefined ? { host, port } : { path };
    server.once('error', reject);
    server.listen(backlog === undefined ? where : { ...where, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  // An error of accepting, such as no free descriptor, is of one connection and not of the listener.
  server.on('error', () => {});

  let draining = false;
  const drain = () => {
    if (draining) return;
    draining = true;
    server.close();
    http1.drain();
    http2?.drain();
  };
  gateway.onDrain(drain);

  const address = server.address() as AddressInfo | string;
  return {
    address,
    url: urlOf(address, options.tls !== undefined),
    drain,
    closed,
    destroy() {
      drain();
      http1.destroy();
      http2?.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A server of handshakes: it is given connections, and listens on nothing itself. */
function makeTls(
  { cert, key, ca, requestCert }: TlsOptions,
  http2: boolean,
  head: number,
): TlsServer {
  return createTlsServer({
    cert: [cert],
    key: [key],
    // Without trust anchors of the operator's there are none: the system's are for servers.
    ca: (ca === undefined ? [] : [ca].flat()) as (string | Buffer)[],
    requestCert: requestCert === true || ca !== undefined,
    rejectUnauthorized: false,
    ALPNProtocols: http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    allowHalfOpen: true,
    // Our own clock is earlier.
    handshakeTimeout: head + 60_000,
  });
}

/** Only TCP knows a reset. */
function resetOf(socket: Socket): () => void {
  return () => {
    if (!socket.destroyed && socket.remoteAddress !== undefined) socket.resetAndDestroy();
  };
}

/** What this end has negotiated and verified (security.tls-facts). */
function readTls(socket: TLSSocket, anchors: readonly Buffer[]): Tls {
  const cipher = socket.getCipher() as { readonly standardName?: string } | undefined;
  const version = /^TLSv(.+)$/.exec(socket.getProtocol() ?? '')?.[1];
  const { servername } = socket as TLSSocket & { servername?: string | false };
  const client_chain = chainOf(socket, anchors);
  return Object.freeze({
    version: version ?? null,
    cipher: cipher?.standardName ?? null,
    alpn: socket.alpnProtocol || null,
    sni: servername || null,
    client_chain: Object.freeze(client_chain),
    verified: anchors.length > 0 && client_chain.length > 0 && socket.authorized,
  });
}

/**
 * The peer's certificates in DER, its own first. Node puts the trust anchor behind them whether or not it was sent; since
 * peers need not send it (RFC 8446 section 4.4.2), it is left out.
 */
function chainOf(socket: TLSSocket, anchors: readonly Buffer[]): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let certificate: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw) {
    const { raw, issuerCertificate } = certificate as DetailedPeerCertificate;
    if (chain.length > 0 && anchors.some((anchor) => anchor.equals(raw))) break;
    chain.push(Uint8Array.from(raw));
    // One that signs itself is its own issuer.
    certificate = issuerCertificate === certificate ? undefined : issuerCertificate;
  }
  return chain;
}

function derOf(ca: TlsOptions['ca']): Buffer[] {
  const pem = ca === undefined ? '' : [ca].flat().join('\n');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block).raw);
}

/** Reads until it is sure whether the first octets are the preface of HTTP/2. */
function sniff(socket: Socket, then: (isHttp2: boolean, alreadyRead: Buffer) => void): void {
  let read: Buffer = Buffer.alloc(0);
  const take = (data?: Buffer) => {
    if (data) read = read.length === 0 ? data : Buffer.concat([read, data]);
    const compared = Math.min(read.length, PREFACE.length);
    const alike = read.subarray(0, compared).equals(PREFACE.subarray(0, compared));
    if (data && alike && compared < PREFACE.length) return;
    socket.off('data', take);
    socket.off('end', take);
    socket.off('error', ignore);
    then(alike && compared === PREFACE.length, read);
  };
  // What follows an error is the close.
  const ignore = () => {};
  socket.on('data', take);
  socket.on('end', take);
  socket.on('error', ignore);
}

function urlOf(address: AddressInfo | string, secure: boolean): string {
  if (typeof address === 'string') return `unix:${address}`;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${secure ? 'https' : 'http'}://${host}:${address.port}`;
}
