// The application's side of the suite: an application that plays cases, each in the requests that name it.

import {
  type Application,
  FEATURES,
  type Fields,
  type HttpReceiveEvent,
  type HttpSendEvent,
  type LifespanReceiveEvent,
  type LifespanSendEvent,
  type Receive,
  type Send,
  UnsupportedScope,
} from '../interface/index.ts';
import type { PlacedCase } from './case.ts';
import { ENDED, MARK, TUNNEL } from './names.ts';
import { encode, Runs } from './stage.ts';

/** How a call of the application ended. */
export interface Ending {
  readonly type: string;
  readonly how: 'returned' | 'raised';
  /** Of the error. */
  readonly name?: string;
  readonly requirement?: string;
  readonly message?: string;
}

export interface HostOptions {
  readonly runs?: Runs;
  /** The run of the lifespan, where only one case is hosted. */
  readonly run?: string;
}

type AnyHandler = (scope: never, receive: never, send: never, stage: never) => Promise<void>;

/**
 * An application that plays the cases given. Under `/~/RUN/` it answers the client's side of a run:
 * `GET notes?from=N` waits for notes, `GET all` does not, `POST open/GATE` opens a gate, `DELETE` ends the run.
 */
export function hostApplication(
  cases: readonly PlacedCase[],
  { runs = new Runs(), run: only }: HostOptions = {},
): Application {
  const byKey = new Map(cases.map((one) => [one.key, one]));
  const [single] = cases;

  return async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      const own = cases.length === 1 ? single?.app?.lifespan : undefined;
      const play = own ?? usualLifespan;
      await ending(scope.type, runs.of(only ?? '-'), () =>
        play(scope, receive as never, send as never, runs.of(only ?? '-')),
      );
      return;
    }
    const mark = scope.headers.find(([name]) => name === MARK)?.[1];
    if (mark === undefined && scope.type === 'http' && scope.path.startsWith('/~/')) {
      await control(scope.method, scope.target, runs, receive as never, send as never);
      return;
    }
    const [key = '', run = ''] = (mark ?? '').split(' ');
    // A gateway that was made for one case plays it for requests without a mark as well: raw octets may not have room.
    const unmarked = mark === undefined && cases.length === 1 && only !== undefined;
    const found = unmarked ? single : byKey.get(key);
    if (!found) {
      await answer(send as never, 404, `no case is named in the field ${MARK}\n`);
      return;
    }
    const stage = runs.of(unmarked ? only : run);
    const handler = found.app?.[scope.type] as AnyHandler | undefined;
    await ending(scope.type, stage, async () => {
      if (!handler) throw new UnsupportedScope(scope.type);
      await handler(scope as never, receive as never, send as never, stage as never);
    });
  };
}

/** Calls a handler and notes how the call has ended. */
async function ending(
  type: string,
  stage: { note(name: string, value: unknown): void },
  call: () => Promise<void>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    const { name, requirement, stack } = (error ?? {}) as Record<string, unknown>;
    stage.note(ENDED, {
      type,
      how: 'raised',
      name: typeof name === 'string' ? name : typeof error,
      ...(typeof requirement === 'string' ? { requirement } : {}),
      message: MISTAKES.has(String(name)) ? String(stack) : String(error),
    } satisfies Ending);
    throw error;
  }
  stage.note(ENDED, { type, how: 'returned' } satisfies Ending);
}

/** Errors that a case does not raise on purpose: with one of them it has failed on its application's side. */
export const MISTAKES: ReadonlySet<string> = new Set([
  'AssertionError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
]);

/** Accepts every feature that is offered and declares the tunnel of the suite. */
async function usualLifespan(
  _scope: unknown,
  receive: Receive<LifespanReceiveEvent>,
  send: Send<LifespanSendEvent>,
): Promise<void> {
  const startup = await receive();
  if (startup.type !== 'lifespan.startup') throw new Error(`the first event was ${startup.type}`);
  const accepts: Record<string, number> = {};
  for (const [name, revisions] of Object.entries(startup.offers)) {
    const revision = revisions.at(-1);
    if (revision !== undefined && Object.hasOwn(FEATURES, name)) accepts[name] = revision;
  }
  await send({
    type: 'lifespan.ready',
    accepts,
    ...('tunnel' in accepts ? { tunnels: [TUNNEL] } : {}),
  });
  while ((await receive()).type !== 'lifespan.shutdown');
}

/** How long a question for notes waits for one; the client asks again. */
const PATIENCE = 2000;

async function control(
  method: string,
  target: string,
  runs: Runs,
  receive: Receive<HttpReceiveEvent>,
  send: Send<HttpSendEvent>,
): Promise<void> {
  while (!['http.request.end', 'http.closed'].includes((await receive()).type));
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const [, , name = '', what = '', gate = ''] = pathname.split('/').map(decodeURIComponent);
  if (method === 'GET' && what === 'notes') {
    const late = new Promise<[]>((resolve) => setTimeout(() => resolve([]), PATIENCE).unref());
    const notes = await Promise.race([
      runs.of(name).notes(Number(searchParams.get('from') ?? 0)),
      late,
    ]);
    await answer(send, 200, encode(notes), [['content-type', 'application/json']]);
  } else if (method === 'GET' && what === 'all') {
    const notes = await runs.of(name).all();
    await answer(send, 200, encode(notes), [['content-type', 'application/json']]);
  } else if (method === 'POST' && what === 'open') {
    await runs.of(name).open(gate);
    await answer(send, 204);
  } else if (method === 'DELETE' && what === '') {
    runs.close(name);
    await answer(send, 204);
  } else await answer(send, 404, `there is no ${method} ${pathname}\n`);
}

async function answer(
  send: Send<HttpSendEvent>,
  status: number,
  body = '',
  headers: Fields = [],
): Promise<void> {
  const data = new TextEncoder().encode(body);
  const length: Fields = status === 204 ? [] : [['content-length', String(data.length)]];
  await send({ type: 'http.response.start', status, headers: [...headers, ...length] });
  if (data.length > 0) await send({ type: 'http.response.body', data });
  await send({ type: 'http.response.end' });
}
