// TypeScript to JavaScript in the page, so that every runtime gets the same code with the same line numbers, and the
// same message for a mistake in it.

import { type Node, parse } from 'acorn';
import { transform } from 'sucrase';
import { type Files, ProgramError } from './program.ts';

export interface Module {
  readonly code: string;
  /** Paths of the program's own modules that it imports. */
  readonly imports: readonly string[];
}

/** `module`: ECMAScript modules with `.js` names. `function`: bodies for `(require, module, exports)`. */
export type Target = 'module' | 'function';

/** The name under which JavaScript made from `path` is written. */
export function scriptPath(path: string): string {
  return path.replace(/\.(ts|mts)$/, '.js');
}

/** Turns every script of a program into JavaScript. @throws ProgramError with file and line */
export function transpile(files: Files, target: Target): Record<string, Module> {
  const modules: Record<string, Module> = {};
  for (const [path, source] of Object.entries(files)) {
    if (/\.(?:[cm]?js|m?ts)$/.test(path))
      modules[path] = transpileFile(path, source, files, target);
  }
  return modules;
}

function transpileFile(path: string, source: string, files: Files, target: Target): Module {
  const code = stripTypes(path, source);
  const specifiers = readImports(path, code);
  const imports = specifiers
    .filter(({ value }) => value.startsWith('.'))
    .map((specifier) => resolveImport(path, specifier, files));
  if (target === 'function') {
    const { code: body } = transform(code, {
      transforms: ['imports'],
      preserveDynamicImport: false,
    });
    return { code: body, imports };
  }
  let renamed = code;
  for (const { start, end, value } of specifiers.toReversed()) {
    if (value.startsWith('.')) {
      renamed = renamed.slice(0, start) + JSON.stringify(scriptPath(value)) + renamed.slice(end);
    }
  }
  return { code: renamed, imports };
}

function stripTypes(path: string, source: string): string {
  try {
    return transform(source, {
      transforms: ['typescript'],
      disableESTransforms: true,
      preserveDynamicImport: true,
    }).code;
  } catch (error) {
    const { loc, message } = error as Error & { loc?: { line: number; column: number } };
    throw syntaxError(
      path,
      message.replace(/^Error transforming [^:]*: /, ''),
      loc?.line,
      loc?.column,
    );
  }
}

interface Specifier {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly value: string;
}

/** Parses once more with a strict parser: it finds what the type stripper lets pass, and where imports stand. */
function readImports(path: string, code: string): Specifier[] {
  let program: ReturnType<typeof parse>;
  try {
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  } catch (error) {
    const { loc, message } = error as Error & { loc?: { line: number; column: number } };
    throw syntaxError(path, message, loc?.line, (loc?.column ?? 0) + 1);
  }
  const found: Specifier[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
    } else if (
      typeof node === 'object' &&
      node !== null &&
      typeof (node as Node).type === 'string'
    ) {
      const { source } = node as { source?: Node & { value?: unknown } };
      if (source?.type === 'Literal' && typeof source.value === 'string') {
        found.push({
          start: source.start,
          end: source.end,
          line: source.loc?.start.line ?? 1,
          column: (source.loc?.start.column ?? 0) + 1,
          value: source.value,
        });
      }
      for (const value of Object.values(node)) if (typeof value === 'object') visit(value);
    }
  };
  visit(program.body);
  for (const { value, line, column } of found) {
    if (!value.startsWith('.') && value !== 'portway') {
      throw new ProgramError({
        kind: 'load',
        message: `\`${value}\` cannot be imported here: a sandbox has \`portway\` and the example's own files.`,
        src: { file: path, line, column },
      });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

function resolveImport(path: string, { value, line, column }: Specifier, files: Files): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of value.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const resolved = parts.join('/');
  if (Object.hasOwn(files, resolved)) return resolved;
  throw new ProgramError({
    kind: 'load',
    message: `there is no file \`${resolved}\` to import. Write the path with its ending, such as \`./${resolved}.ts\`.`,
    src: { file: path, line, column },
  });
}

function syntaxError(file: string, message: string, line = 1, column = 1): ProgramError {
  return new ProgramError({
    kind: 'syntax',
    message: message.replace(/\s*\(\d+:\d+\)$/, ''),
    src: { file, line, column },
  });
}
