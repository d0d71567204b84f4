// What a trace lets one send again, what is said of the rest, and where another course is seen.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT } from '../../tests/fixtures/portway.ts';
import { traceEvent } from '../../tests/fixtures/trace-events.ts';
import { CommandError } from './command.ts';
import { readTrace } from './read-trace.ts';

const lines = (...events: object[]) => events.map((one) => `${JSON.stringify(one)}\n`).join('');
describe('reading', () => {
  test.each<[what: string, text: string, message: string]>([
    ['nothing', '', 'a.ndjson: there are no events.'],
    [
      'a line that is no JSON',
      `${lines(traceEvent({}))}{"v":\n`,
      'a.ndjson:2: not a JSON object: ',
    ],
    [
      'another version',
      lines({ ...traceEvent({}), v: 2 }),
      'a.ndjson:1: a trace of version 2, and version 1 is read here. ',
    ],
    ['no version', '{}', "a.ndjson:1: not a trace event: it must have required property 'v'."],
    [
      'a field of another type',
      lines(traceEvent({}), { ...traceEvent({ seq: 2 }), conn: 'a' }),
      'a.ndjson:2: not a trace event: /conn must be integer.',
    ],
    [
      'an event out of its order',
      lines(traceEvent({ seq: 2 }), traceEvent({ seq: 2 })),
      'a.ndjson:2: event 2 stands behind event 2 of the same run.',
    ],
    [
      'an empty line',
      `${lines(traceEvent({}))}\n${lines(traceEvent({ seq: 2 }))}`,
      'a.ndjson:2: not a JSON',
    ],
  ])('%s: the file, the line, and what is wrong', (_, text, message) => {
    const read = () => readTrace(text, 'a.ndjson');
    expect(read).toThrow(CommandError);
    expect(read).toThrow(message);
  });
});

describe('the command', () => {
  const ECHO = join(ROOT, 'content/examples/echo/app.ts');

  test('what `check` has recorded is replayed over both kinds of transport; another application takes another course', async () => {
    const cwd = folder();
    expect((await portway(['check', ECHO, '--trace', 'a.ndjson'], { cwd })).code).toBe(0);
    for (const transport of ['memory', 'h1']) {
      expect(
        await portway(['replay', 'a.ndjson', '--app', ECHO, '--transport', transport], { cwd }),
      ).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringMatching(
          /^(?:conversation \d+, (?:GET|POST) \/echo: as recorded\n){3,}$/,
        ),
      });
    }
    const hello = join(ROOT, 'content/examples/hello/app.ts');
    const { code, stdout } = await portway(['replay', 'a.ndjson', '--app', hello], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('conversation 2, POST /echo: another course (- recorded, + now)\n');
    expect(stdout).toMatch(
      /\n {2}at event \d+: size: 5 → 19; data: whole → Hello from Portway\\n\n {2}- client in client\.response\.body {2}whole {2}\(5 octets\)\n/,
    );
    expect(stdout).toMatch(
      /\n {2}at event \d+: expected, and did not come\n {2}- app in http\.request\.end {2}/,
    );
    expect(stdout).toMatch(
      /\n {2}behind event \d+: not expected\n {2}\+ app out http\.response\.body {2}/,
    );
    expect(stdout).toContain(
      '\n  + client in client.response.body  Hello from Portway\\n  (19 octets)\n',
    );

    const shown = await portway(['replay', 'a.ndjson', '--show'], { cwd });
    expect(shown.code).toBe(0);
    const rows = shown.stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(
      readFileSync(join(cwd, 'a.ndjson'), 'utf8').trimEnd().split('\n').length + 1,
    );
    expect(rows[0]).toMatch(/^ *seq +ms +conv +who +event +state +requirement +what$/);
  });

  test.each(['memory', 'h2'])(
    'WebSockets and tunnels that the client recorded are replayed over %s, at the same time where they were, with their pauses if these are asked for',
    async (transport) => {
      const cwd = folder();
      for (const [slug, count] of [
        ['chat', 2],
        ['tunnel', 2],
      ] as const) {
        const app = join(ROOT, 'content/examples', slug, 'app.ts');
        expect((await portway(['check', app, '--trace', 'a.ndjson'], { cwd })).code).toBe(0);
        const replayed = await portway(
          ['replay', 'a.ndjson', '--app', app, '--transport', transport, '--pauses'],
          { cwd },
        );
        expect(replayed).toMatchObject({ code: 0, stderr: '' });
        expect(replayed.stdout.match(/: as recorded\n/g)).toHaveLength(count);
      }
    },
  );

  test('what cannot be replayed is named, and the rest is replayed', async () => {
    const cwd = folder({
      'a.ndjson': lines(
        traceEvent({
          seq: 1,
          payload: { preview: 'GET /\x9b', fields: [['Authorization', '[secret]']] },
        }),
        traceEvent({ seq: 2, conn: 2, payload: { preview: 'GET /', fields: [['Host', 'a']] } }),
        traceEvent({ seq: 3, conn: 2, type: 'client.request.end' }),
        traceEvent({ seq: 4, conn: 2, dir: 'in', type: 'client.closed' }),
      ),
      'app.mjs':
        "export default async (scope, _, send) => { if (scope.type === 'lifespan') throw Object.assign(new Error(), { name: 'UnsupportedScope' }); await send({ type: 'http.refuse' }); };",
    });
    expect(await portway(['replay', 'a.ndjson', '--app', 'app.mjs'], { cwd })).toMatchObject({
      code: 1,
      stdout:
        'conversation 1, GET /\\x9b: not replayed: the value of `Authorization` is secret, and not in the trace (record it with --trace-secrets)\nconversation 2, GET /: as recorded\n',
    });
  });

  test.concurrent.each<[args: string[], code: number, message: string]>([
    [[], 2, 'name the trace: `portway replay trace.ndjson --app app.ts`. --trace writes one.'],
    [['a', 'b', '--show'], 2, 'one trace at a time, not also `b`.'],
    [['a.ndjson'], 2, 'name the application with --app, or print the trace with --show.'],
    [['none.ndjson', '--show'], 2, 'there is no trace none.ndjson.'],
    [['a.ndjson', '--show', '--transport', 'h9'], 2, 'there is no transport `h9`: h1, h2, memory.'],
    [
      ['a.ndjson', '--show'],
      1,
      'a.ndjson: there are no events. Record some with --trace, and send a request.',
    ],
  ])('%j: one line', async (args, code, message) => {
    expect(await portway(['replay', ...args], { cwd: folder({ 'a.ndjson': '' }) })).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: `portway replay: ${message}\n`,
    });
  });
});
