// Both places in which a guest runs, each for real: the Worker's module with a port, and a Node process with its
// terminal. The same program does the same in both, and its mistakes have the same places.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: programs in strings have templates

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as kit from '../../app/index.ts';
import { parseScenario } from '../../client/index.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { encode, FrameReader } from '../envelope.ts';
import { type Files, ProgramError } from '../program.ts';
import { type Link, LinkedSession, type LogLine, type RequestReport } from '../runtime.ts';
import { type Module, scriptPath, transpile } from '../transpile.ts';

class WorkerSession extends LinkedSession {
  readonly runtime = 'page';
  #modules: Record<string, Module> = {};
  async sync(files: Files): Promise<void> {
    this.#modules = transpile(files, 'function');
  }
  protected loadBody(entry: string, revision: number): unknown {
    return { modules: this.#modules, entry, revision };
  }
}

class NodeSession extends LinkedSession {
  readonly runtime = 'webcontainer';
  readonly #root: string;
  #modules: Record<string, Module> = {};
  constructor(link: Link, sid: string, root: string) {
    super(link, sid);
    this.#root = root;
  }
  async sync(files: Files, revision: number): Promise<void> {
    this.#modules = transpile(files, 'module');
    for (const [path, { code }] of Object.entries(this.#modules)) {
      const file = join(this.#root, `program-${revision}`, scriptPath(path));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, code);
    }
  }
  protected loadBody(entry: string, revision: number): unknown {
    const sources = Object.entries(this.#modules).map(
      ([path, { columns }]) => [scriptPath(path), { path, columns }] as const,
    );
    return {
      file: join(this.#root, `program-${revision}`, scriptPath(entry)),
      sources: Object.fromEntries(sources),
    };
  }
}

interface Opened {
  readonly session: LinkedSession;
  close(): Promise<void>;
}

/** The Worker's module in this process: what a Worker is to it are two functions. */
async function openWorker(): Promise<Opened> {
  const methods = ['log', 'info', 'debug', 'warn', 'error'] as const;
  const original = methods.map((method) => [method, console[method]] as const);
  let begin = (_: unknown) => {};
  vi.stubGlobal('addEventListener', (_: string, listener: typeof begin) => (begin = listener));
  vi.stubGlobal('removeEventListener', () => {});
  const on = vi.spyOn(process, 'on').mockReturnValue(process);
  const beats = vi.spyOn(globalThis, 'setInterval').mockReturnValue(0 as never);
  await import('./worker.ts');
  const { port1, port2 } = new MessageChannel();
  const link: Link = {
    post: (text) => port1.postMessage(text),
    onText: undefined,
    onClosed: undefined,
    close: () => port1.close(),
  };
  port1.onmessage = ({ data }) => link.onText?.(data);
  begin({ data: { sid: 'w', port: port2 } });
  for (const spy of [on, beats]) spy.mockRestore();
  vi.unstubAllGlobals();
  const session = new WorkerSession(link, 'w');
  return {
    session,
    async close() {
      session.dispose();
      for (const [method, own] of original) console[method] = own;
    },
  };
}

async function openNode(): Promise<Opened> {
  const root = await mkdtemp(join(tmpdir(), 'portway-guest-'));
  const portway = join(root, 'node_modules/portway');
  await mkdir(portway, { recursive: true });
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  await writeFile(join(portway, 'package.json'), '{"type":"module","exports":"./index.js"}');
  await writeFile(
    join(portway, 'index.js'),
    `export const { ${Object.keys(kit).join(', ')} } = globalThis[Symbol.for('portway.kit')];`,
  );
  const guest: ChildProcess = spawn(
    process.execPath,
    [fileURLToPath(new URL('node.ts', import.meta.url)), 'n'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const reader = new FrameReader();
  const link: Link = {
    post: (text) => void guest.stdin?.write(`${text}\r\n`),
    onText: undefined,
    onClosed: undefined,
    close: () => void guest.kill('SIGKILL'),
  };
  guest.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    for (const envelope of reader.push(chunk).envelopes) link.onText?.(encode(envelope));
  });
  const session = new NodeSession(link, 'n', root);
  return {
    session,
    async close() {
      const exit = once(guest, 'exit');
      session.dispose();
      await exit;
      await rm(root, { recursive: true });
    },
  };
}

interface Ran {
  readonly reports: readonly RequestReport[];
  readonly events: readonly TraceEvent[];
  readonly logs: readonly LogLine[];
}

let revision = 0;

async function run(
  session: LinkedSession,
  files: Files | string,
  scenario = 'GET / HTTP/1.1',
): Promise<Ran> {
  const program = typeof files === 'string' ? { 'app.ts': files } : files;
  const events: TraceEvent[] = [];
  const logs: LogLine[] = [];
  session.listener = {
    trace: (some) => void events.push(...some),
    log: (some) => void logs.push(...some),
    beat() {},
    died() {},
  };
  await session.sync(program, ++revision);
  await session.run('app.ts', revision);
  const reports: RequestReport[] = [];
  for (const [index, request] of parseScenario(scenario).entries())
    reports.push(await session.request(request, index + 1));
  return { reports, events, logs };
}

/** A program in which `^` marks the place of what goes wrong, in one of its files. */
function marked(files: Files): { program: Files; src: object } {
  for (const [file, text] of Object.entries(files)) {
    const before = text.slice(0, Math.max(text.indexOf('^'), 0)).split('\n');
    if (!text.includes('^')) continue;
    const src = { file, line: before.length, column: (before.at(-1) as string).length + 1 };
    return { program: { ...files, [file]: text.replace('^', '') }, src };
  }
  throw new Error('no mark');
}

const IMPORT = "import { application, utf8, Misuse, type HttpScope } from 'portway';\n";

for (const [place, open] of [
  ['in the Worker', openWorker],
  ['in Node', openNode],
] as const) {
  describe(place, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    test('a program of several files answers, with all that its modules say', async () => {
      const { reports, logs } = await run(opened.session, {
        'app.ts': [
          '#!/usr/bin/env node',
          "import { application, utf8, type HttpScope } from 'portway';",
          "import greet, { Counter } from './lib/greet.mts';",
          "export * from './plain.js';",
          // Names that a function body might have taken.
          'const module = new Counter(), load: unknown = await import(`./late.ts`);',
          'export default application({',
          '  async http(scope: HttpScope, receive, send): Promise<void> {',
          "    await send({ type: 'http.response.start', status: 200 });",
          '    console.log(Object.keys(module).join(), (load as { late: string }).late);',
          "    await send({ type: 'http.response.body', data: utf8(greet(scope!.target as string)) });",
          "    await send({ type: 'http.response.end' });",
          '  },',
          '});',
        ].join('\n'),
        'lib/greet.mts':
          "import { word } from '../plain.js';\nexport class Counter { n?: number; m = 1 }\nexport default (t: string): string => `${word}${t}`;",
        'plain.js': "export const word = 'hello ';",
        'late.ts': "export const late: string = 'late';",
      });
      const [report] = reports;
      expect(new TextDecoder().decode(report?.result.body)).toBe('hello /');
      expect(logs).toEqual([{ level: 'log', text: 'n,m late' }]);
    });

    test.each([
      ['on the first line', { 'app.ts': "export const a: number = 1; throw ^new Error('x');" }],
      [
        'after types',
        {
          'app.ts':
            "\nconst f = (a: string, b?: number): never => { throw ^new RangeError(a); }; f('x');",
        },
      ],
      [
        'after a name that is imported',
        { 'app.ts': `${IMPORT}utf8('a'); utf8('b'); const a: any = null; a.^b;` },
      ],
      [
        'in a name that is imported, on its line',
        {
          'app.ts':
            "import { utf8 } from 'portway'; utf8('a'); const a: unknown = utf8('b'), b = ^new Misuse('a', 'b'); throw b; class Misuse {}",
        },
      ],
      [
        'in another file',
        {
          'app.ts': "import './lib/a.mts';",
          'lib/a.mts': "import '../b.js';\nlet x: any;\n  x.^y;",
          'b.js': '',
        },
      ],
      ['in a file of JavaScript', { 'app.ts': "import './b.js';", 'b.js': 'let x;\nx.^y;' }],
      [
        'after a template with nothing around what is filled in',
        { 'app.ts': 'const a: any = `${1}${2}`;\nconst b: any = `${a!}`; b.c.^d;' },
      ],
    ] as [string, Files][])('an error while loading has its place: %s', async (_, files) => {
      const { program, src } = marked(files);
      const error = await run(opened.session, program).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ProgramError);
      expect((error as ProgramError).diagnosis).toMatchObject({ kind: 'load', src });
    });

    test('a violation and a fault have their places, after calls of what is imported', async () => {
      const { program, src } = marked({
        'app.ts': `${IMPORT}export default application({ async http(scope: HttpScope, receive, send) {
          await send({ type: 'http.response.start', status: 200 as number });
          const a: Uint8Array = utf8('a'); await ^send({ type: 'http.response.start', status: 200 });
        } });`,
      });
      const { reports, events } = await run(opened.session, program);
      expect(events.filter(({ violation }) => violation)).toMatchObject([
        { violation: { requirement: 'http.start-once' }, src },
      ]);
      expect(reports[0]?.faults).toMatchObject([{ requirement: 'http.start-once', src }]);
    });

    test('errors of the interface are the gateway’s own', async () => {
      const { reports } = await run(
        opened.session,
        `${IMPORT}export default application({ async http() { throw new Misuse('http.start-once', 'by hand'); } });`,
      );
      expect(reports[0]?.faults).toMatchObject([{ requirement: 'http.start-once' }]);
    });

    test('an import whose name is not in the code fails in words', async () => {
      const { logs } = await run(
        opened.session,
        `${IMPORT}await import('./' + 'nowhere.ts').catch((e: Error) => console.log(e.message));
        export default application({});`,
      );
      expect(logs[0]?.text).toMatch(
        /nowhere\.ts.*(?:cannot be imported here|imported from)|Cannot find module.*nowhere\.ts/,
      );
    });

    test('a program that was edited is evaluated anew', async () => {
      const program = (word: string) =>
        `${IMPORT}console.log('${word}'); export default application({});`;
      expect((await run(opened.session, program('one'))).logs).toMatchObject([{ text: 'one' }]);
      expect((await run(opened.session, program('two'))).logs).toMatchObject([{ text: 'two' }]);
    });
  });
}
