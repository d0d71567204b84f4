// How long the linter takes: for the proposals of this repository, and for sets of synthetic ones that grow. Time that
// grows as fast as the set, and not faster, is what “linear” means here.

import { performance } from 'node:perf_hooks';
import { readLibrary } from '../src/cli/proposal/repository.ts';
import { draftOf, libraryOf, type SourceFile } from '../src/spec/lint/library.ts';
import { lint } from '../src/spec/lint/lint.ts';
import { RULES } from '../src/spec/lint/rules.ts';

const SIZES = [125, 250, 500, 1000];
const ROUNDS = 3;

/** A proposal like real ones: every section, requirements, an event, a machine, a table and references to others. */
function synthetic(number: number, count: number): SourceFile {
  const slug = String(number).padStart(4, '0');
  const other = (number % count) + 1;
  const scope = `kind${number}`;
  const requirements = Array.from(
    { length: 20 },
    (_, index) => `r[${scope}.rule-${index}]
The gateway MUST reject event number ${index} with \`Misuse\` while the state is another, as [kind${other}.rule-${index}] asks of its neighbour.

This paragraph explains the sentence before it, at the length that such paragraphs have, and says in which case a reader would notice.
`,
  ).join('\n');
  const text = `---
proposal: ${number}
title: Synthetic ${number}
summary: The synthetic proposal of number ${number}.
authors: [The Portway editors]
status: review
type: standards
created: 2026-11-22
discussion: repository
revision: 1
${number > 1 ? `requires: [${Math.max(1, Math.floor(number / 2))}]\n` : ''}---

# Synthetic ${number}

## Summary

Text.

## Motivation

| question | reports |
|---|---|
| Is it an error? | [kind${other}.rule-1] |

Table: Questions

## Specification

${requirements}
\`\`\`record
record: ${scope}_scope
type: ${scope}
summary: A scope.
fields:
  name: {type: string, text: "A name."}
\`\`\`

\`\`\`event
type: ${scope}.push
direction: send
scope: [${scope}]
summary: Somebody pushes.
requirement: ${scope}.rule-0
fields:
  force: {type: integer, minimum: 0, text: "How hard."}
example: {type: ${scope}.push, force: 3}
\`\`\`

\`\`\`machine
machine: ${scope}.leaf
summary: What it does.
scope: ${scope}
initial: shut
states: {shut: It is shut., ajar: It is open.}
final: [ajar]
triggers: {}
guards: {weak: Too weak.}
actions: {}
transitions:
  - {on: ${scope}.push, from: shut, when: weak, misuse: ${scope}.rule-1}
  - {on: ${scope}.push, from: shut, to: ajar, requirement: ${scope}.rule-0}
  - {on: ${scope}.push, from: ajar, stay: true}
\`\`\`

## Rationale

Text.

## Rejected alternatives

Text.

## Compatibility

Text.

## Security considerations

Text.

## Open issues

None.

## Change log

- Revision 1: first text.
`;
  return [`proposals/${slug}-synthetic-${number}/draft.md`, text];
}

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
  const set = Array.from({ length: size }, (_, index) => synthetic(index + 1, size));
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
