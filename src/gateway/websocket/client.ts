// The client side of a WebSocket without I/O, for tests and the conformance suite: it makes the handshake, judges the
// answer, and masks and reads frames. Wrong frames it leaves to `frame`. It knows no sockets.

import type { Fields } from '../../interface/index.ts';
import {
  closeFrame,
  dataFrame,
  type Frame,
  type FrameEvent,
  FrameReader,
  frame,
  pingFrame,
  pongFrame,
  textFrame,
} from './frames.ts';
import { acceptKey, type HandshakeHead } from './handshake.ts';

export interface WebSocketClientOptions {
  /** Default `1.1`. */
  readonly http_version?: '1.1' | '2' | '3';
  /** Gives so many random octets: 16 for the key, four for each mask. */
  readonly random: (octets: number) => Uint8Array;
  readonly subprotocols?: readonly string[];
  /** Fields behind those of the handshake, such as `host` or `origin`. */
  readonly headers?: Fields;
  /** `sec-websocket-key`, where it is not to be a random one. */
  readonly key?: string;
  /** Longest message that is taken; default no limit. */
  readonly messageOctets?: number;
}

/** A response head, as far as a handshake looks at it. Names are in lowercase. */
export interface HandshakeAnswer {
  readonly status: number;
  readonly headers: Fields;
}

export class WebSocketClient {
  /** The request: method, fields and, over HTTP/2 and HTTP/3, `:protocol` (RFC 6455 section 4.1, RFC 8441 section 5). */
  readonly request: HandshakeHead;
  readonly #options: WebSocketClientOptions;
  readonly #key: string | undefined;
  readonly #reader: FrameReader;

  constructor(options: WebSocketClientOptions) {
    this.#options = options;
    const { http_version = '1.1', subprotocols = [], headers = [], random } = options;
    const { messageOctets = Number.POSITIVE_INFINITY } = options;
    this.#reader = new FrameReader({ messageOctets, masked: false });
    const fields: (readonly [name: string, value: string])[] = [];
    if (http_version === '1.1') {
      this.#key = options.key ?? btoa(String.fromCharCode(...random(16)));
      fields.push(
        ['upgrade', 'websocket'],
        ['connection', 'upgrade'],
        ['sec-websocket-key', this.#key],
      );
    }
    fields.push(['sec-websocket-version', '13']);
    if (subprotocols.length > 0) fields.push(['sec-websocket-protocol', subprotocols.join(', ')]);
    fields.push(...headers);
    this.request =
      http_version === '1.1'
        ? { http_version, method: 'GET', headers: fields }
        : { http_version, method: 'CONNECT', headers: fields, protocol: 'websocket' };
  }

  /**
   * Checks the answer by RFC 6455 section 4.1 and RFC 8441 section 5 and gives the chosen subprotocol. Throws an error
   * that names the fault; no extension was offered, so none can be agreed on.
   */
  checkAnswer({ status, headers }: HandshakeAnswer): { subprotocol: string | undefined } {
    const http1 = this.request.http_version === '1.1';
    if (status !== (http1 ? 101 : 200)) {
      throw new Error(`the handshake was answered with ${status}`);
    }
    const all = (name: string): string[] =>
      headers.filter((field) => field[0] === name).map(([, value]) => value);
    const one = (name: string): string | undefined => {
      const values = all(name);
      if (values.length > 1) throw new Error(`the answer has ${values.length} fields ${name}`);
      return values[0];
    };
    if (http1) {
      const options = all('connection').flatMap((value) => value.toLowerCase().split(','));
      if (one('upgrade')?.toLowerCase() !== 'websocket') {
        throw new Error('the answer does not switch to websocket');
      }
      if (!options.some((option) => option.trim() === 'upgrade')) {
        throw new Error('the connection field of the answer lacks upgrade');
      }
      if (one('sec-websocket-accept') !== acceptKey(this.#key ?? '')) {
        throw new Error('sec-websocket-accept does not answer the key');
      }
    } else {
      const alien = ['upgrade', 'connection', 'sec-websocket-accept'].find(
        (name) => all(name).length > 0,
      );
      if (alien) throw new Error(`the answer has the field ${alien}, which is HTTP/1.1's`);
    }
    if (one('sec-websocket-extensions') !== undefined) {
      throw new Error('the answer agrees on extensions that nobody offered');
    }
    const subprotocol = one('sec-websocket-protocol');
    if (subprotocol !== undefined && !this.#options.subprotocols?.includes(subprotocol)) {
      throw new Error(`the subprotocol ${JSON.stringify(subprotocol)} was not offered`);
    }
    return { subprotocol };
  }

  // Frames to write. Each has a mask of its own (RFC 6455 section 5.3).

  text(text: string): Uint8Array {
    return textFrame(text, this.#masking());
  }

  data(data: Uint8Array): Uint8Array {
    return dataFrame(data, this.#masking());
  }

  ping(data?: Uint8Array): Uint8Array {
    return pingFrame(data, this.#masking());
  }

  pong(data?: Uint8Array): Uint8Array {
    return pongFrame(data, this.#masking());
  }

  close(code?: number, reason?: string): Uint8Array {
    return closeFrame(code, reason, this.#masking());
  }

  /** A frame of any kind; masked unless a mask is given, or `undefined` as one. */
  frame(options: Frame): Uint8Array {
    return frame({ ...this.#masking(), ...options });
  }

  // Frames of the server.

  /** Takes octets that follow the answer. */
  push(data: Uint8Array): void {
    this.#reader.push(data);
  }

  /** The next event of the server, or undefined until more octets are pushed. */
  next(): FrameEvent | undefined {
    return this.#reader.next();
  }

  #masking(): { mask: Uint8Array } {
    return { mask: this.#options.random(4) };
  }
}
