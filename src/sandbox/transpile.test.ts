// A program's TypeScript becomes JavaScript that stands where it stood, for a module and for a function alike; and a
// mistake in it is told with its place.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: programs in strings have templates

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sourceColumn } from './columns.ts';
import { type Diagnosis, type Files, ProgramError } from './program.ts';
import { scriptPath, type Target, transpile } from './transpile.ts';

const TARGETS: readonly Target[] = ['module', 'function'];

function codeOf(source: string, target: Target = 'module', files: Files = {}): string {
  return transpile({ ...files, 'app.ts': source }, target)['app.ts']?.code ?? '';
}

function importsOf(source: string, files: Files): readonly string[] {
  const [module, body] = TARGETS.map((target) => transpile({ ...files, 'app.ts': source }, target));
  expect(body?.['app.ts']?.imports).toEqual(module?.['app.ts']?.imports);
  return module?.['app.ts']?.imports ?? [];
}

/** What is wrong with files, whichever the target. */
function mistake(files: Files | string): Diagnosis {
  const program = typeof files === 'string' ? { 'app.ts': files } : files;
  const [module, body] = TARGETS.map((target) => {
    try {
      transpile(program, target);
    } catch (error) {
      if (error instanceof ProgramError) return error.diagnosis;
      throw error;
    }
    throw new Error('nothing is wrong');
  });
  expect(body).toEqual(module);
  return module as Diagnosis;
}

/**
 * Asserts what is wrong and where: `^` in the source marks the place. The caret is not part of the program.
 */
function expectMistake(marked: string, kind: Diagnosis['kind'], words: RegExp, others: Files = {}) {
  const at = marked.indexOf('^');
  const before = marked.slice(0, at).split('\n');
  const found = mistake({ ...others, 'app.ts': marked.replace('^', '') });
  expect(found).toMatchObject({
    kind,
    src: { file: 'app.ts', line: before.length, column: (before.at(-1) as string).length + 1 },
  });
  expect(found.message).toMatch(words);
  // Said once, by whoever shows it.
  expect(found.message).not.toMatch(/Error transforming|\(\d+:\d+\)|app\.ts:/);
}

describe('types are taken out', () => {
  const source = [
    "import { application, type Scope } from 'portway';",
    'interface Limits {',
    '  readonly body: number;',
    '}',
    'const limits: Limits = { body: 1 } as const satisfies Limits;',
    'class Counter<T> implements Iterable<T> {',
    '  private count?: number; declare readonly name: string;',
    '  constructor(limit: number, other?: Map<string, T[]>) {}',
    '  add(this: Counter<T>, by = 1): asserts by is number { this.count! += by; }',
    '}',
    'export default application({ async http(scope: Scope, receive): Promise<unknown> { limits; } });',
  ].join('\n');

  test('and every line stays the line that it was', () => {
    const lines = codeOf(source).split('\n');
    expect(lines).toHaveLength(11);
    for (const [index, part] of [
      'import { application',
      '',
      '',
      '',
      'const limits',
      'class Counter',
      'count;',
      'constructor(',
      'this.count',
      '}',
      'export default application({',
    ].entries()) {
      expect(lines[index]).toContain(part);
    }
    expect(codeOf(source, 'function').split('\n')).toHaveLength(11);
  });

  test('and every name that is left knows the column where it stood', () => {
    for (const target of TARGETS) {
      const { code = '', columns = [] } = transpile({ 'app.ts': source }, target)['app.ts'] ?? {};
      const lines = source.split('\n');
      const seen = new Set<string>();
      for (const [index, text] of code.split('\n').entries()) {
        for (const { 0: name, index: at } of text.matchAll(/(?<![\w.])[a-z]\w*(?=[ (:,;.)]|$)/gi)) {
          // Names that are given by the transform have no place.
          if (!new RegExp(`\\b${name}\\b`).test(lines[index] ?? '')) continue;
          const column = sourceColumn(columns, index + 1, at + 1);
          expect(lines[index]?.slice(column - 1), `${target}, line ${index + 1}`).toMatch(
            new RegExp(`^${name}\\b`),
          );
          seen.add(name);
        }
      }
      for (const name of [
        'limits',
        'Counter',
        'count',
        'add',
        'by',
        'default',
        'scope',
        'receive',
      ]) {
        expect(seen, target).toContain(name);
      }
    }
  });

  test.each([
    // The program, and the same without types.
    ['const f = <T,>(a: T): T => a; return f<number>(2) as number;', 'return 2;'],
    ['const a: string | null = "x"; return `a${a!}b${a as any}c`;', 'return "axbxc";'],
    ['const tag = (s: TemplateStringsArray) => s[0]; return tag<string>`x y`;', 'return "x y";'],
    ['return <any>`x ${1}`;', 'return "x 1";'],
    [
      'const o: any = {a: [1]}; return o!.a![0]!+`${o!.a!}`;',
      'return "11".replace("11", "1"+"1");',
    ],
    ['enum E { A = 3, B }; return [E.B, E[3]].join();', 'return "4,A";'],
    [
      'class A { constructor(private a: number) {} get() { return this.a; } } return new A(2).get();',
      'return 2;',
    ],
    ['class A { x?: number; y!: string } return Object.keys(new A()).join();', 'return "x,y";'],
    ['const a = { b: null as any }; return a?.b?.c ?? 4;', 'return 4;'],
  ])('and the program does the same: %s', (typed, plain) => {
    const run = (body: string) => new Function(body)();
    for (const target of TARGETS) {
      // A function, since a program does not return.
      const code = codeOf(`globalThis.given = (() => { ${typed} })();`, target);
      run(code);
      expect((globalThis as { given?: unknown }).given, target).toBe(run(plain));
    }
  });

  test('and the text of templates is never touched, whatever is filled in', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', '{', '}', "'", '!', ' as any'),
    });
    const filled = fc.constantFrom(
      'v!',
      'v as string',
      '<string>v',
      'v',
      'f<string>(v)',
      'f<string>(v!)!',
      '`${v!}`',
    );
    const between = fc.constantFrom('', ' ', '  ');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, between, filled, between), { maxLength: 4 }),
        text,
        fc.constantFrom('', '<any>', 'f<any>', 'String.raw<x>'.slice(0, 10)),
        (parts, last, before) => {
          const template = `\`${parts.map(([words, a, value, b]) => `${words}\${${a}${value}${b}}`).join('')}${last}\``;
          const f = before.startsWith('f') ? `f<any>(${template})` : `${before}${template}`;
          const code = codeOf(
            `const v: any = 'V', f = <T,>(x: T) => x; const r: any = ${f};globalThis.given = r;`,
          );
          new Function(code)();
          const expected = parts.map(([words]) => `${words}V`).join('') + last;
          expect((globalThis as { given?: unknown }).given).toBe(expected);
        },
      ),
    );
  });

  test('a first line for the shell is left out of it', () => {
    for (const target of TARGETS) {
      const body = codeOf('#!/usr/bin/env node\nglobalThis.given = 7;', target);
      new Function(`globalThis.given = 0; {${body}\n}`)();
      expect((globalThis as { given?: unknown }).given).toBe(7);
    }
  });

  test('files that are no scripts are no modules', () => {
    const files = {
      'app.ts': '',
      'a.mts': '',
      'b.js': '',
      'c.mjs': '',
      'd.cjs': '',
      'e.json': '{',
      'readme.md': '',
    };
    expect(Object.keys(transpile(files, 'module'))).toEqual([
      'app.ts',
      'a.mts',
      'b.js',
      'c.mjs',
      'd.cjs',
    ]);
  });

  test('a script is written under a name that every runtime takes for JavaScript', () => {
    expect(['app.ts', 'lib/a.mts', 'b.js', 'types.d.ts', 'x.ts.txt'].map(scriptPath)).toEqual([
      'app.js',
      'lib/a.js',
      'b.js',
      'types.d.js',
      'x.ts.txt',
    ]);
  });
});

describe('imports', () => {
  const files = {
    'b.ts': '',
    'c.mts': '',
    'd.js': '',
    'lib/e.ts': "import '../b.ts'; import './f.ts';",
    'lib/f.ts': '',
  };

  test.each([
    ["import './b.ts';", "import './b.js';"],
    ["import { a } from './b.ts'; a;", "import { a } from './b.js'; a;"],
    ["import './c.mts';", "import './c.js';"],
    ["import './d.js';", "import './d.js';"],
    ["export * from './b.ts';", "export * from './b.js';"],
    ["export { x } from './lib/e.ts';", "export { x } from './lib/e.js';"],
    ["await import('./b.ts');", "await import('./b.js');"],
    ['await import(`./b.ts`);', "await import('./b.js');"],
    ["import { utf8 } from 'portway'; utf8;", "import { utf8 } from 'portway'; utf8;"],
    ["'./b.ts'; import('./' + 'b.ts');", "'./b.ts'; import('./' + 'b.ts');"],
    [
      "import './b.ts'; import './lib/e.ts'; './b.ts'",
      "import './b.js'; import './lib/e.js'; './b.ts'",
    ],
  ])('in a module, TypeScript is imported by its name as JavaScript: %s', (source, expected) => {
    const plain = (code: string) => code.replaceAll('"', "'");
    expect(plain(codeOf(source, 'module', files))).toBe(expected);
  });

  test('are listed by their paths in the program, in the order of evaluation', () => {
    expect(
      importsOf(
        "await import('./c.mts');\nimport './lib/e.ts';\nexport * from './b.ts';\nimport './b.ts';",
        files,
      ),
    ).toEqual(['lib/e.ts', 'b.ts', 'b.ts', 'c.mts']);
    expect(transpile(files, 'function')['lib/e.ts']?.imports).toEqual(['b.ts', 'lib/f.ts']);
  });

  test('of types only are none', () => {
    expect(
      importsOf("import type { A } from 'hono';\nimport { type B } from './nowhere.ts';", files),
    ).toEqual([]);
  });

  const UNKNOWN =
    /^`[^`]+` cannot be imported here: a sandbox has `portway`, `hono` and the example's own files\.$/;
  test.each([
    ["import fs from ^'node:fs'; fs;"],
    ["\n\nimport { Hono } from ^'express';\nnew Hono();"],
    ["const a: number = 1; export * from ^'express';"],
    ["async function f(a: string): Promise<void> { const h: any = await import(^'express'); }"],
    ["import ^'https://example.org/x.js';"],
    ["import ^'/b.ts';"],
    ["import ^'.hidden';"],
    ["import ^'..';"],
    ["import ^'portway/gateway';"],
  ])('of what is not there are refused, with the place: %s', (marked) => {
    expectMistake(marked, 'load', UNKNOWN, files);
  });

  test('of libraries are told by name, each once, wherever they stand', () => {
    const modules = transpile(
      {
        'app.ts': "import { Hono } from 'hono'; import type { X } from 'hono'; new Hono();",
        'b.ts': "await import('hono'); import { utf8 } from 'portway'; utf8('');",
        'c.ts': "import type { Hono } from 'hono'; export type A = Hono;",
      },
      'function',
    );
    expect(Object.values(modules).map(({ libraries }) => libraries)).toEqual([
      ['hono'],
      ['hono'],
      [],
    ]);
  });

  test.each([
    [
      "import { a } from ^'./a.ts'; a;",
      /^there is no file `a\.ts` to import\. There is `b\.ts`, `c\.mts`/,
    ],
    [
      "import { a } from ^'./b'; a;",
      /^there is no file `b` to import\. Write the path with its ending: `\.\/b\.ts`\.$/,
    ],
    ["import { a } from ^'./lib/e'; a;", /Write the path with its ending: `\.\/lib\/e\.ts`\.$/],
    ["import { a } from ^'./b.js'; a;", /Write the name of the file as it is: `\.\/b\.ts`\.$/],
    ["import ^'../b.ts';", /^`\.\.\/b\.ts` leads out of the example's own files\.$/],
    ["import ^'./lib/../../b.ts';", /leads out of the example's own files/],
    ["import data from ^'./data.json'; data;", /^`\.\/data\.json` is not a script/],
    ["import ^'./';", /^there is no file `` to import/],
  ])('of a file that is not there are refused, with what to write: %s', (marked, words) => {
    expectMistake(marked, 'load', words, { ...files, 'data.json': '{}' });
  });

  test('of a missing file name the file that imports it', () => {
    expect(
      mistake({ 'app.ts': "import './lib/a.ts';", 'lib/a.ts': "\n import '../x.ts';" }),
    ).toMatchObject({
      kind: 'load',
      src: { file: 'lib/a.ts', line: 2, column: 9 },
    });
  });

  test('in the only file say that there is no other', () => {
    expect(mistake("import './b.ts';").message).toMatch(/This is the only one\.$/);
  });
});

describe('a mistake has its place, whichever parser finds it', () => {
  test.each([
    // Found by the type stripper.
    ['const a: number = ^;', /^Unexpected token$/],
    ['\n  const x = { type: ^);', /^Unexpected token$/],
    ['type A = B<^', /^Unexpected token$/],
    ["const a = 'é😀'; const b: string = ^;", /^Unexpected token$/],
    ['const a = 1;\r\nconst b: number = ^;', /^Unexpected token$/],
    // Found by the strict parser, with types before it on the line.
    ['const a = 1;\n  const ^a = 2;', /^Identifier 'a' has already been declared$/],
    ["let x: string = 'a' as any as string, y = 1; let ^y = 2;", /already been declared$/],
    ["const a: string = 'é😀', b = a!; let ^b = 1;", /already been declared$/],
    // After templates with nothing before, between or after what is filled in.
    ['const a: any = `${1}${2}`, b: any = ``; let ^b = 1;', /already been declared$/],
    [
      'const a: any = `${1}`;\nconst b: any = `${a as any}${a!}\n${a!}`, c = 1; let ^c = 1;',
      /already been declared$/,
    ],
    ['function f(a: number): void {} ^return 1;', /^'return' outside of function$/],
    ['const a: number = 1; export { ^nope };', /^Export 'nope' is not defined$/],
    [
      'interface A { b: string }\nfor (const x of [] as A[]) { ^break foo; }',
      /^Unsyntactic break$/,
    ],
  ])('%s', (marked, words) => {
    expectMistake(marked, 'syntax', words);
  });

  test('in the file that has it', () => {
    expect(mistake({ 'app.ts': '', 'lib/a.ts': '\nlet;;' })).toMatchObject({
      kind: 'syntax',
      src: { file: 'lib/a.ts', line: 2 },
    });
  });

  test.each([
    ['^@logged class A {}', /Decorators are not part of JavaScript yet/],
    ['class A { ^@logged b() {} }', /Decorators are not part of JavaScript yet/],
    ['const a = <div^/>;', /A sandbox takes TypeScript without JSX/],
    ['const a = <p>hi<^/p>;', /A sandbox takes TypeScript without JSX/],
    [
      'const a = 1; ^namespace N { export const b = 1; }',
      /no namespaces\. Put what is in it into a file/,
    ],
    ['export ^namespace A.B\n{ export const b = 1; }', /no namespaces/],
    ["^import a = require('b');", /Write `import … from`/],
    ['^export = 3;', /Write `export default`/],
  ])('syntax that is not taken says so: %s', (marked, words) => {
    const kind = 'syntax';
    // Where the stripper or the parser gives up is its own affair here, but it is on the right line.
    if (/div|<p>/.test(marked)) {
      const found = mistake(marked.replace('^', ''));
      expect(found).toMatchObject({ kind, src: { line: 1 } });
      expect(found.message).toMatch(words);
    } else expectMistake(marked, kind, words);
  });

  test.each([
    ['// namespace A {'],
    ["'namespace A {', `export = 3`, /import a =/;"],
    ['declare namespace A { const b: number }'],
    ["import type A = require('b');"],
    ['const namespace = 1; const module = { a: 1 }; namespace;'],
    ["const html = '<br/>';"],
  ])('and what only looks like it is taken: %s', (source) => {
    for (const target of TARGETS) expect(() => codeOf(source, target)).not.toThrow();
  });

  test('`import.meta` is refused in every runtime, since the page has none', () => {
    expectMistake(
      'const a: URL = new URL(^import.meta.url);',
      'load',
      /^`import\.meta` is not there/,
    );
  });
});

describe('whatever the text', () => {
  /** Anything but a diagnosis with a place in the text is a fault of this program. */
  function expectModuleOrMistake(source: string) {
    for (const target of TARGETS) {
      try {
        codeOf(source, target);
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
        const { message, src } = error.diagnosis;
        expect(message).not.toBe('');
        expect(src?.file).toBe('app.ts');
        const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
        expect(src?.line).toBeGreaterThanOrEqual(1);
        expect(src?.line).toBeLessThanOrEqual(lines.length);
        expect(src?.column).toBeGreaterThanOrEqual(1);
      }
    }
  }

  test('it is code or a mistake in it, never a crash', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), expectModuleOrMistake));
  });

  test('it is code or a mistake in it, never a crash, if it looks like a program', () => {
    const word = fc.constantFrom(
      ...'import export default from type as enum namespace class interface async await const let function return'.split(
        ' ',
      ),
      ...'{ } ( ) [ ] < > = => : ; , . ? ! @ # ` ${ \' " / /* */ // \\ + - ... ?. ?? | &'.split(
        ' ',
      ),
      ...[
        'a',
        'b',
        "'./b.ts'",
        "'x'",
        '1',
        '\n',
        '\r\n',
        '\u2028',
        ' ',
        'é',
        '😀',
        'import.meta',
        'using',
        'yield',
      ],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.constantFrom('', ' '), (words, between) => {
        expectModuleOrMistake(words.join(between));
      }),
      { numRuns: 1000 },
    );
  });

  test('it may be broken off anywhere', () => {
    const source =
      "import { a } from 'portway';\nconst f = async <T,>(x: T): Promise<T> => `${x!}`;\nexport default f;";
    for (let end = 0; end <= source.length; end++) expectModuleOrMistake(source.slice(0, end));
  });

  test.each([
    ['a long sum', `export const a = ${Array(4000).fill('1').join('+')};`],
    ['deep brackets', `export const a = ${'['.repeat(100_000)}`],
    ['deep arrows', `export const a = ${'() => ('.repeat(20_000)}1${')'.repeat(20_000)};`],
    ['deep templates', `${'`${'.repeat(20_000)}1${'}`'.repeat(20_000)}`],
    ['deep types', `type A = ${'['.repeat(100_000)}`],
  ])('%s is taken, or refused in words', (_, source) => {
    expectModuleOrMistake(source);
  });

  test('nested too deeply, it is told so and not with an error of the machine', () => {
    expect(mistake(`export const a = ${'['.repeat(100_000)}`)).toMatchObject({
      kind: 'limit',
      message: 'the code is nested too deeply to be read.',
    });
  });
});
