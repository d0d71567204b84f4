// A WebSocket of a peer, over whatever stream carries it. Frames that are wrong on purpose go through `frame`.

import { randomBytes } from 'node:crypto';
import { WebSocketClient } from '../gateway/websocket/client.ts';
import type { Frame, FrameEvent } from '../gateway/websocket/frames.ts';
import type { Fields } from '../interface/index.ts';
import type { PeerRequest, Stream, Whole } from './stream.ts';

export interface WebSocketRequest {
  readonly target?: string;
  readonly authority?: string;
  readonly subprotocols?: readonly string[];
  /** Fields behind those of the handshake. */
  readonly headers?: Fields;
  /** Octets behind the head, before the answer. */
  readonly early?: Uint8Array;
}

/** What can ask for one: a peer. */
interface Asking {
  readonly version: '1.1' | '2';
  request(request: PeerRequest): Promise<Stream>;
}

/** What the gateway said: a frame, or the end of the connection. */
export type WebSocketReceived =
  | FrameEvent
  | { readonly type: 'over'; readonly how: 'ended' | 'reset' | 'closed'; readonly code?: number };

export class PeerWebSocket {
  readonly stream: Stream;
  /** Makes frames, masked, for `write`. */
  readonly frames: WebSocketClient;

  constructor(stream: Stream, frames: WebSocketClient) {
    this.stream = stream;
    this.frames = frames;
  }

  static async open(peer: Asking, request: WebSocketRequest): Promise<PeerWebSocket> {
    const { target, authority, subprotocols = [], headers = [], early } = request;
    const frames = new WebSocketClient({
      http_version: peer.version,
      random: (count) => new Uint8Array(randomBytes(count)),
      subprotocols,
      headers,
    });
    const { method, headers: fields, protocol } = frames.request;
    const stream = await peer.request({
      method,
      headers: fields,
      open: true,
      ...(target === undefined ? {} : { target }),
      ...(authority === undefined ? {} : { authority }),
      ...(protocol === undefined ? {} : { protocol }),
    });
    if (early) await stream.write(early);
    return new PeerWebSocket(stream, frames);
  }

  /** Waits for an acceptance, and checks it. @throws Error if it is denied or wrong */
  async accepted(): Promise<{
    readonly subprotocol: string | undefined;
    readonly headers: Fields;
  }> {
    const head = await this.stream.head();
    return { ...this.frames.checkAnswer(head), headers: head.headers };
  }

  /** Waits for the response that denies the handshake. */
  denied(): Promise<Whole> {
    return this.stream.whole();
  }

  text(text: string): Promise<void> {
    return this.stream.write(this.frames.text(text));
  }

  data(data: Uint8Array): Promise<void> {
    return this.stream.write(this.frames.data(data));
  }

  ping(data?: Uint8Array): Promise<void> {
    return this.stream.write(this.frames.ping(data));
  }

  close(code?: number, reason?: string): Promise<void> {
    return this.stream.write(this.frames.close(code, reason));
  }

  frame(frame: Frame): Promise<void> {
    return this.stream.write(this.frames.frame(frame));
  }

  /** Octets as they are. */
  write(octets: Uint8Array): Promise<void> {
    return this.stream.write(octets);
  }

  /** The next frame of the gateway. */
  async next(): Promise<WebSocketReceived> {
    for (;;) {
      const event = this.frames.next();
      if (event) return event;
      const received = await this.stream.next();
      if (received.type === 'body') this.frames.push(received.data);
      else if (received.type === 'end') return { type: 'over', how: 'ended' };
      else if (received.type === 'broken') {
        const { how, code } = received;
        return { type: 'over', how, ...(code === undefined ? {} : { code }) };
      }
    }
  }

  /**
   * Reads on to the end of the connection, whatever comes, and ends its own side then, as clients do and some servers
   * wait for (RFC 6455 section 7.1.1). Nothing else can be read.
   */
  async readOut(): Promise<void> {
    try {
      while ((await this.next()).type !== 'over');
      await this.stream.end();
    } catch {
      // What comes is the matter of other cases.
    }
  }
}
