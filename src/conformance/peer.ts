// The client's side of a case: `t` in the cases.

import type { Fields } from '../interface/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import { AUTHORITY, type DriverName, MARK, TUNNEL } from './names.ts';
import type { Note, StageLink } from './stage.ts';
import {
  type Client,
  Connection,
  type PeerRequest,
  Raw,
  type Stream,
  type Whole,
} from './stream.ts';
import { PeerWebSocket, type WebSocketRequest } from './websocket.ts';

/** Thrown where a target cannot do what a case needs: the case is skipped, with this reason. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** What the operator of a gateway sees and does. Only of a gateway in this process. */
export interface Operator {
  /** Starts the gateway of a case with `startedByClient`; resolves when it accepts connections, or never will. */
  start(): Promise<{ readonly ready: boolean; readonly message?: string }>;
  /** Faults of the application that were reported. */
  faults(): readonly {
    readonly id: string;
    readonly requirement?: string;
    readonly message: string;
  }[];
  /** Lines that the operator was told. */
  log(): readonly string[];
  trace(): readonly TraceEvent[];
  /** As the first signal does. */
  drain(): void;
  /** Makes the deadline of the drain now, as a second signal does. */
  deadline(): void;
  /** The exit status, once the gateway has ended (drain.exit-status). */
  status(): Promise<number>;
  /** Conversations that are open. */
  active(): number;
  /** Resolves when none is. */
  idle(): Promise<void>;
}

export interface PeerOptions {
  readonly driver: DriverName;
  readonly client: Client;
  readonly link: StageLink;
  /** Value of the mark of the case and the run. */
  readonly mark: string;
  /** Undefined for a gateway in another process. */
  readonly operator: Operator | undefined;
}

/** The peer of one run of a case: `t` in the cases. */
export class Peer {
  readonly driver: DriverName;
  /** Version of HTTP that it speaks; `memory` behaves as HTTP/1.1. */
  readonly version: '1.1' | '2';
  /** Field that has to be in every request that the case's application is to see; added to all but raw ones. */
  readonly mark: readonly [name: string, value: string];
  readonly #options: PeerOptions;
  readonly #notes: Note[] = [];
  /** How many notes of each name `seen` has given. */
  readonly #given = new Map<string, number>();

  constructor(options: PeerOptions) {
    this.#options = options;
    this.driver = options.driver;
    this.version = options.client.version;
    this.mark = [MARK, options.mark];
  }

  /** A connection of its own, for several requests. */
  async connect(): Promise<Connection> {
    return new Connection(await this.#options.client.connect(), [this.mark]);
  }

  /** Begins a request on a connection of its own. */
  async request(request: PeerRequest = {}): Promise<Stream> {
    return (await this.connect()).request(request);
  }

  /** A request on a connection of its own, with its whole response. */
  async fetch(request: PeerRequest = {}): Promise<Whole> {
    return (await this.request(request)).whole();
  }

  /** Octets of a TCP connection. Not over the driver `memory`, which a case that uses it has to leave out. */
  async raw(): Promise<Raw> {
    const { client, driver } = this.#options;
    if (!client.raw)
      throw new Error(`the driver ${driver} has no octets: leave it out in \`drivers\``);
    return new Raw(await client.raw());
  }

  /** The lines of an HTTP/1 head that raw octets need: `host` and the mark, with CR LF. */
  get lines(): string {
    return `host: ${AUTHORITY}\r\n${this.mark.join(': ')}\r\n`;
  }

  /** Asks for a WebSocket: `GET` with `upgrade`, or an extended CONNECT. */
  async websocket(request: WebSocketRequest = {}): Promise<PeerWebSocket> {
    return PeerWebSocket.open(this, request);
  }

  /**
   * Asks for a tunnel: by default by upgrade on HTTP/1, by extended CONNECT on HTTP/2; `connect: true` by CONNECT, with
   * `target` as its authority. The client's direction is open; what is written at once is early data.
   */
  async tunnel(
    request: PeerRequest & { readonly connect?: boolean; readonly tunnel?: string } = {},
  ): Promise<Stream> {
    const { connect = false, tunnel = TUNNEL, headers = [], ...rest } = request;
    if (connect) {
      const { target = `${AUTHORITY}:443` } = rest;
      return this.request({
        authority: target,
        ...rest,
        method: 'CONNECT',
        target,
        headers,
        open: true,
      });
    }
    if (this.version === '2') {
      return this.request({ ...rest, method: 'CONNECT', protocol: tunnel, headers, open: true });
    }
    const upgrade: Fields = [
      ['connection', 'upgrade'],
      ['upgrade', tunnel],
    ];
    return this.request({ method: 'GET', ...rest, headers: [...upgrade, ...headers], open: true });
  }

  /** Waits for the next note of a name, and gives its value. */
  async seen<T = unknown>(name: string): Promise<T> {
    const given = this.#given.get(name) ?? 0;
    for (;;) {
      const found = this.#notes.filter((note) => note.name === name)[given];
      if (found) {
        this.#given.set(name, given + 1);
        return found.value as T;
      }
      this.#notes.push(...(await this.#options.link.notes(this.#notes.length)));
    }
  }

  /** Lets the application go on where it waits for this gate. */
  open(gate: string): Promise<void> {
    return this.#options.link.open(gate);
  }

  /**
   * Fails if a promise settles within a tenth of a second. What is not to happen can be seen in time alone: prefer
   * something that comes after it, such as a note.
   */
  async quiet(promise: Promise<unknown>, what: string): Promise<void> {
    const settled = promise.then(
      (value) => `${what} has happened: ${JSON.stringify(value)}`,
      (error: unknown) => `${what} has failed: ${String(error)}`,
    );
    const outcome = await Promise.race([settled, pause(100)]);
    if (outcome !== undefined) throw new Error(outcome);
  }

  /** Fails if a promise does not settle in so many milliseconds. */
  async within<T>(milliseconds: number, promise: Promise<T>, what: string): Promise<T> {
    const late = pause(milliseconds).then(() => {
      throw new Error(`${what} has not happened within ${milliseconds} ms`);
    });
    return Promise.race([promise, late]);
  }

  /** The operator's side. A case that asks for it is skipped over a gateway in another process. */
  get operator(): Operator {
    const { operator } = this.#options;
    if (!operator) throw new Skipped('needs what only the operator of the gateway sees');
    return operator;
  }
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined).unref());
}
