// The process of the cases, for servers of others that call Python: hears on a Unix socket of each call that
// servers/relay.py carries here, and calls the suite's application for it. A connection is a call; what passes are lines
// of JSON, in which octets are `{"$base64": …}` and what no event can have is `{"$invalid": …}`.

import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type AnyScope, type Application, Closed, Misuse } from '../interface/index.ts';
import { Run } from './stage.ts';

/**
 * A run that gives an answer of the other process the time to arrive before it calls something pending: each call there
 * has taken what was sent to it before, and what follows of that has some milliseconds.
 */
export class DistantRun extends Run {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    super();
    this.#calls = calls;
  }

  override async turns(count = 5): Promise<void> {
    await this.#calls.taken();
    await new Promise((resolve) => setTimeout(resolve, count * 10));
  }
}

/** The calls that are under way in the other process. */
export interface Calls {
  /** Resolves when each of them has taken every line that was written to it so far, or is over. */
  taken(): Promise<void>;
}

interface Told {
  readonly name: string;
  readonly message: string;
  readonly cause?: string;
  readonly code?: number;
  readonly requirement?: string;
}

interface Line {
  readonly scope?: Record<string, unknown>;
  readonly cancel?: Told;
  readonly n?: number;
  readonly taken?: number;
  readonly event?: unknown;
  readonly error?: Told;
}

/** Listens at `path` for calls of an application. */
export function listenForCalls(
  path: string,
  application: Application,
  calls = new OpenCalls(),
): Promise<Server> {
  const server = createServer((socket) => serve(socket, application, calls));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** A call that can be asked whether it has taken what was written. */
type Asked = () => Promise<void>;

export class OpenCalls implements Calls {
  readonly #open = new Set<Asked>();

  add(call: Asked): void {
    this.#open.add(call);
  }

  delete(call: Asked): void {
    this.#open.delete(call);
  }

  async taken(): Promise<void> {
    await Promise.all([...this.#open].map((asked) => asked()));
  }
}

function serve(socket: Socket, application: Application, calls: OpenCalls): void {
  const cancel = new AbortController();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  const write = (line: object) => {
    if (socket.writable) socket.write(`${JSON.stringify(encoded(line))}\n`);
  };
  const ask = (op: 'receive' | 'send', event?: unknown): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>();
    // Whoever does not await it has no fault of ours.
    answer.promise.catch(() => {});
    waiting.set(++asked, answer);
    write({ op, n: asked, ...(op === 'send' ? { event } : {}) });
    return answer.promise;
  };
  const asking = new Map<number, () => void>();
  let over = false;
  const taken = (): Promise<void> =>
    new Promise((resolve) => {
      if (over) return resolve();
      asking.set(++asked, resolve);
      write({ op: 'taken', n: asked });
    });
  calls.add(taken);
  const call = async (fields: Record<string, unknown>) => {
    const scope = { ...fields, local: { state: {}, cancel: cancel.signal } };
    try {
      await (application as (...sides: unknown[]) => Promise<void>)(
        scope as unknown as AnyScope,
        () => ask('receive'),
        (event: unknown) => ask('send', event),
      );
      write({ op: 'end', outcome: null });
    } catch (error) {
      const { name, message, cause, code, requirement } = Object(error);
      const outcome = { name: String(name), message: String(message ?? error) };
      write({
        op: 'end',
        outcome: {
          ...outcome,
          ...(name === 'Closed' ? { cause, ...(code === undefined ? {} : { code }) } : {}),
          ...(name === 'Misuse' ? { requirement } : {}),
        },
      });
    }
  };
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', (text) => {
    const line = JSON.parse(text, decoded) as Line;
    if (line.scope) call(line.scope);
    else if (line.cancel) cancel.abort(errorOf(line.cancel));
    else if (line.taken !== undefined) {
      asking.get(line.taken)?.();
      asking.delete(line.taken);
    } else if (line.n !== undefined) {
      const answer = waiting.get(line.n);
      waiting.delete(line.n);
      if (line.error) answer?.reject(errorOf(line.error));
      else answer?.resolve(line.event);
    }
  });
  const gone = () => {
    over = true;
    calls.delete(taken);
    for (const resolve of asking.values()) resolve();
    asking.clear();
    for (const answer of waiting.values()) answer.reject(new Error('the call has ended'));
    waiting.clear();
  };
  // A server that is ended resets what is open; the interface of lines tells it once more.
  lines.on('error', gone);
  socket.on('error', gone);
  socket.on('close', gone);
}

function errorOf({ name, message, cause, code, requirement }: Told): Error {
  if (name === 'Closed') return new Closed(cause as never, code);
  if (name === 'Misuse') return new Misuse(requirement as never, message);
  return Object.assign(new Error(message), { name });
}

/** Also what an application sends on purpose although no event can have it. */
function encoded(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.isWellFormed() ? value : { $invalid: 'string' };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $invalid: 'number' };
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return Array.from(value, encoded);
  if (typeof value !== 'object') return { $invalid: typeof value };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return { $invalid: 'object' };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, encoded(inner)]));
}

function decoded(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$base64' in value)) return value;
  return new Uint8Array(Buffer.from(String(value.$base64), 'base64'));
}
