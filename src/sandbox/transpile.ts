// TypeScript to JavaScript in the page, so that every runtime gets the same code with the same line numbers, and the
// same message for a mistake in it.

import { type Node, parse } from 'acorn';
import { type Options, transform } from 'sucrase';
import { type Columns, moved, readColumns, sourceColumn, through } from './columns.ts';
import { type Files, ProgramError } from './program.ts';

export interface Module {
  readonly code: string;
  /** Paths of the program's own modules that it imports, in the order in which they are to be evaluated. */
  readonly imports: readonly string[];
  /** Libraries that it imports, of `LIBRARIES`. */
  readonly libraries: readonly string[];
  /** Where its columns stand in the source. Its lines are the source's. */
  readonly columns: Columns;
}

/** What a program may import besides its own files: the kit, and pinned copies of libraries. */
export const KIT = 'portway';
export const LIBRARIES: readonly string[] = ['hono'];

/** `module`: ECMAScript modules with `.js` names. `function`: bodies for `(require, module, exports)`. */
export type Target = 'module' | 'function';

const SCRIPT = /\.(?:[cm]?js|m?ts)$/;

/** The name under which JavaScript made from `path` is written. */
export function scriptPath(path: string): string {
  return path.replace(/\.(ts|mts)$/, '.js');
}

/** Turns every script of a program into JavaScript. @throws ProgramError with file and line */
export function transpile(files: Files, target: Target): Record<string, Module> {
  const modules: Record<string, Module> = {};
  for (const [path, source] of Object.entries(files)) {
    if (SCRIPT.test(path)) modules[path] = transpileFile(path, source, files, target);
  }
  return modules;
}

function transpileFile(path: string, source: string, files: Files, target: Target): Module {
  const script = stripTypes(path, source);
  const specifiers = readImports(path, source, script);
  const own = specifiers.filter(({ value }) => isRelative(value));
  const resolved = own.map((one) => ({ ...one, path: resolveImport(path, one, files) }));
  // A dynamic import is called when what is imported statically, even below it, has been evaluated.
  const imports = resolved
    .sort((a, b) => Number(a.dynamic) - Number(b.dynamic))
    .map((one) => one.path);
  const libraries = LIBRARIES.filter((name) => specifiers.some(({ value }) => value === name));
  if (target === 'function') return { ...functionBody(path, script), imports, libraries };
  let { code } = script;
  for (const { start, end, value } of own.toReversed()) {
    code = code.slice(0, start) + JSON.stringify(scriptPath(value)) + code.slice(end);
  }
  return { code, columns: moved(script.columns), imports, libraries };
}

interface Script {
  readonly code: string;
  readonly columns: Columns;
}

function stripTypes(path: string, source: string): Script {
  const { code, columns } = strip(path, source);
  refuseLost(path, source, code);
  // A first line for the shell is none inside a function.
  return { code: code.replace(/^#!/, '//'), columns };
}

function strip(path: string, source: string): Script {
  try {
    return transformed(path, source, {
      transforms: ['typescript'],
      disableESTransforms: true,
      preserveDynamicImport: true,
    });
  } catch (error) {
    throw unreadable(path, source, error, (_line, column) => column);
  }
}

/** @throws what the transform throws for a mistake in the source */
function transformed(path: string, source: string, options: Options): Script {
  const named = { ...options, filePath: path, sourceMapOptions: { compiledFilename: path } };
  // Sucrase 3.35 loses the columns of everything after an empty piece of a template, so no piece is left empty.
  const filler = unused(source);
  const filled = source.replace(/(?<=`)(?=`|\$\{)|(?<=\})(?=`|\$\{)/g, filler);
  try {
    const { code, sourceMap } = transform(filled, named);
    return {
      code: code.replaceAll(filler, ''),
      columns: without(filler, readColumns(sourceMap?.mappings ?? ''), code, filled),
    };
  } catch {
    // The filler stood where no text may be; or there is a mistake, which is to be told with the source's own columns.
    return { code: transform(source, named).code, columns: [] };
  }
}

/** A character, for private use in Unicode, that a text does not have. */
function unused(text: string): string {
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

/** Columns as they are when the filler has been taken out of code and source. */
function without(filler: string, columns: Columns, code: string, source: string): Columns {
  const texts = [code.split('\n'), source.split('\n')] as const;
  return columns.map((line, index) =>
    line.map((column, at) => {
      const before = texts[at % 2 ? 1 : 0][index]?.slice(0, column) ?? '';
      return column - (before.split(filler).length - 1);
    }),
  );
}

/** What the stripper takes for types although it is code, and what to write instead. */
const LOST: readonly (readonly [syntax: RegExp, message: string])[] = [
  [
    /(?<![\w$.]|declare[ \t]+)(?:namespace|module)[ \t]+[A-Za-z_$][\w$.]*\s*\{/g,
    'a sandbox has no namespaces. Put what is in it into a file of its own.',
  ],
  [
    /(?<![\w$.])import[ \t]+(?!type[ \t]+[\w$])[\w$]+[ \t]*=/g,
    '`import … =` is not part of JavaScript. Write `import … from`.',
  ],
  [/(?<![\w$.])export[ \t]*=/g, '`export =` is not part of JavaScript. Write `export default`.'],
];

function refuseLost(path: string, source: string, code: string): void {
  for (const [syntax, message] of LOST) {
    // What is still there was in a string or a comment.
    const kept = Array.from(code.matchAll(syntax), ([text]) => text);
    for (const { 0: text, index } of source.matchAll(syntax)) {
      if (kept[0] === text) {
        kept.shift();
        continue;
      }
      const before = source.slice(0, index).split('\n');
      throw new ProgramError({
        kind: 'syntax',
        message,
        src: { file: path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      });
    }
  }
}

function functionBody(path: string, script: Script): Script {
  try {
    const { code, columns } = transformed(path, script.code, {
      transforms: ['imports'],
      // Or class fields and `?.` would mean something else here than in a module.
      disableESTransforms: true,
      preserveDynamicImport: false,
    });
    return { code, columns: moved(through(columns, script.columns)) };
  } catch (error) {
    throw unreadable(path, script.code, error, (line, column) =>
      sourceColumn(script.columns, line, column, true),
    );
  }
}

interface Specifier {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly value: string;
  readonly dynamic: boolean;
}

/** Parses once more with a strict parser: it finds what the type stripper lets pass, and where imports stand. */
function readImports(path: string, source: string, { code, columns }: Script): Specifier[] {
  const placeOf = ({ loc }: Node) => {
    const { line, column } = loc?.start ?? { line: 1, column: 0 };
    return { line, column: sourceColumn(columns, line, column + 1, true) };
  };
  const found: Specifier[] = [];
  for (const node of nodesOf(path, source, { code, columns })) {
    if (isMeta(node)) {
      throw new ProgramError({
        kind: 'load',
        message: '`import.meta` is not there in a sandbox: an example has no URL.',
        src: { file: path, ...placeOf(node) },
      });
    }
    const { source: from } = node as Node & { source?: Node | null };
    const value = from ? literalOf(from) : undefined;
    if (!from || value === undefined) continue;
    const place = placeOf(from);
    if (!isRelative(value) && value !== KIT && !LIBRARIES.includes(value)) {
      const known = [KIT, ...LIBRARIES].map((name) => `\`${name}\``).join(', ');
      throw new ProgramError({
        kind: 'load',
        message: `\`${value}\` cannot be imported here: a sandbox has ${known} and the example's own files.`,
        src: { file: path, ...place },
      });
    }
    const { start, end } = from;
    found.push({ start, end, ...place, value, dynamic: node.type === 'ImportExpression' });
  }
  return found;
}

/** All nodes of a module, in the order of its text. Not by recursion: a long sum is a deep tree. */
function nodesOf(path: string, source: string, { code, columns }: Script): Node[] {
  let program: Node;
  try {
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    throw unreadable(path, source, error, (line, column) =>
      sourceColumn(columns, line, column + 1, true),
    );
  }
  const nodes: Node[] = [];
  const waiting: unknown[] = [program];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (typeof (value as Node).type === 'string') nodes.push(value as Node);
    for (const inner of Object.values(value)) if (typeof inner === 'object') waiting.push(inner);
  }
  return nodes.sort((a, b) => a.start - b.start);
}

/** A string, or a template without anything to fill in. */
function literalOf(node: Node): string | undefined {
  if (node.type === 'Literal') {
    const { value } = node as Node & { value?: unknown };
    return typeof value === 'string' ? value : undefined;
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const { quasis } = node as Node & { quasis: readonly { value: { cooked?: string | null } }[] };
  return quasis.length === 1 ? (quasis[0]?.value.cooked ?? undefined) : undefined;
}

function isMeta(node: Node): boolean {
  const { meta } = node as Node & { meta?: { name?: string } };
  return node.type === 'MetaProperty' && meta?.name === 'import';
}

function isRelative(specifier: string): boolean {
  return /^\.\.?\//.test(specifier);
}

function resolveImport(path: string, { value, line, column }: Specifier, files: Files): string {
  const refused = (message: string) =>
    new ProgramError({ kind: 'load', message, src: { file: path, line, column } });
  const parts = path.split('/').slice(0, -1);
  for (const part of value.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined)
        throw refused(`\`${value}\` leads out of the example's own files.`);
    } else if (part !== '.') parts.push(part);
  }
  const resolved = parts.join('/');
  if (Object.hasOwn(files, resolved)) {
    if (SCRIPT.test(resolved)) return resolved;
    throw refused(
      `\`${value}\` is not a script: a sandbox imports TypeScript and JavaScript only.`,
    );
  }
  const ending = ['.ts', '.mts', '.js', '.mjs'].find((one) => Object.hasOwn(files, resolved + one));
  if (ending) {
    throw refused(
      `there is no file \`${resolved}\` to import. Write the path with its ending: \`${value}${ending}\`.`,
    );
  }
  const typed = resolved.replace(/js$/, 'ts');
  if (typed !== resolved && Object.hasOwn(files, typed)) {
    throw refused(
      `there is no file \`${resolved}\` to import. Write the name of the file as it is: \`${value.replace(/js$/, 'ts')}\`.`,
    );
  }
  const names = Object.keys(files).filter((name) => SCRIPT.test(name) && name !== path);
  throw refused(
    `there is no file \`${resolved}\` to import. ${
      names.length > 0
        ? `There is ${names.map((name) => `\`${name}\``).join(', ')}.`
        : 'This is the only one.'
    }`,
  );
}

/** What a parser says of a mistake, with its place in the source. `columnOf` takes the parser's own line and column. */
function unreadable(
  file: string,
  source: string,
  error: unknown,
  columnOf: (line: number, column: number) => number,
): ProgramError {
  if (error instanceof RangeError) {
    return new ProgramError({
      kind: 'limit',
      message: 'the code is nested too deeply to be read.',
      src: { file, line: 1, column: 1 },
    });
  }
  const { loc, message } = error as Error & { loc?: { line: number; column: number } };
  const line = loc?.line ?? 1;
  const words = message.replace(`Error transforming ${file}: `, '').replace(/\s*\(\d+:\d+\)$/, '');
  const hint = hintFor(words, source.split('\n')[line - 1] ?? '');
  return new ProgramError({
    kind: 'syntax',
    message: hint ? `${words}. ${hint}` : words,
    src: { file, line, column: loc ? columnOf(line, loc.column) : 1 },
  });
}

function hintFor(words: string, line: string): string | undefined {
  if (words.includes("character '@'"))
    return 'Decorators are not part of JavaScript yet: a sandbox does without them.';
  if (/<\/?[A-Za-z][\w.]*(?:\s[^<>]*)?\/>|<\/[A-Za-z][\w.]*>/.test(line))
    return 'A sandbox takes TypeScript without JSX.';
  return undefined;
}
