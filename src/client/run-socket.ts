// Opens a WebSocket or a tunnel over any connection, takes what comes, and does what the scenario or a person says.

import { WebSocketClient } from '../gateway/websocket/client.ts';
import type { FrameEvent } from '../gateway/websocket/frames.ts';
import { listOf } from '../interface/fields.ts';
import { Attempt } from './attempt.ts';
import type { ClientRequest, ClientResponse, Fields } from './connection.ts';
import type { ScenarioTunnel, ScenarioWebSocket, Step } from './exchange.ts';
import type {
  ClientClose,
  ClientMessage,
  ClientResult,
  LiveSocket,
  RunOptions,
  SocketEvent,
} from './result.ts';

/** Messages that are kept, and their octets. */
const KEPT_MESSAGES = 1000;
const KEPT_OCTETS = 256 * 1024;
const encoder = new TextEncoder();

/** Runs the steps of a WebSocket or a tunnel to their end. Does not reject for what the server does. */
export async function runSteps(
  exchange: ScenarioWebSocket | ScenarioTunnel,
  options: RunOptions,
): Promise<ClientResult> {
  const socket = new Socket(exchange, options);
  const following = follow(socket, exchange.steps);
  const result = await socket.done;
  await following;
  return result;
}

async function follow(socket: Socket, steps: readonly Step[]): Promise<void> {
  if (!(await socket.accepted)) return socket.stepsDone();
  for (const step of steps) {
    if (socket.attempt.over) break;
    switch (step.do) {
      case 'send':
        await socket.send(step.data);
        break;
      case 'wait':
        await socket.received(step.messages);
        break;
      case 'pause':
        await socket.attempt.pause(step.ms);
        break;
      case 'close':
        await socket.close(step.code, step.reason);
        break;
      case 'end':
        socket.end();
        break;
      case 'reset':
        await Promise.race([socket.attempt.connection.taken?.(), socket.attempt.gone]);
        socket.attempt.leave('left');
        break;
    }
  }
  await socket.conclude();
  socket.stepsDone();
}

/** Opens a WebSocket for use by hand: the steps of the scenario are left out. Silence on it is no timeout. */
export function openSocket(
  request: ScenarioWebSocket,
  options: RunOptions & { onEvent(event: SocketEvent): void },
): LiveSocket {
  const socket = new Socket(request, options, options.onEvent);
  // One after the other, and none before it is open.
  let last: Promise<unknown> = socket.accepted.then((accepted) => {
    socket.attempt.patient = accepted;
  });
  const then = (act: () => Promise<void>) => {
    last = last.then(() => (socket.attempt.over ? undefined : act()));
  };
  void socket.done.then(() => socket.stepsDone());
  return {
    send: (data) => then(() => socket.send(data)),
    close(code, reason = '') {
      const frame = socket.closeFrame(code, reason);
      then(async () => {
        socket.attempt.patient = false;
        await socket.close(code, reason, frame);
      });
    },
    reset: () => socket.attempt.leave('left'),
    done: socket.done,
  };
}

class Socket {
  readonly attempt: Attempt;
  /** Whether the server has accepted, once that is known. */
  readonly accepted: Promise<boolean>;
  readonly done: Promise<ClientResult>;
  /** The steps are over: nothing more is sent. */
  readonly stepsDone: () => void;
  readonly #stepsOver: Promise<void>;
  readonly #tell: ((event: SocketEvent) => void) | undefined;
  /** Undefined in a tunnel. */
  readonly #frames: WebSocketClient | undefined;
  readonly #readPause: number;
  #decide: (accepted: boolean) => void = () => {};
  #open = false;
  #subprotocol: string | undefined;
  readonly #messages: ClientMessage[] = [];
  #dropped = 0;
  #keptOctets = 0;
  #received = 0;
  #awaited = 0;
  #arrival: (() => void) | undefined;
  #closeSent = false;
  #ended = false;
  #serverDone = false;
  #closed: ClientClose | undefined;

  constructor(
    exchange: ScenarioWebSocket | ScenarioTunnel,
    options: RunOptions,
    tell?: (event: SocketEvent) => void,
  ) {
    this.#tell = tell;
    this.#readPause = exchange.readPause;
    this.accepted = new Promise((resolve) => (this.#decide = resolve));
    const steps = Promise.withResolvers<void>();
    this.#stepsOver = steps.promise;
    this.stepsDone = steps.resolve;
    this.#frames = exchange.kind === 'websocket' ? framesFor(exchange, options) : undefined;
    this.attempt = new Attempt(exchange, headOf(exchange, this.#frames), options);
    this.done = this.#run();
  }

  // What the client does.

  /** Sends a message; in a tunnel, octets. Returns when they were taken. */
  async send(data: string | Uint8Array): Promise<void> {
    if (this.#closeSent || this.#ended || this.attempt.over) return;
    const frames = this.#frames;
    if (!frames) {
      const octets = typeof data === 'string' ? encoder.encode(data) : data;
      this.#keep('out', octets);
      this.attempt.trace('out', 'client.tunnel.octets', { data: octets });
      return this.attempt.write(octets);
    }
    this.#keep('out', data);
    this.attempt.trace('out', 'client.websocket.send', carried(data));
    await this.attempt.write(typeof data === 'string' ? frames.text(data) : frames.data(data));
  }

  /** Resolves when so many messages have come that nobody waited for before, or none can come any more. */
  async received(messages: number): Promise<void> {
    this.#awaited += messages;
    while (this.#received < this.#awaited && !this.#serverDone && !this.attempt.over) {
      const arrival = new Promise<void>((resolve) => (this.#arrival = resolve));
      await Promise.race([arrival, this.attempt.gone]);
    }
  }

  /** The octets of a Close frame. @throws RangeError for a code or a reason that it cannot carry */
  closeFrame(code: number | undefined, reason: string): Uint8Array {
    return (this.#frames as WebSocketClient).close(code, reason);
  }

  async close(
    code: number | undefined,
    reason: string,
    frame = this.closeFrame(code, reason),
  ): Promise<void> {
    if (this.#closeSent || this.#ended || this.attempt.over) return;
    this.#closeSent = true;
    this.attempt.trace('out', 'client.websocket.close', { code, reason: reason || undefined });
    await this.attempt.write(frame);
  }

  /** Ends the direction of the client. */
  end(): void {
    if (this.#ended || this.attempt.over) return;
    this.#ended = true;
    this.attempt.trace('out', `client.${this.#frames ? 'websocket' : 'tunnel'}.end`);
    this.attempt.connection.end();
  }

  /** What is done where the steps leave it open: a WebSocket closes, and a tunnel ends its direction. */
  async conclude(): Promise<void> {
    if (this.attempt.over) return;
    if (this.#frames) await this.close(1000, '');
    else this.end();
  }

  // What comes.

  async #run(): Promise<ClientResult> {
    const { attempt } = this;
    await this.#read();
    this.#serverDone = true;
    this.#decide(this.#open);
    this.#arrival?.();
    // A tunnel whose server has ended its direction still takes what the client sends.
    if (this.#open && !this.#frames && attempt.outcome === 'complete')
      await Promise.race([this.#stepsOver, attempt.gone]);
    attempt.finish();
    attempt.connection.reset();
    const clean = attempt.outcome === 'complete';
    if (this.#open && this.#frames) this.#closed ??= { reason: '', clean };
    if (this.#open || attempt.status === undefined)
      this.#tell?.({ type: 'closed', ...(this.#closed ?? { reason: '', clean: false }) });
    return {
      ...attempt.result(),
      messages: this.#messages,
      messagesDropped: this.#dropped,
      ...(this.#closed === undefined ? {} : { closed: this.#closed }),
      ...(this.#subprotocol === undefined ? {} : { subprotocol: this.#subprotocol }),
    };
  }

  async #read(): Promise<void> {
    const { attempt } = this;
    for await (const response of attempt.connection) {
      if (attempt.over) return;
      attempt.progress();
      if (response.type === 'left') return attempt.left();
      if (attempt.takeHead(response)) {
        if (response.type === 'head' && !this.#judge(response)) return;
      } else if (!this.#open) {
        if (this.#takeDenial(response)) return;
      } else if (await (this.#frames ? this.#takeFrames(response) : this.#takeOctets(response)))
        return;
    }
  }

  /** Looks at the head of the answer. @returns false if it is no answer to what was asked */
  #judge({ status, headers }: { readonly status: number; readonly headers: Fields }): boolean {
    const { attempt } = this;
    const frames = this.#frames;
    if (!frames) this.#open = status >= 200 && status < 300;
    else if (status === (frames.request.http_version === '1.1' ? 101 : 200)) {
      try {
        this.#subprotocol = frames.checkAnswer({ status, headers }).subprotocol;
      } catch (error) {
        this.#closed = { reason: (error as Error).message, clean: false };
        attempt.outcome = 'aborted';
        attempt.trace('in', 'client.aborted', {}, this.#closed.reason);
        attempt.connection.reset();
        return false;
      }
      this.#open = true;
    }
    if (!this.#open) return true;
    const subprotocol = this.#subprotocol;
    this.#tell?.({ type: 'open', status, headers, ...(subprotocol ? { subprotocol } : {}) });
    this.#decide(true);
    return true;
  }

  /** Takes a response that is no acceptance. @returns whether it is over */
  #takeDenial(response: ClientResponse): boolean {
    const { attempt } = this;
    if (response.type === 'body') {
      attempt.takeBody(response.data);
      if (attempt.tooLarge) attempt.leave('limit');
      return attempt.over;
    }
    if (response.type === 'end') {
      attempt.outcome = 'complete';
      attempt.trailers = response.trailers;
      attempt.trace('in', 'client.response.end', { trailers: response.trailers });
      const { status = 0, headers, body } = attempt;
      this.#tell?.({ type: 'denied', status, headers, body: body.kept() });
    } else this.#broken(response.type === 'closed' ? 'closed' : 'aborted');
    return true;
  }

  async #takeOctets(response: ClientResponse): Promise<boolean> {
    const { attempt } = this;
    if (response.type === 'body') {
      const { data } = response;
      attempt.body.push(data);
      attempt.trace('in', 'client.tunnel.octets', { data });
      await this.#arrived(data);
      return attempt.over;
    }
    if (response.type === 'end') {
      attempt.outcome = 'complete';
      attempt.trace('in', 'client.tunnel.end');
    } else this.#broken('aborted');
    return true;
  }

  async #takeFrames(response: ClientResponse): Promise<boolean> {
    const { attempt } = this;
    const frames = this.#frames as WebSocketClient;
    if (response.type !== 'body') {
      // Once Close frames have gone both ways, how the connection ends says nothing more.
      if (this.#closed?.clean) attempt.outcome = 'complete';
      else this.#broken('aborted');
      return true;
    }
    frames.push(response.data);
    for (let event = frames.next(); event && !attempt.over; event = frames.next()) {
      if (await this.#takeFrame(event)) return true;
    }
    return attempt.over;
  }

  /** @returns whether nothing more is read */
  async #takeFrame(event: FrameEvent): Promise<boolean> {
    const { attempt } = this;
    const frames = this.#frames as WebSocketClient;
    switch (event.type) {
      case 'message': {
        const data = 'text' in event ? event.text : event.data;
        attempt.body.size += event.size;
        attempt.trace('in', 'client.websocket.receive', carried(data));
        await this.#arrived(data);
        return attempt.over;
      }
      case 'ping':
        if (!this.#closeSent && !this.#ended) await attempt.write(frames.pong(event.data));
        return false;
      case 'pong':
        return false;
      case 'close': {
        const { code, reason } = event;
        attempt.trace('in', 'client.websocket.close', { code, reason: reason || undefined });
        // RFC 6455 section 5.5.1: it is answered with the code that it has.
        await this.close(code, '');
        this.#closed = { ...(code === undefined ? {} : { code }), reason, clean: this.#closeSent };
        this.#serverDone = true;
        this.#arrival?.();
        this.#ended = true;
        attempt.patient = false;
        attempt.connection.end();
        return false;
      }
      case 'violation':
        await this.close(event.code, '');
        this.#closed = { code: event.code, reason: event.message, clean: false };
        attempt.outcome = event.code === 1009 ? 'limit' : 'aborted';
        attempt.trace('out', `client.${attempt.outcome}`, {}, event.message);
        return true;
    }
  }

  async #arrived(data: string | Uint8Array): Promise<void> {
    const { attempt } = this;
    this.#received++;
    this.#keep('in', data);
    this.#arrival?.();
    this.#tell?.({ type: 'message', data });
    if (attempt.tooLarge) attempt.leave('limit');
    else if (this.#readPause > 0) await attempt.pause(this.#readPause);
  }

  #broken(outcome: 'aborted' | 'closed'): void {
    this.attempt.outcome = outcome;
    this.attempt.trace('in', `client.${outcome}`);
  }

  #keep(dir: 'in' | 'out', data: string | Uint8Array): void {
    this.#keptOctets += data.length;
    if (this.#messages.length >= KEPT_MESSAGES || this.#keptOctets > KEPT_OCTETS) this.#dropped++;
    else this.#messages.push({ dir, data, t: this.attempt.t });
  }
}

function framesFor(
  { headers }: ScenarioWebSocket,
  { dial, bodyLimit }: RunOptions,
): WebSocketClient {
  const named = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const key = named.find(([name]) => name === 'sec-websocket-key')?.[1];
  return new WebSocketClient({
    http_version: dial.version ?? '1.1',
    random: (octets) => crypto.getRandomValues(new Uint8Array(octets)),
    subprotocols: listOf(named, 'sec-websocket-protocol'),
    ...(key === undefined ? {} : { key }),
    ...(bodyLimit === undefined ? {} : { messageOctets: bodyLimit }),
  });
}

/** The head as sent: the fields of the scenario, and those of the handshake that it does not have. */
function headOf(
  { target, headers: written }: ScenarioWebSocket | ScenarioTunnel,
  frames: WebSocketClient | undefined,
): ClientRequest {
  const has = (field: string) => written.some(([name]) => name.toLowerCase() === field);
  const headers = [...written];
  if (!has('host')) headers.unshift(['Host', frames ? 'localhost' : target]);
  if (!frames) return { method: 'CONNECT', target, headers, opens: true };
  const { method, protocol, headers: own } = frames.request;
  headers.push(...own.filter(([name]) => !has(name)));
  return { method, target, headers, opens: true, ...(protocol ? { protocol } : {}) };
}

/** A message as the tap takes it. */
function carried(data: string | Uint8Array): Readonly<Record<string, unknown>> {
  return typeof data === 'string' ? { text: data } : { data };
}
