// The checks of `npm test`, in order: what each is called, what it runs and how its result counts.
// Knows nothing of printing or of installing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { python as debianPython } from './outsiders.mjs';
import { commandOf, localNode, root, toolEnvironment } from './project.mjs';
import { run } from './run.mjs';
import { faults, table } from './site-report.mjs';
import {
  tallyOfCommand,
  tallyOfPlaywright,
  tallyOfSite,
  tallyOfUnittest,
  tallyOfVitest,
} from './tally.mjs';

/**
 * @typedef {import('./tally.mjs').Tally} Tally
 * @typedef {{ folder: string, chromium?: string, outsiders?: import('./tried.mjs').Tried, failed: Set<string> }} Situation
 *   folder: for reports, removed afterwards; failed: the checks that failed before this one
 * @typedef {{ tally: Tally, output: string, notes?: string[] }} Outcome
 *   output: to show when something failed; notes: to show in any case, such as why something was skipped
 * @typedef {{ name: string, what: string, run: (situation: Situation) => Promise<Outcome> }} Check
 */

/** @type {Check[]} */
export const checks = [
  {
    name: 'lint',
    what: 'Biome: style and likely mistakes',
    run: () =>
      commands([
        '@biomejs/biome',
        'biome',
        'ci',
        `--colors=${colours() ? 'force' : 'off'}`,
        // Advice is for `npm run lint`; here it would hide what fails.
        '--diagnostic-level=error',
        '.',
      ]),
  },
  {
    name: 'types',
    what: 'Astro, TypeScript and Svelte: types',
    run: () =>
      commands(
        // First, because it writes the types of content collections that tsc reads.
        has('astro.config.mjs') && [
          'astro',
          'astro',
          'check',
          '--minimumFailingSeverity',
          'warning',
        ],
        ['typescript', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
        hasSvelte() && [
          'svelte-check',
          'svelte-check',
          '--tsconfig',
          './tsconfig.json',
          '--fail-on-warnings',
        ],
      ),
  },
  {
    name: 'layers',
    what: 'imports go down only, without cycles',
    run: () => commands(['scripts/layers.mjs']),
  },
  {
    name: 'spec',
    what: 'proposals are in order, published ones unchanged, generated files up to date',
    run: () =>
      commands(
        ['bin/portway.mjs', 'proposal', 'lint'],
        ['bin/portway.mjs', 'spec', 'generate', '--check'],
      ),
  },
  {
    name: 'unit',
    what: 'Vitest: tests beside their sources',
    async run({ folder }) {
      const report = join(folder, 'unit.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { code, output } = await tool(['vitest', 'vitest', 'run', ...reporters]);
      return { tally: tallyOfVitest(code, textOf(report)), output };
    },
  },
  {
    name: 'outsiders',
    what: 'Vitest: the gateway with curl, nginx, Chromium and other programs of others',
    async run({ folder, outsiders }) {
      const report = join(folder, 'outsiders.json');
      const config = '--config=vitest.outsiders.config.ts';
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { code, output } = await tool(['vitest', 'vitest', 'run', config, ...reporters], {
        PORTWAY_OUTSIDERS: JSON.stringify(outsiders),
      });
      return {
        tally: tallyOfVitest(code, textOf(report)),
        output,
        notes: Object.values(outsiders.missing).map((reason) => `not tried: ${reason}`),
      };
    },
  },
  {
    name: 'python',
    what: 'unittest: the Python package, with Debian’s Python where it is',
    async run() {
      // Discovered below `tests`, and imported as its modules.
      const unittest = ['-W', 'error', '-m', 'unittest', 'discover', '-v'];
      const folders = ['-s', 'src/python/tests', '-t', 'src/python'];
      const python = existsSync(debianPython) ? debianPython : 'python3';
      try {
        const { code, output } = await run(python, [...unittest, ...folders], {
          cwd: root,
          capture: true,
          env: toolEnvironment(),
        });
        return { tally: tallyOfUnittest(code, output), output, notes: skippedBy(output) };
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
        const output = 'There is no `python3` on PATH: install Python 3.9 or newer.';
        return { tally: tallyOfCommand(1), output };
      }
    },
  },
  {
    name: 'build',
    what: 'Astro: the site into dist/',
    run: () => commands(['astro', 'astro', 'build']),
  },
  {
    name: 'site',
    what: 'dist/: links, valid HTML, policies, weight and heads of every page; each kind in Chromium',
    async run({ chromium, failed }) {
      if (failed.has('build')) return notBuilt();
      const { code, output } = await tool(['scripts/check-site.mjs', '--json'], {
        PORTWAY_CHROMIUM: chromium,
      });
      const report = reportOf(output);
      if (report === undefined) return { tally: tallyOfCommand(code || 1), output };
      return {
        tally: tallyOfSite(code, report),
        output: faults(report.checks).join('\n'),
        notes: table(report.checks),
      };
    },
  },
  {
    name: 'browser',
    what: 'Playwright: the built site in Chromium',
    async run({ folder, chromium, failed }) {
      if (failed.has('build')) return notBuilt();
      const report = join(folder, 'browser.json');
      const { code, output } = await tool(
        ['@playwright/test', 'playwright', 'test', '--reporter=list,json'],
        {
          PLAYWRIGHT_JSON_OUTPUT_FILE: report,
          PORTWAY_CHROMIUM: chromium,
          PORTWAY_PREVIEW_PORT: String(await freePort()),
        },
      );
      return { tally: tallyOfPlaywright(code, textOf(report)), output };
    },
  },
];

/** Why unittest skipped what it skipped, each reason once. */
function skippedBy(output) {
  const reasons = [...output.matchAll(/ \.\.\. skipped (['"])(.*)\1$/gm)].map(([, , why]) => why);
  return [...new Set(reasons)].map((why) => `not tried: ${why}`);
}

function notBuilt() {
  const output = 'Not run, because the build failed and dist/ is not what it should be.';
  return { tally: tallyOfCommand(1), output };
}

/** What `check-site --json` printed, on one line; undefined when it ended before. */
function reportOf(output) {
  try {
    return JSON.parse(output.split('\n').find((line) => line.startsWith('{')));
  } catch {
    return undefined;
  }
}

/** Runs all of them, also past a failure: one check that passes when all do. */
async function commands(...list) {
  let failures = '';
  for (const command of list.filter(Boolean)) {
    const { code, output } = await tool(command);
    if (code === 0) continue;
    failures += `${output.trimEnd()}\n(${command.join(' ')}: exit code ${code})\n`;
  }
  return { tally: tallyOfCommand(failures === '' ? 0 : 1), output: failures };
}

/** Runs a script of ours (`path.mjs …`), or a package's command (`package command …`). */
function tool([first, ...rest], environment = {}) {
  const args = first.endsWith('.mjs')
    ? [first, ...rest]
    : [commandOf(first, rest[0]), ...rest.slice(1)];
  return run(localNode, args, {
    cwd: root,
    capture: true,
    env: toolEnvironment({
      ...environment,
      ...(colours() ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
    }),
  });
}

function colours() {
  return process.stdout.isTTY && !process.env.NO_COLOR;
}

function has(path) {
  return existsSync(join(root, path));
}

function hasSvelte() {
  return readdirSync(join(root, 'src'), { recursive: true }).some((path) =>
    path.endsWith('.svelte'),
  );
}

function textOf(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
