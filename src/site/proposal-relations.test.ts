// Which proposals speak of which, where, and what the drawing says of it.
import { expect, test } from 'vitest';
import { readDocument } from '../spec/document.ts';
import { assemble } from '../spec/specification.ts';
import {
  endsOf,
  mentionsIn,
  type RelatedProposal,
  relationsDrawing,
  relationsInWords,
  relationsOf,
} from './proposal-relations.ts';

const text = (number: number, title: string, rest: string, body: string): [string, string] => [
  `proposals/000${number}-x/draft.md`,
  `---
proposal: ${number}
title: ${title}
summary: A text for tests.
authors: [Nobody]
status: draft
type: standards
created: 2026-11-22
discussion: repository
revision: 1
${rest}---

# ${title}

${body}`,
];

const SOURCES = [
  text(
    1,
    'Doors',
    '',
    `## Rules

r[door.opens]
The gateway MUST open it.

See [door.opens], which is our own.
`,
  ),
  text(
    2,
    'Windows & walls',
    'requires: [1]\n',
    `## Rules

r[window.opens]
The gateway MUST open it as [door.opens] says.

## Reasons

As [door.opens] has it, and [door.opens] again; proposals 1, 2 and 3 say more, and [this](../0003-x/draft.md#a) too.

\`\`\`text
[door.opens] in code is no reference, nor is proposal 1.
\`\`\`
`,
  ),
  text(3, 'Roofs', '', '## Rules\n\nNothing is said of the others.\n'),
];
const TEXTS = SOURCES.map(([file, source]) => ({
  slug: file.slice(10, 14),
  document: readDocument(source, file),
}));
const RELATED: RelatedProposal[] = [
  { slug: '0001', title: 'Doors', requires: [] },
  { slug: '0002', title: 'Windows & walls', requires: ['0001'] },
  { slug: '0003', title: 'Roofs', requires: [] },
];
const found = mentionsIn(TEXTS, assemble(SOURCES));

test('a proposal speaks of another by clause, by link and by number; once from each place', () => {
  const reasons = { anchor: 'reasons', name: 'Reasons', isClause: false };
  expect(found).toEqual([
    {
      from: '0002',
      to: '0001',
      at: { anchor: 'window.opens', name: 'window.opens', isClause: true },
      clause: 'door.opens',
    },
    { from: '0002', to: '0001', at: reasons, clause: 'door.opens' },
    { from: '0002', to: '0001', at: reasons },
    { from: '0002', to: '0003', at: reasons },
  ]);
});

test('relations are requirements in both directions, and references besides', () => {
  expect(relationsOf('0002', RELATED, found)).toEqual({
    requires: ['0001'],
    requiredBy: [],
    refersTo: ['0003'],
    referredToBy: [],
  });
  expect(relationsOf('0001', RELATED, found)).toMatchObject({
    requiredBy: ['0002'],
    referredToBy: [],
  });
  expect(relationsOf('0003', RELATED, found)).toMatchObject({ referredToBy: ['0002'] });
});

test('the drawing has a link for each proposal, a text beside it, and no styles of its own', async () => {
  const svg = await relationsDrawing('0002', relationsOf('0002', RELATED, found), RELATED);
  for (const slug of ['0001', '0002', '0003']) expect(svg).toContain(`href="/proposals/${slug}/"`);
  expect(svg).toContain('<desc id="relations-description">Requires Doors. Refers to Roofs.</desc>');
  expect(svg).toMatch(/class="[^"]*requires"/);
  expect(svg).toMatch(/class="[^"]*refers"/);
  expect(svg).not.toMatch(/ style="|<style|font-family/);
});

test('what stands by itself says so', () => {
  const none = { requires: [], requiredBy: [], refersTo: [], referredToBy: [] };
  expect(relationsInWords(none, (slug) => slug)).toBe('It stands by itself.');
});

test('a drawing of very many has the closest of them, and lines to no other', async () => {
  const slugs = Array.from({ length: 300 }, (_, index) => String(index + 2).padStart(4, '0'));
  const relations = {
    requires: ['0900'],
    requiredBy: slugs,
    refersTo: [],
    referredToBy: [],
  };
  const { all, drawn } = endsOf(relations);
  expect(all).toEqual(['0900', ...slugs]);
  expect(drawn).toEqual(all.slice(0, drawn.length));
  const drawing = await relationsDrawing('0001', relations, []);
  const boxes = [...drawing.matchAll(/href="\/proposals\/(\d{4})\/"/g)].map(([, slug]) => slug);
  expect(new Set(boxes)).toEqual(new Set(['0001', ...drawn]));
  expect(drawing.match(/class="edge/g)?.length).toBe(drawn.length);
});
