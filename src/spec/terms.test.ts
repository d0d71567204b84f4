import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAGMENTS } from '../../tests/fixtures/fragments.ts';
import { draft } from '../../tests/fixtures/proposal.ts';
import { parseMarkdown, readDocument } from './document.ts';
import { draftOf, libraryOf } from './lint/library.ts';
import { proposal } from './lint/testing.ts';
import type { TermKind } from './model.ts';
import { termsInForce, usesIn } from './term-uses.ts';
import { formsOf, termFinder, termKey, termsIn } from './terms.ts';

const found = (text: string) => {
  const source = proposal(text);
  return termsIn(parseMarkdown(source), source);
};
const named = (text: string) => found(text).map(({ term, kind, of }) => [term, kind, of ?? null]);

describe('under the heading “Terms” every emphasis defines', () => {
  test.each([
    ['The *peer* is the other program.', [['peer', 'noun', null]]],
    ['*Middleware* is both.', [['middleware', 'noun', null]]],
    ['A *First\nProcess* is one.', [['first process', 'noun', null]]],
    ['To *give up* is to end it.', [['give up', 'verb', null]]],
    ['The peer is *lost* when it is gone.', [['lost', 'state', 'peer']]],
    ['A thing other than a door is *open* now.', [['open', 'state', 'thing']]],
    ['The block says whether it is accepted *by default*.', [['by default', 'state', null]]],
    [
      'Doors are *shut* at night. They are *locked*, too.',
      [
        ['shut', 'state', 'Door'],
        ['locked', 'state', 'Door'],
      ],
    ],
  ])('%s', (text, terms) => expect(named(`### Terms\n\n${text}`)).toEqual(terms));
});

describe('elsewhere a sentence has to be built like a definition', () => {
  test.each([
    ['The *size* of an event is a number.', 'size'],
    ['Words. Its *load* is the sum.', 'load'],
    ['To *refuse* a request is to answer it.', 'refuse'],
    ['A tunnel is *over* when both have ended.', 'over'],
    ['The operator declares the *roots*: directories below which it is allowed.', 'root'],
    ['What can happen is said by *machines*. A machine is a block.', 'machine'],
    ['It is kept in *entries*. An entry is a row.', 'entry'],
  ])('%s', (text, term) => expect(named(text).map(([name]) => name)).toEqual([term]));

  test.each([
    ['stress', 'The peer gets it *instead of* a tunnel.'],
    ['a word that is only named', 'Octets wait in *capsules* among others.'],
    ['a state without a condition', 'It is *good*.'],
    ['a list', '- The *door* is a hole.'],
    ['a table', '| a |\n|---|\n| The *door* is a hole. |'],
    ['a requirement', 'r[door.is]\nThe *gateway* MUST be.'],
    ['a quotation', '> The *door* is a hole.'],
    ['another section', 'Text.\n\n## Rationale\n\nThe *door* is a hole.'],
  ])('near miss: %s', (_, text) => expect(named(text)).toEqual([]));
});

test.each([
  ['its own sentence', 'The *door* is a hole. Walls are not.', 'The *door* is a hole.'],
  [
    'with what goes on about it',
    'The *door* is a hole. It shuts. Walls are.',
    'The *door* is a hole. It shuts.',
  ],
  [
    'from the beginning, where it refers back',
    'Doors open. Its *load* is a sum.',
    'Doors open. Its *load* is a sum.',
  ],
  [
    'with the sentence that explains it',
    'All is in *rows*. A row is a line. More.',
    'All is in *rows*. A row is a line.',
  ],
  [
    'not cut inside of code or at a number',
    'The *door* is `a. B` in 4.1 and 5. Next.',
    'The *door* is `a. B` in 4.1 and 5.',
  ],
])('a definition is %s', (_, text, definition) => {
  expect(found(text).map((term) => term.definition)).toEqual([definition]);
});

test('under “Terms” a definition goes on until the next one', () => {
  expect(
    found('### Terms\n\nA *door* shuts. Walls do not. A *wall* stands. For long.').map(
      ({ definition }) => definition,
    ),
  ).toEqual(['A *door* shuts. Walls do not.', 'A *wall* stands. For long.']);
});

test.each<[TermKind, string, string[]]>([
  ['noun', 'conversation', ['conversation', 'conversations']],
  ['noun', 'trusted address', ['trusted address', 'trusted addresses']],
  ['noun', 'entry', ['entry', 'entries']],
  ['noun', 'way', ['way', 'ways']],
  ['verb', 'refuse', ['refuse', 'refuses', 'refusing', 'refused']],
  ['verb', 'break off', ['break off', 'breaks off', 'breaking off', 'broke off', 'broken off']],
  ['state', 'open', ['open']],
])('forms of the %s “%s”', (kind, term, forms) => expect(formsOf({ kind, term })).toEqual(forms));

describe('finding uses', () => {
  const find = termFinder([
    { term: 'process', kind: 'noun' as const },
    { term: 'first process', kind: 'noun' as const },
    { term: 'give up', kind: 'verb' as const },
  ]);
  test.each([
    ['The first process and a process.', ['first process', 'process']],
    ['Processes, the first\nprocess.', ['Processes', 'first\nprocess']],
    ['A process’s end, the process.', ['process', 'process']],
    ['It gave up; it gives up.', ['gave up', 'gives up']],
    ['processing, first-process, http.process, process.env, sub-process, process_id', []],
    ['given to up', []],
  ])('%s', (text, uses) => {
    expect(find(text).map(({ start, end }) => text.slice(start, end))).toEqual(uses);
  });

  test('without terms nothing is found', () => expect(termFinder([])('A process.')).toEqual([]));
});

test('a term’s name in addresses', () => {
  expect(termKey({ term: 'first process' })).toBe('first-process');
});

describe('a specification', () => {
  const specification = libraryOf(
    [
      [
        'proposals/0041-a/draft.md',
        proposal('A *door* is a hole. A door is *open* when it is.', { proposal: '41' }),
      ],
      [
        'proposals/0042-b/draft.md',
        proposal('A *wall* stands. A shop is *open* from nine.', { requires: '[41]' }),
      ],
      ['proposals/0043-c/draft.md', proposal('None.', { proposal: '43', requires: '[42]' })],
      [
        'proposals/0044-d/draft.md',
        proposal('A *way* is.', { proposal: '44', type: 'informational' }),
      ],
    ].map(([file = '', text = '']) => draftOf([file, text])),
  ).specification;

  test('has every term by its name, with the number behind a name that is taken', () => {
    expect([...specification.terms].map(([key, { slug }]) => [key, slug])).toEqual([
      ['door', '0041'],
      ['open', '0041'],
      ['wall', '0042'],
      ['open-0042', '0042'],
    ]);
  });

  test('a term holds in its proposal and in those that require it, near or far', () => {
    const held = (slug: string) => termsInForce(specification, slug).map(({ key }) => key);
    expect(held('0041')).toEqual(['door', 'open']);
    expect(held('0043')).toEqual(['wall', 'open-0042', 'door', 'open']);
    expect(held('0044')).toEqual([]);
  });

  test('uses are counted by heading, without names, titles, links and the definition itself', () => {
    const text = proposal(
      'A *wall* stands. Behind a wall.\n\n### Walls\n\nDoors, a `door`, [a door](x).\n\n| Wall |\n|---|\n| door |\n\nr[door.open]\nThe gateway MUST open the door.',
      { requires: '[41]' },
    );
    const { tree } = readDocument(text, 'proposals/0042-b/draft.md');
    const wall = text.indexOf('A *wall*') + 2;
    const nouns = termsInForce(specification, '0042').filter(({ kind }) => kind === 'noun');
    const terms = nouns.map((term) => (term.key === 'wall' ? { ...term, start: wall } : term));
    expect(
      usesIn(tree, '0042', terms)
        .filter(({ heading = 0 }) => heading === text.indexOf('### Walls'))
        .map(({ key, times }) => [key, times]),
    ).toEqual([
      ['door', 3],
      ['wall', 1],
    ]);
    expect(
      usesIn(tree, '0042', terms).some(
        ({ heading }) => heading === text.indexOf('## Specification'),
      ),
    ).toBe(false);
  });
});

test('whatever the text, a definition lies where its word does, and reading ends', () => {
  const soup = fc
    .array(
      fc.constantFrom(...FRAGMENTS, '### Terms\n', 'A *door* is. ', 'is *open* when ', '\n\n'),
      {
        maxLength: 30,
      },
    )
    .map((parts) => draft(`## Specification\n\n${parts.join('')}`));
  fc.assert(
    fc.property(soup, (source) => {
      for (const { term, start, end, definition } of termsIn(parseMarkdown(source), source)) {
        expect(source.slice(start, end).toLowerCase()).toContain(term.slice(0, 2));
        expect(definition).toContain(source.slice(start, end).replace(/\s+/g, ' '));
      }
    }),
  );
});
