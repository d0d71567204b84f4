// How the build of the site grows with the number of proposals: `npm run bench -- site-build`. A copy of this project
// gets synthetic proposals beside its own (which examples and pages refer to), every tenth of them published and
// changed since, and is built cold, with nothing kept of an earlier build. Targets are those of measures.md.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD } from '../scripts/lib/astro.mjs';
import { commandOf, localNode, toolEnvironment } from '../scripts/lib/project.mjs';
import type { Editions } from '../src/spec/lint/rule.ts';
import { proposalSlug } from '../src/spec/model.ts';
import { readOptions } from './lib/options.ts';
import { growth, octetsIn, type Weights, weightsIn } from './lib/pages.ts';
import { Failed } from './lib/process.ts';
import { measure, type Taken } from './lib/process-tree.ts';
import { type SyntheticSet, syntheticDrafts } from './lib/synthetic.ts';
import { type Line, tableOf } from './lib/table.ts';
import { copyProject, type Workspace } from './lib/workspace.ts';

const TARGET = { proposals: 1000, seconds: 45, octets: 2 * 1024 ** 3 };
/** What a page may differ by that is in both sites: numbers have more digits, and neighbours have other names. */
const SAME = 300;
/** The first synthetic number: real ones come before it. */
const FIRST = 1001;
const PUBLISHED_EVERY = 10;

const usage = `npm run bench -- site-build [--sizes N,…] [--requirements N] [--prose OCTETS] [--blocks] [--profile] [--keep]

  --sizes N,…       numbers of synthetic proposals (default 10,100,1000)
  --requirements N  requirements of each (default 1; a site of 1,000 has as many pages more)
  --prose OCTETS    prose of each beside them (default 0; real ones are of 30,000 octets)
  --blocks          each has a record, an event and a machine
  --profile         write a CPU profile of each build into its folder
  --keep            leave the copies, and say where they are`;

const options = readOptions(
  {
    sizes: { type: 'string', default: '10,100,1000' },
    requirements: { type: 'string', default: '1' },
    prose: { type: 'string', default: '0' },
    blocks: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
  usage,
  ({ sizes, requirements, prose }) => {
    const wrong = [...(sizes ?? '').split(','), requirements].find((one) => !(Number(one) >= 1));
    if (wrong !== undefined) return `\`${wrong}\` is no number of one or more.`;
    return Number(prose) >= 0 ? undefined : `\`${prose}\` is no number of octets.`;
  },
);

interface Built {
  readonly size: number;
  readonly taken: Taken;
  readonly weights: Weights;
  readonly octets: number;
  /** What Astro says it took for the pages alone, in seconds. */
  readonly pagesSeconds?: number;
}

async function buildOf(set: SyntheticSet): Promise<Built> {
  const copy = copyProject();
  try {
    const drafts = syntheticDrafts(set);
    for (const [file, text] of drafts) copy.write(file, text);
    const published = drafts.filter((_, index) => index % PUBLISHED_EVERY === 0);
    const slugs = published.map((_, index) => proposalSlug(set.first + index * PUBLISHED_EVERY));
    copy.portway('proposal', 'publish', ...slugs);
    addEdition(copy, slugs);
    for (const [file] of published) change(join(copy.folder, file));
    copy.commit();
    const profile = options.profile ? ['--cpu-prof', '--cpu-prof-dir=profile'] : [];
    const command = [...BUILD.options, ...profile, commandOf('astro'), 'build'];
    const taken = await measure(localNode, command, {
      cwd: copy.folder,
      env: toolEnvironment({ ASTRO_DEV_BACKGROUND: '1', ...BUILD.environment }),
    });
    const dist = join(copy.folder, 'dist');
    writeFileSync(join(copy.folder, 'build.log'), taken.output);
    if (taken.code !== 0 || !existsSync(dist))
      throw new Failed(`the build ended with ${taken.code}: ${taken.output.slice(-2000)}`);
    return {
      size: set.count,
      taken,
      weights: weightsIn(dist),
      octets: octetsIn(dist),
      ...pagesSeconds(taken.output),
    };
  } finally {
    if (options.keep) console.log(`  kept: ${copy.folder}`);
    else copy.remove();
  }
}

/** The next edition: the last one with what is published now. */
function addEdition({ folder, write }: Workspace, slugs: readonly string[]): void {
  const file = join('proposals', 'editions.json');
  const editions = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Editions;
  const last = Object.values(editions).at(-1);
  const added = Object.fromEntries(slugs.map((slug) => [slug, 1]));
  write(file, JSON.stringify({ ...editions, '9.0': { ...last, ...added } }, null, 2));
}

/** A draft that differs from what was published of it, so that its redline has something to say. */
function change(file: string): void {
  const text = readFileSync(file, 'utf8');
  const changed = text.replace('while the state is another', 'while the state is a later one');
  if (changed === text) throw new Error(`${file} has nothing to change.`);
  writeFileSync(file, changed);
}

/** The line that Astro ends the pages with: `✓ Completed in 17.67s.` behind `generating static routes`. */
function pagesSeconds(output: string): { pagesSeconds?: number } {
  const [, behind = ''] = output.split('generating static routes');
  const [, minutes = '0', seconds] = /✓ Completed in (?:(\d+)m )?([\d.]+)s\./.exec(behind) ?? [];
  if (seconds === undefined) return {};
  return { pagesSeconds: Number(minutes) * 60 + Number(seconds) };
}

const sizes = (options.sizes ?? '').split(',').map(Number);
const requirements = Number(options.requirements);
const shape = {
  first: FIRST,
  requirements,
  blocks: options.blocks ?? false,
  prose: Number(options.prose),
  reviewEvery: PUBLISHED_EVERY,
};
console.log(
  `site-build: synthetic proposals with ${requirements} requirement${requirements === 1 ? '' : 's'}${shape.blocks ? ', an event and a machine' : ''} each, of ${(syntheticDrafts({ ...shape, count: 1 })[0]?.[1].length ?? 0).toLocaleString('en')} octets`,
);
const builds: Built[] = [];
for (const size of sizes) {
  const built = await buildOf({ ...shape, count: size });
  builds.push(built);
  const { taken, octets, weights, pagesSeconds: pages } = built;
  const count = [...weights.keys()].filter((address) => address.endsWith('/')).length;
  console.log(
    [
      `  ${String(size).padStart(5)}: ${(taken.wallMs / 1000).toFixed(1)} s`,
      `CPU ${((taken.cpuMs ?? Number.NaN) / 1000).toFixed(1)} s`,
      `of it pages ${pages?.toFixed(1)} s`,
      `peak ${((taken.peak ?? Number.NaN) / 1024 ** 3).toFixed(2)} GB at ${((taken.peakAtMs ?? Number.NaN) / 1000).toFixed(0)} s`,
      `${count.toLocaleString('en')} pages`,
      `${((taken.wallMs - (builds[0]?.taken.wallMs ?? 0)) / Math.max(1, count - pagesOf(builds[0]))).toFixed(1)} ms a page more`,
      `${(octets / 1e6).toFixed(1)} MB`,
    ].join(', '),
  );
}

function pagesOf(built: Built | undefined): number {
  return [...(built?.weights.keys() ?? [])].filter((address) => address.endsWith('/')).length;
}

// In the smallest, the few refer to each other.
const [smaller, largest] = builds.length > 1 ? builds.slice(-2) : [undefined, builds[0]];
if (smaller && largest) {
  console.log(
    `\n  octets as sent of the heaviest page of a kind, and what one grew from ${smaller.size} to ${largest.size} proposals`,
  );
  const kinds = growth(smaller.weights, largest.weights);
  for (const { kind, pages, heaviest, whole, grown = 0, before = heaviest } of kinds) {
    // Where none is heavier than the heaviest was, a page has got neighbours that others had before.
    const grows = grown > SAME && heaviest - before > SAME;
    const more = `${grown > 0 ? '+' : ''}${grown}  ${grows ? (whole ? 'whole' : 'GROWS') : '     '}`;
    console.log(
      `  ${kind.padEnd(28)}${String(pages).padStart(6)}${heaviest.toLocaleString('en').padStart(12)}${more.padStart(16)}`.trimEnd(),
    );
  }
}
if (largest) {
  const row = `${largest.size} proposals, cold`;
  const { wallMs, peak = Number.NaN } = largest.taken;
  const lines: Line[] = [
    {
      row,
      ours: `${(wallMs / 1000).toFixed(1)} s`,
      value: wallMs / 1000,
      target: { atMost: TARGET.seconds },
    },
    {
      row,
      ours: `${(peak / 1024 ** 3).toFixed(2)} GB`,
      value: peak / 1024 ** 3,
      target: { atMost: 2 },
    },
  ];
  if (largest.size === TARGET.proposals) console.log(`\n${tableOf(lines)}`);
}
