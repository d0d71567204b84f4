// How long the linter takes: for the proposals of this repository, and for sets of synthetic ones that grow. Time that
// grows as fast as the set, and not faster, is what “linear” means here.

import { performance } from 'node:perf_hooks';
import { readLibrary } from '../src/cli/proposal/repository.ts';
import { draftOf, libraryOf, type SourceFile } from '../src/spec/lint/library.ts';
import { lint } from '../src/spec/lint/lint.ts';
import { RULES } from '../src/spec/lint/rules.ts';
import { syntheticDrafts } from './lib/synthetic.ts';

const SIZES = [125, 250, 500, 1000];
const ROUNDS = 3;

/** Median of a few runs, in milliseconds. */
function median(run: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function lintOf(sources: readonly SourceFile[]) {
  return lint(libraryOf(sources.map(draftOf), { published: [], today: '2026-11-22' }), RULES);
}

const real = await readLibrary(process.cwd());
const sources = real.drafts.map(({ document }): SourceFile => [document.file, document.source]);
const octets = (list: readonly SourceFile[]) =>
  list.reduce((sum, [, text]) => sum + text.length, 0) / 1000;
lintOf(sources);
console.log('lint: parse and run every rule, median of', ROUNDS);
const own = median(() => lintOf(sources));
console.log(
  `  the ${sources.length} proposals of this repository (${octets(sources).toFixed(0)} kB): ${own.toFixed(0)} ms`,
);
let first: number | undefined;
for (const size of SIZES) {
  const set = syntheticDrafts({ first: 1, count: size, requirements: 20, blocks: true });
  const problems = lintOf(set);
  if (problems.length > 0)
    throw new Error(`the synthetic ones have problems: ${JSON.stringify(problems[0])}`);
  const time = median(() => lintOf(set));
  const each = time / size;
  first ??= each;
  console.log(
    `  ${String(size).padStart(4)} synthetic (${octets(set).toFixed(0)} kB): ${time.toFixed(0)} ms, ${each.toFixed(2)} ms each, ${(each / first).toFixed(2)} × the first`,
  );
}
