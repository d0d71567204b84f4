// The gateway without a network: exchanges over the memory transport in this one process. Prints its figures as JSON,
// by CPU time: `node bench/lib/core.ts [seconds] [rounds]`.

import { createGateway } from '../../src/gateway/index.ts';
import { requestInMemory } from '../../src/gateway/transport/memory.ts';
import application from '../peers/portway.ts';
import { HELLO, HELLO_TYPE } from '../peers/shared.ts';
import { median, ratioOf } from './statistics.ts';

const [seconds = 1, rounds = 5] = process.argv.slice(2).map(Number);
const FEW = 5_000;

const gateway = createGateway(application, {
  onFault: ({ message, error }) => {
    throw new Error(`the application failed: ${message}`, { cause: error });
  },
});
const piece = new TextEncoder().encode('a piece of a body');
const get = { method: 'GET', target: '/hello', headers: [['host', 'bench']] } as const;
const post = { ...get, method: 'POST', target: '/echo' } as const;
const chunked = { ...post, headers: [...post.headers, ['transfer-encoding', 'chunked']] } as const;

/** CPU time of this process: nothing here waits, and other processes are not charged for. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function hello(): Promise<void> {
  const client = requestInMemory(gateway, get);
  client.end();
  let ended = false;
  for await (const response of client) if (response.type === 'end') ended = true;
  if (!ended) throw new Error('a response without an end');
}

/** One exchange with that many pieces in each direction. @returns its CPU time in ms */
async function echo(pieces: number): Promise<number> {
  const started = cpuMs();
  const client = requestInMemory(gateway, chunked);
  const writing = (async () => {
    for (let count = 0; count < pieces; count++) await client.write(piece);
    client.end();
  })();
  let octets = 0;
  for await (const response of client) if (response.type === 'body') octets += response.data.length;
  await writing;
  if (octets !== pieces * piece.length) throw new Error(`${octets} octets came back`);
  return cpuMs() - started;
}

/** The answer is looked at once, so that what is measured is known to be one. */
async function check(): Promise<void> {
  const client = requestInMemory(gateway, get);
  client.end();
  let text = '';
  for await (const response of client) {
    if (response.type === 'head') {
      const type = response.headers.find(([name]) => name === 'content-type')?.[1];
      if (response.status !== 200 || type !== HELLO_TYPE)
        throw new Error(`answered ${response.status} with ${type}`);
    } else if (response.type === 'body') text += new TextDecoder().decode(response.data);
  }
  if (text !== HELLO) throw new Error(`answered ${JSON.stringify(text)}`);
}

async function rate(): Promise<number> {
  const started = cpuMs();
  let exchanges = 0;
  let elapsed = 0;
  do {
    for (let count = 0; count < 1000; count++) await hello();
    exchanges += 1000;
    elapsed = cpuMs() - started;
  } while (elapsed < seconds * 1000);
  return (exchanges / elapsed) * 1000;
}

async function repeat(run: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await run());
  return values;
}

const outcome = await gateway.start();
if (!outcome.ready) throw new Error(`the application did not start: ${outcome.message}`);
await check();
await rate();
const rates = await repeat(rate);
for (let warm = 0; warm < 3; warm++) await echo(10 * FEW);
// The same number of events, in ten exchanges and in one, in turns.
const few: number[] = [];
const many: number[] = [];
for (let round = 0; round < rounds; round++) {
  let ten = 0;
  for (let exchange = 0; exchange < 10; exchange++) ten += await echo(FEW);
  few.push(ten / 10);
  many.push(await echo(10 * FEW));
}
console.log(
  JSON.stringify({
    exchangesPerSecond: median(rates),
    least: Math.min(...rates),
    most: Math.max(...rates),
    /** Time of ten times the events, to ten times the time. 1 is linear. */
    growth: ratioOf(many, few).median / 10,
    eventsPerSecond: (10 * FEW * 2 * 1000) / median(many),
  }),
);
