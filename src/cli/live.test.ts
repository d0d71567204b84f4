// `portway dev` as a process: the trace of its application can be followed on the loopback, over every new start of it.

import { appendFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, type Running, start } from '../../tests/fixtures/portway.ts';
import type { TraceEvent } from '../trace/index.ts';
import type { LiveRun } from './live-log.ts';

// Each starts processes of its own, and those start others.
vi.setConfig({ testTimeout: 60_000 });

const APP = `export default async (scope, receive, send) => {
  if (scope.type === 'lifespan') throw Object.assign(new Error('none'), { name: 'UnsupportedScope' });
  await send({ type: 'http.response.start', status: 200, headers: [['set-cookie', 'id=hidden']] });
  for (let i = 0; scope.target === '/flood' && i < 30000; i++)
    await send({ type: 'http.response.body', data: new Uint8Array(1) });
  await send({ type: 'http.response.end' });
};
`;

async function dev(...options: string[]) {
  const cwd = folder({ 'app.mjs': APP });
  const running = start(['dev', 'app.mjs', '--port', '0', ...options], { cwd });
  onTestFinished(async () => {
    running.child.kill('SIGTERM');
    running.child.kill('SIGTERM');
    await running.ended;
  });
  const [, app = ''] = await running.printed(/app\.mjs on (http:\S+)/);
  return { cwd, running, app };
}

async function inspected(...options: string[]) {
  const one = await dev('--inspect-port', '0', ...options);
  return { ...one, trace: await traceOf(one.running) };
}

async function traceOf(running: Running): Promise<string> {
  const [, trace = ''] = await running.printed(
    /the trace of it on (http:\/\/127\.0\.0\.1:\d+\/)$/m,
  );
  return trace;
}

/** Sends a request on a connection of its own: one that is kept may be closed under it by a process that ends. */
async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { agent: false, headers }).on('response', resolve).on('error', reject),
  );
  let octets = 0;
  for await (const data of response) octets += (data as Buffer).length;
  return octets;
}

/** What has come by Server-Sent Events so far, and a wait for more. */
async function follow(trace: string) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(`${trace}events`, { signal: leaving.signal });
  const events: TraceEvent[] = [];
  let runs: readonly LiveRun[] = [];
  const texts = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let rest = '';
  /** Reads until something holds. */
  const until = async (holds: () => boolean) => {
    while (!holds()) {
      const { done, value } = await texts.read();
      if (done) throw new Error('The stream has ended.');
      const messages = (rest + value).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const data = [...message.matchAll(/^data: (.*)$/gm)].map(([, text = '']) => text);
        if (message.startsWith('event: runs')) runs = JSON.parse(data.join('')) as LiveRun[];
        else if (message.startsWith('event: trace'))
          for (const line of data) events.push(JSON.parse(line) as TraceEvent);
      }
    }
  };
  return {
    events,
    until,
    get runs() {
      return runs;
    },
  };
}

const ended = (events: readonly TraceEvent[]) =>
  events.filter(({ type }) => type === 'application.returns').length;

test('events come as they happen, without secret values, and a changed file begins a new run', async () => {
  const { cwd, app, trace } = await inspected();
  const live = await follow(trace);
  await live.until(() => live.runs.length === 1);
  await ask(`${app}one`, { cookie: 'id=hidden' });
  await live.until(() => ended(live.events) === 1);
  const [first] = live.runs;
  expect(live.events.map(({ seq }) => seq)).toEqual(live.events.map((_, index) => index + 1));
  expect(new Set(live.events.map(({ run }) => run))).toEqual(new Set([first?.run]));
  expect(live.events[0]?.timeOrigin).toBe(first?.timeOrigin);
  expect(JSON.stringify(live.events)).not.toContain('hidden');

  appendFileSync(join(cwd, 'app.mjs'), '// changed\n');
  await live.until(() => live.runs.length === 2);
  expect(live.runs[1]).toMatchObject({ changed: 'app.mjs' });
  // Until the new process is ready, the old one answers.
  for (let count = 2; live.events.at(-1)?.run !== live.runs[1]?.run; count++) {
    await ask(`${app}two`);
    await live.until(() => ended(live.events) === count);
  }
  expect(live.events.find(({ run }) => run === live.runs[1]?.run)?.seq).toBe(1);
});

test('who comes later gets what was before, of the run that is over, too', async () => {
  const { cwd, app, trace, running } = await inspected('--limit', 'drain_ms=0');
  await ask(`${app}early`);
  appendFileSync(join(cwd, 'app.mjs'), '// changed\n');
  await running.printed(/app\.mjs has changed/);
  const live = await follow(trace);
  await live.until(() => live.runs.length === 2 && ended(live.events) === 1);
  expect(live.events[0]?.run).toBe(live.runs[0]?.run);
  expect(live.events.some(({ payload }) => payload?.preview.startsWith('GET /early'))).toBe(true);
});

test('a flood is not held back: what was not kept is missing in the numbers, the end is there', async () => {
  const { app, trace } = await inspected();
  const live = await follow(trace);
  expect(await ask(`${app}flood`)).toBe(30_000);
  await live.until(() => ended(live.events) === 1);
  const seqs = live.events.map(({ seq }) => seq);
  expect(seqs.at(-1)).toBeGreaterThan(30_000);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
});

test('the same events are in the file of --trace', async () => {
  const { app, trace, cwd, running } = await inspected('--trace', 'trace.ndjson');
  const live = await follow(trace);
  await ask(`${app}one`);
  await live.until(() => ended(live.events) === 1);
  running.child.kill('SIGTERM');
  await running.ended;
  const { code, stdout } = await portway(['replay', 'trace.ndjson', '--show'], { cwd });
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(live.events.length + 1);
});

test('a page of another name gets nothing of it', async () => {
  const { trace } = await inspected();
  const { port } = new URL(trace);
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get({ host: '127.0.0.1', port, path: '/events', headers: { host: `evil.example:${port}` } })
      .on('response', resolve)
      .on('error', reject),
  );
  response.resume();
  expect(response.statusCode).toBe(421);
});

test('the page and its script are served', async () => {
  const { trace } = await inspected();
  for (const [path, part] of [
    ['', 'live.js'],
    ['live.js', 'EventSource'],
    ['live.css', '--try-line'],
  ])
    expect(await (await fetch(trace + path)).text()).toContain(part);
});

test('without --inspect-port a port that is taken is no obstacle; with it, it is said', async () => {
  const taken = createServer();
  await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const cwd = folder({ 'app.mjs': APP });
  const { code, stderr } = await portway(
    ['dev', 'app.mjs', '--port', '0', '--inspect-port', String(port)],
    { cwd },
  );
  expect([code, stderr]).toEqual([
    1,
    `portway dev: cannot show the trace on port ${port}: it is taken. Choose another with --inspect-port, 0 for a free one, or --no-inspect.\n`,
  ]);
  const [one, two] = await Promise.all([dev(), dev()]);
  expect(await traceOf(one.running)).not.toBe(await traceOf(two.running));
});

test('--no-inspect shows nothing', async () => {
  const { running, app } = await dev('--no-inspect');
  await ask(app);
  running.child.kill('SIGTERM');
  expect((await running.ended).stdout).not.toContain('trace');
});

test.each([
  [['--inspect-port', 'x'], '`x` is not a port: a number from 0 to 65535.'],
  [['--inspect-port', '1', '--no-inspect'], '--no-inspect and --inspect-port exclude each other.'],
  [['--site', 'here'], '--site needs an http or https URL without query and fragment, not `here`.'],
])('%j is said to be wrong', async (options, message) => {
  const { code, stderr } = await portway(['dev', 'app.mjs', ...options]);
  expect([code, stderr]).toEqual([2, `portway dev: ${message}\n`]);
});
