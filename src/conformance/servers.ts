// What the outside half of the suite has shown of servers of others that call Python: each with its adapter, its version
// and the protocol, as data. `content/conformance/servers.json` is one of these.

import type { PlacedCase } from './case.ts';
import type { Tally } from './report.ts';
import type { Result } from './run.ts';

/** A server that the suite can be run against. */
export interface OtherServer {
  readonly name: string;
  /** The adapter of proposal 9 that stands between it and the application. */
  readonly adapter: 'to_asgi' | 'to_wsgi';
  /** The protocols that it speaks in clear text. */
  readonly drivers: readonly ('h1' | 'h2')[];
  /** Of `python -m`; `PORT` stands for the port. What it adds to a response by itself is switched off where it can be. */
  readonly args: readonly string[];
}

const ADDRESS = '127.0.0.1:PORT';

export const OTHER_SERVERS: readonly OtherServer[] = [
  {
    name: 'uvicorn',
    adapter: 'to_asgi',
    drivers: ['h1'],
    args: [
      ...['uvicorn', 'relay:asgi', '--host', '127.0.0.1', '--port', 'PORT'],
      ...['--http', 'h11', '--loop', 'asyncio', '--no-server-header', '--log-level', 'critical'],
    ],
  },
  {
    name: 'hypercorn',
    adapter: 'to_asgi',
    drivers: ['h1', 'h2'],
    args: ['hypercorn', 'relay:asgi', '--bind', ADDRESS, '--log-level', 'CRITICAL'],
  },
  {
    name: 'daphne',
    adapter: 'to_asgi',
    drivers: ['h1'],
    args: [
      ...['daphne', '--bind', '127.0.0.1', '--port', 'PORT', '--no-server-name'],
      ...['--verbosity', '0', 'relay:asgi'],
    ],
  },
  {
    name: 'gunicorn',
    adapter: 'to_wsgi',
    drivers: ['h1'],
    args: [
      ...['gunicorn', 'relay:wsgi', '--bind', ADDRESS, '--worker-class', 'gthread'],
      ...['--threads', '64', '--log-level', 'critical'],
    ],
  },
];

/** Why a case cannot be of a server behind an adapter; undefined if it can. */
export function lacks(adapter: OtherServer['adapter']) {
  return ({ area, app, requirement, title }: PlacedCase): string | undefined => {
    if (app?.tunnel) return 'no tunnels behind an adapter';
    if (area === 'http-file') return 'the feature `http.file` needs roots of the operator';
    if (adapter === 'to_wsgi' && app?.websocket) return 'WSGI 1 has no WebSockets';
    if (requirement.startsWith('typescript.') || OF_TYPESCRIPT.test(`${requirement}: ${title}`))
      return 'is of the objects of TypeScript';
    if (AFTER_END.test(`${requirement}: ${title}`))
      return 'a call that has ended is followed no further here';
    return undefined;
  };
}

const OF_TYPESCRIPT =
  /^binding\.(?:no-coercion|field-types): .*(?:foreign forms|are getters|`undefined`)|\(undefined\) is rejected$|^http\.field-syntax: .* a field beyond octets/;
const AFTER_END =
  /^http\.closed\.cause: `complete`: an application that (?:returns|fails)|^http\.nothing-after-end: everything is rejected once the gateway has/;

export interface ServerReport {
  readonly server: string;
  readonly version: string;
  readonly adapter: OtherServer['adapter'];
  readonly driver: 'h1' | 'h2';
  readonly total: Tally;
  /** By requirement: those that have a case which ran, or was left out. */
  readonly requirements: Readonly<Record<string, Tally>>;
  readonly failures: readonly {
    readonly requirement: string;
    readonly title: string;
    /** The beginning of what the case has said. */
    readonly message: string;
  }[];
}

export interface ServersReport {
  /** When it was run, as ISO 8601. */
  readonly date: string;
  readonly commit?: string;
  /** What to type to run it again. */
  readonly command: string;
  /** Of the interface, Node and Python. */
  readonly versions: Readonly<Record<string, string>>;
  readonly servers: readonly ServerReport[];
}

const NOTHING: Tally = { pass: 0, fail: 0, skip: 0 };
const MESSAGE_LINES = 8;

/** The results of one server over one protocol. */
export function serverReport(
  { name, adapter }: OtherServer,
  version: string,
  driver: 'h1' | 'h2',
  results: readonly Result[],
): ServerReport {
  const requirements: Record<string, Tally> = {};
  let total = NOTHING;
  for (const { requirement, outcome } of results) {
    const before = requirements[requirement] ?? NOTHING;
    requirements[requirement] = { ...before, [outcome]: before[outcome] + 1 };
    total = { ...total, [outcome]: total[outcome] + 1 };
  }
  return {
    server: name,
    version,
    adapter,
    driver,
    total,
    requirements,
    failures: results
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ requirement, title, message = '' }) => ({
        requirement,
        title,
        message: message.split('\n').slice(0, MESSAGE_LINES).join('\n'),
      })),
  };
}
