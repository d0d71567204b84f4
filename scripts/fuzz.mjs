// `npm run fuzz [-- FILE…] [--runs N] [--seed S] [--minutes M]`: tries the properties of the gateway for long. The seed
// is printed; the same seed, files and runs repeat what was found.
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages } from './lib/install.mjs';
import { commandOf, localNode, main, root, Stop, toolEnvironment } from './lib/project.mjs';
import { run } from './lib/run.mjs';

/** The tests that ask how often a property is to be tried. */
const ASKS = /from '[./]+\/tests\/fuzz\/runs\.ts'/;

main(async (args) => {
  await ensurePackages();
  const { values, positionals } = readArguments(args);
  const runs = wholeNumber('runs', values.runs, 1);
  const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', values.seed);
  const minutes = wholeNumber('minutes', values.minutes, 1);
  const files = positionals.length > 0 ? positionals : askingTests();
  const again = ['npm run fuzz --', ...positionals, '--runs', runs, '--seed', seed].join(' ');
  console.log(`${runs} runs of each property with the seed ${seed}. The same again: ${again}`);
  const { code } = await run(
    localNode,
    [
      commandOf('vitest'),
      'run',
      ...files,
      '--no-file-parallelism',
      `--testTimeout=${minutes * 60_000}`,
    ],
    {
      cwd: root,
      env: toolEnvironment({
        PORTWAY_FUZZ_RUNS: String(runs),
        PORTWAY_FUZZ_SEED: String(seed),
      }),
    },
  );
  if (code !== 0)
    console.error(`Something was found, or the time was too short. The same again: ${again}`);
  return code;
});

function askingTests() {
  return readdirSync(join(root, 'src'), { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('src', file))
    .filter((file) => ASKS.test(readFileSync(join(root, file), 'utf8')))
    .sort();
}

function readArguments(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '100000' },
        seed: { type: 'string' },
        minutes: { type: 'string', default: '60' },
      },
    });
  } catch (error) {
    throw new Stop(
      `${error.message} Use: npm run fuzz [-- FILE… --runs N --seed S --minutes M]`,
      2,
    );
  }
}

function wholeNumber(name, text, least = Number.MIN_SAFE_INTEGER) {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Stop(
    `--${name} is ${JSON.stringify(text)}, not a whole number${least === 1 ? ' of at least 1' : ''}.`,
    2,
  );
}
