// The register on small libraries: what an entry says through publications, renames, moves and removals.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksum } from './checksum.ts';
import { draftOf, libraryOf, publishedOf, type SourceFile } from './lint/library.ts';
import type { Register, RegisterEntry } from './lint/rule.ts';
import { proposal } from './lint/testing.ts';
import { formatRegister, registerOf, revisionName } from './register.ts';

const OPENS = 'The gateway MUST open the door.';
const SHUTS = 'The application MAY shut the door.';

const requirement = (id: string, sentence = OPENS) => `r[${id}]\n${sentence}`;
const retired = (entry: string) => `\`\`\`retired\n- {${entry}}\n\`\`\``;
const FOLDERS = { 42: '0042-doors', 43: '0043-windows' } as const;
type Number = keyof typeof FOLDERS;

const text = (number: Number, parts: readonly string[]) =>
  proposal(parts.join('\n\n'), { proposal: String(number) });
const draft = (number: Number, ...parts: readonly string[]): SourceFile => [
  `proposals/${FOLDERS[number]}/draft.md`,
  text(number, parts),
];
const revision = (number: Number, n: number, ...parts: readonly string[]): SourceFile => [
  `proposals/${FOLDERS[number]}/v${n}.md`,
  text(number, parts),
];

/** The register of texts. `order`: paths as `published.json` lists them. */
function register(files: readonly SourceFile[], order?: readonly string[]): Register {
  const drafts = files.filter(([file]) => file.endsWith('draft.md')).map(draftOf);
  const value = order && Object.fromEntries(order.map((path) => [path, '']));
  return registerOf(
    libraryOf(drafts, {
      published: files.flatMap((file) => publishedOf(file) ?? []),
      ...(value ? { hashes: { file: 'proposals/published.json', value } } : {}),
    }),
  );
}

const opens: RegisterEntry = {
  level: 'MUST',
  role: 'gateway',
  proposal: '0042',
  since: null,
  changed: null,
  checksum: checksum(OPENS),
};

describe('a requirement', () => {
  test('that no revision has yet', () => {
    expect(register([draft(42, requirement('door.opens'))])).toEqual({ 'door.opens': opens });
  });

  test('nobody knows what is published: the same', () => {
    const library = libraryOf([draftOf(draft(42, requirement('door.opens')))]);
    expect(registerOf(library)).toEqual({ 'door.opens': opens });
  });

  test('that was published, and has not changed since', () => {
    const parts = [requirement('door.opens')];
    expect(
      register([draft(42, ...parts), revision(42, 1, ...parts), revision(42, 2, ...parts)]),
    ).toEqual({ 'door.opens': { ...opens, since: '0042/v1', changed: '0042/v1' } });
  });

  test('that came and changed with later revisions', () => {
    const shuts = (sentence: string) => requirement('door.shuts', sentence);
    const before = SHUTS.replace('MAY', 'SHOULD');
    const files = [
      draft(42, shuts(SHUTS)),
      revision(42, 1, requirement('door.opens')),
      revision(42, 2, shuts(before)),
      revision(42, 3, shuts(SHUTS)),
      revision(42, 4, shuts(SHUTS)),
    ];
    expect(register(files)['door.shuts']).toEqual({
      level: 'MAY',
      role: 'application',
      proposal: '0042',
      since: '0042/v2',
      changed: '0042/v3',
      checksum: checksum(SHUTS),
    });
  });

  test('whose draft has changed: the checksum is that of the draft, the rest of what is published', () => {
    const changed = OPENS.replace('open', 'hold');
    const files = [
      draft(42, requirement('door.opens', changed)),
      revision(42, 1, requirement('door.opens')),
    ];
    expect(register(files)['door.opens']).toEqual({
      ...opens,
      since: '0042/v1',
      changed: '0042/v1',
      checksum: checksum(changed),
    });
  });

  test('that was only wrapped otherwise has not changed', () => {
    const files = [
      draft(42, requirement('door.opens')),
      revision(42, 1, requirement('door.opens')),
      revision(42, 2, requirement('door.opens', OPENS.replaceAll(' ', '\n'))),
    ];
    expect(register(files)['door.opens']?.changed).toBe('0042/v1');
  });

  test('that went away and came back has stood since the first time', () => {
    const files = [
      draft(42, requirement('door.opens')),
      revision(42, 1, requirement('door.opens')),
      revision(42, 2),
      revision(42, 3, requirement('door.opens')),
    ];
    expect(register(files)['door.opens']).toMatchObject({ since: '0042/v1', changed: '0042/v1' });
  });

  test('that moved to another proposal keeps its history', () => {
    const files = [
      draft(42),
      draft(43, requirement('door.opens')),
      revision(42, 1, requirement('door.opens')),
      revision(43, 1, requirement('door.opens')),
    ];
    const order = ['0042-doors/v1.md', '0043-windows/v1.md'];
    expect(register(files, order)['door.opens']).toEqual({
      ...opens,
      proposal: '0043',
      since: '0042/v1',
      changed: '0042/v1',
    });
  });

  test('that is defined twice is what the first proposal says', () => {
    const files = [
      draft(42, requirement('door.opens')),
      draft(43, requirement('door.opens', SHUTS)),
    ];
    expect(register(files)).toEqual({ 'door.opens': opens });
  });

  test('of the template is none', () => {
    const template: SourceFile = [
      'proposals/0000-template/draft.md',
      proposal(requirement('door.opens'), { proposal: '0' }),
    ];
    expect(register([template])).toEqual({});
  });
});

describe('the order of publication', () => {
  const files = [
    draft(42, requirement('door.opens')),
    revision(42, 2, requirement('door.opens')),
    revision(43, 1, requirement('door.opens', `${OPENS} Always.`)),
  ];

  test('is that of published.json, whatever the numbers', () => {
    const entry = (...order: readonly string[]) => register(files, order)['door.opens'];
    expect(entry('0043-windows/v1.md', '0042-doors/v2.md')).toMatchObject({
      since: '0043/v1',
      changed: '0042/v2',
    });
    expect(entry('0042-doors/v2.md', '0043-windows/v1.md')).toMatchObject({
      since: '0042/v2',
      changed: '0043/v1',
    });
  });

  test('what is not listed comes last, by its name', () => {
    expect(register(files, ['0043-windows/v1.md'])['door.opens']?.since).toBe('0043/v1');
    expect(register(files)['door.opens']?.since).toBe('0042/v2');
  });

  test('does not depend on the order in which files are read', () => {
    const order = ['0042-doors/v2.md', '0043-windows/v1.md'];
    const [a, b, c] = files as [SourceFile, SourceFile, SourceFile];
    for (const shuffled of [
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
    ]) {
      expect(register(shuffled, order)).toEqual(register(files, order));
    }
  });
});

describe('an id that is retired', () => {
  const published = revision(42, 1, requirement('door.opened'));

  test('for a better name is an alias, and lends its age', () => {
    const parts = [requirement('door.opens'), retired('id: door.opened, alias: door.opens')];
    expect(register([draft(42, ...parts), published])).toEqual({
      'door.opens': {
        ...opens,
        since: '0042/v1',
        changed: '0042/v1',
        aliases: ['door.opened'],
      },
    });
  });

  test('several names lead to the last, sorted, whatever lies between', () => {
    const parts = [
      requirement('door.opens'),
      retired('id: door.opened, alias: door.open'),
      retired('id: door.open, alias: door.opens'),
      retired('id: a.door, alias: door.opens'),
    ];
    expect(register([draft(42, ...parts), published])['door.opens']).toMatchObject({
      since: '0042/v1',
      aliases: ['a.door', 'door.open', 'door.opened'],
    });
  });

  test('without a successor is a tombstone, with its reason and its history', () => {
    const parts = [retired('id: door.opened, tombstone: "Doors left the interface."')];
    expect(register([draft(42, ...parts), published])).toEqual({
      'door.opened': {
        since: '0042/v1',
        changed: '0042/v1',
        tombstone: 'Doors left the interface.',
      },
    });
  });

  test('but was never published has no history', () => {
    const parts = [retired('id: door.opened, tombstone: "Gone."')];
    expect(register([draft(42, ...parts)])).toEqual({
      'door.opened': { since: null, changed: null, tombstone: 'Gone.' },
    });
  });

  test('in a circle of aliases leads nowhere, and does not hang', () => {
    const parts = [
      requirement('door.opens'),
      retired('id: a.a, alias: b.b'),
      retired('id: b.b, alias: a.a'),
      retired('id: c.c, alias: c.c'),
    ];
    expect(register([draft(42, ...parts)])).toEqual({ 'door.opens': opens });
  });

  test('but still stands is what the text says', () => {
    const parts = [requirement('door.opens'), retired('id: door.opens, tombstone: "Gone."')];
    expect(register([draft(42, ...parts)])).toEqual({ 'door.opens': opens });
  });
});

describe('the file', () => {
  test('is sorted by id, with one entry a line', () => {
    const parts = ['b.b', 'a.b', 'a-b.c', 'a.a'].map((id) => requirement(id));
    const file = formatRegister(register([draft(42, ...parts)]));
    expect(
      file.split('\n').map((line) => /^ {2}"([^"]*)": \{.*\},?$/.exec(line)?.[1] ?? line),
    ).toEqual(['{', 'a-b.c', 'a.a', 'a.b', 'b.b', '}', '']);
  });

  test('of no requirements is an empty object', () => {
    expect(formatRegister({})).toBe('{}\n');
  });

  test('is read as what it was written from', () => {
    const entry = fc.record(
      { since: fc.option(fc.string()), tombstone: fc.string({ unit: 'binary' }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), entry, { maxKeys: 8, noNullPrototype: true }),
        (entries) => {
          expect(JSON.parse(formatRegister(entries as Register))).toEqual(entries);
        },
      ),
    );
  });
});

describe('revisionName', () => {
  test('is what the register and the pages write', () => {
    expect(revisionName({ slug: '0003', revision: 12 })).toBe('0003/v12');
  });
});
