// A client that speaks HTTP/2 frame by frame, for what no library would send. For tests. It acknowledges settings and
// pings unless it is told not to, and has the peer compress no field of what comes back.

import { connect, type Socket } from 'node:net';
import type { Fields } from '../../interface/index.ts';

/** RFC 9113 section 6. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const HEADER = 9;
const NOTHING = Buffer.alloc(0);

/** The pseudo-header fields of a `GET` of `/`. */
export const GET: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'example.org'],
];

export const POST: Fields = [[':method', 'POST'], ...GET.slice(1)];

export class RawHttp2 {
  readonly socket: Socket;
  /** All that came and that no `next` has taken, but for settings, credit and what was acknowledged. */
  readonly frames: Frame[] = [];
  /** How the connection ended: by FIN, or by RST. */
  readonly closed: Promise<'end' | 'reset'>;
  /** What the peer has in its first settings, by identifier. */
  readonly settings = new Map<number, number>();
  /** Whether settings and pings are acknowledged. */
  acknowledges = true;
  /** Credit that the peer has given back, by stream; 0 is the connection. */
  readonly credit = new Map<number, number>();
  #received: Buffer = NOTHING;
  readonly #waiting = new Set<() => void>();
  #over = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    let how: 'end' | 'reset' = 'end';
    socket.on('data', (data) => this.#read(data));
    socket.on('error', () => {
      how = 'reset';
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#over = true;
        resolve(how);
        this.#wake();
      });
    });
  }

  /** Connects and sends the preface, with `settings` by identifier besides a header table of size 0. */
  static connect(
    port: number,
    {
      settings = {},
      preface = true,
    }: { settings?: Record<number, number>; preface?: boolean } = {},
  ): Promise<RawHttp2> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
        const client = new RawHttp2(socket);
        if (preface) {
          socket.write(PREFACE);
          client.send(FRAME.settings, 0, 0, settingsPayload({ 1: 0, ...settings }));
        }
        resolve(client);
      });
      socket.once('error', reject);
    });
  }

  send(type: number, flags: number, stream: number, payload: Uint8Array = NOTHING): this {
    this.socket.write(frame(type, flags, stream, payload));
    return this;
  }

  /** A whole section of fields in one frame. */
  request(stream: number, fields: Fields = GET, { end = true } = {}): this {
    const flags = FLAG.endHeaders | (end ? FLAG.endStream : 0);
    return this.send(FRAME.headers, flags, stream, encode(fields));
  }

  data(stream: number, data: string | Uint8Array, { end = false } = {}): this {
    return this.send(FRAME.data, end ? FLAG.endStream : 0, stream, Buffer.from(data));
  }

  reset(stream: number, code: number): this {
    return this.send(FRAME.reset, 0, stream, number(code));
  }

  give(stream: number, credit: number): this {
    return this.send(FRAME.windowUpdate, 0, stream, number(credit));
  }

  /** Waits for the first frame that fits, and takes it. Rejects when the connection ends without one. */
  async next(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const at = this.frames.findIndex(fits);
      if (at >= 0) return this.frames.splice(at, 1)[0] as Frame;
      if (this.#over) throw new Error(`the connection has ended; what came: ${this.seen()}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The next frame of a type, on a stream if one is given. */
  frame(type: keyof typeof FRAME, stream?: number): Promise<Frame> {
    return this.next(
      (frame) => frame.type === FRAME[type] && (stream === undefined || frame.stream === stream),
    );
  }

  /** Waits for the status of a response, informational ones included. */
  async status(stream: number): Promise<number> {
    return statusOf((await this.frame('headers', stream)).payload);
  }

  /** Waits for a reset and gives its code. */
  async resetCode(stream: number): Promise<number> {
    return (await this.frame('reset', stream)).payload.readUInt32BE(0);
  }

  /** Waits for a GOAWAY. */
  async goaway(): Promise<{ last: number; code: number }> {
    const { payload } = await this.frame('goaway');
    return { last: payload.readUInt32BE(0), code: payload.readUInt32BE(4) };
  }

  /** Waits until the peer has read all that was sent: it has answered a ping. */
  async ping(): Promise<void> {
    this.send(FRAME.ping, 0, 0, Buffer.from('question'));
    await this.next(
      ({ type, payload }) => type === FRAME.ping && payload.toString() === 'question',
    );
  }

  /** What came and was not taken, in words. */
  seen(): string {
    const names = Object.entries(FRAME);
    return this.frames
      .map(({ type, stream }) => `${names.find(([, number]) => number === type)?.[0]} ${stream}`)
      .join(', ');
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(data: Buffer): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    for (;;) {
      const received = this.#received;
      if (received.length < HEADER) break;
      const length = received.readUIntBE(0, 3);
      if (received.length < HEADER + length) break;
      this.#received = received.subarray(HEADER + length);
      this.#take({
        type: received[3] as number,
        flags: received[4] as number,
        stream: received.readUInt32BE(5),
        payload: received.subarray(HEADER, HEADER + length),
      });
    }
    this.#wake();
  }

  #take(frame: Frame): void {
    const { type, flags, stream, payload } = frame;
    if (type === FRAME.settings) {
      if (flags & FLAG.ack) return;
      for (let at = 0; at < payload.length; at += 6)
        this.settings.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
      if (this.acknowledges) this.send(FRAME.settings, FLAG.ack, 0);
    } else if (type === FRAME.ping && !(flags & FLAG.ack)) {
      if (this.acknowledges) this.send(FRAME.ping, FLAG.ack, 0, payload);
      else this.frames.push(frame);
    } else if (type === FRAME.windowUpdate) {
      this.credit.set(stream, (this.credit.get(stream) ?? 0) + payload.readUInt32BE(0));
    } else this.frames.push(frame);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(HEADER);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Literal fields without indexing, and without Huffman coding (RFC 7541 section 6.2.2). */
export function encode(fields: Fields): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
  );
}

function text(value: string): Buffer {
  const octets = Buffer.from(value, 'latin1');
  const length: number[] = [];
  let left = octets.length;
  if (left < 127) length.push(left);
  else {
    length.push(127);
    for (left -= 127; left >= 128; left = Math.floor(left / 128)) length.push((left % 128) + 128);
    length.push(left);
  }
  return Buffer.concat([Buffer.from(length), octets]);
}

function number(value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return payload;
}

function settingsPayload(settings: Readonly<Record<number, number>>): Buffer {
  return Buffer.concat(
    Object.entries(settings).map(([id, value]) => {
      const setting = Buffer.alloc(6);
      setting.writeUInt16BE(Number(id));
      setting.writeUInt32BE(value, 2);
      return setting;
    }),
  );
}

/** Statuses 8 to 14 of the static table (RFC 7541 appendix A). */
const INDEXED = [200, 204, 206, 304, 400, 404, 500];

/** `:status`, which is the first field of a response. */
function statusOf(section: Buffer): number {
  let at = 0;
  // A change of the table's size, which is below 31 here.
  while (((section[at] as number) & 0xe0) === 0x20) at++;
  const first = section[at] as number;
  if (first & 0x80) return INDEXED[(first & 0x7f) - 8] ?? Number.NaN;
  const length = section[at + 1] as number;
  const value = section.subarray(at + 2, at + 2 + (length & 0x7f));
  return Number(length & 0x80 ? digits(value) : value.toString('latin1'));
}

/** Digits in the code of RFC 7541 appendix B: 0 to 2 have five bits, the others six. */
function digits(coded: Buffer): string {
  const bits = [...coded].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  let decoded = '';
  for (let at = 0; at + 5 <= bits.length; ) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    if (short <= 2) {
      decoded += short;
      at += 5;
      continue;
    }
    const long = Number.parseInt(bits.slice(at, at + 6), 2) - 0x19 + 3;
    if (long < 3 || long > 9) break;
    decoded += long;
    at += 6;
  }
  return decoded;
}
