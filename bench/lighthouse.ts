// What Lighthouse says of pages that are read: four scores and three times, on a simulated phone, of the built site as a
// static host serves it: `npm run bench -- lighthouse`. Its packages weigh more than all of ours together, so they are
// fetched when they are asked for.

import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { CHROMIUM_ARGUMENTS, ensureChromium } from '../scripts/lib/chromium.mjs';
import { run } from '../scripts/lib/run.mjs';
import { siteHandler } from '../scripts/lib/site-handler.mjs';
import { readOptions } from './lib/options.ts';

import { median } from './lib/statistics.ts';
import { type Line, tableOf, verdictOf } from './lib/table.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const VERSION = '13.5.0';
const FOLDER = join(root, '.cache', 'lighthouse');

const usage = `npm run bench -- lighthouse [--install] [--runs N] [--dist FOLDER] [--page PATH]

  --install      fetches lighthouse ${VERSION} into .cache/ first (180 MB)
  --runs N       visits of each page, of which the median counts (default 3)
  --dist FOLDER  the built site (default dist)
  --page PATH    this page alone`;

const options = readOptions(
  {
    install: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    dist: { type: 'string', default: `${root}dist` },
    page: { type: 'string' },
  },
  usage,
  ({ runs }) => (/^[1-9]\d*$/.test(runs) ? undefined : '--runs is a whole number from 1.'),
);

const PAGES = [
  '/',
  '/proposals/0003/',
  '/proposals/0005/v1..draft/',
  '/examples/hello/',
  '/r/http.start-once/',
] as const;

/** The part of a report that is read here. */
interface Report {
  readonly lhr: {
    readonly runtimeError?: { readonly message: string };
    readonly categories: Readonly<
      Record<
        string,
        {
          readonly score: number | null;
          readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
        }
      >
    >;
    readonly audits: Readonly<
      Record<
        string,
        { readonly title: string; readonly score: number | null; readonly numericValue?: number }
      >
    >;
  };
}
type Lighthouse = (url: string, flags: Readonly<Record<string, unknown>>) => Promise<Report>;

const SCORES = [
  ['performance', 'performance'],
  ['accessibility', 'accessibility'],
  ['best-practices', 'best practices'],
  ['seo', 'SEO'],
] as const;
const TIMES = [
  ['largest-contentful-paint', 'LCP', 1200, 'ms'],
  ['cumulative-layout-shift', 'CLS', 0, ''],
  ['total-blocking-time', 'TBT', 50, 'ms'],
] as const;

await bench();

async function bench(): Promise<void> {
  const skipped = (why: string) => console.log(`skipped: what Lighthouse says: ${why}`);
  if (!existsSync(join(options.dist, 'index.html')))
    return skipped(`${options.dist} holds no built site; run \`npm run build\` first.`);
  if (options.install)
    await run('npm', [
      'install',
      '--prefix',
      FOLDER,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `lighthouse@${VERSION}`,
    ]);
  const lighthouse = await load();
  if (!lighthouse) return skipped('it is not installed; `--install` fetches it.');

  const server = await compressing(siteHandler(options.dist));
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: [...CHROMIUM_ARGUMENTS, `--remote-debugging-port=${port}`],
  });
  const lines: Line[] = [];
  const notes = new Set<string>();
  try {
    for (const path of options.page === undefined ? PAGES : [options.page]) {
      const reports: Report['lhr'][] = [];
      for (let visit = 0; visit < Number(options.runs); visit++) {
        const { lhr } = await lighthouse(`${originOf(server)}${path}`, {
          port,
          logLevel: 'error',
          output: 'json',
          onlyCategories: SCORES.map(([id]) => id),
        });
        if (lhr.runtimeError) lines.push({ row: path, failed: lhr.runtimeError.message });
        else reports.push(lhr);
      }
      if (reports.length === 0) continue;
      for (const [id, name] of SCORES) {
        const values = reports.map(({ categories }) =>
          Math.round((categories[id]?.score ?? Number.NaN) * 100),
        );
        lines.push(lineOf(`${path} ${name}`, values, '', { atLeast: 100 }));
      }
      for (const [id, name, target, unit] of TIMES) {
        const values = reports.map(({ audits }) => audits[id]?.numericValue ?? Number.NaN);
        lines.push(lineOf(`${path} ${name}`, values, unit, { atMost: target }));
      }
      for (const { categories, audits } of reports)
        for (const [category] of SCORES)
          for (const { id, weight } of categories[category]?.auditRefs ?? []) {
            const { score, title } = audits[id] ?? {};
            if (weight > 0 && score !== null && score !== undefined && score < 1)
              notes.add(`${path} ${category}: ${title} (${id}: ${Math.round(score * 100)})`);
          }
    }
  } finally {
    await browser.close();
    server.close();
  }
  console.log(tableOf(lines));
  for (const note of notes) console.log(note);
  if (lines.some((line) => verdictOf(line) === 'FAILED')) process.exitCode = 1;
}

function lineOf(
  row: string,
  values: readonly number[],
  unit: string,
  target: { atLeast?: number; atMost?: number },
): Line {
  const value = median(values);
  const digits = unit === '' && !Number.isInteger(value) ? 4 : 0;
  return { row, ours: `${value.toFixed(digits)} ${unit}`.trim(), value, target };
}

/** Ours if it is among our packages, otherwise the one in .cache/. */
async function load(): Promise<Lighthouse | undefined> {
  for (const from of [root, `${FOLDER}/`]) {
    try {
      const path = createRequire(join(from, 'package.json')).resolve('lighthouse');
      return ((await import(pathToFileURL(path).href)) as { default: Lighthouse }).default;
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

/** Text as gzip, as static hosts send it: the weight of a page is most of its time on a phone. */
async function compressing(handler: ReturnType<typeof siteHandler>): Promise<Server> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    const { write, writeHead, end } = response;
    response.write = ((piece: Uint8Array | string) => {
      pieces.push(Buffer.from(piece as string));
      return true;
    }) as typeof write;
    response.end = ((piece?: Uint8Array | string) => {
      if (piece !== undefined && typeof piece !== 'function')
        pieces.push(Buffer.from(piece as string));
      const whole = Buffer.concat(pieces);
      const text = /text|javascript|json|xml|svg/.test(String(response.getHeader('content-type')));
      const sent = text && whole.length > 0 ? gzipSync(whole) : whole;
      if (sent !== whole) response.setHeader('content-encoding', 'gzip');
      if (whole.length > 0) response.setHeader('content-length', sent.length);
      // `end` writes the head by it.
      response.writeHead = writeHead;
      response.write = write;
      return end.call(response, sent, 'utf8');
    }) as typeof end;
    // Headers go with the end, when the length is known.
    response.writeHead = ((status: number, headers: Record<string, string> = {}) => {
      response.statusCode = status;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return response;
    }) as typeof writeHead;
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
