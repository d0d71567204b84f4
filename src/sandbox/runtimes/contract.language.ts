// What the suite of all runtimes asks of a language: the same programs in each, by what they do. And those of TypeScript.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: programs in strings have templates

import type { Files } from '../program.ts';

export interface Language {
  /** Of several files in folders: answers `hello ` and the target, and prints one line. */
  readonly several: { readonly files: Files; readonly printed: string };
  /** Fail while they load; `^` marks where. */
  readonly failing: readonly (readonly [what: string, files: Files])[];
  /** Begins its response twice; `^` marks where. */
  readonly startsTwice: Files;
  /** Raises the gateway's own error, of http.start-once. */
  readonly raisesMisuse: Files;
  /** Answers `answer`. */
  readonly answers: Files;
  /** Prints a line when it is loaded, and answers `answer`. */
  prints(line: string): Files;
  /** Begins a comment that ends with its line. */
  readonly comment: string;
  /** Sends the body of the request back. */
  readonly echoes: Files;
  /** Answers the first of two requests when the second is there. */
  readonly meets: Files;
  /** Sends messages of a WebSocket back, and denies `/denied` with 403 and a body. */
  readonly sockets: Files;
  /** Sends back what comes through a tunnel. */
  readonly tunnels: Files;
  /** Waits for `gateway.drain`, and answers `drained`. */
  readonly drains: Files;
  /** Sends 3000 pieces of a body. */
  readonly sendsMany: Files;
  /** Prints 1200 lines for a request. */
  readonly printsMany: Files;
  /** Sends the file that the target names. */
  readonly sendsFiles: Files;
  /** Has a lifespan, and prints `cleaned up` when it is shut down. */
  readonly lives: Files;
  /** Fails with `late` when its response is long over. */
  readonly failsLate: Files;
  /** Answers, and does not return. */
  readonly stays: Files;
  /** Waits for ever at `/wait`, and answers elsewhere. */
  readonly waits: Files;
  /** Prints `interval` and `timeout` again and again, and `left` when it is cancelled. */
  readonly leaves: Files;
  /** Answers after 50 milliseconds. */
  readonly isSlow: Files;
  /** Runs without giving way. */
  readonly loops: Files;
  /** Ends its process with this code, or else what it has in its place. */
  exits(code?: string): Files;
  /** What is said where it finds no way to. */
  readonly noExit: RegExp;
  /** Sends pieces of so many octets until nobody is there, and prints what it sees of that. */
  endless(octets: number): Files;
  /** Prints `got ` and the type of its first event, and answers. */
  readonly tells: Files;
  /** Sends so many pieces of so many octets. */
  sends(pieces: number, octets: number): Files;
  /** Sleeps for 50 seconds after its start, and prints how much of that the clocks have seen. */
  readonly sleeps: { readonly files: Files; readonly printed: readonly string[] };

  /** What it may do, ahead of all else, to what it shares with the guest and the programs after it. */
  readonly changes: Readonly<Record<string, string>>;
}

export const IMPORT =
  "import { application, lifespan, utf8, Misuse, type HttpScope } from 'portway';\n";

/** A program whose handler has this body. */
export const app = (...body: string[]) =>
  [
    IMPORT,
    'export default application({ async http(scope, receive, send) {',
    ...body,
    '} });',
  ].join('\n');

export const ANSWER = [
  "await send({ type: 'http.response.start', status: 200 });",
  "await send({ type: 'http.response.body', data: utf8('answer') });",
  "await send({ type: 'http.response.end' });",
];

const one = (...lines: string[]): Files => ({ 'app.ts': lines.join('\n') });
const handler = (...body: string[]): Files => one(app(...body));

export const TYPESCRIPT: Language = {
  several: {
    files: {
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
    },
    printed: 'n,m late',
  },
  failing: [
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
  ],
  startsTwice: {
    'app.ts': `${IMPORT}export default application({ async http(scope: HttpScope, receive, send) {
            await send({ type: 'http.response.start', status: 200 as number });
            const a: Uint8Array = utf8('a'); await ^send({ type: 'http.response.start', status: 200 });
          } });`,
  },
  raisesMisuse: one(
    `${IMPORT}export default application({ async http() { throw new Misuse('http.start-once', 'by hand'); } });`,
  ),
  answers: handler(...ANSWER),
  prints: (line) => one(`console.log(${JSON.stringify(line)});`, app(...ANSWER)),
  comment: '//',
  echoes: handler(
    "await send({ type: 'http.response.start', status: 200 });",
    'for (;;) {',
    '  const event = await receive();',
    "  if (event.type !== 'http.request.body') break;",
    "  await send({ type: 'http.response.body', data: event.data });",
    '}',
    "await send({ type: 'http.response.end' });",
  ),
  meets: one(
    IMPORT,
    'const here: (() => void)[] = [];',
    'export default application({ async http(scope, receive, send) {',
    '  await new Promise<void>((resolve) => { here.push(resolve); if (here.length === 2) for (const go of here) go(); });',
    ...ANSWER,
    '} });',
  ),
  sockets: one(`${IMPORT}export default application({
  async websocket(scope, receive, send) {
    if (scope.target === '/denied') {
      await send({ type: 'http.response.start', status: 403 });
      await send({ type: 'http.response.body', data: utf8('no') });
      return send({ type: 'http.response.end' });
    }
    await send({ type: 'websocket.accept' });
    for (;;) {
      const event = await receive();
      if (event.type !== 'websocket.message') return;
      await send(event);
    }
  },
});`),
  tunnels: one(`${IMPORT}export default application({
  lifespan: lifespan({ start: () => ({ accepts: { tunnel: 1 }, tunnels: ['CONNECT'] }) }),
  async tunnel(scope, receive, send) {
    await send({ type: 'tunnel.accept' });
    for (;;) {
      const event = await receive();
      if (event.type !== 'tunnel.data') break;
      await send(event);
    }
    await send({ type: 'tunnel.end' });
  },
});`),
  drains: handler(
    "await send({ type: 'http.response.start', status: 200 });",
    "while ((await receive()).type !== 'gateway.drain');",
    "await send({ type: 'http.response.body', data: utf8('drained') });",
    "await send({ type: 'http.response.end' });",
  ),
  sendsMany: handler(
    "await send({ type: 'http.response.start', status: 200 });",
    "for (let i = 0; i < 3000; i++) await send({ type: 'http.response.body', data: utf8('.') });",
    "await send({ type: 'http.response.end' });",
  ),
  printsMany: handler('for (let i = 0; i < 1200; i++) console.log(i);', ...ANSWER),
  sendsFiles: handler(
    "await send({ type: 'http.response.start', status: 200 });",
    "await send({ type: 'http.file', path: decodeURIComponent(scope.target as string) });",
    "await send({ type: 'http.response.end' });",
  ),
  lives: one(
    IMPORT,
    'export default application({',
    '  lifespan: lifespan({ start: () => ({}), stop: () => console.log("cleaned up") }),',
    '  async http(scope, receive, send) {',
    ...ANSWER,
    '  },',
    '});',
  ),
  failsLate: one(
    app(
      ...ANSWER,
      "setTimeout(() => leave.reject(new Error('late')), 30);",
      'await leave.promise;',
    ).replace('export default', 'const leave = Promise.withResolvers<void>();\nexport default'),
  ),
  stays: handler(...ANSWER, 'await new Promise(() => {});'),
  waits: handler("if (scope.target === '/wait') await new Promise(() => {});", ...ANSWER),
  leaves: one(
    IMPORT,
    'setInterval(() => console.log("interval"), 1);',
    'const again = () => void setTimeout(() => { console.log("timeout"); again(); }, 1);',
    'again();',
    'export default application({ async http(scope) {',
    '  await new Promise((done) => scope.local.cancel.addEventListener("abort", done));',
    '  console.log("left");',
    '} });',
  ),
  isSlow: handler('await new Promise((resolve) => setTimeout(resolve, 50));', ...ANSWER),
  loops: handler('for (;;);'),
  exits: (code = '(globalThis as any).close();') => handler(code, ...ANSWER),
  noExit: /close/,
  endless: (octets) =>
    handler(
      'const { cancel } = scope.local;',
      "cancel.addEventListener('abort', () => console.log('cancel fires'));",
      "await send({ type: 'http.response.start', status: 200 });",
      'try {',
      `  for (;;) await send({ type: 'http.response.body', data: new Uint8Array(${octets}) });`,
      '} catch (error) {',
      '  console.log(`${(error as Error).name}, ${cancel.aborted ? "after" : "before"} cancel`);',
      '  throw error;',
      '}',
    ),
  tells: handler('const event = await receive();', 'console.log(`got ${event.type}`);', ...ANSWER),
  sends: (pieces, octets) =>
    handler(
      "await send({ type: 'http.response.start', status: 200 });",
      `for (let i = 0; i < ${pieces}; i++) {`,
      `  await send({ type: 'http.response.body', data: new Uint8Array(${octets}) });`,
      '}',
      "await send({ type: 'http.response.end' });",
    ),
  sleeps: {
    files: handler(
      'void send({ type: "http.response.start", status: 200 });',
      'setTimeout(() => console.log("timer"), 10);',
      'const [day, clock] = [new Date(), performance.now()];',
      'await new Promise((resolve) => setTimeout(resolve, 50_000));',
      'const passed = [+new Date() - +day, Date.now() - +day, performance.now() - clock];',
      'console.log(passed.map((ms) => Math.round(ms / 10_000)).join());',
      "await send({ type: 'http.response.end' });",
    ),
    printed: ['timer', '5,5,5'],
  },
  changes: {
    'JSON.parse': "JSON.parse = () => { throw new Error('mine'); };",
    'JSON.stringify': "JSON.stringify = () => 'mine';",
    'a method of all ports': 'MessagePort.prototype.postMessage = () => {};',
    timers: 'globalThis.setInterval = globalThis.clearTimeout = (() => {}) as never;',
    'toJSON for all': "Object.prototype['toJSON' as never] = (() => 'mine') as never;",
    'a setter for all':
      "Object.defineProperty(Object.prototype, 'kind', { set() {}, configurable: true });",
    base64: "globalThis.btoa = () => 'mine';",
    characters: "String.prototype.padStart = String.fromCharCode = () => '';",
    eval: "globalThis.eval = () => { throw new Error('mine'); };",
  },
};
