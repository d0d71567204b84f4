// A stage for tests of the checker: the test plays the gateway above it and the application below it.

import type { AnyScope, AnySendEvent, Application, Limits } from '../interface/index.ts';
import { type CheckerOptions, checked, type Finding } from './index.ts';

/** One turn of the event loop: whatever could happen without anything further from outside has happened. */
export const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export const LIMITS: Limits = {
  send_buffer_octets: 65_536,
  receive_buffer_octets: 1000,
  target_octets: 100,
  header_octets: 1000,
  header_fields: 20,
  body_octets: 2000,
  message_octets: 500,
  head_ms: 30_000,
  idle_ms: 30_000,
  keep_alive_ms: 5000,
  startup_ms: null,
  drain_ms: 30_000,
  shutdown_ms: 5000,
};

const request = {
  http_version: '1.1',
  method: 'POST',
  scheme: 'http',
  authority: 'example.org',
  target: '/a%20b/c?d',
  path: '/a%20b/c',
  mount: '',
  query: 'd',
  headers: [['host', 'example.org']],
  content_length: null,
  peer: { transport: 'tcp', address: '192.0.2.7', port: 50_000 },
  local_address: { transport: 'tcp', address: '198.51.100.1', port: 80 },
  forwarded: null,
  tls: null,
  limits: LIMITS,
  upgrade: null,
};

const upgrade = (protocol: string, ...headers: (readonly [string, string])[]) => ({
  ...request,
  method: 'GET',
  headers: [['host', 'example.org'], ['connection', 'Upgrade'], ['upgrade', protocol], ...headers],
  upgrade: { offers: [protocol], via: 'upgrade' },
});

/** What a correct gateway gives. */
const SCOPES: Readonly<Record<string, object>> = {
  http: request,
  websocket: {
    ...upgrade(
      'websocket',
      ['sec-websocket-version', '13'],
      ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['sec-websocket-protocol', 'chat'],
    ),
    subprotocols: ['chat'],
  },
  tunnel: { ...upgrade('ticks/1'), protocol: 'ticks/1', datagrams: 'capsules' },
  connect: {
    ...request,
    type: 'tunnel',
    method: 'CONNECT',
    target: 'example.org:80',
    path: '',
    query: null,
    protocol: 'CONNECT',
    datagrams: 'none',
  },
  lifespan: {},
  'org.example.chat.room': {},
};

type Changes = Readonly<Record<string, unknown>>;

/** One conversation. By default every event is accepted, and nothing is given. */
export class Play {
  readonly scope: AnyScope;
  readonly cancel = new AbortController();
  /** What the application was given; set by the call. */
  receive: () => Promise<unknown> = () => Promise.reject(new Error('not called'));
  send: (event: unknown) => Promise<void> = () => Promise.reject(new Error('not called'));
  /** Ends the application's call. */
  leave: (error?: unknown) => void = () => {};
  /** What the call has come to, above the checker. */
  outcome: Promise<unknown> = Promise.resolve();
  /** How the gateway answers. Tests put others in their place. */
  onSend: (event: AnySendEvent) => unknown = () => Promise.resolve();
  onReceive: () => unknown = () => this.#next();
  readonly #events: unknown[] = [];
  readonly #receivers: ((event: unknown) => void)[] = [];

  constructor(type: string, changes: Changes, id: string) {
    const features = {
      'http.file': [1],
      tunnel: [1],
      'tunnel.datagram': [1],
      'org.example.chat': [1, 2],
    };
    this.scope = {
      type,
      id,
      gateway: { interface: '0.1', software: 'stage/1', features },
      ...structuredClone(SCOPES[type]),
      local: { cancel: this.cancel.signal, state: {} },
      ...changes,
    } as unknown as AnyScope;
  }

  /** Events are given, in order, to the `receive`s that ask or wait. */
  give(...events: unknown[]): void {
    for (const event of events) {
      const receiver = this.#receivers.shift();
      if (receiver) receiver(event);
      else this.#events.push(event);
    }
  }

  #next(): Promise<unknown> {
    if (this.#events.length > 0) return Promise.resolve(this.#events.shift());
    return new Promise((resolve) => this.#receivers.push(resolve));
  }
}

/** A checker with the conversations that a test opens under it. */
export class Stage {
  readonly findings: Finding[] = [];
  readonly #checked: Application;
  #plays = 0;
  #current: Play | undefined;

  constructor(options: Partial<CheckerOptions> = {}) {
    this.#checked = checked(
      (scope, receive, send) => {
        const play = this.#current as Play;
        Object.assign(play, { receive, send, given: scope });
        return new Promise<void>((resolve, reject) => {
          play.leave = (error) => (error === undefined ? resolve() : reject(error));
        });
      },
      { report: (finding) => this.findings.push(finding), lifespan: false, ...options },
    );
  }

  /** Calls the application with a scope of a type, changed as the test wants. `thaw` names a place that is not frozen. */
  open(type: string, changes: Changes = {}, thaw?: string): Play {
    const play = new Play(type, changes, `stage-${++this.#plays}`);
    freeze(play.scope, 'scope', thaw);
    this.call(play);
    return play;
  }

  call(play: Play): void {
    this.#current = play;
    play.outcome = this.#checked(
      play.scope,
      () => play.onReceive() as never,
      (event) => play.onSend(event) as never,
    );
    play.outcome.catch(() => {});
  }

  /** Requirements that a side has broken, in the order of the findings. */
  broken(...sides: string[]): string[] {
    return this.findings
      .filter(({ side }) => sides.includes(side))
      .map(({ requirement }) => requirement);
  }
}

function freeze(value: unknown, place: string, thaw: string | undefined): void {
  if (
    typeof value !== 'object' ||
    value === null ||
    ArrayBuffer.isView(value) ||
    value instanceof AbortSignal
  )
    return;
  for (const [key, inner] of Object.entries(value)) {
    if (place !== 'scope.local.state') freeze(inner, `${place}.${key}`, thaw);
  }
  if (place !== thaw) Object.freeze(value);
}
