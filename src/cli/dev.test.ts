// `portway dev`: the page in place of an answer, and an application that is started anew when a file changes.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { start } from '../../tests/fixtures/portway.ts';
import { createGateway, type Fault } from '../gateway/index.ts';
import { requestInMemory } from '../gateway/transport/memory.ts';
import type { Application } from '../interface/index.ts';
import { inDevelopment } from './dev-application.ts';
import { errorPage } from './dev-page.ts';

describe('the page', () => {
  test('everything in it is escaped: an error may carry what a peer has sent', () => {
    const page = errorPage({ title: '<b>&"\'', text: '</pre><script>\x1b\x9b\ttab\nline' }, '/');
    expect(page).toContain('<h1>&lt;b&gt;&amp;&quot;&#39;</h1>');
    expect(page).toContain('&lt;/pre&gt;&lt;script&gt;\ufffd\ufffd\ttab\nline');
    expect(page).not.toMatch(/<script|<b>/);
  });

  test('the lines around the first place that names a file which is there', () => {
    const cwd = folder({ 'lib/a.ts': '1\n2\n3\n4\n\tif (<x>) {}\n6\n7\n8\n9' });
    const page = errorPage(
      { title: '', text: 'Error\n at gone.ts:1:1\n at f (lib/a.ts:5:6)\n at lib/a.ts:1' },
      cwd,
    );
    expect(page).toContain('<h2>lib/a.ts:5</h2>');
    expect(/<h2>.*<\/h2>\n<pre>([\s\S]*?)<\/pre>/.exec(page)?.[1]).toBe(
      '2 | 2\n3 | 3\n4 | 4\n<mark>5 | \tif (&lt;x&gt;) {}</mark>\n  | \t    ^\n6 | 6\n7 | 7\n8 | 8',
    );
  });

  test.each([
    ['no place', 'Error: no'],
    ['a place in a package', 'at node_modules/a/b.js:1:1'],
    ['a line that is not there', 'at a.ts:99'],
  ])('%s: no lines', (_, text) => {
    const cwd = folder({ 'a.ts': '1', 'node_modules/a/b.js': '1' });
    expect(errorPage({ title: '', text }, cwd)).not.toContain('<h2>');
  });
});

describe('an application in development', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  /** Starts an application, asks it once, and shuts it down. */
  async function run(application: unknown) {
    const reports: string[] = [];
    const faults: Fault[] = [];
    const development = inDevelopment(application as Application, {
      folder: '/',
      explain: (error) => `  ${error}`,
      report: (line) => void reports.push(line),
    });
    const gateway = createGateway(development.application, {
      onFault: (fault) => void faults.push(fault),
      limits: { shutdown_ms: 0 },
    });
    const started = await gateway.start();
    let status: number | undefined;
    let type: string | undefined;
    let body = '';
    if (started.ready) {
      const exchange = requestInMemory(gateway, {
        method: 'GET',
        target: '/a',
        headers: [['host', 'h']],
      });
      exchange.end();
      for await (const response of exchange) {
        if (response.type === 'head') {
          status = response.status;
          type = response.headers.find(([name]) => name === 'content-type')?.[1];
        } else if (response.type === 'body') body += new TextDecoder().decode(response.data);
        else if (response.type !== 'end') body += response.type;
      }
      await turn();
    }
    gateway.drain();
    const clean = await gateway.stop();
    return {
      started,
      status,
      type,
      body,
      reports,
      faults: faults.map(({ message }) => message),
      clean,
    };
  }

  const declines = (scope: { type: string }) => {
    if (scope.type === 'lifespan')
      throw Object.assign(new Error('none'), { name: 'UnsupportedScope' });
  };
  type Send = (event: unknown) => Promise<void>;
  const START = { type: 'http.response.start', status: 200 };
  const END = { type: 'http.response.end' };

  test('one that does not load answers with the page, and shuts down like any other', async () => {
    expect(await run({ title: 'app.ts does not load', text: 'SyntaxError' })).toMatchObject({
      started: { ready: true },
      status: 500,
      type: 'text/html; charset=utf-8',
      body: expect.stringContaining('<h1>app.ts does not load</h1>\n<pre>SyntaxError</pre>'),
      faults: [],
      clean: true,
    });
  });

  test.each<
    [what: string, lifespan: (receive: () => Promise<unknown>, send: Send) => unknown, text: string]
  >([
    ['raises', () => Promise.reject(new RangeError('on purpose')), '  RangeError: on purpose'],
    [
      'raises after lifespan.startup',
      async (receive) => {
        await receive();
        throw new RangeError('on purpose');
      },
      '  RangeError: on purpose',
    ],
    ['returns', async () => {}, '  it returned before it was ready'],
    [
      'sends lifespan.failed',
      async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.failed', message: 'no database' });
      },
      '  no database',
    ],
    [
      'sends lifespan.failed and raises',
      async (receive, send) => {
        await receive();
        await send({ type: 'lifespan.failed', message: 'no database' });
        throw new Error('afterwards');
      },
      '  no database',
    ],
  ])(
    'one that %s when it starts answers with the page, and the terminal has it too',
    async (_, lifespan, text) => {
      const app = (scope: { type: string }, receive: () => Promise<unknown>, send: Send) => {
        if (scope.type === 'lifespan') return lifespan(receive, send);
        throw new Error('it was called all the same');
      };
      expect(await run(app)).toMatchObject({
        started: { ready: true },
        status: 500,
        body: expect.stringContaining(
          `<h1>The application could not start</h1>\n<pre>${text}</pre>`,
        ),
        reports: [`The application could not start:\n${text}`],
        faults: [],
      });
    },
  );

  test.each<[what: string, http: (send: Send) => unknown, page: string, fault: string]>([
    [
      'raises before its response',
      () => Promise.reject(new RangeError('on purpose')),
      '<pre>  RangeError: on purpose</pre>',
      'RangeError: on purpose',
    ],
    [
      'returns without a response',
      async () => {},
      'http.finish: the application returned',
      'Misuse: http.finish: the application returned before its response was over',
    ],
    [
      'sends a head that is rejected',
      (send) => send({ type: 'http.response.start', status: 99 }),
      'event.shape',
      'Misuse: event.shape',
    ],
  ])('one that %s: the page, and the fault is still reported', async (_, http, page, fault) => {
    const { status, body, faults } = await run(
      async (scope: { type: string }, __: unknown, send: Send) => {
        declines(scope);
        await http(send);
      },
    );
    expect({ status, faults }).toEqual({ status: 500, faults: [expect.stringContaining(fault)] });
    expect(body).toContain('<h1>GET /a failed</h1>');
    expect(body).toContain(page);
  });

  test.each<
    [what: string, http: (send: Send) => unknown, status: number | undefined, body: string]
  >([
    [
      'answers',
      async (send) => {
        await send(START);
        await send(END);
      },
      200,
      '',
    ],
    [
      'raises after its head',
      async (send) => {
        await send(START);
        throw new Error('late');
      },
      200,
      'aborted',
    ],
    ['refuses', (send) => send({ type: 'http.refuse' }), undefined, 'closed'],
    [
      'does not handle the type',
      () => {
        throw Object.assign(new Error('none'), { name: 'UnsupportedScope' });
      },
      501,
      'Not Implemented\n',
    ],
  ])('one that %s is left alone', async (_, http, status, body) => {
    const seen = await run(async (scope: { type: string }, __: unknown, send: Send) => {
      declines(scope);
      await http(send);
    });
    expect({ status: seen.status, body: seen.body }).toEqual({ status, body });
  });

  test('lifespan.early-end: an application that ends after it was ready has ended', async () => {
    const { faults, clean } = await run(
      async (scope: { type: string }, receive: () => Promise<unknown>, send: Send) => {
        if (scope.type !== 'lifespan') {
          await send(START);
          return send(END);
        }
        await receive();
        await send({ type: 'lifespan.ready' });
      },
    );
    expect({ faults, clean }).toEqual({
      faults: ['the application ended before its shutdown'],
      clean: false,
    });
  });
});

test('drain.begins: a change of a file that is imported takes over on the same port; errors are in the page; Ctrl+C ends it', async () => {
  const dir = folder({
    'app.ts': `import { word } from './lib/word.ts';
export default async (scope: { type: string; path: string }, receive: () => Promise<unknown>, send: (event: object) => Promise<void>) => {
  if (scope.type === 'lifespan') throw Object.assign(new Error(), { name: 'UnsupportedScope' });
  if (scope.path === '/bad') throw new RangeError('on purpose');
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body', data: new TextEncoder().encode(word) });
  await send({ type: 'http.response.end' });
};
`,
    'lib/word.ts': "export const word: string = 'one';\n",
  });
  const { child, printed, ended } = start(['dev', 'app.ts', '--port', '0'], { cwd: dir });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [, url = ''] = await printed(/on (http:\/\/127\.0\.0\.1:\d+\/)\n/);
  const page = async (path = '') => (await fetch(url + path)).text();
  const becomes = (text: string) =>
    expect.poll(() => page().catch(String), { timeout: 15_000 }).toContain(text);

  expect(await page()).toBe('one');
  const bad = await page('bad');
  expect(bad).toContain('<h1>GET /bad failed</h1>');
  expect(bad).toContain('<h2>app.ts:4</h2>');

  const word = join(dir, 'lib/word.ts');
  writeFileSync(word, "export const word: string = 'two';\n");
  await becomes('two');
  writeFileSync(word, 'export const word: string = ;\n');
  await becomes('<h1>app.ts does not load</h1>');
  expect(await page()).toContain('<h2>lib/word.ts:1</h2>');
  rmSync(word);
  await becomes('Cannot find module');
  writeFileSync(word, "export const word: string = 'three';\n");
  await becomes('three');

  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).toContain('portway: lib/word.ts has changed\n');
  expect(stderr).toContain('app.ts does not load');
  expect(stderr).toMatch(/GET \/bad: RangeError: on purpose\n/);
});
