// Synthetic proposals, for measuring how linter and site grow with their number. Like real ones: every section,
// requirements, an event, a machine, a table and references to others. Knows nothing of what is measured.

import { proposalSlug } from '../../src/spec/model.ts';

/** File, relative to the repository, and its text. */
export type SyntheticFile = readonly [file: string, text: string];

export interface SyntheticSet {
  /** Number of the first. */
  readonly first: number;
  readonly count: number;
  /** Requirements of each, at least one. */
  readonly requirements: number;
  /** Whether each defines a type of conversation: a record, an event and a machine. Without, a process proposal. */
  readonly blocks: boolean;
  /** Prose, in octets, beside the requirements. */
  readonly prose?: number;
  /** Every so many is in review, as what is published has to be; the others are drafts. All are, where it is 1. */
  readonly reviewEvery?: number;
}

/** The drafts of a set, in order of number. Each refers to the next that is in review, and requires one of half its place, which is too. */
export function syntheticDrafts(set: SyntheticSet): SyntheticFile[] {
  return Array.from({ length: set.count }, (_, index) => draft(index, set));
}

const PARAGRAPH = `This paragraph explains the sentence before it, at the length that such paragraphs have, and says in which case a reader would notice.`;

function draft(
  index: number,
  { first, count, requirements, blocks, prose = 0, reviewEvery = 1 }: SyntheticSet,
): SyntheticFile {
  const number = first + index;
  const scope = `kind${number}`;
  // One that is published too: what is published may not refer to a draft.
  const group = Math.floor(index / reviewEvery);
  const other = `kind${first + ((group + 1) % Math.ceil(count / reviewEvery)) * reviewEvery}`;
  const second = Math.min(1, requirements - 1);
  const required = first + Math.floor(group / 2) * reviewEvery;
  const rules = Array.from(
    { length: requirements },
    (_, rule) => `r[${scope}.rule-${rule}]
The gateway MUST reject event number ${rule} with \`Misuse\` while the state is another, as [${other}.rule-${rule}] asks of its neighbour.

${PARAGRAPH}
`,
  ).join('\n');
  const text = `---
proposal: ${number}
title: Synthetic ${number}
summary: The synthetic proposal of number ${number}.
authors: [The Portway editors]
status: ${index % reviewEvery === 0 ? 'review' : 'draft'}
type: standards
created: 2026-11-22
discussion: repository
revision: 1
${index > 0 ? `requires: [${required}]\n` : ''}---

# Synthetic ${number}

## Summary

Text.

## Motivation

| question | reports |
|---|---|
| Is it an error? | [${other}.rule-${second}] |

Table: Questions

## Specification

${rules}
${blocks ? conversation(scope, second) : ''}## Rationale

Text.
${`\n${PARAGRAPH}\n`.repeat(Math.ceil(prose / PARAGRAPH.length))}
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
  return [`proposals/${proposalSlug(number)}-synthetic-${number}/draft.md`, text];
}

/** The blocks that make up a type of conversation. `second`: the requirement that refuses. */
function conversation(scope: string, second: number): string {
  return `\`\`\`record
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
  - {on: ${scope}.push, from: shut, when: weak, misuse: ${scope}.rule-${second}}
  - {on: ${scope}.push, from: shut, to: ajar, requirement: ${scope}.rule-0}
  - {on: ${scope}.push, from: ajar, stay: true}
\`\`\`

`;
}
