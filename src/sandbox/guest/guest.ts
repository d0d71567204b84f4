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
import { decode, type Envelope, encode, type Kind } from '../envelope.ts';
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

/** Trace events of one request that are sent to the page. */
const TRACE_LIMIT = 2000;
/** Events that are sent one by one, so that they arrive even if the application then loops. */
const EAGER_EVENTS = 100;
const LOG_LIMIT = 500;
const LOG_LINE_LIMIT = 2000;
/** Octets of a response after which the client leaves. */
const BODY_LIMIT = 16 * 1024 * 1024;
const BEAT_INTERVAL = 1000;

/** Starts a guest. @returns what the place calls with each message of the page */
export function startGuest(place: Place, sid: string): (text: string) => void {
  let epoch = 0;
  let seq = 0;
  const post = (kind: Kind, body: unknown, id?: number) =>
    place.post(
      encode({ v: 1, sid, epoch, seq: ++seq, kind, ...(id === undefined ? {} : { id }), body }),
    );

  const log = captureConsole((lines, dropped) => post('log', { lines, dropped }));
  let server: { readonly dial: Dial; close(): void } | undefined;
  let recorder: Recorder | undefined;
  let interrupted = new AbortController();
  let faults: Diagnosis[] = [];
  let batch: TraceEvent[] = [];
  let flushing: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(flushing);
    flushing = undefined;
    if (batch.length > 0) post('trace', batch);
    batch = [];
  };

  const emit = (event: TraceEvent) => {
    batch.push(event);
    if (event.seq <= EAGER_EVENTS || batch.length >= 100) flush();
    else flushing ??= setTimeout(flush, 16);
  };

  const onFault = (fault: Fault) => {
    const src = fault.error instanceof Error ? place.locate(fault.error.stack ?? '') : undefined;
    faults.push({
      kind: 'fault',
      message: fault.message,
      ...(fault.requirement === undefined ? {} : { requirement: fault.requirement }),
      ...(src ? { src } : {}),
    });
  };

  async function load(body: unknown): Promise<void> {
    server?.close();
    server = undefined;
    log.restart();
    recorder = createRecorder({ run: sid, now: () => performance.now(), emit, limit: TRACE_LIMIT });
    const application = await place.load(body);
    if (typeof application !== 'function') {
      throw new LoadError(
        `the default export is ${application === undefined ? 'missing' : typeof application}, not an application. Write \`export default application({ … })\`.`,
      );
    }
    const gateway = createGateway(application as Application, {
      tap: recorder.tap,
      onFault,
      locate: place.locate,
    });
    server = await place.open(gateway);
  }

  async function request(body: unknown): Promise<RequestReport> {
    if (!server || !recorder) throw new Error('no application is loaded');
    const { request: scenario, conn } = body as { request: ScenarioRequest; conn: number };
    interrupted = new AbortController();
    faults = [];
    const before = recorder.dropped;
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
    return { result, dropped: recorder.dropped - before, faults };
  }

  async function answer(envelope: Envelope): Promise<void> {
    const { op, body, id } = envelope;
    try {
      if (op === 'load') {
        epoch = envelope.epoch;
        await load(body);
        post('reply', {}, id);
      } else if (op === 'request') post('reply', await request(body), id);
      else if (op === 'interrupt') interrupted.abort();
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

function report(error: unknown, place: Place): GuestError {
  if (!(error instanceof Error))
    return { kind: 'load', message: `the application threw ${String(error)}.` };
  const src = place.locate(error.stack ?? '');
  const name = error instanceof LoadError ? '' : `${error.name}: `;
  return { kind: 'load', message: `${name}${error.message}`, ...(src ? { src } : {}) };
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
      send(
        [
          {
            level,
            text: text.length > LOG_LINE_LIMIT ? `${text.slice(0, LOG_LINE_LIMIT)}…` : text,
          },
        ],
        dropped,
      );
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
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
