// Measures the gateway, started by its command, against peers that do the same work: `npm run bench -- gateway`.
// Peers take turns within a run, and only ratios of one round are compared. Targets are those of measures.md.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureOutsiders, python } from '../scripts/lib/outsiders.mjs';
import { localNode, root } from '../scripts/lib/project.mjs';
import { checkDownload, checkEcho, checkHello, checkHello2, checkWebSocket } from './lib/answer.ts';
import { h2load, wrk } from './lib/load.ts';
import { readOptions } from './lib/options.ts';
import {
  benchPath,
  endLoads,
  Failed,
  node,
  pinned,
  portway,
  reportingNode,
  runAsServer,
  runLoad,
  Server,
  type ServerOptions,
  Skipped,
  spawnLoad,
} from './lib/process.ts';
import { describeProfiles, profilingNode } from './lib/profile.ts';
import { median, ratioOf } from './lib/statistics.ts';
import { figure, type Line, type Target, tableOf, verdictOf } from './lib/table.ts';
import { copyWithoutTap } from './lib/without-tap.ts';

const ECHO_OCTETS = 100_000;
const IDLE_SOCKETS = 1_000;
/** A server that is not busy was not what limited the load. */
const BUSY = 0.9;

/** Servers that are asked the same in turns. The first is ours. */
interface Comparison {
  readonly name: string;
  readonly what: string;
  /** Without these there is no load. */
  readonly needs: readonly string[];
  readonly unit: string;
  readonly contenders: readonly [Contender, ...Contender[]];
  /** @throws Failed unless the answers are right */
  check(server: Server): Promise<void>;
  load(server: Server, seconds: number): Promise<{ requests: number; seconds: number }>;
}

interface Contender extends ServerOptions {
  /** Of our rate to its own. */
  readonly target?: Target;
  readonly needs?: readonly string[];
}

interface Measured {
  readonly rates: number[];
  /** CPU time for each request, in µs. */
  readonly costs: number[];
  readonly busy: number[];
}

const APP = 'peers/portway.ts';
const folder = mkdtempSync(join(tmpdir(), 'portway-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const names = [
  ...['hello', 'echo', 'download', 'http2', 'ws-echo', 'trace', 'ws-idle', 'core', 'tap'],
  ...['python', 'python-echo'],
];
const usage = `npm run bench -- gateway [--quick] [--rounds N] [--seconds N] [--only NAME,…] [--profile]

  --quick     3 rounds of 1 s instead of 5 of 3 s
  --only      of: ${names.join(', ')}
  --profile   no comparison: the 20 functions that take most of the gateway's time, for each row`;

const options = readOptions(
  {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string', default: names.join(',') },
    profile: { type: 'boolean', default: false },
  },
  usage,
  ({ only, rounds = '1', seconds = '1' }) => {
    const unknown = only.split(',').find((name) => !names.includes(name));
    if (unknown !== undefined) return `There is no row \`${unknown}\`.`;
    return [rounds, seconds].every((text) => /^[1-9]\d*$/.test(text))
      ? undefined
      : '--rounds and --seconds are whole numbers from 1.';
  },
);
const chosen = options.only.split(',');
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));
const seconds = Number(options.seconds ?? (options.quick ? 1 : 3));

const missing = await ensureOutsiders([
  'wrk',
  'h2load',
  'python3-uvicorn',
  'python3-uvloop',
  'python3-httptools',
  'python3-hypercorn',
  'gunicorn',
]);
const httptools = missing['python3-httptools'] === undefined;
const uvloop = missing['python3-uvloop'] === undefined;

const ours = (...args: string[]): Contender => ({ name: 'portway', command: portway(APP, args) });
/** Peers in Python, and ours with one worker behind it: all of its processes on the one core. */
const inPython: readonly [Contender, ...Contender[]] = [
  {
    name: 'portway',
    command: [
      ...[
        localNode,
        `${root}/bin/portway.mjs`,
        'serve',
        '--python',
        'portway_app',
        '--kind',
        'portway',
      ],
      ...['--python-executable', python, '--host', '127.0.0.1', '--port', '0'],
    ],
    env: { PYTHONPATH: benchPath('peers') },
  },
  ...(['h11', 'httptools'] as const).map((http): Contender => {
    const loop = http === 'h11' ? 'asyncio' : 'uvloop';
    return {
      name: `uvicorn (${http}, ${loop})`,
      command: [
        ...[python, '-m', 'uvicorn', 'asgi:app', '--app-dir', benchPath('peers')],
        ...[
          '--host',
          '127.0.0.1',
          '--port',
          '0',
          '--no-access-log',
          '--http',
          http,
          '--loop',
          loop,
        ],
      ],
      target: http === 'h11' ? { atLeast: 1.5 } : {},
      needs:
        http === 'h11'
          ? ['python3-uvicorn']
          : ['python3-uvicorn', 'python3-uvloop', 'python3-httptools'],
    };
  }),
  {
    name: 'hypercorn',
    command: [python, '-m', 'hypercorn', 'asgi:app', '--bind', '127.0.0.1:0'],
    env: { PYTHONPATH: benchPath('peers') },
    target: { atLeast: 1.5 },
    needs: ['python3-hypercorn'],
  },
  {
    name: 'gunicorn (gthread)',
    command: [
      ...[
        python,
        '-m',
        'gunicorn',
        'wsgi:app',
        '--bind',
        '127.0.0.1:0',
        '--chdir',
        benchPath('peers'),
      ],
      ...['--worker-class', 'gthread', '--threads', '8'],
    ],
    needs: ['gunicorn'],
  },
];

/** What `node:http` is to leave out, so that it writes what we write. Known once we have answered. */
const rawEnv: Record<string, string> = {};
const raw: Contender = {
  name: 'node:http',
  command: node('peers/node-http.ts'),
  env: rawEnv,
  target: { atLeast: 0.95 },
};

const helloOctets = new Map<string, number>();

const comparisons: readonly Comparison[] = [
  {
    name: 'hello',
    what: 'hello, HTTP/1.1, 64 connections',
    needs: ['wrk'],
    unit: 'req/s',
    contenders: [
      ours(),
      raw,
      { name: 'Fastify', command: node('peers/fastify.ts'), target: { atLeast: 1 } },
      { name: 'Hono', command: node('peers/hono.ts'), target: { atLeast: 1.25 } },
      {
        name: `uvicorn (${httptools ? 'httptools' : 'h11'}, ${uvloop ? 'uvloop' : 'asyncio'})`,
        command: [
          ...[python, '-m', 'uvicorn', 'asgi:app', '--app-dir', benchPath('peers')],
          ...['--host', '127.0.0.1', '--port', '0', '--no-access-log'],
          ...['--http', httptools ? 'httptools' : 'h11', '--loop', uvloop ? 'uvloop' : 'asyncio'],
        ],
        target: { atLeast: 1.5 },
        needs: ['python3-uvicorn'],
      },
    ],
    async check(server) {
      const { headers, headOctets, body } = await checkHello(server);
      if (server.name === 'portway') {
        const bare = !headers.some(([name]) => name === 'connection');
        rawEnv.PORTWAY_BENCH_BARE = bare ? '1' : '0';
      }
      note(`${server.name}: /hello is ${headOctets} + ${body.length} octets`);
      helloOctets.set(server.name, headOctets + body.length);
    },
    async load({ port, name }, seconds) {
      const load = await wrk({ port, path: '/hello', connections: 64, seconds });
      expectOctets(name, load.octets, load.requests * (helloOctets.get(name) ?? 0));
      return load;
    },
  },
  {
    name: 'echo',
    what: 'echo of 100 kB, 16 connections',
    needs: ['wrk'],
    unit: 'req/s',
    contenders: [ours(), raw],
    check: (server) => checkEcho(server, ECHO_OCTETS),
    async load({ port, name }, seconds) {
      const body = { method: 'POST', body: ECHO_OCTETS } as const;
      const load = await wrk({ port, path: '/echo', connections: 16, seconds, ...body });
      expectOctets(name, load.octets, load.requests * ECHO_OCTETS);
      return load;
    },
  },
  {
    name: 'download',
    what: 'download of 1 MB, 16 connections',
    needs: ['wrk'],
    unit: 'req/s',
    contenders: [ours(), raw],
    async check(server) {
      await checkDownload(server);
    },
    async load({ port, name }, seconds) {
      const load = await wrk({ port, path: '/download', connections: 16, seconds });
      expectOctets(name, load.octets, load.requests * 2 ** 20);
      return load;
    },
  },
  {
    name: 'http2',
    what: 'hello, HTTP/2, 100 streams',
    needs: ['h2load'],
    unit: 'req/s',
    contenders: [
      ours('--http2'),
      { name: 'node:http2', command: node('peers/node-http2.ts'), target: { atLeast: 0.95 } },
    ],
    check: checkHello2,
    load: ({ port }, seconds) =>
      h2load({ port, path: '/hello', connections: 1, streams: 100, seconds }),
  },
  {
    name: 'ws-echo',
    what: 'WebSocket echo, 64 connections',
    needs: [],
    unit: 'msg/s',
    contenders: [ours(), { name: 'ws', command: node('peers/ws.ts'), target: { atLeast: 0.95 } }],
    check: checkWebSocket,
    async load({ port }, seconds) {
      const [load, ...args] = node('lib/websocket-load.ts');
      const output = await runLoad([load ?? '', ...args, 'echo', `${port}`, '64', `${seconds}`]);
      const { messages, seconds: elapsed } = JSON.parse(output);
      return { requests: messages, seconds: elapsed };
    },
  },
  {
    name: 'trace',
    what: 'hello with a trace to a file',
    needs: ['wrk'],
    unit: 'req/s',
    contenders: [
      ours('--trace', join(folder, 'trace.ndjson')),
      { name: 'no trace', command: portway(APP), target: { atLeast: 0.8 } },
    ],
    async check(server) {
      await checkHello(server);
    },
    load: ({ port }, seconds) => wrk({ port, path: '/hello', connections: 64, seconds }),
  },
  {
    name: 'python',
    what: 'hello in Python, 64 connections',
    needs: ['wrk'],
    unit: 'req/s',
    contenders: inPython,
    async check(server) {
      await checkHello(server);
    },
    load: ({ port }, seconds) => wrk({ port, path: '/hello', connections: 64, seconds }),
  },
  {
    name: 'python-echo',
    what: 'echo of 100 kB in Python, 16 connections',
    needs: ['wrk'],
    unit: 'req/s',
    contenders: inPython,
    check: (server) => checkEcho(server, ECHO_OCTETS),
    async load({ port, name }, seconds) {
      const body = { method: 'POST', body: ECHO_OCTETS } as const;
      const load = await wrk({ port, path: '/echo', connections: 16, seconds, ...body });
      expectOctets(name, load.octets, load.requests * ECHO_OCTETS);
      return load;
    },
  },
];

/** What is not a comparison of rates. */
const others: Readonly<Record<string, () => Promise<Line[]>>> = {
  'ws-idle': idleSockets,
  core: coreAlone,
  tap: tapOff,
};

const notes: string[] = [];
function note(text: string): void {
  if (!notes.includes(text)) notes.push(text);
}

await (options.profile ? profileRows() : measureRows());

async function measureRows(): Promise<void> {
  const where = pinned ? 'server and load on a core each' : 'server and load on the same cores';
  const how = `medians of ${rounds} rounds of ${seconds} s, in turns`;
  console.log(`gateway: ${how}; ${where}; Node ${process.version}\n`);
  const lines: Line[] = [];
  for (const name of chosen) {
    const comparison = comparisons.find((one) => one.name === name);
    const row = comparison?.what ?? name;
    console.error(`  ${row} …`);
    try {
      lines.push(...(comparison ? await compare(comparison) : ((await others[name]?.()) ?? [])));
    } catch (error) {
      lines.push(lineOfError(row, error));
    }
  }
  console.log(`\n${tableOf(lines)}`);
  if (notes.length > 0) console.log(`\n${notes.map((text) => `note: ${text}`).join('\n')}`);
  if (lines.some((line) => verdictOf(line) === 'FAILED')) process.exitCode = 1;
}

/** All contenders up at once, asked in turns. One that does not come up is left out; without ours there is nothing. */
async function compare(comparison: Comparison): Promise<Line[]> {
  const { what: row, contenders, unit } = comparison;
  for (const name of comparison.needs) if (missing[name]) throw new Skipped(missing[name]);
  const lines: Line[] = [];
  const servers: { contender: Contender; server: Server; measured: Measured }[] = [];
  try {
    for (const contender of contenders) {
      try {
        for (const name of contender.needs ?? [])
          if (missing[name]) throw new Skipped(missing[name]);
        const server = await Server.start(contender);
        servers.push({ contender, server, measured: { rates: [], costs: [], busy: [] } });
        await comparison.check(server);
        await comparison.load(server, 1);
      } catch (error) {
        // Ours is what the row is about.
        if (contender === contenders[0]) throw error;
        const last = servers.at(-1);
        if (last?.contender === contender) {
          servers.pop();
          await last.server.stop();
        }
        lines.push(lineOfError(row, error, contender.name));
      }
    }
    for (let round = 0; round < rounds; round++)
      for (const { server, measured } of servers) await measure(comparison, server, measured);
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
  const [first, ...rest] = servers;
  if (!first) throw new Failed('nothing was measured');
  const busy = servers.map(({ measured }) => median(measured.busy));
  if (busy.some((share) => share < BUSY)) {
    const shares = servers.map(
      ({ contender }, index) => `${contender.name} ${(100 * (busy[index] ?? 0)).toFixed(0)} %`,
    );
    note(`${row}: CPU time decides, for not the servers were the limit: ${shares.join(', ')} busy`);
  }
  const compared = rest.map(({ contender, measured }, index): Line => {
    const byCpu = ratioOf(measured.costs, first.measured.costs).median;
    return {
      row,
      against: contender.name,
      ours: figure(first.measured.rates, unit),
      theirs: figure(measured.rates, unit),
      ratio: ratioOf(first.measured.rates, measured.rates),
      ...(Number.isFinite(byCpu) ? { byCpu } : {}),
      disturbed: Math.min(busy[0] ?? 1, busy[index + 1] ?? 1) < BUSY,
      target: contender.target ?? {},
    };
  });
  return [...compared, ...lines];
}

async function measure(comparison: Comparison, server: Server, measured: Measured): Promise<void> {
  const [cpu, started] = [server.cpuMs, performance.now()];
  const load = await comparison.load(server, seconds);
  const elapsed = performance.now() - started;
  if (!server.alive) throw new Failed(`${server.name} ended under load`);
  measured.rates.push(load.requests / load.seconds);
  if (cpu === undefined) return;
  const used = (server.cpuMs ?? Number.NaN) - cpu;
  measured.costs.push((used * 1000) / load.requests);
  measured.busy.push(used / Math.min(elapsed, load.seconds * 1000));
}

/** Fresh servers in each round: what a heap has grown to once, it keeps. */
async function idleSockets(): Promise<Line[]> {
  const row = `${IDLE_SOCKETS.toLocaleString('en')} idle WebSockets`;
  const peers = {
    portway: portway(APP, [], reportingNode),
    ws: node('peers/ws.ts', reportingNode),
  };
  const rss: Record<string, number[]> = { portway: [], ws: [] };
  const used: Record<string, number[]> = { portway: [], ws: [] };
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(peers)) {
      const cost = await costOfIdle({ name, command, channel: true });
      rss[name]?.push(cost.rss / 1024);
      used[name]?.push((cost.heapUsed + cost.external) / 1024);
    }
  const line = (what: string, values: typeof rss): Line => ({
    row: `${row}, ${what}`,
    against: 'ws',
    ours: figure(values.portway ?? [], 'kB each'),
    theirs: figure(values.ws ?? [], 'kB each'),
    ratio: ratioOf(values.portway ?? [], values.ws ?? []),
    target: { atMost: 1.15 },
  });
  return [line('RSS', rss), line('heap', used)];
}

/** What one of many open WebSockets takes, in octets. */
async function costOfIdle(options: ServerOptions): Promise<NodeJS.MemoryUsage> {
  const server = await Server.start(options);
  try {
    await checkWebSocket(server);
    // The first sockets also pay for code and buffers that all share.
    await holding(server, 100, async () => {});
    const before = await server.memory();
    const during = await holding(server, IDLE_SOCKETS, () => server.memory());
    const cost = (of: keyof NodeJS.MemoryUsage) => (during[of] - before[of]) / IDLE_SOCKETS;
    return {
      rss: cost('rss'),
      heapTotal: cost('heapTotal'),
      heapUsed: cost('heapUsed'),
      external: cost('external'),
      arrayBuffers: cost('arrayBuffers'),
    };
  } finally {
    await server.stop();
  }
}

/** Runs `during` while so many WebSockets are open. */
async function holding<T>(server: Server, count: number, during: () => Promise<T>): Promise<T> {
  const command = [...node('lib/websocket-load.ts'), 'idle', String(server.port), String(count)];
  const child = spawnLoad(command, true);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (data: string) => (said += data));
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Failed(`the sockets were lost: ${said.trim().split('\n')[0]}`);
  });
  // What fails first is told; what fails in consequence is not.
  ended.catch(() => {});
  try {
    await Promise.race([once(child, 'message'), ended]);
    const result = await during();
    child.send('leave');
    await ended;
    return result;
  } finally {
    endLoads();
  }
}

async function coreAlone(): Promise<Line[]> {
  const command = [...node('lib/core.ts'), String(seconds), String(rounds)];
  const { exchangesPerSecond, growth, eventsPerSecond, least, most } = JSON.parse(
    await runAsServer(command),
  );
  note(`core alone: ${figure([least], 'to')} ${figure([most], 'exchanges/s')}`);
  return [
    {
      row: 'core alone, over memory, by CPU',
      ours: figure([exchangesPerSecond], 'exchanges/s'),
      value: exchangesPerSecond,
      target: { atLeast: 500_000 },
    },
    {
      row: 'core alone, ten times the events, by CPU',
      ours: `${(10 * growth).toFixed(1)} × the time (${figure([eventsPerSecond], 'events/s')})`,
      value: 10 * growth,
      target: { atMost: 12.5 },
    },
  ];
}

/** The core with its tap, which nobody has asked for, against a copy of the source that has none, in turns. */
async function tapOff(): Promise<Line[]> {
  const copy = join(folder, 'without-tap');
  copyWithoutTap(copy);
  const rateOf = async (core: string): Promise<number> => {
    const [program = '', ...args] = node('lib/core.ts');
    const command = [program, ...args.slice(0, -1), core, String(seconds), '1'];
    return JSON.parse(await runAsServer(command)).exchangesPerSecond;
  };
  const [off, none]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    // Each goes first as often as the other: a machine that slows down is not to favour one.
    const first = round % 2 === 0;
    if (!first) none.push(await rateOf(join(copy, 'bench/lib/core.ts')));
    off.push(await rateOf(benchPath('lib/core.ts')));
    if (first) none.push(await rateOf(join(copy, 'bench/lib/core.ts')));
  }
  return [
    {
      row: 'core alone, tap off, by CPU',
      against: 'no tap',
      ours: figure(off, 'exchanges/s'),
      theirs: figure(none, 'exchanges/s'),
      ratio: ratioOf(off, none),
      target: { atLeast: 0.99 },
    },
  ];
}

/** Runs our server alone with a profiler, for each row, and prints where its time went. */
async function profileRows(): Promise<void> {
  for (const name of chosen) {
    const into = join(folder, `profile-${name}`);
    const comparison = comparisons.find((one) => one.name === name);
    try {
      if (comparison) {
        for (const need of comparison.needs) if (missing[need]) throw new Skipped(missing[need]);
        const [contender] = comparison.contenders;
        const [program = '', ...args] = contender.command;
        const server = await Server.start({
          ...contender,
          command: [program, ...profilingNode(into), ...args],
        });
        try {
          await comparison.check(server);
          await comparison.load(server, seconds * rounds);
        } finally {
          await server.stop();
        }
      } else if (name === 'core') {
        const core = node('lib/core.ts', profilingNode(into));
        await runAsServer([...core, String(seconds), String(rounds)]);
      } else continue;
      console.log(
        `${comparison?.what ?? name}: own time of functions\n${describeProfiles(into)}\n`,
      );
    } catch (error) {
      console.log(`${tableOf([lineOfError(comparison?.what ?? name, error)])}\n`);
      if (!(error instanceof Skipped)) process.exitCode = 1;
    }
  }
}

function lineOfError(row: string, error: unknown, against?: string): Line {
  const what = { row, ...(against === undefined ? {} : { against }) };
  if (error instanceof Skipped) return { ...what, skipped: error.message };
  if (error instanceof Failed) return { ...what, failed: error.message };
  throw error;
}

/** Answers that were cut short would be counted as fast ones. */
function expectOctets(name: string, found: number, least: number): void {
  if (found < least)
    throw new Failed(`${name} sent ${found} octets in answers that have ${least} together`);
}
