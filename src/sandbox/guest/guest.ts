// What runs inside every sandbox, wherever that is: takes calls in envelopes, loads the application, joins it to a
// gateway, sends it the scenario's requests, and reports every event. The place itself is given as a `Place`.

import { type Dial, runRequest, type ScenarioRequest } from '../../client/index.ts';
import { createGateway, type Fault, type Gateway } from '../../gateway/index.ts';
import type { Application } from '../../interface/index.ts';
import {
  createRecorder,
  type Recorder,
  type SourcePosition,
  type TraceEvent,
} from '../../trace/index.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode, type Kind } from '../envelope.ts';
import type { Diagnosis } from '../program.ts';
import type { GuestError, LogLine, RequestReport } from '../runtime.ts';

/** What a guest needs of the place that it runs in. */
export interface Place {
  /** Hands a message to the page. */
  post(text: string): void;
  /** Evaluates the program and gives the default export of its entry. */
  load(body: unknown): Promise<unknown>;
  /** Makes the gateway reachable. `close` breaks off whatever is left of earlier requests. */
  open(gateway: Gateway): Promise<{ readonly dial: Dial; close(): void }>;
  /** Finds the program's own line in a stack. */
  locate(stack: string): SourcePosition | undefined;
}

/** Trace events of one program that are sent to the page. */
const TRACE_LIMIT = 2000;
/** Events that are sent one by one, so that they arrive even if the application then loops. */
const EAGER_EVENTS = 100;
const LOG_LIMIT = 500;
/** Characters of a line that was printed, and of a message. */
const LINE_LIMIT = 2000;
/** Octets of a response after which the client leaves. */
const BODY_LIMIT = 16 * 1024 * 1024;
const BEAT_INTERVAL = 1000;
/** Milliseconds that a program may take to load: what waits at its top level waits for ever. */
const LOAD_LIMIT = 10_000;

/** What is there while a program is loaded. Another program has its own, and hears nothing of this one. */
interface Loaded {
  readonly server: { readonly dial: Dial; close(): void };
  readonly recorder: Recorder;
  /** What of it was not sent to the page, and how much of that has been reported. */
  dropped(): number;
  readonly faults: Diagnosis[];
}

/** Starts a guest. @returns what the place calls with each message of the page */
export function startGuest(place: Place, sid: string): (text: string) => void {
  let epoch = 0;
  let seq = 0;
  /** Hands an envelope to the page. @returns whether it was short enough */
  const post = (kind: Kind, body: unknown, id?: number): boolean => {
    const text = encode({
      v: 1,
      sid,
      epoch,
      seq: ++seq,
      kind,
      ...(id === undefined ? {} : { id }),
      body,
    });
    if (text.length > ENVELOPE_LIMIT) return false;
    place.post(text);
    return true;
  };

  const log = captureConsole((lines, dropped) => post('log', { lines, dropped }));
  let loaded: Loaded | undefined;
  let interrupted = new AbortController();
  let batch: TraceEvent[] = [];
  let flushing: ReturnType<typeof setTimeout> | undefined;
  /** Events that were too large to be sent. */
  let oversized = 0;

  const flush = () => {
    clearTimeout(flushing);
    flushing = undefined;
    const events = batch;
    batch = [];
    if (events.length === 0 || post('trace', events)) return;
    for (const event of events) if (!post('trace', [event])) oversized++;
  };

  const emit = (event: TraceEvent) => {
    batch.push(event);
    if (event.seq <= EAGER_EVENTS || batch.length >= 100) flush();
    else flushing ??= setTimeout(flush, 16);
  };

  async function load(body: unknown): Promise<void> {
    const revision = epoch;
    loaded?.server.close();
    loaded = undefined;
    batch = [];
    oversized = 0;
    log.restart();
    const recorder = createRecorder({
      run: sid,
      now: () => performance.now(),
      // Calls of an earlier program may go on for long, and are nobody's business any more.
      emit: (event) => void (revision === epoch && emit(event)),
      limit: TRACE_LIMIT,
    });
    const application = await inTime(place.load(body));
    if (typeof application !== 'function') {
      throw new LoadError(
        `the default export is ${application === undefined ? 'missing' : typeof application}, not an application. Write \`export default application({ … })\`.`,
      );
    }
    const faults: Diagnosis[] = [];
    const gateway = createGateway(application as Application, {
      tap: recorder.tap,
      onFault: (fault) => void faults.push(diagnose(fault, place)),
      locate: place.locate,
    });
    const started = await inTime(gateway.start());
    if (!started.ready) throw new LoadError(`the application did not start: ${started.message}`);
    const server = await place.open(gateway);
    if (revision !== epoch) return server.close();
    let reported = 0;
    const dropped = () => {
      const before = reported;
      reported = recorder.dropped + oversized;
      return reported - before;
    };
    loaded = { server, recorder, dropped, faults };
  }

  async function request(body: unknown): Promise<RequestReport> {
    if (!loaded) throw new Error('no application is loaded');
    const { server, recorder, dropped, faults } = loaded;
    const { request: scenario, conn } = body as { request: ScenarioRequest; conn: number };
    interrupted = new AbortController();
    const result = await runRequest(scenario, {
      dial: server.dial,
      conn,
      tap: recorder.tap,
      signal: interrupted.signal,
      bodyLimit: BODY_LIMIT,
    });
    // The application's call may end in the turn after its last event: let its row come with this request.
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    flush();
    return { result, dropped: dropped(), faults: faults.splice(0) };
  }

  async function answer(envelope: Envelope): Promise<void> {
    const { op, body, id } = envelope;
    try {
      if (op === 'load') {
        epoch = envelope.epoch;
        await load(body);
        post('reply', {}, id);
      } else if (op === 'request') {
        const sent = post('reply', await request(body), id);
        if (!sent)
          throw new LimitError(
            'what came back is larger than a sandbox takes. Send shorter header fields.',
          );
      } else if (op === 'interrupt') interrupted.abort();
    } catch (error) {
      flush();
      post('error', report(error, place), id);
    }
  }

  // Faults in code that nobody waits for: a timer, a promise that was let go.
  const stray = (error: unknown) => {
    const { message, src } = report(error, place);
    log.print(
      'error',
      `Uncaught ${message}${src ? ` (${src.file}:${src.line}:${src.column})` : ''}`,
    );
  };
  onStray(stray);

  setInterval(() => post('beat', {}), BEAT_INTERVAL);
  post('hello', {});
  return (text) => {
    const envelope = decode(text);
    if (envelope?.sid === sid && envelope.kind === 'call') void answer(envelope);
  };
}

class LoadError extends Error {}
class LimitError extends Error {}

function inTime<T>(loading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new LimitError(
          `the application was not loaded within ${LOAD_LIMIT / 1000} seconds. Something is awaited at its top level that does not come.`,
        ),
      );
    }, LOAD_LIMIT);
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}

function diagnose({ requirement, message, error }: Fault, place: Place): Diagnosis {
  const src = positionOf(error, place);
  return {
    kind: 'fault',
    message: cut(message),
    ...(requirement === undefined ? {} : { requirement }),
    ...(src ? { src } : {}),
  };
}

function report(error: unknown, place: Place): GuestError {
  const kind = error instanceof LimitError ? 'limit' : 'load';
  const src = positionOf(error, place);
  const said = error instanceof LoadError || error instanceof LimitError;
  const words = error instanceof Error ? attempt(() => error.message) : undefined;
  const name = error instanceof Error && !said ? `${attempt(() => error.name) ?? 'Error'}: ` : '';
  return {
    kind,
    message:
      words === undefined ? `the application threw ${cut(textOf(error))}.` : `${name}${cut(words)}`,
    ...(src ? { src } : {}),
  };
}

function positionOf(error: unknown, place: Place): SourcePosition | undefined {
  const stack = error instanceof Error ? attempt(() => error.stack) : undefined;
  return stack === undefined ? undefined : place.locate(stack);
}

// What a program throws and prints may be anything, and may throw when it is looked at.

function attempt(read: () => unknown): string | undefined {
  try {
    const value = read();
    return value === undefined ? undefined : String(value);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return attempt(() => value ?? String(value)) ?? 'something that has no text';
}

function cut(text: string): string {
  return text.length > LINE_LIMIT ? `${text.slice(0, LINE_LIMIT)}…` : text;
}

function onStray(stray: (error: unknown) => void): void {
  const scope = globalThis as unknown as {
    process?: { on?: (event: string, listener: (error: unknown) => void) => void };
    addEventListener?: (
      type: string,
      listener: (event: Event & { error?: unknown; reason?: unknown }) => void,
    ) => void;
  };
  if (scope.process?.on) {
    scope.process.on('uncaughtException', stray);
    scope.process.on('unhandledRejection', stray);
  } else {
    scope.addEventListener?.('error', (event) => {
      event.preventDefault();
      stray(event.error);
    });
    scope.addEventListener?.('unhandledrejection', (event) => {
      event.preventDefault();
      stray(event.reason);
    });
  }
}

/** Sends what the program prints to the page, up to a limit for each program. */
function captureConsole(send: (lines: LogLine[], dropped: number) => void) {
  let count = 0;
  let dropped = 0;
  let reporting = false;
  const print = (level: LogLine['level'], text: string) => {
    if (count < LOG_LIMIT) {
      count++;
      send([{ level, text: cut(text) }], dropped);
    } else {
      dropped++;
      if (reporting) return;
      reporting = true;
      setTimeout(() => {
        reporting = false;
        send([], dropped);
      }, 250);
    }
  };
  const LEVELS = { log: 'log', info: 'log', debug: 'log', warn: 'warn', error: 'error' } as const;
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method as keyof typeof LEVELS] = (...values: unknown[]) =>
      print(level, values.map(inspect).join(' '));
  }
  return {
    print,
    restart() {
      count = 0;
      dropped = 0;
    },
  };
}

function inspect(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return attempt(() => value.stack ?? value) ?? textOf(value);
  if (typeof value !== 'object' || value === null) return textOf(value);
  return attempt(() => JSON.stringify(value)) ?? textOf(value);
}
