// What runs inside every sandbox, wherever that is: takes calls in envelopes, loads the application, joins it to a
// gateway, sends it the scenario's requests, and reports every event. The place itself is given as a `Place`.

import { Faults } from '../../client/faulty.ts';
import {
  type Dial,
  joinLanes,
  type Lanes,
  type LiveSocket,
  openSocket,
  runRequest,
  type ScenarioExchange,
  type ScenarioWebSocket,
  type SocketEvent,
} from '../../client/index.ts';
import type { OpenFileBelow } from '../../gateway/conversation/output.ts';
import { createGateway, type Fault, type Gateway } from '../../gateway/index.ts';
import { GRACE, settle, windUp } from '../../gateway/wind-up.ts';
import type { Application } from '../../interface/index.ts';
import {
  createRecorder,
  type Recorder,
  type SourcePosition,
  type TraceEvent,
} from '../../trace/index.ts';
import type { Time } from '../../trace/time.ts';
import type { Arming, ControlCommand, Standing } from '../control.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode, type Kind } from '../envelope.ts';
import type { Diagnosis } from '../program.ts';
import type { EndReport, GuestError, LogLine, RequestReport, SocketReport } from '../said.ts';
import { Control } from './control.ts';
import { HeldTime, type Platform } from './held-time.ts';

/** What a guest needs of the place that it runs in. */
export interface Place {
  /** Hands a message to the page. */
  post(text: string): void;
  /** Whether an earlier program has changed what the next one would run in. */
  stale(): boolean;
  /** The program that was loaded last is of no concern any more. */
  leave?(): void;
  /** Evaluates the program and gives the default export of its entry. */
  load(body: unknown): Promise<unknown>;
  /** Sets all that tells a program the time by this clock, or by the platform's again. Absent where it cannot be. */
  useTime?(time: Time | undefined): void;
  /** Opens the files of the program that was loaded last, which stand below `PROGRAM_ROOT` for it. */
  readonly openFile: OpenFileBelow;
  /** Makes the gateway reachable. `close` breaks off whatever is left of earlier requests. */
  open(gateway: Gateway): Promise<{ readonly dial: Dial; close(): void }>;
  /** Stands between the gateway and what holds the application still, where the place has something to do there. */
  outermost?(application: Application): Application;
  /** Finds the program's own line in a stack. */
  locate(stack: string): SourcePosition | undefined;
}

/** Where the files of a program stand for itself, as they do for `portway check`. */
export const PROGRAM_ROOT = '/app';

/** Trace events of one program that are sent to the page. */
const TRACE_LIMIT = 2000;
/** Events that are sent one by one, so that they arrive even if the application then loops. */
const EAGER_EVENTS = 100;
const LOG_LIMIT = 500;
/** Characters of a line that was printed, and of a message. */
const LINE_LIMIT = 2000;
/** Octets of a response after which the client leaves. */
const BODY_LIMIT = 16 * 1024 * 1024;
/** Faults of one exchange that are told. A program may go on after each. */
const FAULT_LIMIT = 50;
/** Messages of all live sockets that are handed on in a second. */
const MESSAGE_RATE = 500;
const BEAT_INTERVAL = 1000;
/** Milliseconds in which what is told of a run under control is gathered. That it stands now is told at once. */
const STANDING_INTERVAL = 50;
/** Milliseconds that a program may take to load: what waits at its top level waits for ever. */
const LOAD_LIMIT = 10_000;

/** What is there while a program is loaded. Another program has its own, and hears nothing of this one. */
interface Loaded {
  readonly gateway: Gateway;
  readonly server: { readonly dial: Dial; close(): void };
  readonly recorder: Recorder;
  readonly lanes: Lanes;
  /** Of a run under control. */
  readonly controlled: Controlled | undefined;
  /** Whether it has a lifespan, which ends with it. */
  lives(): boolean;
  /** What of it was not sent to the page, and how much of that has been reported. */
  dropped(): number;
  readonly faults: Diagnosis[];
}

/** What a program that was loaded under control has beside. */
interface Controlled {
  readonly control: Control;
  readonly faults: Faults;
  readonly time: HeldTime;
}

/** What a load carries for a guest in any place. */
export interface ControlledLoad {
  /** Puts the program under control. */
  readonly control?: Arming;
}

/** Starts a guest. @returns what the place calls with each message of the page */
export function startGuest(place: Place, sid: string): (text: string) => void {
  // A program may put others in their place: the guest goes on with these.
  const { setTimeout, clearTimeout, setInterval, performance } = globalThis;
  const platform: Platform = {
    now: performance.now.bind(performance),
    // As functions of nothing: a browser refuses them as methods of another object.
    setTimeout: (callback, delay) => setTimeout(callback, delay),
    clearTimeout: (timer) => clearTimeout(timer as never),
  };
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
  /** The clock of a program under control. */
  let heldTime: HeldTime | undefined;
  let interrupted = new AbortController();
  const sockets = new Map<number, LiveSocket>();
  let batch: TraceEvent[] = [];
  let flushing: ReturnType<typeof setTimeout> | undefined;
  /** Events that were too large to be sent. */
  let oversized = 0;
  /** Counts what happens in the program, past every limit, so that the page sees whether anything does. */
  let progress = 0;

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

  /** Control over a program, which tells the page how it stands. */
  function takeControl(arming: Arming, recorder: Recorder, lanes: Lanes, time: HeldTime) {
    const revision = epoch;
    let [standsAsTold, toldAt] = [false, Number.NEGATIVE_INFINITY];
    let telling: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      clearTimeout(telling);
      telling = undefined;
      if (revision !== epoch) return;
      const standing: Standing = { ...control.standing, open: faults.open };
      standsAsTold = control.paused;
      toldAt = platform.now();
      // What happened before it is seen before it.
      flush();
      post('standing', standing);
    };
    const soon = () => {
      telling ??= setTimeout(tell, STANDING_INTERVAL);
    };
    const faults = new Faults({ tap: lanes.client, time, onChange: soon });
    const control = new Control({
      arming,
      time,
      tap: recorder.tap,
      numberOf: lanes.numberOf,
      onStanding() {
        const now = control.paused && !standsAsTold;
        if (now || platform.now() - toldAt >= STANDING_INTERVAL) tell();
        else soon();
      },
    });
    return { control, faults, time };
  }

  function obey({ control, faults, time }: Controlled, command: ControlCommand): void {
    progress++;
    switch (command.do) {
      case 'arm':
        control.arm(command.when ?? undefined);
        break;
      case 'step':
        control.step();
        break;
      case 'resume':
        control.resume();
        break;
      case 'inject':
        faults.inject(command.conn, command.fault);
        break;
      case 'relent':
        faults.relent(command.conn);
        break;
      case 'move':
        void time.move(command.ms);
        break;
    }
  }

  async function load(body: unknown): Promise<{ stale: boolean }> {
    const revision = epoch;
    const { control: arming } = body as ControlledLoad;
    if (loaded) {
      // What the earlier program has to say of its end is nobody's business.
      log.mute(true);
      const { controlled: earlier } = loaded;
      loaded.server.close();
      loaded = undefined;
      interrupted.abort();
      interrupted = new AbortController();
      earlier?.control.release();
      place.leave?.();
      sockets.clear();
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      log.mute(false);
      if (revision !== epoch) return { stale: false };
    }
    heldTime?.clear();
    heldTime = undefined;
    place.useTime?.(undefined);
    batch = [];
    oversized = 0;
    log.restart();
    if (place.stale()) return { stale: true };
    const time = arming && new HeldTime(platform);
    heldTime = time;
    if (time) place.useTime?.(time);
    const recorder = createRecorder({
      run: sid,
      // Of what a reader has held, only what went on is time.
      now: () => time?.now() ?? performance.now(),
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
    const lanes = joinLanes(recorder.tap);
    const controlled = arming && time && takeControl(arming, recorder, lanes, time);
    let lives = false;
    const handler = application as Application;
    const called = controlled ? controlled.control.wrap(handler) : handler;
    const gateway = createGateway(place.outermost?.(called) ?? called, {
      tap(step, data) {
        progress++;
        if (step.type === 'lifespan.ready') lives = true;
        return lanes.gateway(step, data);
      },
      onFault(fault) {
        if (faults.length < FAULT_LIMIT) faults.push(diagnose(fault, place));
      },
      locate: place.locate,
      openFile: place.openFile,
      limits: { shutdown_ms: GRACE },
      ...(time ? { time } : {}),
    });
    const started = await inTime(gateway.start());
    if (!started.ready) {
      await windUp(gateway);
      throw new LoadError(`the application did not start: ${started.message}`);
    }
    const server = await place.open(gateway);
    if (revision !== epoch) {
      server.close();
      return { stale: false };
    }
    let reported = 0;
    const dropped = () => {
      const before = reported;
      reported = recorder.dropped + oversized;
      return reported - before;
    };
    loaded = { gateway, server, recorder, lanes, controlled, lives: () => lives, dropped, faults };
    return { stale: false };
  }

  /** What the client is given for an exchange with a program. */
  function optionsFor({ gateway, server, lanes, controlled }: Loaded, conn: number) {
    const { control, faults, time } = controlled ?? {};
    return {
      dial: faults?.dialFor(conn, server.dial) ?? server.dial,
      ...(time ? { time } : {}),
      // A client loses no patience with what the reader holds.
      held: () => control?.paused === true || faults?.holds(conn) === true,
      conn,
      tap: lanes.client,
      signal: interrupted.signal,
      bodyLimit: BODY_LIMIT,
      drain: () => gateway.drain(),
    };
  }

  async function request(body: unknown): Promise<RequestReport> {
    if (!loaded) throw new Error('no application is loaded');
    const mine = loaded;
    const { request: scenario, conn } = body as { request: ScenarioExchange; conn: number };
    const options = optionsFor(mine, conn);
    await mine.controlled?.control.running();
    const result = await runRequest(scenario, options);
    return { result, ...(await rest(mine)) };
  }

  /** Ends the program that is loaded, if there is anything of it to end. An interruption ends the waiting. */
  async function finish(): Promise<EndReport> {
    if (!loaded) throw new Error('no application is loaded');
    const mine = loaded;
    const { gateway } = mine;
    const { signal } = interrupted;
    const given = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const { control } = mine.controlled ?? {};
    do {
      await Promise.race([control?.running(), given]);
      await Promise.race([settle(gateway), given]);
    } while (control?.paused && !signal.aborted);
    // What is left of it is told to end, and can be held no more.
    control?.release();
    const over = mine.lives() || gateway.draining || gateway.calls > 0;
    if (over) await Promise.race([windUp(gateway), given]);
    return { over, ...(await rest(mine)) };
  }

  /** What is to be told of a program beside its results, since it was last told. */
  async function rest({ dropped, faults }: Loaded) {
    // The application's call may end in the turn after its last event: let its row come with this exchange.
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    flush();
    return { dropped: dropped(), faults: faults.splice(0) };
  }

  /** Opens a WebSocket that the page uses by hand. @returns when it is over */
  async function open(body: unknown, socket: number): Promise<SocketReport> {
    if (!loaded) throw new Error('no application is loaded');
    const mine = loaded;
    const { request: scenario, conn } = body as { request: ScenarioWebSocket; conn: number };
    const messages = perSecond(MESSAGE_RATE, platform.now);
    let messagesDropped = 0;
    const live = openSocket(scenario, {
      ...optionsFor(mine, conn),
      onEvent(event: SocketEvent) {
        progress++;
        const taken = event.type !== 'message' || messages();
        if (!taken || !post('socket', { socket, event })) messagesDropped++;
      },
    });
    sockets.set(socket, live);
    try {
      await live.done;
    } finally {
      sockets.delete(socket);
    }
    return { ...(await rest(mine)), messagesDropped };
  }

  async function answer(envelope: Envelope): Promise<void> {
    const { op, body, id } = envelope;
    try {
      switch (op) {
        case 'load':
          epoch = envelope.epoch;
          post('reply', await load(body), id);
          break;
        case 'request':
          if (!post('reply', await request(body), id))
            throw new LimitError(
              'what came back is larger than a sandbox takes. Send shorter header fields.',
            );
          break;
        case 'open':
          post('reply', await open(body, id ?? 0), id);
          break;
        case 'finish':
          post('reply', await finish(), id);
          break;
        case 'socket.send': {
          const { socket, data } = body as { socket: number; data: string | Uint8Array };
          sockets.get(socket)?.send(data);
          break;
        }
        case 'socket.close': {
          const { socket, code, reason } = body as Record<'socket' | 'code', number> & {
            reason: string;
          };
          sockets.get(socket)?.close(code, reason);
          break;
        }
        case 'control':
          if (envelope.epoch === epoch && loaded?.controlled)
            obey(loaded.controlled, body as ControlCommand);
          break;
        case 'interrupt':
          interrupted.abort();
          interrupted = new AbortController();
          loaded?.controlled?.control.release();
          break;
        default:
      }
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

  setInterval(() => post('beat', { progress }), BEAT_INTERVAL);
  post('hello', {});
  return (text) => {
    const envelope = decode(text);
    if (envelope?.sid === sid && envelope.kind === 'call') void answer(envelope);
  };
}

/** @returns a function that is true for the first so many calls within each second */
function perSecond(limit: number, now: () => number): () => boolean {
  let since = Number.NEGATIVE_INFINITY;
  let taken = 0;
  return () => {
    if (now() - since >= 1000) {
      since = now();
      taken = 0;
    }
    return ++taken <= limit;
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
  const name = error instanceof Error && !said ? (attempt(() => error.name) ?? 'Error') : '';
  return {
    kind,
    message:
      words === undefined
        ? `the application threw ${cut(textOf(error))}.`
        : `${name && `${name}: `}${cut(words)}`,
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
  let muted = false;
  const print = (level: LogLine['level'], text: string) => {
    if (muted) return;
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
    mute(value: boolean) {
      muted = value;
    },
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
