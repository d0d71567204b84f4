// Asks much of the gateway for a long time, and expects nothing to go wrong: `npm run bench -- soak`.
// Answers yes or no: exits with 1 if one answer was wrong, one normal client was failed, or memory grew.

import { ensureOutsiders } from '../scripts/lib/outsiders.mjs';
import { checkHello, checkHello2, checkWebSocket } from './lib/answer.ts';
import { h2load, wrk } from './lib/load.ts';
import { readOptions } from './lib/options.ts';
import { endLoads, Failed, portway, reportingNode, Server, Skipped } from './lib/process.ts';
import { SLOW_MODES, slowClients } from './lib/slow-clients.ts';
import { flatness, median } from './lib/statistics.ts';
import { abandonDownload, visit, visitWebSocket } from './lib/visitors.ts';
import { HELLO } from './peers/shared.ts';

const APP = 'peers/portway.ts';
const SLOW_CONNECTIONS = 400;
const SLICE_SECONDS = 5;
const SAMPLE_MS = 1_000;
/** Growth in octets that says nothing: memory is taken and given back in steps of this order. */
const TOLERANCE = 8 * 2 ** 20;
const HEAP_TOLERANCE = 2 * 2 ** 20;
/**
 * V8 lets its heap swell with garbage for as long as nobody else wants the memory: `node:http` alone goes from 200 to 260 MB
 * in 90 s of this load. In a heap that is bounded, what grows is what is kept.
 */
const BOUNDED_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=8'];
/** A young process takes memory for some minutes whatever it runs. */
const MINUTES_TO_JUDGE = 5;
const MB = 2 ** 20;

const names = ['requests', 'slow', 'memory'];
const usage = `npm run bench -- soak [--requests N] [--slow-seconds N] [--minutes N] [--only ${names.join(',')}]

  --requests N       so many by each of wrk and h2load, none answered wrong (default 1000000)
  --slow-seconds N   of slow clients, all modes together, while a normal one is served (default 60)
  --minutes N        of mixed load, over which memory stays flat (default 10)`;

const options = readOptions(
  {
    requests: { type: 'string', default: '1000000' },
    minutes: { type: 'string', default: '10' },
    'slow-seconds': { type: 'string', default: '60' },
    only: { type: 'string', default: names.join(',') },
  },
  usage,
  ({ only, requests, minutes, 'slow-seconds': slow }) => {
    const unknown = only.split(',').find((name) => !names.includes(name));
    if (unknown !== undefined) return `There is no part \`${unknown}\`.`;
    if (!/^[1-9]\d*$/.test(requests)) return '--requests is a whole number from 1.';
    return Number(minutes) > 0 && Number(slow) > 0
      ? undefined
      : '--minutes and --slow-seconds are numbers above 0.';
  },
);
const requests = Number(options.requests);
const minutes = Number(options.minutes);
const slowSeconds = Number(options['slow-seconds']);

/** Each returns what there is to say when all went well. @throws Failed, or Skipped */
type Part = readonly [what: string, needs: readonly string[], run: () => Promise<string>];

const parts: Readonly<Record<string, readonly Part[]>> = {
  requests: [
    [`${count(requests)} requests over HTTP/1.1`, ['wrk'], requestsByWrk],
    [`${count(requests)} requests over HTTP/2`, ['h2load'], requestsByH2load],
  ],
  slow: (Object.keys(SLOW_MODES) as (keyof typeof SLOW_MODES)[]).map(
    (mode): Part => [SLOW_MODES[mode].name, ['slowhttptest'], () => besideSlowClients(mode)],
  ),
  memory: [[`memory over ${minutes} min of mixed load`, ['wrk'], memoryStaysFlat]],
};

await soak();

async function soak(): Promise<void> {
  const missing = await ensureOutsiders(['wrk', 'h2load', 'slowhttptest']);
  for (const [what, needs, run] of options.only.split(',').flatMap((name) => parts[name] ?? [])) {
    try {
      for (const name of needs) if (missing[name]) throw new Skipped(missing[name]);
      console.log(`passed   ${what}: ${await run()}`);
    } catch (error) {
      if (error instanceof Skipped) console.log(`skipped  ${what}: ${error.message}`);
      else if (error instanceof Failed) {
        console.log(`FAILED   ${what}: ${error.message}`);
        process.exitCode = 1;
      } else throw error;
    }
  }
}

/** Runs against a gateway of its own, and ends it. A gateway that did not survive has failed. */
async function serving<T>(
  args: readonly string[],
  run: (server: Server) => Promise<T>,
  nodeOptions: readonly string[] = [],
): Promise<T> {
  const command = portway(APP, args, nodeOptions);
  const server = await Server.start({ name: 'portway', command, channel: nodeOptions.length > 0 });
  try {
    const result = await run(server);
    if (!server.alive) throw new Failed('the gateway ended by itself');
    return result;
  } finally {
    endLoads();
    await server.stop();
  }
}

/** wrk stops by the clock only: it runs in slices until there were enough. */
function requestsByWrk(): Promise<string> {
  return serving([], async (server) => {
    await checkHello(server);
    let [done, seconds] = [0, 0];
    while (done < requests) {
      const left = done === 0 ? 1 : Math.ceil((requests - done) / (done / seconds));
      const load = await wrk({
        port: server.port,
        path: '/hello',
        connections: 64,
        seconds: Math.min(SLICE_SECONDS, left),
        expect: HELLO,
      });
      done += load.requests;
      seconds += load.seconds;
    }
    return `${count(done)} by wrk, each looked at, none wrong, in ${seconds.toFixed(0)} s`;
  });
}

function requestsByH2load(): Promise<string> {
  return serving(['--http2'], async (server) => {
    await checkHello2(server);
    const load = await h2load({
      port: server.port,
      path: '/hello',
      connections: 8,
      streams: 32,
      requests,
    });
    const expected = requests * HELLO.length;
    if (load.requests !== requests || load.dataOctets !== expected)
      throw new Failed(
        `${count(load.requests)} answers with ${count(load.dataOctets)} octets; expected ${count(expected)}`,
      );
    return `by h2load, none wrong, in ${load.seconds.toFixed(0)} s`;
  });
}

/** A normal client must not notice that others are slow. */
function besideSlowClients(mode: keyof typeof SLOW_MODES): Promise<string> {
  return serving([], async (server) => {
    await checkHello(server);
    const attack = slowClients(mode, {
      port: server.port,
      connections: SLOW_CONNECTIONS,
      seconds: Math.max(1, Math.round(slowSeconds / Object.keys(SLOW_MODES).length)),
    });
    const seen = await visit(server.port, attack);
    const slow = await attack;
    if (seen.failures.length > 0)
      throw new Failed(
        `${seen.failures.length} of ${count(seen.requests)} requests of a normal client failed, the first: ${seen.failures[0]}`,
      );
    if (slow.closed + slow.connected < SLOW_CONNECTIONS)
      throw new Failed(`only ${slow.closed + slow.connected} slow clients got a connection`);
    return (
      `${count(seen.requests)} requests of a normal client, none failed, ` +
      `p99 ${seen.p99Ms.toFixed(1)} ms, slowest ${seen.maxMs.toFixed(0)} ms; ` +
      `of ${SLOW_CONNECTIONS} slow clients ${slow.closed} were closed (${slow.ended.toLowerCase()})`
    );
  });
}

function memoryStaysFlat(): Promise<string> {
  return serving(
    [],
    async (server) => {
      await checkHello(server);
      const websocket = await serves(() => checkWebSocket(server));
      const { port } = server;
      const seconds = Math.max(1, Math.round(minutes * 60));
      const load = Promise.all([
        wrk({ port, path: '/hello', connections: 16, seconds }),
        wrk({ port, path: '/echo', connections: 4, seconds, method: 'POST', body: 100_000 }),
      ]);
      const visits = { download: 0, websocket: 0 };
      const visitors = [
        repeat(load, async (turn) => {
          await abandonDownload(port, turn);
          visits.download++;
        }),
        ...(websocket.yes
          ? [
              repeat(load, async (turn) => {
                await visitWebSocket(port, turn);
                visits.websocket++;
              }),
            ]
          : []),
      ];
      const all = Promise.all([load, sample(server, load), ...visitors]);
      const [[hello, echo], { rss, early }] = await all;
      const late = await server.memory();
      const { flat, growth, perMinute, allowed } = flatness(rss, TOLERANCE);
      const leaked = late.heapUsed - early > Math.max(0.05 * early, HEAP_TOLERANCE);
      const sockets = websocket.yes
        ? `${count(visits.websocket)} WebSockets`
        : `no WebSockets (${websocket.why})`;
      const said =
        `RSS ${mb(median(rss.map(([, octets]) => octets)))} MB, ` +
        `slope ${mb(perMinute)} MB/min, growth ${mb(growth)} of ${mb(allowed)} MB allowed; ` +
        `heap after collection ${mb(early)} → ${mb(late.heapUsed)} MB; ` +
        `${count(hello.requests)} hellos, ${count(echo.requests)} echoes, ` +
        `${count(visits.download)} downloads broken off, ${sockets}`;
      if (leaked || (!flat && minutes >= MINUTES_TO_JUDGE)) throw new Failed(said);
      return minutes >= MINUTES_TO_JUDGE ? said : `${said} (too short to judge RSS by)`;
    },
    [...BOUNDED_HEAP, ...reportingNode],
  );
}

async function serves(check: () => Promise<void>): Promise<{ yes: boolean; why: string }> {
  try {
    await check();
    return { yes: true, why: '' };
  } catch (error) {
    if (error instanceof Skipped) return { yes: false, why: error.message };
    throw error;
  }
}

/** One after the other, until `over` is settled. */
async function repeat(over: Promise<unknown>, run: (turn: number) => Promise<void>): Promise<void> {
  let going = true;
  over.finally(() => (going = false)).catch(() => {});
  for (let turn = 0; going; turn++) await run(turn);
}

/** RSS every second until `over` is settled, and the heap after a collection when a third of the time is over. */
async function sample(server: Server, over: Promise<unknown>) {
  const rss: [ms: number, octets: number][] = [];
  let early: Promise<number> | undefined;
  const started = performance.now();
  const timer = setInterval(() => {
    const elapsed = performance.now() - started;
    if (server.rss !== undefined) rss.push([elapsed, server.rss]);
    if (elapsed < minutes * 20_000) return;
    early ??= server.memory().then(({ heapUsed }) => heapUsed);
    early.catch(() => {});
  }, SAMPLE_MS);
  await over.finally(() => clearInterval(timer));
  if (rss.length < 3 || early === undefined)
    throw new Failed(`${rss.length} samples of memory are too few to judge`);
  return { rss, early: await early };
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function mb(octets: number): string {
  return (octets / MB).toFixed(1);
}
