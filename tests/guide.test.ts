// The guide is held to what it shows: every listing is type-checked and run or compiled, every command of a terminal is
// given and prints what stands there, every table of facts is that of the code, and every link leads somewhere.

import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { python as PYTHON } from '../scripts/lib/outsiders.mjs';
import { runScenario } from '../src/cli/check.ts';
import { loadApplication } from '../src/cli/load.ts';
import { parseScenario } from '../src/client/index.ts';
import { isFilterError, parseFilter } from '../src/explorer/trace/filter.ts';
import { DEFAULT_LIMITS } from '../src/gateway/limits.ts';
import { REQUIREMENTS } from '../src/interface/requirements.generated.ts';
import { listingOf } from '../src/render/markdown/listing.ts';
import { readDocument } from '../src/spec/document.ts';
import { ROOT } from './fixtures/portway.ts';

const GUIDE = join(ROOT, 'content/guide');
const run = promisify(execFile);
/** On two busy cores a process takes seconds to begin. */
const LONG = 180_000;

interface Listed {
  readonly file: string;
  readonly language: string;
  readonly code: string;
  readonly notes: readonly string[];
  readonly place: string;
}

/** Commands with what each prints. */
interface Given {
  readonly command: string;
  readonly printed: readonly string[];
}

/** What serves, started by a command of a page. */
interface Server {
  /** Ends it as a reader does, and waits for its end. */
  stop(): Promise<void>;
  /** Holds all that it has printed to what is shown, once it has ended well. */
  expectAll(): void;
}

interface GuidePage {
  readonly slug: string;
  readonly text: string;
  readonly listings: readonly Listed[];
  readonly unnamed: readonly string[];
  readonly given: readonly Given[];
}

const pages = readdirSync(GUIDE).map(readPage);
const listings = pages.flatMap(({ listings }) => listings);

function readPage(name: string): GuidePage {
  const text = readFileSync(join(GUIDE, name), 'utf8');
  const slug = name.replace(/\.md$/, '');
  const file = `content/guide/${name}`;
  // What a page leaves out for the sake of its readers stands in comments, and is code like the rest.
  const bare = text.replace(/<!--|-->/g, (mark) => ' '.repeat(mark.length));
  const found: Listed[] = [];
  const unnamed: string[] = [];
  const given: Given[] = [];
  for (const node of readDocument(bare, file).fences) {
    const place = `${file}:${node.position?.start.line}`;
    const listing = listingOf(node);
    if (listing)
      found.push({
        file: listing.file,
        notes: listing.notes,
        language: node.lang ?? '',
        code: `${node.value}\n`,
        place,
      });
    else if (node.lang === 'console') given.push(...readConsole(node.value));
    else if (node.lang !== 'try') unnamed.push(`${place} ${node.lang}`);
  }
  return { slug, text, listings: found, unnamed, given };
}

function readConsole(text: string): Given[] {
  const commands: { command: string; printed: string[] }[] = [];
  // A command goes on below a line that ends with a backslash.
  for (const line of text.replace(/\s*\\\n\s*/g, ' ').split('\n')) {
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), printed: [] });
    else if (line !== '^C') commands.at(-1)?.printed.push(line);
  }
  for (const { printed } of commands) while (printed.at(-1) === '') printed.pop();
  return commands;
}

/** A folder for the files of the guide, in which `portway` is this checkout, as it is for its readers. */
mkdirSync(join(ROOT, '.cache'), { recursive: true });
const top = mkdtempSync(join(ROOT, '.cache/guide-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
for (const { slug, listings } of pages)
  for (const { file, code } of listings) {
    const path = join(top, slug, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('each page', () => {
  test('there are some', () => expect(pages.length).toBeGreaterThanOrEqual(8));

  test.each(pages)('$slug: what looks like code is named, or is a terminal', ({ unnamed }) => {
    expect(unnamed).toEqual([]);
  });

  test.each(pages)('$slug is read in five minutes, and ends with where to go next', ({ text }) => {
    const prose = text
      .replace(/^---[\s\S]*?\n---/, '')
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/^```[\s\S]*?^```/gm, '');
    // People read some 240 words a minute, and look at code besides.
    expect(prose.split(/\s+/).length).toBeLessThan(1200);
    expect([...text.matchAll(/^## (.*)$/gm)].at(-1)?.[1]).toBe('Where to go next');
  });

  test.each(pages)('$slug: requirements that are referred to are there', ({ text }) => {
    const ids = [...text.matchAll(/\[([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+)\]/g)].map(
      ([, id = '']) => id,
    );
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.filter((id) => !Object.hasOwn(REQUIREMENTS, id))).toEqual([]);
  });

  test.each(pages)('$slug: links within the site lead somewhere', ({ text }) => {
    const paths = [...text.matchAll(/\]\((\/[^)\s#]*)/g)].map(([, path = '']) => path);
    expect(paths.filter((path) => !leadsSomewhere(path))).toEqual([]);
  });
});

/** The sections whose pages are made of what is known only when the site is built. */
const MADE = /^\/(?:proposals\/\d{4}|r\/[a-z0-9.-]+)\/$/;
/** Made by the site for programs. */
const API = /^\/api\/(?:schema\/)?[a-z.]+\.json$/;

function leadsSomewhere(path: string): boolean {
  if (MADE.test(path) || API.test(path)) return true;
  const [, section, slug] = /^\/(?:([a-z-]+)\/)?(?:([a-z0-9-]+)\/)?$/.exec(path) ?? [];
  if (section === 'guide' && slug) return existsSync(join(GUIDE, `${slug}.md`));
  if (section === 'examples' && slug) return existsSync(join(ROOT, 'content/examples', slug));
  if (slug) return existsSync(join(ROOT, 'src/pages', section ?? '', `${slug}.astro`));
  // A list that is cut into pages has them all in one file.
  const names = [
    `${section ?? 'index'}.astro`,
    `${section}/index.astro`,
    `${section}/[...page].astro`,
  ];
  return names.some((name) => existsSync(join(ROOT, 'src/pages', name)));
}

test('listings that stand side by side fit into their columns', () => {
  const pairs = listings.flatMap(({ notes }, index) =>
    notes.includes('beside') ? listings.slice(index, index + 2) : [],
  );
  expect(pairs.length).toBeGreaterThan(10);
  const long = pairs.flatMap(({ code, place }) =>
    code.split('\n').flatMap((line) => (line.length > 46 ? [`${place}: ${line}`] : [])),
  );
  expect(long).toEqual([]);
});

test('every listing in TypeScript has no errors of types', { timeout: LONG }, async () => {
  writeFileSync(
    join(top, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { noEmit: true, types: ['node'] },
      include: ['**/*.ts'],
      exclude: ['*/src'],
    }),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const result = await run(process.execPath, [tsc, '-p', top], { cwd: ROOT }).catch(
    (error: { stdout: string }) => error,
  );
  expect(result.stdout).toBe('');
});

/** Folders with an application, and what is to be broken there. */
const programs = pages.flatMap(({ slug, listings }) =>
  listings
    .filter(({ file }) => file.endsWith('/app.ts'))
    .map(({ file, notes }) => ({
      program: join(slug, dirname(file)),
      breaks: notes.find((note) => note.startsWith('breaks='))?.slice('breaks='.length),
      scenario: listings.some((other) => other.file === join(dirname(file), 'requests.http')),
    })),
);

test('there are applications, and each has requests', () => {
  expect(programs.length).toBeGreaterThan(8);
  expect(programs.filter(({ scenario }) => !scenario)).toEqual([]);
});

test.each(programs)('$program does what the guide says of it', async ({ program, breaks }) => {
  const entry = join(top, program, 'app.ts');
  const scenario = readFileSync(join(top, program, 'requests.http'), 'utf8');
  const { events, faults, results, notStarted } = await runScenario(
    await loadApplication(entry),
    scenario,
    'memory',
    entry,
  );
  expect(notStarted).toBeUndefined();
  const broken = new Set(events.flatMap(({ violation }) => violation?.requirement ?? []));
  expect([...broken]).toEqual(breaks === undefined ? [] : [breaks]);
  expect(faults.filter(({ requirement }) => requirement === undefined)).toEqual([]);
  expect(results.filter(({ outcome }) => outcome === 'timeout')).toEqual([]);
});

const interpreter = has('python3');

test.skipIf(!interpreter)(
  `every listing in Python compiles${interpreter ? '' : ' (there is no python3)'}`,
  () => {
    const python = listings.filter(({ language }) => language === 'python');
    expect(python.length).toBeGreaterThan(5);
    const check = `
import json, sys
for listing in json.load(sys.stdin):
    try:
        compile(listing['code'], listing['place'], 'exec')
    except SyntaxError as error:
        print(f'{listing["place"]}: {error}')
`;
    const input = JSON.stringify(python.map(({ place, code }) => ({ place, code })));
    expect(execFileSync('python3', ['-c', check], { input, encoding: 'utf8' })).toBe('');
  },
);

describe('terminals', () => {
  const NODE = JSON.stringify(process.execPath);
  const PORTWAY = `${NODE} ${JSON.stringify(join(ROOT, 'bin/portway.mjs'))}`;
  /** Bash takes a pipe of Node for a remote shell where SHLVL is not set, and its ~/.bashrc can change PATH. */
  const NO_RC = '--norc';
  const SERVES =
    /^(?:npx (?:--prefix \.\. )?portway (?:serve|dev) |PYTHONPATH=\S+ python3 -m (?:uvicorn|gunicorn) )/;
  const env = {
    ...process.env,
    // What Debian has of Python's packages is for Debian's interpreter.
    PATH: existsSync(PYTHON)
      ? `${dirname(PYTHON)}${delimiter}${process.env.PATH}`
      : process.env.PATH,
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    NODE_OPTIONS: undefined,
  };

  const runnable = (command: string) =>
    command
      .replace(/^npx (?:--prefix \.\. )?portway /, `exec ${PORTWAY} `)
      .replace(/^npx node /, `exec ${NODE} `)
      .replace(/^(PYTHONPATH=\S+) /, '$1 exec ');

  /** Columns are as wide as the guide needs them. */
  const unaligned = (line: string) => line.replace(/[ \r]+/g, ' ').trim();

  /** Whether a printed line is the one that is shown, in which `…` stands for anything. */
  function isShown(printed: string | undefined, line: string): boolean {
    const parts = unaligned(line).split('…');
    const quoted = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return printed !== undefined && new RegExp(`^${quoted.join('.*')}$`).test(unaligned(printed));
  }

  /** Holds what was printed to what is shown, in which `…` on a line of its own stands for any lines. */
  function expectShown(text: string, lines: readonly string[], command: string, errors = ''): void {
    const printed = text.split('\n');
    if (printed.at(-1) === '') printed.pop();
    let at = 0;
    let skips = false;
    for (const line of lines) {
      if (line === '…') skips = true;
      else {
        const place = skips ? printed.findIndex((one, i) => i >= at && isShown(one, line)) : at;
        const where = `${command}\nis to print “${line}” in:\n${text}${errors}`;
        expect(place >= 0 && isShown(printed[place], line), where).toBe(true);
        at = place + 1;
        skips = false;
      }
    }
    expect(skips || at === printed.length, `${command}\nprints more:\n${text}`).toBe(true);
  }

  /** Ports that nobody listens on, for those in the guide. */
  async function freePorts(given: readonly Given[]): Promise<Map<string, string>> {
    const shown = new Set(given.flatMap(({ command }) => command.match(/\b8\d{3}\b/g) ?? []));
    const ports = new Map<string, string>();
    for (const port of shown) {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((listening) => server.once('listening', listening));
      ports.set(port, String((server.address() as { port: number }).port));
      await new Promise((closed) => server.close(closed));
    }
    return ports;
  }

  const shown = pages.filter(({ given }) => given.length > 0);
  const others = ['curl', 'openssl', 'python3', 'django-admin'];
  const modules = ['flask', 'starlette', 'uvicorn', 'gunicorn', 'websockets'];
  const missing = (slug: string, text: string, given: readonly Given[]) => [
    ...others.filter((name) => given.some(({ command }) => command.startsWith(name)) && !has(name)),
    ...modules.filter(
      (name) =>
        new RegExp(`^(?:from|import) ${name}\\b|-m ${name} `, 'm').test(text) &&
        !imports(name, slug),
    ),
  ];

  /** Whether the interpreter has a module of others. */
  function imports(module: string, slug: string): boolean {
    const look = `import importlib.util as u, sys; sys.exit(u.find_spec('${module}') is None)`;
    return spawnSync('python3', ['-c', look], { cwd: join(top, slug), env }).status === 0;
  }

  for (const { slug, text, given } of shown) {
    const lacks = missing(slug, text, given);
    const title = lacks.length > 0 ? ` (there is no ${lacks.join(', ')})` : '';
    test.skipIf(lacks.length > 0)(
      `${slug}: what is given prints what stands there${title}`,
      {
        timeout: LONG,
      },
      async () => {
        const ports = await freePorts(given);
        const moved = (text: string) =>
          text.replace(/\b8\d{3}\b/g, (port) => ports.get(port) ?? port);
        let cwd = join(top, slug);
        mkdirSync(cwd, { recursive: true });
        // Readers are at the top of the checkout.
        symlinkSync(join(ROOT, 'src'), join(cwd, 'src'), 'dir');
        const servers: Server[] = [];
        try {
          for (const { command, printed } of given) {
            const lines = printed.map(moved);
            if (command.startsWith('cd ')) cwd = join(cwd, command.slice('cd '.length));
            else if (SERVES.test(command)) servers.push(await serve(moved(command), lines, cwd));
            else {
              const tool = command.startsWith('npx ');
              const line = `${runnable(moved(command))}${tool ? ' 2>&1' : ''}`;
              const { stdout, stderr } = await run('bash', [NO_RC, '-c', line], { cwd, env }).catch(
                (error: { stdout: string; stderr: string }) => error,
              );
              expectShown(stdout, lines, command, stderr);
            }
          }
        } catch (error) {
          // What a server has not printed then is a consequence.
          for (const { stop } of servers) await stop();
          throw error;
        }
        for (const { stop, expectAll } of servers) {
          await stop();
          expectAll();
        }
      },
    );
  }

  /** Starts what serves. */
  async function serve(command: string, lines: readonly string[], cwd: string): Promise<Server> {
    const child = spawn('bash', [NO_RC, '-c', `${runnable(command)} 2>&1`], { cwd, env });
    let text = '';
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await new Promise<void>((ready, failed) => {
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (/ (?:on|at:) https?:/.test(text)) ready();
      });
      child.once('close', () => failed(new Error(`${command} has ended:\n${text}`)));
    });
    let code: number | null;
    return {
      async stop() {
        child.kill('SIGINT');
        code = await ended;
      },
      expectAll() {
        expect(code, `${command}\n${text}`).toBe(0);
        const whole = lines.at(-1)?.startsWith('portway: draining')
          ? text
          : text.replace(/^portway: draining.*\n/m, '');
        expectShown(whole, lines, command);
      },
    };
  }
});

/** The rows of the table under a heading that begins with these words. */
function rowsBelow(slug: string, head: string): string[][] {
  const lines = pages.find((page) => page.slug === slug)?.text.split('\n') ?? [];
  const at = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  const end = lines.findIndex((line, index) => index > at && !line.startsWith('|'));
  return lines.slice(at + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const inCode = (cell = '') => [...cell.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code);

test('the filters that are shown are filters', () => {
  const filters = rowsBelow('traces', 'filter').flatMap(([cell]) => inCode(cell));
  expect(filters.length).toBeGreaterThan(5);
  for (const filter of filters) {
    const parsed = parseFilter(filter);
    expect(isFilterError(parsed) ? `${filter}: ${parsed.message}` : '').toBe('');
  }
});

test('the directives that are shown are directives', () => {
  const directives = rowsBelow('testing', 'directive').flatMap(([cell]) => inCode(cell));
  expect(directives.length).toBeGreaterThan(10);
  for (const directive of directives) {
    const scenario = `GET /\nHost: a\n\n###\n# ${directive}\nPOST /\nHost: a\n\ntext\n`;
    expect(() => parseScenario(scenario), directive).not.toThrow();
  }
});

test('the limits that are shown are those that hold', () => {
  const rows = rowsBelow('deploy', 'limit');
  expect(rows.map(([name]) => inCode(name)[0])).toEqual(Object.keys(DEFAULT_LIMITS));
  for (const [name, value] of rows) {
    const limit = DEFAULT_LIMITS[inCode(name)[0] as keyof typeof DEFAULT_LIMITS];
    expect(value, name).toBe(limit === null ? 'none' : limit.toLocaleString('en'));
  }
});
