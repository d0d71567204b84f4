// One sandbox of a page: which runtime it uses and why, what it is doing, and what came of the last run. All that the
// interface shows is in `SandboxState`; this file knows no elements.

import {
  type ClientResult,
  runExchanges,
  type ScenarioExchange,
  type ScenarioWebSocket,
  type SocketEvent,
} from '../client/index.ts';
import { GRACE } from '../gateway/wind-up.ts';
import { checkSize, isSame, readScenario } from './checks.ts';
import {
  type Arming,
  type ControlCommand,
  RUNNING,
  type Standing,
  standingWords,
} from './control.ts';
import { Guards } from './guards.ts';
import { type Diagnosis, isPython, type Program, ProgramError } from './program.ts';
import {
  type Failure,
  type OpenSocket,
  type RequestReport,
  type Runtime,
  RuntimeError,
  type RuntimeId,
  type Session,
  StaleRealm,
} from './runtime.ts';
import { type Choice, IDLE, isBusy, type Phase, type SandboxState } from './state.ts';
import { transpile } from './transpile.ts';
import { Watch } from './watch.ts';
import {
  ASKED,
  blocked,
  connectionSummary,
  diagnose,
  ENDING,
  failureOf,
  GIVEN_UP,
  inWords,
  leftBecause,
  lostAtRest,
  retryNote,
  SILENT,
  silence,
  stuck,
  summaryOf,
} from './words.ts';

/** Events of a run that are kept: more than an honest guest sends. */
const EVENT_LIMIT = 5000;
/** Milliseconds that a guest has to stop when it is asked. */
const STOP_GRACE = 1000;
/** Milliseconds in which a program must be in place and loaded; a guest itself says so earlier. */
const LOAD_PATIENCE = 30_000;
/** Milliseconds beyond an exchange's own timeout in which its guest must have said something. */
const EXCHANGE_PATIENCE = 10_000;
/** Milliseconds in which a guest must have said that its program has ended: to return and to clean up have a grace each. */
const END_PATIENCE = 2 * GRACE + EXCHANGE_PATIENCE;
/** Stands for the end of a program where exchanges have their numbers. */
const END = 0;
/** Lines of output that are shown, and diagnoses. */
const LOG_LIMIT = 1000;
const DIAGNOSIS_LIMIT = 100;
export interface SandboxOptions {
  readonly page: Runtime;
  readonly webcontainer: Runtime;
  /** Where programs in Python run, whatever was chosen. */
  readonly python: Runtime;
  readonly onChange: (state: SandboxState) => void;
}

/** A container that is starting beside a run in the page. */
interface Background {
  readonly session: Promise<Session>;
  readonly abort: AbortController;
  /** The run that has come to wait for it. */
  awaited: number | undefined;
}

/** A program in its session, for as long as both are there. */
interface Loaded {
  readonly session: Session;
  readonly program: Program;
  readonly choice: Choice;
  /** Whether it can be held still. */
  readonly controlled: boolean;
  /** The number of the last exchange with it. */
  conn: number;
  /** Its gateway drains or has ended, and takes no further connection. */
  drained: boolean;
}

export class Sandbox {
  readonly #options: SandboxOptions;
  #state: SandboxState = IDLE;
  readonly #sessions = new Map<RuntimeId, Session>();
  /** Counts loads; whatever belongs to an earlier one is ignored. */
  #epoch = 0;
  #abort = new AbortController();
  #background: Background | undefined;
  /** Why the container did not start. There is no other attempt until the reader asks for one. */
  #containerFailure: Failure | undefined;
  #loaded: Loaded | undefined;
  /** Settles when the load under way has ended, well or not. */
  #loading: Promise<unknown> = Promise.resolve();
  /** Settles when the program that is being ended has ended. */
  #ending: Promise<unknown> = Promise.resolve();
  /** Whether a scenario is under way, or a load. */
  #underWay = false;
  /** What is going on in words, behind a pause. */
  #behind = '';
  /** Live sockets, by their number in the trace. */
  readonly #live = new Map<number, ScenarioWebSocket>();
  /** Exchanges under way: each with the milliseconds for which nothing may happen in it. */
  readonly #waiting = new Map<number, number>();
  #watch: Watch | undefined;
  /** Over every session that is kept and in which nothing runs. */
  readonly #guards = new Guards((session) => {
    this.#change({ note: lostAtRest(session.runtime) });
    this.#forget(session, false);
  });
  /** After it a guest that was asked to stop is ended. */
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  get state(): SandboxState {
    return this.#state;
  }

  /**
   * Runs a program: its whole scenario, or `only` the exchange with this index in it; with `control`, so that it can be
   * held still. Never rejects: what goes wrong is in the state. A run under way is given up first.
   */
  async run(program: Program, choice: Choice, only?: number, control?: Arming): Promise<void> {
    if (this.#state.phase === 'disposed') return;
    const epoch = this.#begin();
    let exchanges: ScenarioExchange[];
    try {
      exchanges = readScenario(program.requests, only);
    } catch (error) {
      this.#over();
      this.#fail(diagnose(error), 'The program was not run.');
      return;
    }
    const loaded = await this.#load(program, choice, epoch, control);
    if (!loaded) return;
    const { session } = loaded;
    try {
      await this.#send(loaded, exchanges, epoch);
      if (epoch !== this.#epoch) return;
      if (this.#state.phase !== 'stopping') await this.#finish(loaded, epoch);
      if (epoch !== this.#epoch) return;
      const status = summaryOf(this.#state, session.runtime, exchanges.length);
      // What is still connected can be stopped, and may stand still.
      if (this.#live.size > 0 && this.#state.phase === 'paused') this.#behind = status;
      else this.#change({ phase: this.#live.size > 0 ? 'running' : 'ready', status });
    } catch (error) {
      if (epoch !== this.#epoch) return;
      // A session that failed by itself is of no use to the next run.
      if (!(error instanceof ProgramError)) this.#forget(session, true);
      this.#fail(diagnose(error), 'The run ended early.');
    } finally {
      if (epoch === this.#epoch) this.#over();
    }
  }

  /**
   * Opens a WebSocket to a program, by default that of the last run, which is loaded first if it is not the one that is.
   * Events of it are in the state's trace. A run of the same program goes on; one of another is given up.
   * @throws ProgramError or RuntimeError where it cannot be loaded, which the state tells too
   */
  async openSocket(
    request: ScenarioWebSocket,
    onEvent: (event: SocketEvent) => void,
    program: Program | undefined = this.#loaded?.program,
    choice: Choice = this.#loaded?.choice ?? 'automatic',
    control?: Arming,
  ): Promise<Pick<OpenSocket, 'send' | 'close'>> {
    if (this.#state.phase === 'disposed') throw new RuntimeError(GIVEN_UP);
    if (!program) throw new RuntimeError(NOTHING_LOADED);
    let ending: Promise<unknown>;
    do {
      ending = this.#ending;
      await Promise.all([this.#loading, ending]);
    } while (ending !== this.#ending);
    let loaded = this.#usable(program, choice);
    if (!loaded || (control && !loaded.controlled)) {
      const epoch = this.#begin();
      loaded = await this.#load(program, choice, epoch, control);
      if (!loaded) throw new RuntimeError(NOT_LOADED);
      this.#underWay = false;
    }
    return this.#connect(loaded, request, onEvent);
  }

  /** Holds a program that was loaded under control, steps it, disturbs it. What comes of it is in the state. */
  control(command: ControlCommand): void {
    const loaded = this.#loaded;
    if (loaded?.controlled && isBusy(this.#state.phase)) loaded.session.control(command);
  }

  /** Gives up what is under way: asks first, and ends the guest if that is not heard. */
  stop(): void {
    if (!isBusy(this.#state.phase)) return;
    const { runtime, phase } = this.#state;
    const session = runtime && this.#sessions.get(runtime);
    if (!session || (phase !== 'running' && phase !== 'paused')) {
      this.#giveUp();
      this.#change({ phase: 'ready', status: 'Stopped. Your edits are kept.' });
      return;
    }
    this.#change({ phase: 'stopping', status: 'Stopping' });
    session.interrupt();
    this.#grace = setTimeout(() => {
      this.#giveUp();
      this.#change({
        phase: 'ready',
        status: 'Stopped. The application did not react, and was ended. Your edits are kept.',
      });
    }, STOP_GRACE);
  }

  dispose(): void {
    this.#giveUp();
    this.#live.clear();
    this.#over();
    this.#background?.abort.abort();
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
    this.#guards.leaveAll();
    this.#change({ ...IDLE, phase: 'disposed' });
  }

  // Loading.

  /** Begins something new: what is left of anything earlier is ignored from here. */
  #begin(): number {
    if (this.#underWay) this.#giveUp();
    else if (this.#live.size > 0) this.#loaded?.session.interrupt();
    this.#live.clear();
    this.#over();
    const epoch = ++this.#epoch;
    this.#underWay = true;
    this.#abort = new AbortController();
    this.#change({
      ...IDLE,
      phase: 'probing',
      status: 'Looking for a place to run in',
      note: this.#state.note,
    });
    return epoch;
  }

  /** The program that is loaded, if it is this one where it would be loaded now. */
  #usable(program: Program, choice: Choice): Loaded | undefined {
    const loaded = this.#loaded;
    if (!loaded || loaded.drained || !isSame(loaded.program, program)) return undefined;
    if (this.#sessions.get(loaded.session.runtime) !== loaded.session) return undefined;
    return loaded.choice === choice ? loaded : undefined;
  }

  /** Puts a program in place and loads it. Gives undefined where that fails, and has said why. */
  #load(
    program: Program,
    choice: Choice,
    epoch: number,
    control: Arming | undefined,
  ): Promise<Loaded | undefined> {
    const loading = this.#loadOnce(program, choice, epoch, control).catch(
      async (error: unknown) => {
        if (!(error instanceof StaleRealm)) throw error;
        // An earlier program has left its marks on the guest: this one gets a guest of its own, in the same place.
        if (epoch !== this.#epoch) return undefined;
        const place = this.#options[this.#state.runtime ?? 'page'];
        return this.#loadOnce(program, choice, epoch, control, place);
      },
    );
    const told = loading.catch((error: unknown) => {
      if (epoch !== this.#epoch) return undefined;
      const { phase } = this.#state;
      this.#over();
      const status =
        phase === 'probing' || phase === 'booting'
          ? 'The program was not run.'
          : error instanceof ProgramError
            ? 'The application did not load.'
            : 'The run ended early.';
      this.#fail(diagnose(error), status);
      return undefined;
    });
    this.#loading = told;
    return told;
  }

  async #loadOnce(
    program: Program,
    choice: Choice,
    epoch: number,
    control: Arming | undefined,
    place?: Runtime,
  ): Promise<Loaded | undefined> {
    checkSize(program);
    transpile(program.files, 'module');
    const session = await (place
      ? this.#boot(place, epoch)
      : this.#session(program, choice, epoch));
    if (!session || epoch !== this.#epoch) return undefined;
    this.#loaded = undefined;
    try {
      this.#watchOver(session);
      this.#listen(session, epoch);
      this.#change({
        phase: 'syncing',
        status: 'Putting the files in place',
        runtime: session.runtime,
      });
      await session.sync(program.files, epoch);
      if (epoch !== this.#epoch) return undefined;
      this.#change({ phase: 'starting', status: 'Loading the application' });
      await session.run(program.entry, epoch, control);
      if (epoch !== this.#epoch) return undefined;
    } catch (error) {
      // A session that failed by itself is of no use to the next run.
      if (epoch === this.#epoch && !(error instanceof ProgramError)) {
        this.#watch?.stop();
        this.#forget(session, true);
      }
      throw error;
    }
    const controlled = control !== undefined;
    this.#loaded = { session, program, choice, controlled, conn: 0, drained: false };
    if (controlled) this.#change({ control: { ...RUNNING, clock: session.capabilities.clock } });
    return this.#loaded;
  }

  // Choosing a runtime.

  async #session(program: Program, choice: Choice, epoch: number): Promise<Session | undefined> {
    const { page, webcontainer, python } = this.#options;
    if (isPython(program)) {
      this.#change({ note: 'Runs in the page: CPython, compiled to WebAssembly (Pyodide).' });
      return this.#boot(python, epoch);
    }
    if (choice === 'page') {
      this.#change({ note: 'Runs in the page, as chosen.' });
      return this.#boot(page, epoch);
    }
    const ready = this.#sessions.get('webcontainer');
    if (ready) {
      this.#change({
        note: 'Runs in the WebContainer: a real Node server, and real requests to it.',
      });
      return ready;
    }
    if (choice === 'automatic') {
      this.#bootInBackground();
      return this.#boot(page, epoch);
    }
    const probe = webcontainer.probe();
    if (!probe.ok && !probe.retryable) {
      this.#change({ note: `${probe.message} ${probe.help} Runs in the page instead.` });
      return this.#boot(page, epoch);
    }
    try {
      const session = await (this.#background
        ? this.#join(this.#background, epoch)
        : this.#start(webcontainer, epoch));
      this.#containerFailure = undefined;
      if (epoch === this.#epoch) {
        this.#change({
          note: 'Runs in the WebContainer, as chosen: a real Node server, and real requests to it.',
        });
      }
      return session;
    } catch (error) {
      if (epoch !== this.#epoch) return undefined;
      this.#containerFailure = failureOf(error);
      this.#change({
        note: `${this.#containerFailure.message} This run is in the page instead. Run again to retry.`,
      });
      return this.#boot(page, epoch);
    }
  }

  async #boot(runtime: Runtime, epoch: number): Promise<Session | undefined> {
    try {
      return this.#sessions.get(runtime.id) ?? (await this.#start(runtime, epoch));
    } catch (error) {
      if (epoch === this.#epoch) {
        this.#over();
        this.#fail({ kind: 'runtime', message: inWords(error) }, 'The sandbox did not start.');
      }
      return undefined;
    }
  }

  async #start(runtime: Runtime, epoch: number): Promise<Session> {
    const session = await runtime.boot({
      signal: this.#abort.signal,
      onProgress: (step) => {
        if (epoch === this.#epoch) this.#change({ phase: 'booting', status: step });
      },
    });
    return this.#keep(session);
  }

  /** Boots the container beside a run in the page, unless there is a reason not to. Says in the note which it is. */
  #bootInBackground(): void {
    const note = (text: string) => this.#change({ note: text });
    const probe = this.#options.webcontainer.probe();
    if (!probe.ok) note(`Runs in the page. ${probe.message} ${probe.help}`);
    else if (this.#background) note('Runs in the page while the WebContainer is still starting.');
    else if (this.#containerFailure) note(retryNote(this.#containerFailure));
    else {
      note('Runs in the page while the WebContainer starts.');
      this.#background = this.#startBackground(note);
      this.#background.session.then(
        () => {
          this.#background = undefined;
          note('The WebContainer is ready: the next run uses it.');
        },
        (error: unknown) => {
          this.#background = undefined;
          this.#containerFailure = failureOf(error);
          note(retryNote(this.#containerFailure));
        },
      );
    }
  }

  #startBackground(note: (text: string) => void): Background {
    const abort = new AbortController();
    const onProgress = (step: string) => {
      if (background.awaited === this.#epoch) this.#change({ phase: 'booting', status: step });
      else note(`Runs in the page while the WebContainer starts: ${step}.`);
    };
    const session = Promise.resolve()
      .then(() => this.#options.webcontainer.boot({ signal: abort.signal, onProgress }))
      .then((booted) => this.#keep(booted));
    const background: Background = { session, abort, awaited: undefined };
    return background;
  }

  /** Waits for the container that is starting already, for as long as the run is wanted. */
  #join(background: Background, epoch: number): Promise<Session> {
    background.awaited = epoch;
    this.#change({
      phase: 'booting',
      status: 'Waiting for the WebContainer, which is starting already',
    });
    const { signal } = this.#abort;
    const givenUp = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return Promise.race([background.session, givenUp]);
  }

  /** Keeps a session for this run and later ones, and lets go of it when it dies while nothing runs. */
  #keep(session: Session): Session {
    if (this.#state.phase === 'disposed') {
      session.dispose();
      throw new RuntimeError(GIVEN_UP);
    }
    const kept = this.#sessions.get(session.runtime);
    if (kept) {
      // A boot that was given up has come to its end after all, or before the one that took its place.
      session.dispose();
      return kept;
    }
    this.#sessions.set(session.runtime, session);
    this.#guards.watch(session);
    session.listener = {
      trace() {},
      log() {},
      standing() {},
      beat: () => this.#guards.beat(session),
      lost() {},
      died: (failure) => this.#lost(session, failure),
    };
    return session;
  }

  /** A session died while nothing waited for it. */
  #lost(session: Session, { message, help }: Failure): void {
    this.#forget(session, true);
    if (session.runtime === 'webcontainer') this.#change({ note: `${message} ${help}`.trim() });
  }

  #forget(session: Session, alive: boolean): void {
    if (this.#sessions.get(session.runtime) === session) this.#sessions.delete(session.runtime);
    if (this.#loaded?.session === session) this.#loaded = undefined;
    this.#guards.leave(session);
    session.dispose(alive);
  }

  // While it runs.

  /** Sends a scenario to the program that is loaded, and takes what comes of each exchange in their order. */
  async #send(loaded: Loaded, exchanges: readonly ScenarioExchange[], epoch: number) {
    const { session } = loaded;
    const reports: (RequestReport | undefined)[] = exchanges.map(() => undefined);
    loaded.conn = exchanges.length;
    await runExchanges(exchanges, async (exchange, index) => {
      if (epoch !== this.#epoch || this.#state.phase === 'stopping') return;
      this.#goesOn(`Sending ${exchange.name} (${index + 1} of ${exchanges.length})`);
      if (exchange.drain) loaded.drained = true;
      const conn = index + 1;
      this.#waiting.set(conn, patience(exchange));
      this.#watch?.beat(true);
      try {
        const report = await session.request(exchange, conn);
        if (epoch !== this.#epoch) return;
        reports[index] = report;
        this.#took(exchange, report, reports);
      } finally {
        this.#waiting.delete(conn);
      }
    });
  }

  /**
   * Lets the program end as its process would when nothing uses it any more, so that this is in the trace too. One that
   * has nothing to end is kept, so that a socket can be opened to it beside what ran.
   */
  async #finish(loaded: Loaded, epoch: number): Promise<void> {
    if (this.#live.size > 0) return;
    this.#goesOn(ENDING);
    this.#waiting.set(END, END_PATIENCE);
    this.#watch?.beat(true);
    const ending = loaded.session.finish();
    this.#ending = ending.catch(() => {});
    try {
      const { over, dropped, faults } = await ending;
      loaded.drained ||= over;
      if (epoch !== this.#epoch) return;
      this.#change({
        dropped: this.#state.dropped + dropped,
        diagnoses: this.#withFaults(faults),
      });
    } finally {
      if (epoch === this.#epoch) this.#waiting.delete(END);
    }
  }

  async #connect(
    loaded: Loaded,
    request: ScenarioWebSocket,
    onEvent: (event: SocketEvent) => void,
  ): Promise<Pick<OpenSocket, 'send' | 'close'>> {
    const { session } = loaded;
    const epoch = this.#epoch;
    const conn = ++loaded.conn;
    const name = request.target;
    this.#live.set(conn, request);
    // Of a run that is over the state is kept: its trace goes on.
    if (!this.#underWay) {
      this.#watchOver(session);
      this.#goesOn(`Connecting to ${name}`);
    }
    const told = (event: SocketEvent) => {
      if (event.type === 'open' && epoch === this.#epoch && !this.#underWay)
        this.#goesOn(`Connected to ${name}. Stop ends it.`);
      onEvent(event);
    };
    const isLast = () => epoch === this.#epoch && !this.#underWay && this.#live.size === 0;
    const ended = async (status: () => string) => {
      if (this.#live.get(conn) === request) this.#live.delete(conn);
      // Of a guest that is gone there is nothing more to hear.
      if (isLast() && this.#state.phase !== 'stopping')
        await this.#finish(loaded, epoch).catch(() => {});
      if (!isLast()) return;
      this.#over();
      if (isBusy(this.#state.phase)) this.#change({ phase: 'ready', status: status() });
    };
    try {
      const socket = await session.open(request, conn, told);
      socket.done.then(
        ({ dropped, faults, messagesDropped }) => {
          if (epoch === this.#epoch) {
            this.#change({
              dropped: this.#state.dropped + dropped,
              lost: this.#state.lost + messagesDropped,
              diagnoses: this.#withFaults(faults),
            });
          }
          void ended(() => connectionSummary(this.#state, name));
        },
        () => void ended(() => `The connection to ${name} was lost.`),
      );
      return socket;
    } catch (error) {
      void ended(() => `The connection to ${name} did not come about.`);
      throw error;
    }
  }

  #listen(session: Session, epoch: number): void {
    let dropped = 0;
    let cut = 0;
    session.listener = {
      trace: (events) => {
        if (epoch !== this.#epoch) return;
        const found = events.flatMap(({ violation, src }): Diagnosis[] =>
          violation ? [{ kind: 'violation', ...violation, ...(src ? { src } : {}) }] : [],
        );
        const room = Math.max(0, EVENT_LIMIT - this.#state.events.length);
        this.#change({
          events: [...this.#state.events, ...events.slice(0, room)],
          dropped: this.#state.dropped + Math.max(0, events.length - room),
          diagnoses: [...this.#state.diagnoses, ...found].slice(0, DIAGNOSIS_LIMIT),
        });
      },
      log: (lines, droppedByGuest) => {
        if (epoch !== this.#epoch) return;
        const logs = [...this.#state.logs, ...lines];
        cut += Math.max(0, logs.length - LOG_LIMIT);
        dropped = Math.max(dropped, droppedByGuest);
        this.#change({ logs: logs.slice(-LOG_LIMIT), logsDropped: dropped + cut });
      },
      standing: (standing) => {
        if (epoch === this.#epoch) this.#stands(standing);
      },
      beat: (progress) => {
        this.#guards.beat(session);
        if (epoch === this.#epoch) this.#watch?.beat(progress);
      },
      lost: (messages) => {
        if (epoch === this.#epoch) this.#change({ lost: this.#state.lost + messages });
      },
      died: (failure) => {
        const { phase, runtime } = this.#state;
        if (!isBusy(phase) || runtime !== session.runtime) {
          this.#lost(session, failure);
          return;
        }
        this.#forget(session, true);
        // The call that waits for it is told by its rejection; a live socket waits for nothing.
        if (this.#underWay) return;
        this.#over();
        this.#fail(
          { kind: 'runtime', message: inWords(new RuntimeError(failure)) },
          'The connection ended early.',
        );
      },
    };
  }

  /** Something goes on, in words: those of a pause stay while it lasts. */
  #goesOn(status: string): void {
    const { phase } = this.#state;
    if (phase === 'paused') this.#behind = status;
    else if (phase !== 'stopping') this.#change({ phase: 'running', status });
  }

  /** A program under control has said how it stands. */
  #stands(standing: Standing): void {
    const { control, phase, status } = this.#state;
    // What is over, or was never under control, cannot stand still.
    if (!control || (phase !== 'running' && phase !== 'paused')) return;
    const change = { control: { ...standing, clock: control.clock } };
    const { before } = standing;
    if (before) {
      if (phase === 'running') this.#behind = status;
      this.#change({ ...change, phase: 'paused', status: standingWords(before) });
    } else if (phase === 'paused')
      this.#change({ ...change, phase: 'running', status: this.#behind });
    else this.#change(change);
  }

  /** Whether the reader holds something, so that nothing need happen by itself. */
  get #held(): boolean {
    const { control, phase } = this.#state;
    return phase === 'paused' || control?.open.some(({ hindrance }) => hindrance) === true;
  }

  /** Looks for signs of life, and ends a guest that gives none. */
  #watchOver(session: Session): void {
    this.#watch?.stop();
    this.#guards.leave(session);
    /** What was said before the reader was told of the silence. */
    let before = '';
    const end = (diagnosis: Diagnosis, status: string) => {
      this.#epoch++;
      this.#live.clear();
      this.#over();
      this.#forget(session, false);
      this.#fail(diagnosis, status, 'unresponsive');
    };
    const tell = (status: string) => {
      if (this.#state.phase !== 'stopping') this.#change({ status });
    };
    this.#watch = new Watch({
      onSilence: () => {
        before = this.#state.status;
        tell(SILENT);
      },
      onMissed: () => {
        tell(ASKED);
        session.interrupt();
      },
      onSound: (silent, missed) => {
        if ([SILENT, ASKED].includes(this.#state.status)) this.#change({ status: before });
        if (missed) this.#change({ diagnoses: [...this.#state.diagnoses, blocked(silent)] });
      },
      onDead: (silent) => end(...silence(silent, this.#state.phase === 'syncing')),
      onStuck: (still) => end(...stuck(still)),
      patience: () => {
        if (['syncing', 'starting'].includes(this.#state.phase)) return LOAD_PATIENCE;
        if (this.#held) return Number.POSITIVE_INFINITY;
        return Math.max(0, ...this.#waiting.values()) || Number.POSITIVE_INFINITY;
      },
    });
  }

  /** What was under way is over, however that came: what was to happen in it does not happen any more. */
  #over(): void {
    this.#underWay = false;
    this.#waiting.clear();
    clearTimeout(this.#grace);
    // A socket that was opened beside a run outlives it.
    if (this.#live.size > 0 && this.#loaded) return;
    const { control } = this.#state;
    if (control) this.#change({ control: { ...RUNNING, clock: control.clock } });
    this.#watch?.stop();
    for (const session of this.#sessions.values()) this.#guards.watch(session);
  }

  #took(
    request: ScenarioExchange,
    { result, dropped, faults }: RequestReport,
    reports: readonly (RequestReport | undefined)[],
  ): void {
    // In the order of the exchanges: one that ended early waits for those before it.
    const open = reports.indexOf(undefined);
    const told = open < 0 ? reports : reports.slice(0, open);
    this.#change({
      results: told.flatMap((report): ClientResult[] => (report ? [report.result] : [])),
      dropped: this.#state.dropped + dropped,
      diagnoses: this.#withFaults([...faults, ...leftBecause(request, result)]),
    });
  }

  /** All that is known to be wrong: what was shown as a violation is not shown again as a fault. */
  #withFaults(faults: readonly Diagnosis[]): readonly Diagnosis[] {
    const { diagnoses } = this.#state;
    const shown = new Set(diagnoses.map(({ requirement }) => requirement));
    const found = faults.filter(
      ({ requirement }) => requirement === undefined || !shown.has(requirement),
    );
    return [...diagnoses, ...found].slice(0, DIAGNOSIS_LIMIT);
  }

  /** Ends whatever is under way, the guest included: it may be in a loop. */
  #giveUp(): void {
    if (!isBusy(this.#state.phase)) return;
    this.#epoch++;
    this.#abort.abort();
    const { runtime } = this.#state;
    const session = runtime && this.#sessions.get(runtime);
    if (session) this.#forget(session, false);
    this.#live.clear();
    this.#over();
  }

  #fail(diagnosis: Diagnosis, status: string, phase: Phase = 'failed'): void {
    const diagnoses = [...this.#state.diagnoses.slice(0, DIAGNOSIS_LIMIT - 1), diagnosis];
    this.#change({ phase, status, diagnoses });
  }

  #change(change: Partial<SandboxState>): void {
    if (this.#state.phase === 'disposed') return;
    this.#state = { ...this.#state, ...change };
    this.#options.onChange(this.#state);
  }
}

/** Milliseconds for which nothing may happen in an exchange: its client would have left, or gone on, before. */
function patience(exchange: ScenarioExchange): number {
  const pauses =
    exchange.kind === 'http'
      ? exchange.pause
      : Math.max(0, ...exchange.steps.map((step) => (step.do === 'pause' ? step.ms : 0)));
  return Math.max(exchange.timeout, exchange.readPause, pauses) + EXCHANGE_PATIENCE;
}

const NOTHING_LOADED: Failure = {
  code: 'nothing-loaded',
  message: 'No program is loaded that could be connected to.',
  help: 'Run the example first.',
  retryable: true,
};

const NOT_LOADED: Failure = {
  code: 'not-loaded',
  message: 'The program could not be loaded, so there is nothing to connect to.',
  help: 'The problems above say why.',
  retryable: true,
};
