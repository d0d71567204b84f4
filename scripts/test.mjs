// `npm test`: installs what is missing, the browser included, then runs every check and counts.
// Plain JavaScript without dependencies, because it runs on Node 20 in a fresh clone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './lib/checks.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensurePackages } from './lib/install.mjs';
import { main, Stop } from './lib/project.mjs';
import { line, sum } from './lib/tally.mjs';
import { ensureTried, ensureTriedInPython } from './lib/tried.mjs';

/** Of the column of names. */
const WIDTH = 11;

const usage = `npm test [-- --only NAME,NAME… | --list]

  --only NAME,…   run these checks only, in their usual order
  --list          name the checks`;

main(async (args) => {
  const chosen = choose(args);
  if (chosen === undefined) return 0;

  await ensurePackages();
  const needs = (check) => chosen.some(({ name }) => name === check);
  const chromium = needs('browser') || needs('site') ? await ensureChromium() : undefined;
  const outsiders = needs('outsiders') ? await ensureTried() : undefined;
  if (needs('python')) await ensureTriedInPython();

  const total = await runAll(chosen, { chromium, outsiders });
  console.log(`\n${line(total)}`);
  return total.failed === 0 ? 0 : 1;
});

/** The checks that the arguments ask for; undefined when they ask for text, which is printed. */
function choose(args) {
  const [option, value, ...more] = args.flatMap((arg) => arg.split('='));
  if (option === undefined) return checks;
  if (option === '--help' || option === '-h') return void console.log(usage);
  if (option === '--list') return void console.log(listing());
  if (option !== '--only' || !value || more.length > 0) {
    throw new Stop(`\`${args.join(' ')}\` is not understood.\n\n${usage}`, 2);
  }
  const names = value.split(',');
  const unknown = names.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    throw new Stop(
      `There is no check \`${unknown.join('`, `')}\`. The checks are:\n\n${listing()}`,
      2,
    );
  }
  return checks.filter(({ name }) => names.includes(name));
}

function listing() {
  return checks.map(({ name, what }) => `  ${name.padEnd(WIDTH)}${what}`).join('\n');
}

async function runAll(chosen, programs) {
  const folder = mkdtempSync(join(tmpdir(), 'portway-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const failed = new Set();
  const tallies = [];
  for (const check of chosen) {
    process.stdout.write(check.name.padEnd(WIDTH));
    const started = Date.now();
    const { tally, output, notes = [] } = await check.run({ ...programs, folder, failed });
    const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`.padStart(8);
    console.log(`${seconds}  ${verdict(tally)}`);
    for (const note of notes) console.log(`${' '.repeat(WIDTH)}${note}`);
    if (tally.failed > 0) {
      failed.add(check.name);
      console.log(`\n${output.trim()}\n`);
    }
    tallies.push(tally);
  }
  return sum(tallies);
}

function verdict(tally) {
  const single = tally.passed + tally.failed + tally.skipped === 1;
  if (single) return tally.failed ? 'FAILED' : 'passed';
  return tally.failed > 0 ? `FAILED: ${line(tally)}` : line(tally);
}
