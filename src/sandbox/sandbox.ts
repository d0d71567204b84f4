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
const WATCH_INTERVAL = 500;
/** Milliseconds of silence after which the reader is told, and after which the guest is ended. */
const SILENCE_TOLD = 1600;
const SILENCE_ENDED = 3500;
/** Events of a run that are kept: more than an honest guest sends. */
const EVENT_LIMIT = 5000;
/** Milliseconds that a guest has to stop when it is asked. */
const STOP_GRACE = 1000;

export interface SandboxOptions {
  readonly page: Runtime;
  readonly webcontainer: Runtime;
  readonly onChange: (state: SandboxState) => void;
}

const PLACES: Readonly<Record<RuntimeId, string>> = {
  page: 'in the page',
  webcontainer: 'in the WebContainer',
};

export class Sandbox {
  readonly #options: SandboxOptions;
  #state: SandboxState = IDLE;
  readonly #sessions = new Map<RuntimeId, Session>();
  /** Counts runs; whatever belongs to an earlier one is ignored. */
  #epoch = 0;
  #abort = new AbortController();
  #background: 'none' | 'booting' | 'failed' = 'none';
  #alive = 0;

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
    let unwatch = () => {};
    try {
      session = await this.#session(choice, epoch);
      if (!session || epoch !== this.#epoch) return;
      unwatch = this.#watch(session, epoch);
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
        this.#took(request, await session.request(request, index + 1));
        if (this.#state.phase === 'stopping') break;
      }
      if (epoch !== this.#epoch) return;
      this.#change({ phase: 'ready', status: this.#summary(session.runtime) });
    } catch (error) {
      if (epoch !== this.#epoch) return;
      if (session && error instanceof RuntimeError) this.#forget(session, true);
      this.#fail(
        diagnose(error),
        error instanceof ProgramError ? 'The application did not load.' : 'The run ended early.',
      );
    } finally {
      unwatch();
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
    const epoch = this.#epoch;
    this.#change({ phase: 'stopping', status: 'Stopping' });
    session.interrupt();
    setTimeout(() => {
      if (epoch !== this.#epoch || this.#state.phase !== 'stopping') return;
      this.#giveUp();
      this.#change({
        phase: 'ready',
        status: 'Stopped. The application did not react, and was ended. Your edits are kept.',
      });
    }, STOP_GRACE);
  }

  dispose(): void {
    this.#giveUp();
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
      const session = await this.#start(webcontainer, epoch);
      this.#change({
        note: 'Runs in the WebContainer, as chosen: a real Node server, and real requests to it.',
      });
      return session;
    } catch (error) {
      if (epoch !== this.#epoch) return undefined;
      const { message } = failureOf(error);
      this.#change({ note: `${message} This run is in the page instead. Run again to retry.` });
      return this.#boot(page, epoch);
    }
  }

  async #boot(runtime: Runtime, epoch: number): Promise<Session | undefined> {
    try {
      return this.#sessions.get(runtime.id) ?? (await this.#start(runtime, epoch));
    } catch (error) {
      if (epoch === this.#epoch) {
        const { message, help } = failureOf(error);
        this.#fail(
          { kind: 'runtime', message: `${message} ${help}` },
          'The sandbox did not start.',
        );
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
    this.#keep(session);
    return session;
  }

  /** Boots the container beside a run in the page. Says what came of it in the note. */
  #bootInBackground(): void {
    const { webcontainer } = this.#options;
    const probe = webcontainer.probe();
    if (!probe.ok) {
      this.#change({ note: `Runs in the page. ${probe.message} ${probe.help}` });
      return;
    }
    if (this.#background === 'booting') {
      this.#change({ note: 'Runs in the page while the WebContainer is still starting.' });
      return;
    }
    if (this.#background === 'failed') return; // The note of the failure stands until the reader asks for it.
    this.#background = 'booting';
    const note = (text: string) => this.#change({ note: text });
    note('Runs in the page while the WebContainer starts.');
    webcontainer
      .boot({
        signal: new AbortController().signal,
        onProgress: (step) => note(`Runs in the page while the WebContainer starts: ${step}.`),
      })
      .then(
        (session) => {
          this.#background = 'none';
          if (this.#state.phase === 'disposed' || this.#sessions.has('webcontainer'))
            return session.dispose();
          this.#keep(session);
          note('The WebContainer is ready: the next run uses it.');
        },
        (error: unknown) => {
          this.#background = 'failed';
          note(
            `Runs in the page. ${failureOf(error).message} To try again, choose WebContainer as the runtime.`,
          );
        },
      );
  }

  /** Keeps a session, and lets go of it when it dies while nothing runs. */
  #keep(session: Session): void {
    this.#sessions.set(session.runtime, session);
    session.listener = {
      trace() {},
      log() {},
      beat() {},
      died: () => this.#forget(session, true),
    };
  }

  #forget(session: Session, alive: boolean): void {
    if (this.#sessions.get(session.runtime) === session) this.#sessions.delete(session.runtime);
    session.dispose(alive);
  }

  // While it runs.

  #listen(session: Session, epoch: number): void {
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
          diagnoses: [...this.#state.diagnoses, ...found].slice(0, 100),
        });
      },
      log: (lines, dropped) => {
        if (epoch !== this.#epoch) return;
        this.#change({ logs: [...this.#state.logs, ...lines].slice(-1000), logsDropped: dropped });
      },
      beat: () => {
        this.#alive = performance.now();
      },
      // The call that waits is told by its rejection.
      died: () => this.#forget(session, true),
    };
  }

  /** Looks for signs of life, and ends a guest that gives none. */
  #watch(session: Session, epoch: number): () => void {
    this.#alive = performance.now();
    const timer = setInterval(() => {
      // A hidden page's timers are slowed down, the guest's too: silence then means nothing.
      if (typeof document !== 'undefined' && document.hidden) {
        this.#alive = performance.now();
        return;
      }
      const silent = performance.now() - this.#alive;
      if (silent >= SILENCE_ENDED) {
        clearInterval(timer);
        if (epoch !== this.#epoch) return;
        this.#epoch++;
        this.#forget(session, false);
        this.#fail(
          {
            kind: 'limit',
            message: `The application ran for ${Math.round(silent / 1000)} seconds without giving way, as a loop without \`await\` does. It was ended.`,
          },
          'The application did not respond, and was ended.',
          'unresponsive',
        );
      } else if (silent >= SILENCE_TOLD) {
        this.#change({
          status: 'The application gives no sign of life: is there a loop without an end?',
        });
      }
    }, WATCH_INTERVAL);
    return () => clearInterval(timer);
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
        message: `Nothing happened for ${request.timeout / 1000} seconds after \`${request.method} ${request.target}\`, so the client left. The application waits for something that does not come, or never ends its response.`,
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
    this.#abort.abort();
    const { runtime } = this.#state;
    const session = runtime && this.#sessions.get(runtime);
    if (session) this.#forget(session, false);
  }

  #summary(runtime: RuntimeId): string {
    const { results, events, dropped, diagnoses } = this.#state;
    const outcomes = results.map(({ status, outcome }) => {
      if (outcome === 'complete') return String(status);
      return status === undefined ? OUTCOMES[outcome] : `${status}, ${OUTCOMES[outcome]}`;
    });
    const violations = diagnoses.filter(({ kind }) => kind === 'violation').length;
    return [
      `Ran ${PLACES[runtime]}: ${outcomes.join('; ')}.`,
      `${events.length + dropped} events${dropped > 0 ? `, of which ${events.length} are shown` : ''}.`,
      ...(violations > 0 ? [`${violations} violation${violations > 1 ? 's' : ''}.`] : []),
    ].join(' ');
  }

  #fail(diagnosis: Diagnosis, status: string, phase: Phase = 'failed'): void {
    this.#change({ phase, status, diagnoses: [...this.#state.diagnoses, diagnosis] });
  }

  #change(change: Partial<SandboxState>): void {
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
  const { message, help } = failureOf(error);
  return { kind: 'runtime', message: `${message}${help ? ` ${help}` : ''}` };
}
