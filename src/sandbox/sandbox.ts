// One sandbox of a page: which runtime it uses and why, what it is doing, and what came of the last run. All that the
// interface shows is in `SandboxState`; this file knows no elements.

import {
  type ClientResult,
  parseScenario,
  ScenarioError,
  type ScenarioRequest,
} from '../client/index.ts';
import { type Diagnosis, type Program, ProgramError } from './program.ts';
import {
  type Failure,
  type RequestReport,
  type Runtime,
  RuntimeError,
  type RuntimeId,
  type Session,
} from './runtime.ts';
import {
  type Choice,
  IDLE,
  isBusy,
  type Phase,
  type SandboxState,
  SCENARIO_FILE,
} from './state.ts';
import { transpile } from './transpile.ts';

/** Milliseconds between looks at the guest's signs of life; it gives one each second. */
const WATCH_INTERVAL = 100;
/** Milliseconds without a look, after which the page itself must have been asleep, and the guest with it. */
const ASLEEP = 1000;
/** Milliseconds of silence after which the reader is told, and after which the guest is ended. */
const SILENCE_TOLD = 1600;
const SILENCE_ENDED = 3500;
/** Events of a run that are kept: more than an honest guest sends. */
const EVENT_LIMIT = 5000;
/** Milliseconds that a guest has to stop when it is asked. */
const STOP_GRACE = 1000;
/** Lines of output that are shown, and diagnoses of violations. */
const LOG_LIMIT = 1000;
const DIAGNOSIS_LIMIT = 100;

export interface SandboxOptions {
  readonly page: Runtime;
  readonly webcontainer: Runtime;
  readonly onChange: (state: SandboxState) => void;
}

const PLACES: Readonly<Record<RuntimeId, string>> = {
  page: 'in the page',
  webcontainer: 'in the WebContainer',
};

const SILENT = 'The application gives no sign of life: is there a loop without an end?';

/** A container that is starting beside a run in the page. */
interface Background {
  readonly session: Promise<Session>;
  readonly abort: AbortController;
  /** The run that has come to wait for it. */
  awaited: number | undefined;
}

export class Sandbox {
  readonly #options: SandboxOptions;
  #state: SandboxState = IDLE;
  readonly #sessions = new Map<RuntimeId, Session>();
  /** Counts runs; whatever belongs to an earlier one is ignored. */
  #epoch = 0;
  #abort = new AbortController();
  #background: Background | undefined;
  /** Why the container did not start. There is no other attempt until the reader asks for one. */
  #containerFailure: Failure | undefined;
  #alive = 0;
  #watching: ReturnType<typeof setInterval> | undefined;
  /** After it a guest that was asked to stop is ended. */
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  get state(): SandboxState {
    return this.#state;
  }

  /** Runs a program. Never rejects: what goes wrong is in the state. A run under way is given up first. */
  async run(program: Program, choice: Choice): Promise<void> {
    if (this.#state.phase === 'disposed') return;
    if (isBusy(this.#state.phase)) this.#giveUp();
    const epoch = ++this.#epoch;
    this.#abort = new AbortController();
    this.#change({ ...IDLE, phase: 'booting', status: 'Preparing', note: this.#state.note });

    let requests: ScenarioRequest[];
    try {
      requests = parseScenario(program.requests);
      transpile(program.files, 'module');
    } catch (error) {
      this.#fail(diagnose(error), 'The program was not run.');
      return;
    }

    let session: Session | undefined;
    try {
      session = await this.#session(choice, epoch);
      if (!session || epoch !== this.#epoch) return;
      this.#watch(session);
      this.#listen(session, epoch);
      this.#change({
        phase: 'syncing',
        status: 'Putting the files in place',
        runtime: session.runtime,
      });
      await session.sync(program.files, epoch);
      if (epoch !== this.#epoch) return;
      this.#change({ phase: 'starting', status: 'Loading the application' });
      await session.run(program.entry, epoch);
      for (const [index, request] of requests.entries()) {
        if (epoch !== this.#epoch) return;
        this.#change({
          phase: 'running',
          status: `Sending ${request.name} (${index + 1} of ${requests.length})`,
        });
        const report = await session.request(request, index + 1);
        if (epoch !== this.#epoch) return;
        this.#took(request, report);
        if (this.#state.phase === 'stopping') break;
      }
      this.#change({ phase: 'ready', status: this.#summary(session.runtime, requests.length) });
    } catch (error) {
      if (epoch !== this.#epoch) return;
      // A session that failed by itself is of no use to the next run.
      if (session && !(error instanceof ProgramError)) this.#forget(session, true);
      const loading = ['syncing', 'starting'].includes(this.#state.phase);
      this.#fail(
        diagnose(error),
        loading && error instanceof ProgramError
          ? 'The application did not load.'
          : 'The run ended early.',
      );
    } finally {
      if (epoch === this.#epoch) this.#over();
    }
  }

  /** Gives the run up: asks first, and ends the guest if that is not heard. */
  stop(): void {
    if (!isBusy(this.#state.phase)) return;
    const { runtime, phase } = this.#state;
    const session = runtime && this.#sessions.get(runtime);
    if (!session || phase !== 'running') {
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
    this.#background?.abort.abort();
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
    this.#change({ ...IDLE, phase: 'disposed' });
  }

  // Choosing a runtime.

  async #session(choice: Choice, epoch: number): Promise<Session | undefined> {
    const { page, webcontainer } = this.#options;
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
      if (epoch === this.#epoch)
        this.#fail({ kind: 'runtime', message: inWords(error) }, 'The sandbox did not start.');
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
    this.#change({ status: 'Waiting for the WebContainer, which is starting already' });
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
    session.listener = {
      trace() {},
      log() {},
      beat() {},
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
    session.dispose(alive);
  }

  // While it runs.

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
      beat: () => {
        if (epoch === this.#epoch) this.#alive = performance.now();
      },
      died: (failure) => {
        const { phase, runtime } = this.#state;
        // The call that waits for it is told by its rejection.
        if (isBusy(phase) && runtime === session.runtime) this.#forget(session, true);
        else this.#lost(session, failure);
      },
    };
  }

  /** Looks for signs of life, and ends a guest that gives none. */
  #watch(session: Session): void {
    let looked = performance.now();
    /** What was said before the reader was told of the silence. */
    let before: string | undefined;
    this.#alive = looked;
    this.#watching = setInterval(() => {
      const now = performance.now();
      // A hidden page's timers are slowed down, the guest's too, and a page may sleep: silence then means nothing.
      const asleep = now - looked > ASLEEP || (typeof document !== 'undefined' && document.hidden);
      looked = now;
      if (asleep) this.#alive = now;
      const silent = now - this.#alive;
      if (silent >= SILENCE_ENDED) {
        this.#endSilent(session, silent);
      } else if (silent >= SILENCE_TOLD) {
        if (before !== undefined || this.#state.phase === 'stopping') return;
        before = this.#state.status;
        this.#change({ status: SILENT });
      } else if (before !== undefined) {
        if (this.#state.status === SILENT) this.#change({ status: before });
        before = undefined;
      }
    }, WATCH_INTERVAL);
  }

  /** A run is over, however that came: what was to happen in it does not happen any more. */
  #over(): void {
    clearInterval(this.#watching);
    clearTimeout(this.#grace);
  }

  #endSilent(session: Session, silent: number): void {
    const syncing = this.#state.phase === 'syncing';
    const duration = counted(Math.round(silent / 1000), 'second');
    this.#epoch++;
    this.#over();
    this.#forget(session, false);
    this.#fail(
      syncing
        ? { kind: 'runtime', message: `The sandbox did not answer for ${duration}. It was ended.` }
        : {
            kind: 'limit',
            message: `The application ran for ${duration} without giving way, as a loop without \`await\` does. It was ended.`,
          },
      syncing
        ? 'The sandbox did not respond, and was ended.'
        : 'The application did not respond, and was ended.',
      'unresponsive',
    );
  }

  #took(request: ScenarioRequest, { result, dropped, faults }: RequestReport): void {
    const shown = new Set(this.#state.diagnoses.map(({ requirement }) => requirement));
    const found = faults.filter(
      ({ requirement }) => requirement === undefined || !shown.has(requirement),
    );
    const src = { file: SCENARIO_FILE, line: request.line, column: 1 };
    if (result.outcome === 'timeout') {
      found.push({
        kind: 'limit',
        message: `Nothing happened for ${counted(request.timeout / 1000, 'second')} after \`${request.method} ${request.target}\`, so the client left. The application waits for something that does not come, or never ends its response.`,
        src,
      });
    } else if (result.outcome === 'limit') {
      found.push({
        kind: 'limit',
        message: `The response to \`${request.method} ${request.target}\` grew past ${Math.floor(result.size / 2 ** 20)} MiB, so the client left.`,
        src,
      });
    }
    this.#change({
      results: [...this.#state.results, result],
      dropped: this.#state.dropped + dropped,
      diagnoses: [...this.#state.diagnoses, ...found],
    });
  }

  /** Ends whatever is under way, the guest included: it may be in a loop. */
  #giveUp(): void {
    if (!isBusy(this.#state.phase)) return;
    this.#epoch++;
    this.#over();
    this.#abort.abort();
    const { runtime } = this.#state;
    const session = runtime && this.#sessions.get(runtime);
    if (session) this.#forget(session, false);
  }

  #summary(runtime: RuntimeId, requests: number): string {
    const { results, events, dropped } = this.#state;
    const outcomes = results.map(({ status, outcome }) => {
      if (outcome === 'complete') return String(status);
      return status === undefined ? OUTCOMES[outcome] : `${status}, ${OUTCOMES[outcome]}`;
    });
    const unsent = requests - results.length;
    const violations = events.filter(({ violation }) => violation).length;
    return [
      `Ran ${PLACES[runtime]}: ${outcomes.join('; ')}.`,
      ...(unsent > 0
        ? [`${counted(unsent, 'request')} ${unsent === 1 ? 'was' : 'were'} not sent.`]
        : []),
      `${counted(events.length + dropped, 'event')}${dropped > 0 ? `, of which ${events.length} ${events.length === 1 ? 'is' : 'are'} shown` : ''}.`,
      ...(violations > 0 ? [`${counted(violations, 'violation')}.`] : []),
    ].join(' ');
  }

  #fail(diagnosis: Diagnosis, status: string, phase: Phase = 'failed'): void {
    this.#change({ phase, status, diagnoses: [...this.#state.diagnoses, diagnosis] });
  }

  #change(change: Partial<SandboxState>): void {
    if (this.#state.phase === 'disposed') return;
    this.#state = { ...this.#state, ...change };
    this.#options.onChange(this.#state);
  }
}

const OUTCOMES: Readonly<Record<ClientResult['outcome'], string>> = {
  complete: 'complete',
  aborted: 'broken off',
  closed: 'closed without a response',
  timeout: 'nothing happened any more',
  left: 'the client left',
  limit: 'too large, the client left',
  interrupted: 'stopped',
};

const GIVEN_UP: Failure = {
  code: 'given-up',
  message: 'The sandbox was closed.',
  help: '',
  retryable: true,
};

function retryNote({ message }: Failure): string {
  return `Runs in the page. ${message} To try again, choose WebContainer as the runtime.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function inWords(error: unknown): string {
  const { message, help } = failureOf(error);
  return `${message} ${help}`.trim();
}

function failureOf(error: unknown): Failure {
  if (error instanceof RuntimeError) return error.failure;
  return {
    code: 'unexpected',
    message: error instanceof Error ? error.message : String(error),
    help: '',
    retryable: true,
  };
}

function diagnose(error: unknown): Diagnosis {
  if (error instanceof ProgramError) return error.diagnosis;
  if (error instanceof ScenarioError) {
    const { line, column, message, hint } = error;
    const text = message.replace(/^line \d+: /, '');
    return {
      kind: 'scenario',
      message: hint && !text.includes(hint) ? `${text} ${hint}` : text,
      src: { file: SCENARIO_FILE, line, column },
    };
  }
  return { kind: 'runtime', message: inWords(error) };
}
