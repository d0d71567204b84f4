// What two revisions come to, by requirement and by block: each kind of change alone, together, and mirrored.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRONT_MATTER } from '../../../tests/fixtures/proposal.ts';
import { PROPOSALS, revisions } from '../../../tests/fixtures/revisions.ts';
import { REQUIREMENT_CHANGES, type Summary, type SummaryOptions, summarise } from './summary.ts';

const RULE = 'The gateway MUST open the `door` at once, unless it is locked.';
const rule = (text = RULE, id = 'door.opens') => `r[${id}]\n${text}\n\n`;

/** Ids with their kinds. */
const kindsOf = ({ requirements }: Summary) =>
  Object.fromEntries(requirements.map(({ id, kinds }) => [id, kinds]));
const changes = (
  before: Parameters<typeof summarise>[0],
  after: Parameters<typeof summarise>[1],
  options?: SummaryOptions,
) => kindsOf(summarise(before, after, options));

describe('one requirement', () => {
  test.each<[what: string, after: string, kinds: string[] | undefined]>([
    ['the same', RULE, undefined],
    ['reflowed', RULE.replaceAll(', ', ',\n'), ['editorial']],
    ['a comma less', RULE.replace(',', ''), ['editorial']],
    ['formatting', RULE.replaceAll('`', '**'), ['editorial']],
    ['a link', RULE.replace('locked', '[locked](/a)'), ['editorial']],
    ['a word', RULE.replace('at once', 'soon'), ['changed']],
    ['a condition less', RULE.replace(', unless it is locked', ''), ['changed']],
    ['a capital', RULE.replace('once', 'Once'), ['changed']],
    ['MUST to SHOULD', RULE.replace('MUST', 'SHOULD'), ['weakened']],
    ['MUST to MAY', RULE.replace('MUST', 'MAY'), ['weakened']],
    ['MUST to MUST NOT', RULE.replace('MUST', 'MUST NOT'), ['reversed']],
    ['MUST to SHOULD NOT', RULE.replace('MUST', 'SHOULD NOT'), ['reversed']],
    ['another role', RULE.replace('The gateway', 'The application'), ['role-changed']],
    [
      'another role and level',
      RULE.replace('The gateway MUST', 'Middleware SHOULD'),
      ['weakened', 'role-changed'],
    ],
    ['weakened, and other words', RULE.replace('MUST open', 'SHOULD shut'), ['weakened']],
    ['no keyword any more', RULE.replace('MUST open', 'opens'), ['changed']],
    ['two keywords', RULE.replace('unless it is', 'and MAY shut it when'), ['changed']],
    ['nobody bound any more', RULE.replace('The gateway', 'Somebody'), ['changed']],
  ])('%s', (_, after, kinds) => {
    expect(changes(rule(), rule(after))).toEqual(kinds ? { 'door.opens': kinds } : {});
  });

  test.each<[from: string, to: string, kind: string]>([
    ['MUST', 'SHOULD', 'weakened'],
    ['SHOULD', 'MAY', 'weakened'],
    ['MUST NOT', 'SHOULD NOT', 'weakened'],
    ['SHOULD NOT', 'MAY', 'weakened'],
    ['MAY', 'SHOULD', 'strengthened'],
    ['SHOULD', 'MUST', 'strengthened'],
    ['MAY', 'MUST NOT', 'strengthened'],
    ['SHOULD NOT', 'MUST NOT', 'strengthened'],
    ['MUST NOT', 'MUST', 'reversed'],
    ['SHOULD', 'SHOULD NOT', 'reversed'],
  ])('%s to %s', (from, to, kind) => {
    const text = (level: string) => rule(RULE.replace('MUST', level));
    const [change] = summarise(text(from), text(to)).requirements;
    expect(change).toMatchObject({ kinds: [kind], before: { level: from }, after: { level: to } });
  });

  test('what is said of it: text, level, role, lines, section and anchor on both sides', () => {
    const before = `${FRONT_MATTER}\n# Doors\n\n${rule()}`;
    const after = `${FRONT_MATTER}\n# Doors\n\nText.\n\n${rule(RULE.replace('MUST', 'SHOULD'))}`;
    const side = {
      proposal: '0042',
      file: '',
      section: ['Doors'],
      anchor: 'door.opens',
      id: 'door.opens',
      role: 'gateway',
    };
    expect(summarise(before, after)).toEqual({
      requirements: [
        {
          id: 'door.opens',
          kinds: ['weakened'],
          before: { ...side, line: 15, endLine: 16, level: 'MUST', text: RULE },
          after: {
            ...side,
            line: 17,
            endLine: 18,
            level: 'SHOULD',
            text: RULE.replace('MUST', 'SHOULD'),
          },
        },
      ],
      blocks: [],
      counts: { ...Object.fromEntries(REQUIREMENT_CHANGES.map((kind) => [kind, 0])), weakened: 1 },
      unchanged: 0,
    });
  });
});

describe('added, removed, renamed', () => {
  const retired = (entry: string) => `\`\`\`retired\n- ${entry}\n\`\`\`\n`;
  const [one, two] = [rule(), rule('Middleware MAY sing.', 'door.sings')];

  test('added', () => {
    expect(changes(one, one + two)).toEqual({ 'door.sings': ['added'] });
  });

  test('removed, with the reason of its tombstone', () => {
    const { requirements } = summarise(
      one + two,
      one + retired('{id: door.sings, tombstone: "Doors are silent."}'),
    );
    expect(requirements).toMatchObject([
      { id: 'door.sings', kinds: ['removed'], tombstone: 'Doors are silent.' },
    ]);
  });

  test('renamed, by its alias', () => {
    const after = rule(RULE, 'door.swings') + retired('{id: door.opens, alias: door.swings}');
    expect(summarise(one, after).requirements).toMatchObject([
      { id: 'door.swings', kinds: ['renamed'], before: { id: 'door.opens' } },
    ]);
  });

  test('renamed twice, and weakened', () => {
    const after = `${rule(RULE.replace('MUST', 'MAY'), 'door.c')}\`\`\`retired\n- {id: door.opens, alias: door.b}\n- {id: door.b, alias: door.c}\n\`\`\`\n`;
    expect(changes(one, after)).toEqual({ 'door.c': ['weakened', 'renamed'] });
  });

  test('renamed, by the register', () => {
    const register = { 'door.swings': { aliases: ['door.opens'] } };
    const after = rule(RULE, 'door.swings');
    expect(changes(one, after, { register })).toEqual({ 'door.swings': ['renamed'] });
    expect(changes(one, after, { aliases: { 'door.opens': 'door.swings' } })).toEqual({
      'door.swings': ['renamed'],
    });
  });

  test('merged into one that was there: removed, with what took its place', () => {
    const after = one + retired('{id: door.sings, alias: door.opens}');
    expect(summarise(one + two, after).requirements).toMatchObject([
      { id: 'door.sings', kinds: ['removed'], alias: 'door.opens' },
    ]);
  });

  test('renamed without an alias: removed and added, and each names the other', () => {
    expect(summarise(one, rule(RULE, 'door.swings')).requirements).toMatchObject([
      { id: 'door.swings', kinds: ['added'], sameTextAs: 'door.opens' },
      { id: 'door.opens', kinds: ['removed'], sameTextAs: 'door.swings' },
    ]);
  });

  test('aliases that lead in a circle lead nowhere', () => {
    const after = `${two}\`\`\`retired\n- {id: door.opens, alias: door.x}\n- {id: door.x, alias: door.opens}\n\`\`\`\n`;
    expect(changes(one, after)).toEqual({ 'door.sings': ['added'], 'door.opens': ['removed'] });
  });

  test('retired blocks that are no YAML say nothing', () => {
    const after = `${rule(RULE, 'door.swings')}\`\`\`retired\n- {id: [\n\`\`\`\n`;
    expect(changes(one, after)).toEqual({ 'door.swings': ['added'], 'door.opens': ['removed'] });
  });

  test('an id that stands twice is compared twice', () => {
    expect(changes(one + one, one)).toEqual({ 'door.opens': ['removed'] });
    expect(summarise(one + one, one).unchanged).toBe(1);
  });
});

describe('moved', () => {
  const other = rule('Middleware MAY sing.', 'door.sings');
  const text = (first: string, second: string, name = 'Second') =>
    `# Doors\n\n## First\n\nText of the first section.\n\n${first}## ${name}\n\nText of the second section.\n\n${second}`;

  test('to another section', () => {
    expect(changes(text(rule() + other, ''), text(other, rule()))).toEqual({
      'door.opens': ['moved'],
    });
  });

  test('and weakened: both', () => {
    const weak = rule(RULE.replace('MUST', 'SHOULD'));
    expect(changes(text(rule() + other, ''), text(other, weak))).toEqual({
      'door.opens': ['weakened', 'moved'],
    });
  });

  test('not within its section', () => {
    expect(changes(text(rule() + other, ''), text(other + rule(), ''))).toEqual({});
  });

  test('not with its section', () => {
    const [head, first, second] = text(rule(), other).split(/(?=## )/);
    expect(changes(text(rule(), other), `${head}${second}${first}`)).toEqual({});
  });

  test('not when its section is renamed', () => {
    expect(changes(text(other, rule()), text(other, rule(), 'Another name'))).toEqual({});
  });

  describe('between proposals', () => {
    const of = (number: number, body: string): [string, string] => [
      `proposals/00${number}-x/draft.md`,
      `${FRONT_MATTER.replace('42', `${number}`)}\n# Title ${number}\n\n${body}`,
    ];

    test('of whole sets', () => {
      const summary = summarise(
        [of(42, rule() + other), of(43, 'Text.')],
        [of(43, rule(RULE.replace('MUST', 'MAY'))), of(42, other)],
      );
      expect(summary.requirements).toMatchObject([
        {
          id: 'door.opens',
          kinds: ['weakened', 'moved'],
          before: { proposal: '0042', file: 'proposals/0042-x/draft.md', line: 15 },
          after: { proposal: '0043', file: 'proposals/0043-x/draft.md', line: 15 },
        },
      ]);
      expect(summary.unchanged).toBe(1);
    });

    test('of one proposal beside the others: nothing else is said of them', () => {
      const others = [of(43, rule() + rule('The gateway MAY go.', 'window.goes'))];
      expect(changes(of(42, rule() + other)[1], of(42, other)[1], { others })).toEqual({
        'door.opens': ['moved'],
      });
    });

    test('of what the others retire, a name that is no more here is told', () => {
      const retiring = [
        of(43, '```retired\n- {id: door.opens, tombstone: "It stands."}\n```'),
        of(44, rule()),
      ];
      const summary = (others: typeof retiring) =>
        summarise(of(42, rule() + other)[1], of(42, other)[1], { others }).requirements;
      expect(summary(retiring.slice(0, 1))).toMatchObject([
        { id: 'door.opens', kinds: ['removed'], tombstone: 'It stands.' },
      ]);
      expect(summary(retiring.slice(1))).toMatchObject([{ id: 'door.opens', kinds: ['moved'] }]);
    });

    test('where nothing is gone, the others make no difference', () => {
      const [before, after] = [of(42, other)[1], of(42, other + rule())[1]];
      const others = [of(43, rule()), of(44, rule(RULE, 'door.swings'))];
      expect(summarise(before, after, { others })).toEqual(summarise(before, after));
    });

    test('a proposal that is new or gone', () => {
      expect(changes([], [of(42, rule())])).toEqual({ 'door.opens': ['added'] });
      expect(changes([of(42, rule())], [])).toEqual({ 'door.opens': ['removed'] });
    });
  });
});

describe('blocks', () => {
  const fence = (kind: string, text: string) => `\`\`\`${kind}\n${text}\n\`\`\`\n\n`;
  const EVENT = `type: door.push
direction: send
summary: Somebody pushes.
requirement: door.opens
fields:
  force: {type: integer, minimum: 0, text: "How hard."}
  hand: {type: enum, values: [left, right], text: "Which."}
example: {type: door.push, force: 1}`;
  const MACHINE = `machine: door.leaf
initial: shut
states:
  shut: It is shut.
  ajar: It is open.
guards: {locked: It is locked.}
transitions:
  - {on: door.push, from: shut, when: locked, misuse: door.locked}
  - {on: door.push, from: shut, to: ajar, requirement: door.opens}
  - {on: door.push, from: ajar, stay: true}`;
  const parts = (kind: string, before: string, after: string) => {
    const { blocks } = summarise(fence(kind, before), fence(kind, after));
    return blocks.map(({ kinds, parts }) => ({
      kinds,
      parts: parts.map(
        ({ path, kind, before = '', after = '' }) => `${kind} ${path}: ${before} → ${after}`,
      ),
    }));
  };

  test.each<
    [what: string, kind: string, before: string, after: string, kinds: string[], said: string[]]
  >([
    [
      'a field more',
      'event',
      EVENT,
      EVENT.replace('example', '  wish: {type: string, optional: true, text: "Why?"}\nexample'),
      ['changed'],
      ['added fields.wish:  → {type: string, optional: true, text: "Why?"}'],
    ],
    [
      'a field less',
      'event',
      EVENT,
      EVENT.replace(/ {2}force.*\n/, ''),
      ['changed'],
      ['removed fields.force: {type: integer, minimum: 0, text: "How hard."} → '],
    ],
    [
      'attributes of fields',
      'event',
      EVENT,
      EVENT.replace('minimum: 0, ', '').replace('right]', 'right, both]'),
      ['changed'],
      [
        'removed fields.force.minimum: 0 → ',
        'changed fields.hand.values: [left, right] → [left, right, both]',
      ],
    ],
    [
      'the direction',
      'event',
      EVENT,
      EVENT.replace('send', 'both'),
      ['changed'],
      ['changed direction: send → both'],
    ],
    [
      'a number that became text',
      'event',
      EVENT,
      EVENT.replace('minimum: 0', 'minimum: "0"'),
      ['changed'],
      ['changed fields.force.minimum: 0 → 0'],
    ],
    [
      'only how it is written',
      'event',
      EVENT,
      EVENT.replace(
        '{type: integer, minimum: 0, text: "How hard."}',
        '\n    type: integer\n    minimum: 0\n    text: How hard.',
      ),
      ['editorial'],
      [],
    ],
    [
      'a state and its transition',
      'machine',
      MACHINE,
      `${MACHINE.replace('  ajar', '  gone: It is gone.\n  ajar')}\n  - {on: door.break, from: [shut, ajar], to: gone, requirement: door.breaks}`,
      ['changed'],
      [
        'added states.gone:  → It is gone.',
        'added transitions: door.break in shut, ajar:  → {to: gone, requirement: door.breaks}',
      ],
    ],
    [
      'what follows',
      'machine',
      MACHINE,
      MACHINE.replace('to: ajar, requirement: door.opens', 'misuse: door.stays'),
      ['changed'],
      [
        'changed transitions: door.push in shut: {to: ajar, requirement: door.opens} → {misuse: door.stays}',
      ],
    ],
    [
      'more states for a row',
      'machine',
      MACHINE,
      MACHINE.replace('from: ajar, stay', 'from: [ajar, gone], stay'),
      ['changed'],
      [
        'changed transitions: door.push in ajar: {stay: true} → door.push in ajar, gone: {stay: true}',
      ],
    ],
    [
      'the order of rows, for they are tried in order',
      'machine',
      MACHINE,
      MACHINE.replace(/( {2}- .*locked.*\n)( {2}- .*\n)/, '$2$1'),
      ['changed'],
      ['reordered transitions:  → '],
    ],
    [
      'a feature',
      'feature',
      'feature: http.file\nrevision: 1\ndefault: false',
      'feature: http.file\nrevision: 2\ndefault: false',
      ['changed'],
      ['changed revision: 1 → 2'],
    ],
    ['what is no YAML', 'event', EVENT, EVENT.replace('right]', 'right'), ['changed'], []],
  ])('%s', (_, kind, before, after, kinds, said) => {
    expect(parts(kind, before, after)).toEqual([{ kinds, parts: said }]);
  });

  test('added, removed and moved', () => {
    const [event, machine] = [fence('event', EVENT), fence('machine', MACHINE)];
    const record = fence('record', 'record: door\nfields: {}');
    const { blocks } = summarise(
      `# A\n\nText of the first.\n\n${event}${machine}# B\n\nText of the second.\n`,
      `# A\n\nText of the first.\n\n${record}# B\n\nText of the second.\n\n${event}`,
    );
    expect(blocks.map(({ type, name, kinds }) => [type, name, kinds])).toEqual([
      ['record', 'door', ['added']],
      ['event', 'door.push', ['moved']],
      ['machine', 'door.leaf', ['removed']],
    ]);
  });
});

describe('of any two texts', () => {
  const MIRROR: Readonly<Record<string, string>> = {
    added: 'removed',
    removed: 'added',
    weakened: 'strengthened',
    strengthened: 'weakened',
  };
  const order = (one: { toString(): string }, other: { toString(): string }) =>
    `${one}` < `${other}` ? -1 : 1;
  /** Every change as text, without order. `mirrored`: as seen from the other side. */
  const facts = ({ requirements, blocks, unchanged }: Summary, mirrored: boolean) => {
    const kindsSeen = (kinds: readonly string[]) =>
      kinds.map((kind) => (mirrored ? (MIRROR[kind] ?? kind) : kind)).sort(order);
    const sides = <T>(before: T, after: T) =>
      JSON.stringify(mirrored ? [after, before] : [before, after]);
    return {
      requirements: requirements
        .map(
          ({ kinds, before, after, sameTextAs }) =>
            `${kindsSeen(kinds)} ${sides(before ?? null, after ?? null)} ${before && after ? '' : sameTextAs}`,
        )
        .sort(order),
      blocks: blocks
        .map(({ kinds, before, after, parts }) =>
          [
            kindsSeen(kinds),
            sides(before ?? null, after ?? null),
            parts
              .map(
                ({ path, kind, before, after }) =>
                  `${kindsSeen([kind])} ${kind === 'changed' && path === 'transitions' ? '' : path} ${sides(before ?? null, after ?? null)}`,
              )
              .sort(order),
          ].join(' '),
        )
        .sort(order),
      unchanged,
    };
  };

  test('the other way round is the mirror image', () => {
    fc.assert(
      fc.property(revisions, ([before, after]) => {
        expect(facts(summarise(before, after), false)).toEqual(
          facts(summarise(after, before), true),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('a text has no difference from itself', () => {
    fc.assert(
      fc.property(revisions, ([text]) => {
        expect(summarise(text, text)).toMatchObject({ requirements: [], blocks: [] });
      }),
      { numRuns: 200 },
    );
  });

  test('every requirement is counted once', () => {
    fc.assert(
      fc.property(revisions, ([before, after]) => {
        const { requirements, unchanged } = summarise(before, after);
        const side = (name: 'before' | 'after') =>
          requirements.filter((change) => change[name] !== undefined).length + unchanged;
        const count = (text: string) => summarise('', text).requirements.length;
        expect([side('before'), side('after')]).toEqual([count(before), count(after)]);
      }),
      { numRuns: 200 },
    );
  });

  test.each(PROPOSALS.map((text) => [/^title: (.*)$/m.exec(text)?.[1] ?? '', text]))(
    '%s: every requirement of it has a level and a role',
    (_, text) => {
      for (const { after } of summarise('', text).requirements) {
        expect(after).toMatchObject({ level: expect.any(String), role: expect.any(String) });
      }
    },
  );
});
