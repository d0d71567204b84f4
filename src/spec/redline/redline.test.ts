// Comparing two texts: which blocks belong together, what has moved, what changed inside, and that it holds for any text.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRONT_MATTER } from '../../../tests/fixtures/proposal.ts';
import { anyText, PROPOSALS, revisions } from '../../../tests/fixtures/revisions.ts';
import { cut } from './cut.ts';
import type { Redline, RedlineBlock, Row, Segment } from './model.ts';
import { redline, sideOf } from './redline.ts';

const marked = (segments: readonly Segment[]) =>
  segments
    .map(({ op, text }) => (op === 'same' ? text : op === 'ins' ? `{+${text}+}` : `[-${text}-]`))
    .join('');

/** Kind and first line of every block that is not the same, in the order of the redline. */
const outline = ({ blocks }: Redline) =>
  blocks
    .filter(({ kind }) => kind !== 'same')
    .map(({ kind, segments, rows }) =>
      [kind, (rows ? `${rows.length} rows` : marked(segments)).split('\n')[0]].join(': '),
    );

const changes = (before: string, after: string) => outline(redline(before, after));

/** The one block that is not the same. */
function only(before: string, after: string): RedlineBlock {
  const blocks = redline(before, after).blocks.filter(({ kind }) => kind !== 'same');
  expect(blocks).toHaveLength(1);
  return blocks[0] as RedlineBlock;
}

const rowsOf = (rows: readonly Row[] | undefined) =>
  rows
    ?.filter(({ kind }) => kind !== 'same')
    .map(({ kind, key, segments }) => [kind, key, marked(segments)]);

const REQUIREMENT = `r[door.opens]
The gateway MUST open the door at once.
`;

describe('which blocks belong together', () => {
  test.each<[what: string, before: string, after: string, changes: string[]]>([
    [
      'a requirement by its id, however much of it is new',
      REQUIREMENT,
      'r[door.opens]\nMiddleware MAY sing.',
      ['changed: r[door.opens]'],
    ],
    [
      'a requirement by its id, wherever it stands',
      `# A\n\n${REQUIREMENT}\nSome text that stays.\n\n# B\n\nMore of it, and some.\n`,
      `# A\n\nSome text that stays.\n\n# B\n\nMore of it, and some.\n\n${REQUIREMENT}`,
      ['moved: r[door.opens]'],
    ],
    [
      'a requirement that moved and was reworded is both',
      `# A\n\n${REQUIREMENT}\nSome text that stays, with more words.\n\n# B\n\nMore of it, and some.\n`,
      `# A\n\nSome text that stays, with more words.\n\n# B\n\nMore of it, and some.\n\n${REQUIREMENT.replace('MUST', 'SHOULD')}`,
      ['moved-changed: r[door.opens]'],
    ],
    [
      'a requirement that was renamed, by its alias',
      REQUIREMENT,
      `r[door.swings]\nThe gateway MUST swing it.\n\n\`\`\`retired\n- {id: door.opens, alias: door.swings}\n\`\`\`\n`,
      ['changed: [-r[door.opens]-]{+r[door.swings]+}', 'added: {+```retired'],
    ],
    [
      'a paragraph, by most of its words',
      'The door is open to all who push it.\n',
      'The door is open to some who push it.\n',
      ['changed: The door is open to [-all-]{+some+} who push it.'],
    ],
    [
      'no paragraph, by a few of its words',
      'The door is open to all who push it.\n',
      'A window can be seen through, and the wind cannot get in at all.\n',
      [
        'removed: [-The door is open to all who push it.-]',
        'added: {+A window can be seen through, and the wind cannot get in at all.+}',
      ],
    ],
    [
      'a paragraph that became a requirement',
      'The gateway opens the door at once.\n',
      'r[door.opens]\nThe gateway MUST open the door at once.\n',
      ['changed: {+r[door.opens]'],
    ],
    [
      'what was dropped stands where it was, before what took its place',
      'One is here.\n\nTwo was there.\n\nThree stays.\n',
      'One is here.\n\nSomething else entirely, unlike it.\n\nThree stays.\n',
      ['removed: [-Two was there.-]', 'added: {+Something else entirely, unlike it.+}'],
    ],
    [
      'the one that moved is the shorter one',
      'Short one here.\n\nA long paragraph, of many words, that is the one to stay where it is.\n',
      'A long paragraph, of many words, that is the one to stay where it is.\n\nShort one here.\n',
      ['moved: Short one here.'],
    ],
    [
      'a heading with another name, by what stands under it',
      '# A\n\n## Old\n\nText that stays as it was.\n',
      '# A\n\n## Completely different\n\nText that stays as it was.\n',
      ['changed: ## [-Old-]{+Completely different+}'],
    ],
    [
      'a heading with another name, and the headings below it',
      '# A\n\n## Old\n\n### One\n\nText one.\n\n### Two\n\nText two.\n',
      '# A\n\n## New\n\n### One\n\nText one.\n\n### Two\n\nText two.\n',
      ['changed: ## [-Old-]{+New+}'],
    ],
    [
      'a section that stands elsewhere',
      '# A\n\n## One\n\nText of one section.\n\n## Two\n\nText of the other, which is longer.\n',
      '# A\n\n## Two\n\nText of the other, which is longer.\n\n## One\n\nText of one section.\n',
      ['moved: ## One', 'moved: Text of one section.'],
    ],
    [
      'items of a list, one by one',
      '- One is first.\n- Two is second.\n- Three is third.\n',
      '- One is first.\n- Three is the third.\n',
      ['removed: [-- Two is second.-]', 'changed: - Three is {+the +}third.'],
    ],
    [
      'an item that stands further in',
      '- One\n- Two\n',
      '- One\n  - Two\n',
      ['changed: {+  +}- Two'],
    ],
    ['a wrapped line is no change', 'One two\nthree.\n', 'One\ntwo three.\n', []],
    ['nor are line ends', 'One.\n\nTwo.\n', 'One.\r\n\r\nTwo.\r\n', []],
    ['nor empty lines', 'One.\n\nTwo.\n', 'One.\n\n\n\nTwo.\n', []],
  ])('%s', (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });
});

describe('what changed inside', () => {
  test('front matter, by key', () => {
    const after = FRONT_MATTER.replace('revision: 1', 'revision: 2').replace(
      'created',
      'requires: [2]\ncreated',
    );
    expect(redline(FRONT_MATTER, after).blocks.filter(({ kind }) => kind !== 'same')).toMatchObject(
      [
        { kind: 'added', type: 'front-matter', name: 'requires' },
        {
          kind: 'changed',
          name: 'revision',
          segments: [
            { op: 'same', text: 'revision: ' },
            { op: 'del', text: '1' },
            { op: 'ins', text: '2' },
          ],
        },
      ],
    );
  });

  test('code, by line', () => {
    const block = only('```js\na();\nb();\n```\n', '```js\na();\nc();\n```\n');
    expect(marked(block.segments)).toBe('```js\na();\n[-b();\n-]{+c();\n+}```');
  });

  test('a table, by row and cell', () => {
    const table = (rows: string) => `| question | answer |\n|---|---|\n${rows}`;
    const block = only(
      table('| Who? | the gateway |\n| When? | at once |\n| Where? | here |\n'),
      table('| Who? | the application |\n| Why? | nobody knows |\n| When? | at once |\n'),
    );
    expect(rowsOf(block.rows)).toEqual([
      ['changed', 'Who?', '| Who? | the [-gateway-]{+application+} |'],
      ['added', 'Why?', '{+| Why? | nobody knows |+}'],
      ['removed', 'Where?', '[-| Where? | here |-]'],
    ]);
    const changed = block.rows?.find(({ key }) => key === 'Who?');
    expect(changed?.cells?.map(marked)).toEqual([
      '|',
      ' Who? |',
      ' the [-gateway-]{+application+} |',
    ]);
    expect(changed).toMatchObject({ before: { line: 3, index: 2 }, after: { line: 3, index: 2 } });
  });

  test('a table that is only drawn otherwise is the same', () => {
    expect(
      changes('| a | b |\n|---|---|\n| 1 | 2 |\n', '| a  | b  |\n|----|----|\n|  1 |  2 |\n'),
    ).toEqual([]);
  });

  test('a table with a column more has rows without cells', () => {
    const { rows } = only('| a |\n|---|\n| 1 |\n', '| a | b |\n|---|---|\n| 1 | 2 |\n');
    expect(rows?.map(({ kind, cells }) => [kind, cells])).toEqual([
      ['changed', undefined],
      ['changed', undefined],
      ['changed', undefined],
    ]);
  });

  const EVENT = `\`\`\`event
type: door.push
summary: Somebody pushes.
fields:
  force: {type: integer, text: "How hard."}
  hand:
    type: enum
    values: [left, right]
    text: "Which one."
example: {type: door.push, force: 1}
\`\`\`
`;

  test('an event, by field', () => {
    const block = only(
      EVENT,
      EVENT.replace('"How hard."', '"How hard it is."')
        .replace('[left, right]', '[left, right, both]')
        .replace('example', '  wish: {type: string, text: "Why."}\nexample'),
    );
    expect(block).toMatchObject({ type: 'event', name: 'door.push', segments: [] });
    expect(rowsOf(block.rows)).toEqual([
      ['changed', 'fields.force', '  force: {type: integer, text: "How hard{+ it is+}."}'],
      [
        'changed',
        'fields.hand',
        '  hand:\n    type: enum\n    values: [left, right{+, both+}]\n    text: "Which one."',
      ],
      ['added', 'fields.wish', '{+  wish: {type: string, text: "Why."}+}'],
    ]);
  });

  test('a machine, by state and transition', () => {
    const machine = (...rows: string[]) =>
      `\`\`\`machine\nmachine: door.leaf\nstates:\n  shut: It is shut.\n  ajar: It is open.\ntransitions:\n${rows.map((row) => `  - ${row}\n`).join('')}\`\`\`\n`;
    const [open, stay, lost] = [
      '{on: door.push, from: shut, to: ajar, requirement: door.opens}',
      '{on: door.push, from: ajar, stay: true}',
      '{on: [peer.lost, door.pull], from: [shut, ajar], when: late, stay: true}',
    ];
    const block = only(
      machine(open, stay, lost),
      machine(
        '{on: door.push, from: shut, to: ajar, requirement: door.swings}',
        lost,
        stay,
      ).replace('It is open', 'It is half open'),
    );
    expect(rowsOf(block.rows)).toEqual(
      [
        ['changed', 'states.ajar', '  ajar: It is {+half +}open.'],
        [
          'changed',
          'transitions.door.push in shut',
          '  - {on: door.push, from: shut, to: ajar, requirement: [-door.opens-]{+door.swings+}}',
        ],
        ['same', '', ''],
        ['moved', 'transitions.door.push in ajar', `  - ${stay}`],
      ].filter(([kind]) => kind !== 'same'),
    );
  });
});

test('what a block carries: type, name, both places, section and anchor', () => {
  const before = `# Doors\n\n## Leaf\n\n${REQUIREMENT}`;
  const after = `# Doors\n\nNew.\n\n## Leaf\n\n${REQUIREMENT.replace('MUST', 'SHOULD')}`;
  const block = redline(before, after).blocks.find(({ type }) => type === 'requirement');
  expect(block).toEqual({
    kind: 'changed',
    type: 'requirement',
    name: 'door.opens',
    before: { line: 5, endLine: 6, index: 2, section: ['Doors', 'Leaf'], anchor: 'door.opens' },
    after: { line: 7, endLine: 8, index: 3, section: ['Doors', 'Leaf'], anchor: 'door.opens' },
    segments: [
      { op: 'same', text: 'r[door.opens]\nThe gateway ' },
      { op: 'del', text: 'MUST' },
      { op: 'ins', text: 'SHOULD' },
      { op: 'same', text: ' open the door at once.' },
    ],
  });
});

test('aliases can be given, for what was renamed in another proposal', () => {
  const after = REQUIREMENT.replace('door.opens', 'door.swings').replace('open', 'swing');
  const { blocks } = redline(REQUIREMENT, after, { aliases: { 'door.opens': 'door.swings' } });
  expect(blocks).toMatchObject([
    { kind: 'changed', name: 'door.swings', formerName: 'door.opens' },
  ]);
});

test.each(PROPOSALS.map((text) => [/^title: (.*)$/m.exec(text)?.[1] ?? '', text]))(
  'without a word of it: %s',
  (_, text) => {
    const all = redline('', text);
    expect(all.counts).toMatchObject({ added: all.blocks.length });
    expect(redline(text, '').counts).toMatchObject({ removed: all.blocks.length });
  },
);

describe('of any two texts', () => {
  const textsOf = (text: string) => cut(text).map((block) => block.text);

  test('the blocks of either side come out again, in order', () => {
    fc.assert(
      fc.property(revisions, ([before, after]) => {
        const compared = redline(before, after);
        expect(sideOf(compared, 'after')).toEqual(textsOf(after));
        expect(sideOf(compared, 'before')).toEqual(textsOf(before));
      }),
      { numRuns: 400 },
    );
  });

  test('a text has no difference from itself', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(redline(text, text).blocks.every(({ kind }) => kind === 'same')).toBe(true);
        expect(redline(text, `${text}\n\n`).counts).toMatchObject({ changed: 0, moved: 0 });
      }),
    );
  });

  test('it can be written down and read again', () => {
    fc.assert(
      fc.property(revisions, ([before, after]) => {
        const compared = redline(before, after);
        expect(JSON.parse(JSON.stringify(compared))).toEqual(compared);
      }),
      { numRuns: 100 },
    );
  });

  test('kinds say what segments say', () => {
    fc.assert(
      fc.property(revisions, ([before, after]) => {
        const { blocks, counts } = redline(before, after);
        for (const { kind, rows, segments, type, ...sides } of blocks) {
          const all = rows ? rows.flatMap((row) => row.segments) : segments;
          const touched = all.some(({ op }) => op !== 'same');
          const arranged = rows?.some((row) => row.kind !== 'same') ?? false;
          if (kind === 'same' || kind === 'moved') expect(touched || arranged).toBe(false);
          else expect(touched || arranged).toBe(true);
          expect(sides.before === undefined).toBe(kind === 'added');
          expect(sides.after === undefined).toBe(kind === 'removed');
        }
        expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(blocks.length);
      }),
      { numRuns: 300 },
    );
  });

  test('the other way round, what was added was removed', () => {
    fc.assert(
      fc.property(revisions, ([before, after]) => {
        const { counts } = redline(before, after);
        const { added, removed, ...rest } = redline(after, before).counts;
        expect({ added: removed, removed: added, ...rest }).toEqual(counts);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is large or has nothing in common ends all the same', () => {
  const shuffled = (count: number) =>
    Array.from({ length: count }, (_, n) => `word${(n * 1009) % count}`).join('\n\n');
  const ordered = (count: number) =>
    Array.from({ length: count }, (_, n) => `word${n}`).join('\n\n');
  test.each<[what: string, before: () => string, after: () => string]>([
    ['3,000 paragraphs of one word, shuffled', () => ordered(3000), () => shuffled(3000)],
    [
      '3,000 paragraphs of the same word',
      () => 'word\n\n'.repeat(3000),
      () => 'word\n\n'.repeat(2000),
    ],
    [
      '5 MB in one paragraph',
      () => 'a b '.repeat(1_250_000),
      () => `x ${'a b '.repeat(1_250_000)}`,
    ],
    ['5 MB in one word', () => 'a'.repeat(5_000_000), () => 'b'.repeat(5_000_000)],
    [
      'a block of 1 MB',
      () => `\`\`\`event\n${'a: b\n'.repeat(200_000)}\`\`\``,
      () => `\`\`\`event\n${'a: c\n'.repeat(200_000)}\`\`\``,
    ],
    [
      'a table of 10,000 rows',
      () => `|a|\n|-|\n${'|b|\n'.repeat(10_000)}`,
      () => `|a|\n|-|\n${'|c|\n'.repeat(10_000)}`,
    ],
    ['nothing in common', () => PROPOSALS[1] ?? '', () => ordered(2000)],
  ])('%s', (_, before, after) => {
    const [old, now] = [before(), after()];
    const compared = redline(old, now);
    expect(sideOf(compared, 'before').join('').length).toBe(
      cut(old).reduce((sum, { text }) => sum + text.length, 0),
    );
    expect(sideOf(compared, 'after').join('').length).toBe(
      cut(now).reduce((sum, { text }) => sum + text.length, 0),
    );
  });
});
