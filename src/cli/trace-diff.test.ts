// What is said of two traces that differ, of two that do not, and of files that are none.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT } from '../../tests/fixtures/portway.ts';
import { traceOf as eventsOf } from '../../tests/fixtures/trace-events.ts';
import { writeNdjson } from '../trace/formats/ndjson.ts';
import type { TraceEvent } from '../trace/index.ts';

/** The text of a trace whose steps are those of the application, two milliseconds apart. */
const traceOf = (...steps: Partial<TraceEvent>[]) =>
  writeNdjson(
    eventsOf(
      ...steps.map(
        (step, index): Partial<TraceEvent> => ({
          t: index * 2,
          lane: 'app',
          type: 'http.response.start',
          ...step,
        }),
      ),
    ),
  );

const asked = (conn: number, fields?: [string, string][]): Partial<TraceEvent> => ({
  conn,
  lane: 'gateway',
  dir: 'in',
  type: 'http.request',
  payload: { preview: `GET /${conn} HTTP/1.1`, ...(fields ? { fields } : {}) },
});
const started = (status: number, conn = 1): Partial<TraceEvent> => ({
  conn,
  requirement: 'http.commit.on-start',
  payload: { preview: String(status), status },
});
const piece = (text: string): Partial<TraceEvent> => ({
  type: 'http.response.body',
  requirement: 'http.duplex',
  payload: { preview: text, size: text.length },
});
const ended = { type: 'http.response.end', requirement: 'http.finish' };

const BEFORE = traceOf(
  asked(1),
  started(200),
  piece('one'),
  piece('two'),
  ended,
  asked(2),
  asked(3),
);
const AFTER = traceOf(
  asked(1),
  started(404),
  piece('onetwo'),
  { type: 'http.response.end', violation: { requirement: 'http.finish', message: 'late' } },
  asked(2),
);

test('the departures of each conversation, with the numbers of their events and their requirements', async () => {
  const cwd = folder({ 'a.ndjson': BEFORE, 'b.ndjson': AFTER });
  expect(await portway(['trace', 'diff', 'a.ndjson', 'b.ndjson'], { cwd })).toEqual({
    code: 1,
    signal: null,
    stderr: '',
    stdout: `--- a.ndjson: 7 events in 3 conversations
+++ b.ndjson: 5 events in 2 conversations

conversation 1, GET /1: 2 differences (8.0 | 6.0 ms)
      1  1  gateway receives http.request  GET /1 HTTP/1.1  [app.once-per-scope]
  ~   2  2  app sends http.response.start  [http.commit.on-start]
            status: 200 → 404
    3…4  3  app sends http.response.body  onetwo · 6 octets in 2 pieces  [http.duplex]
  ~   5  4  app sends http.response.end  [http.finish]
            violation: http.finish, only in b.ndjson
            requirement: http.finish, only in a.ndjson

conversation 3, GET /3: only in a.ndjson: 1 event (0.0 ms)

3 differences in 2 conversations; 1 is the same
`.replace('  [app.once-per-scope]', ''),
  });
});

test('as JSON: the departures, by the numbers of their events', async () => {
  const cwd = folder({ 'a.ndjson': BEFORE, 'b.ndjson': AFTER });
  const { code, stdout } = await portway(['trace', 'diff', 'a.ndjson', 'b.ndjson', '--json'], {
    cwd,
  });
  expect(code).toBe(1);
  const status = {
    kind: 'changed',
    lane: 'app',
    dir: 'out',
    type: 'http.response.start',
    left: { seq: [2], t: 2 },
    right: { seq: [2], t: 2 },
    changes: [{ what: 'status', left: '200', right: '404' }],
    requirements: ['http.commit.on-start'],
  };
  expect(JSON.parse(stdout)).toMatchObject({
    left: 'a.ndjson',
    right: 'b.ndjson',
    differences: 3,
    differing: 2,
    missing: { left: 0, right: 0 },
    unrecorded: [],
    conversations: [
      {
        left: { conn: 1, run: 'r', title: 'GET /1', version: 'HTTP/1.1', events: 5, ms: 8 },
        right: { conn: 1 },
        differences: 2,
        first: status,
        departures: [status, { left: { seq: [5] }, right: { seq: [4] } }],
      },
      { left: { conn: 2 }, right: { conn: 2 }, differences: 0, departures: [] },
      { left: { conn: 3 }, differences: 1, departures: [] },
    ],
  });
});

test('what makes a comparison less than certain is noted', async () => {
  const cwd = folder({
    'a.ndjson': traceOf(asked(1), { ...started(200), seq: 9 }),
    'b.ndjson': traceOf(asked(1), started(200), { lane: 'client', type: 'client.request' }),
  });
  expect(await portway(['trace', 'diff', 'a.ndjson', 'b.ndjson'], { cwd })).toMatchObject({
    code: 0,
    stdout: `note: 7 events of a.ndjson were not kept: what differs around them may be no difference.
note: Only one of the two has recorded the client: of it nothing is compared.
no differences in 1 conversation
`,
  });
});

test('security.trace-secrets: secret values are neither compared nor shown, unless that is asked for', async () => {
  const cwd = folder({
    'a.ndjson': traceOf(asked(1, [['cookie', 'a=1']])),
    'b.ndjson': traceOf(asked(1, [['cookie', 'a=2']])),
  });
  const diff = (...more: string[]) =>
    portway(['trace', 'diff', 'a.ndjson', 'b.ndjson', ...more], { cwd });
  expect(await diff()).toMatchObject({ code: 0, stdout: 'no differences in 1 conversation\n' });
  const { code, stdout } = await diff('--secrets');
  expect(code).toBe(1);
  expect(stdout).toContain('cookie: a=1 → a=2\n');
});

test('what a trace carries cannot reach the terminal', async () => {
  const wild = { type: 'x\x1b[2J', payload: { preview: '\x9b31m\u202e' } };
  const cwd = folder({ 'a.ndjson': traceOf(asked(1), wild), 'b.ndjson': traceOf(asked(1)) });
  const { stdout } = await portway(['trace', 'diff', 'a.ndjson', 'b.ndjson'], { cwd });
  expect(stdout).toContain('x\\x1b[2J');
  expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('two runs of one scenario over HTTP/1.1 and HTTP/2 differ in nothing that counts', async () => {
  const cwd = folder();
  const app = join(ROOT, 'content/examples/websocket-echo/app.ts');
  for (const transport of ['h1', 'h2'])
    expect(
      (await portway(['check', app, '--transport', transport, '--trace', transport], { cwd })).code,
    ).toBe(0);
  expect(readFileSync(join(cwd, 'h1'), 'utf8')).not.toBe(readFileSync(join(cwd, 'h2'), 'utf8'));
  expect(await portway(['trace', 'diff', 'h1', 'h2'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'no differences in 1 conversation\n',
  });
});

test.concurrent.each<[args: string[], message: string]>([
  [[], 'name two traces: `portway trace diff before.ndjson after.ndjson`. '],
  [['a.ndjson'], 'name two traces: '],
  [['a.ndjson', 'b', 'c'], 'two traces at a time, not also `c`. '],
  [['a.ndjson', 'none'], 'there is no trace none.'],
  [['a.ndjson', 'broken'], 'broken:1: not a JSON object: '],
  [['a.ndjson', 'b', '--colour'], 'Unknown option'],
])('%j: one line, and 2, since nothing was compared', async (args, message) => {
  const cwd = folder({ 'a.ndjson': BEFORE, broken: 'x\n' });
  const { code, stdout, stderr } = await portway(['trace', 'diff', ...args], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^portway trace diff: [^\n]*\n$/);
  expect(stderr).toContain(message);
});
