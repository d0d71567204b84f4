// What the suites of all runtimes share: programs, how they are loaded and asked, and what is heard of them.

import { parseScenario, runExchanges } from '../../client/index.ts';
import { type NormalisedStep, normalise, type TraceEvent } from '../../trace/index.ts';
import type { Arming, Standing } from '../control.ts';
import type { Files } from '../program.ts';
import type { Failure, LogLine, RequestReport, Session } from '../runtime.ts';

/** A runtime as the suite uses it. */
export interface RuntimeUnderTest {
  /** Starts a guest that has no program yet. */
  boot(): Promise<Session>;
  /** What has come out of it, for messages of failures. */
  log?(): string;
  /** Lines that the place itself prints between those of the program. */
  readonly noise?: readonly string[];
  /** How a program ends its own process, where it can. */
  readonly exit?: string;
  close(): Promise<void>;
}

export interface Ran {
  readonly reports: readonly RequestReport[];
  readonly events: readonly TraceEvent[];
  readonly logs: readonly LogLine[];
  readonly lost: number;
}

/** What a listener was told since it was put in place. */
export function listenTo(session: Session) {
  const told = {
    events: [] as TraceEvent[],
    logs: [] as LogLine[],
    logsDropped: 0,
    /** How a program under control has stood, in order. */
    standings: [] as Standing[],
    lost: 0,
    beats: 0,
    died: undefined as Failure | undefined,
  };
  session.listener = {
    trace: (some) => void told.events.push(...some),
    log(some, dropped) {
      told.logs.push(...some);
      told.logsDropped = Math.max(told.logsDropped, dropped);
    },
    standing: (standing) => void told.standings.push(standing),
    beat: () => void told.beats++,
    lost: (count) => {
      told.lost += count;
    },
    died: (failure) => {
      told.died = failure;
    },
  };
  return told;
}

let revision = 0;

export async function load(session: Session, files: Files, control?: Arming) {
  const told = listenTo(session);
  await session.sync(files, ++revision);
  await session.run(entryOf(files), revision, control);
  return told;
}

export function entryOf(files: Files): string {
  return 'app.py' in files ? 'app.py' : 'app.ts';
}

export async function run(
  session: Session,
  files: Files,
  scenario = 'GET / HTTP/1.1',
): Promise<Ran> {
  const told = await load(session, files);
  const reports = await runExchanges(parseScenario(scenario), (exchange, index) =>
    session.request(exchange, index + 1),
  );
  return { reports, ...told };
}

/** A program in which `^` marks the place of what goes wrong, in one of its files. */
export function marked(files: Files): { program: Files; src: object } {
  for (const [file, text] of Object.entries(files)) {
    const before = text.slice(0, Math.max(text.indexOf('^'), 0)).split('\n');
    if (!text.includes('^')) continue;
    const src = { file, line: before.length, column: (before.at(-1) as string).length + 1 };
    return { program: { ...files, [file]: text.replace('^', '') }, src };
  }
  throw new Error('no mark');
}

export const text = (report: RequestReport | undefined) =>
  new TextDecoder().decode(report?.result.body);

/** A trace in the words of a row, without what differs from run to run. */
export function steps(events: readonly TraceEvent[]): readonly NormalisedStep[] {
  return normalise(events);
}

let expected: Promise<readonly NormalisedStep[]> | undefined;

/** What a recorder in this process writes of the same exchange: no runtime may say otherwise. */
export function expectedSteps(): Promise<readonly NormalisedStep[]> {
  expected ??= (async () => {
    const { application, utf8 } = await import('../../app/index.ts');
    const { createGateway } = await import('../../gateway/index.ts');
    const { dialMemory } = await import('../../client/memory.ts');
    const { runRequest } = await import('../../client/index.ts');
    const { createRecorder } = await import('../../trace/index.ts');
    const events: TraceEvent[] = [];
    const recorder = createRecorder({
      run: 'expected',
      now: () => performance.now(),
      emit: (event) => events.push(event),
    });
    const gateway = createGateway(
      application({
        async http(_scope, _receive, send) {
          await send({ type: 'http.response.start', status: 200 });
          await send({ type: 'http.response.body', data: utf8('answer') });
          await send({ type: 'http.response.end' });
        },
      }),
      { tap: recorder.tap },
    );
    await gateway.start();
    const [request] = parseScenario('GET / HTTP/1.1');
    await runRequest(request as never, { dial: dialMemory(gateway), conn: 1, tap: recorder.tap });
    await new Promise<void>((resolve) => setImmediate(resolve));
    return normalise(events);
  })();
  return expected;
}
