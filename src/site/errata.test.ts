// Where notes of errata stand in rendered texts, and which of them a text shows.
import { describe, expect, test } from 'vitest';
import { errata as errataFile } from '../../tests/fixtures/errata.ts';
import type { Part } from '../render/markdown/parts.ts';
import { writeHtml } from '../render/redline-tree.ts';
import { type Erratum, readErrata } from '../spec/errata.ts';
import { proposal } from '../spec/lint/testing.ts';
import {
  errataOf,
  errataOfDraft,
  errataOfRevision,
  erratumNote,
  type RenderedErratum,
  renderErrata,
  withErrata,
} from './errata.ts';

const [ONE] = readErrata(errataFile({}), 'x.md') as [Erratum];
const erratum = (more: Partial<Erratum> = {}): Erratum => ({ ...ONE, ...more });
const rendered = (more: Partial<Erratum> = {}): RenderedErratum => ({
  erratum: erratum(more),
  says: '<p>Doors opens.</p>',
  toSay: '<p>Doors open.</p>',
  why: '<p>The summary has it.</p>',
});
const HEADINGS = [
  { depth: 2, slug: 'specification', text: 'Specification' },
  { depth: 3, slug: 'the-bell', text: 'The bell' },
];
const PARTS: Part[] = [
  { html: '<h2 id="specification">Specification</h2><p>One.</p>' },
  { example: 'hello', caption: 'Hello.' },
  {
    html: '<h3 id="the-bell">The bell</h3><section class="requirement" id="door.open"><p>It.</p></section><p>Two.</p>',
  },
];
/** The parts as HTML, with each note as its number in braces. */
const noted = (...errata: readonly RenderedErratum[]) =>
  withErrata(PARTS, HEADINGS, '0042', errata)
    .map((part) => ('html' in part ? part.html : '…'))
    .join('')
    .replace(/<div[^>]*aria-label="Erratum (\d+) of proposal 0042"[\s\S]*?<\/div>/g, '{$1}');

describe('notes in a text', () => {
  test.each([
    [
      'a heading, behind it',
      'Specification',
      '<h2 id="specification">Specification</h2>{1}<p>One.</p>',
    ],
    ['a heading of another part', 'The bell', '<h3 id="the-bell">The bell</h3>{1}<section'],
    ['a requirement, behind it', 'door.open', '<p>It.</p></section>{1}<p>Two.</p>'],
  ])('of %s', (_, at, expected) => {
    const html = noted(rendered({ at }));
    expect(html).toContain(expected);
    expect(html.split('{1}')).toHaveLength(2);
  });

  test('of the title, before everything', () => {
    expect(noted(rendered({ at: 'Doors' }))).toMatch(/^\{1\}<h2/);
  });

  test('of one place, in the order of their numbers, and nothing else changes', () => {
    const html = noted(rendered({ at: 'door.open' }), rendered({ at: 'door.open', number: 2 }));
    expect(html).toContain('</section>{1}{2}<p>');
    expect(html.replace(/\{\d\}/g, '')).toBe(noted());
    expect(withErrata(PARTS, HEADINGS, '0042', [])).toBe(PARTS);
  });

  test('say number, title, status, day, name, both texts and why', () => {
    const text = writeHtml([erratumNote('0042', rendered({ status: 'verified' }))]);
    expect(text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')).toBe(
      ' Erratum 1 : A door too many. Verified; reported on 1 December 2026 by A. Reader. It says: Doors opens. It is to say: Doors open. The summary has it. ',
    );
    expect(text).toContain('href="/proposals/0042/about/#erratum-1"');
  });
});

describe('which errata a text shows', () => {
  const all = [
    erratum(),
    erratum({ number: 2, revisions: [1, 2], status: 'verified' }),
    erratum({ number: 3, status: 'rejected' }),
  ];
  test.each([
    [1, [1, 2]],
    [2, [2]],
    [3, []],
  ])('revision %i: %j', (revision, numbers) => {
    expect(errataOfRevision(all, revision).map(({ number }) => number)).toEqual(numbers);
  });

  test.each([
    ['that still has the error', 'Doors opens.', [1, 2]],
    ['that is mended', 'Doors open.', []],
  ])('a draft %s', (_, words, numbers) => {
    const shown = errataOfDraft(all, proposal(words), 'draft.md');
    expect(shown.map(({ number }) => number)).toEqual(numbers);
  });
});

test('those of this repository are rendered, with no id of the text a second time', async () => {
  const source = errataOf('0006');
  expect(source?.errata.map(({ at }) => at)).toEqual(['Loss and cancellation']);
  const [one] = await renderErrata('0006', source?.errata ?? []);
  expect(one?.says).toContain('<em>lost</em>');
  expect(`${one?.says}${one?.toSay}${one?.why}`).not.toContain(' id=');
  expect(errataOf('0003')).toBeUndefined();
});
