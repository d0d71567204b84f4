// The title, the labels and the text of a pull request, from texts before and after.

import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, test } from 'vitest';
import { proposal } from './lint/testing.ts';
import { changesOf, kindLabel, PULL_REQUEST_KINDS, pullRequestOf } from './pull-request.ts';
import { type SourceText, visible } from './redline/index.ts';

const RULE = 'r[door.opens]\nThe gateway MUST open the door.';
const SECOND = 'r[door.shuts]\nThe application SHOULD shut it.';
const file = (number: number) => `proposals/${String(number).padStart(4, '0')}-doors/draft.md`;
const doors = (text: string, fields: Readonly<Record<string, string>> = {}): SourceText => [
  file(Number(fields.proposal ?? 42)),
  proposal(text, fields),
];
const EVENT = (more = '') =>
  `\`\`\`event\ntype: door.push\ndirection: send\nscope: [http]\nsummary: Pushes.\nrequirement: door.opens\nfields: {${more}}\nexample: {type: door.push}\n\`\`\``;

describe('kind, title and labels', () => {
  test.each<[string, SourceText[], SourceText[], string[], string, string[]]>([
    ['nothing', [doors(RULE)], [doors(RULE)], [], 'Change the tools', ['kind: tooling']],
    [
      'other words',
      [doors(`A door.\n\n${RULE}`)],
      [doors(`One door.\n\n${RULE}`)],
      [],
      'Reword 0042 Doors',
      ['kind: editorial', 'proposal 0042'],
    ],
    [
      'one requirement',
      [doors(RULE)],
      [doors(RULE.replace('MUST', 'SHOULD'))],
      [],
      'Weaken door.opens (0042 Doors)',
      ['kind: change', 'normative', 'proposal 0042'],
    ],
    [
      'one block',
      [doors(`${RULE}\n\n${EVENT()}`)],
      [doors(`${RULE}\n\n${EVENT('hard: {type: boolean, text: "How."}')}`)],
      [],
      'Change the event door.push (0042 Doors)',
      ['kind: change', 'normative', 'proposal 0042'],
    ],
    [
      'several requirements',
      [doors('Nothing.')],
      [doors(`${RULE}\n\n${SECOND}`)],
      [],
      'Change 2 requirements (0042 Doors)',
      ['kind: change', 'normative', 'needs tests', 'proposal 0042'],
    ],
    [
      'several proposals',
      [doors(RULE), doors('None.', { proposal: '43' })],
      [doors('None.'), doors('Two.', { proposal: '43' })],
      [],
      'Change 0042 and 0043',
      ['kind: change', 'normative', 'proposal 0042', 'proposal 0043'],
    ],
    [
      'a status',
      [doors(RULE)],
      [doors(RULE, { status: 'review' })],
      [],
      'Move 0042 Doors to review',
      ['kind: status step', 'proposal 0042'],
    ],
    [
      'a new proposal beside a changed one',
      [doors(RULE)],
      [doors('None.'), doors('Two.', { proposal: '43', title: 'Gates' })],
      [],
      'Propose 0043 Gates',
      ['kind: new proposal', 'normative', 'proposal 0042', 'proposal 0043'],
    ],
    [
      'publications',
      [doors(RULE)],
      [doors(RULE, { revision: '2' })],
      ['proposals/0042-doors/v1.md', 'proposals/0043-gates/v2.md'],
      'Publish 0042/v1 and 0043/v2',
      ['kind: publication', 'proposal 0042'],
    ],
    [
      'errata',
      [],
      [],
      ['proposals/0042-doors/errata.md'],
      'Add errata to 0042',
      ['kind: editorial', 'proposal 0042'],
    ],
  ])('%s', (_, before, after, files, title, labels) => {
    const request = pullRequestOf({ before, after, files, tests: new Set() });
    expect({ title: request.title, labels: request.labels }).toEqual({ title, labels });
    expect(PULL_REQUEST_KINDS.map(kindLabel)).toContain(request.labels[0]);
  });
});

describe('what is owed', () => {
  test.each<[string, string, string, string[], string[]]>([
    ['a new MUST', 'None.', RULE, [], ['door.opens']],
    ['one that has a test', 'None.', RULE, ['door.opens'], []],
    ['a new SHOULD', 'None.', SECOND, [], []],
    ['SHOULD that becomes MUST', RULE.replace('MUST', 'SHOULD'), RULE, [], ['door.opens']],
    ['MUST that was there', RULE, `${RULE.replace('the door', 'it')}`, [], []],
    [
      'one that is exempt',
      'None.',
      `${RULE}\n\n\`\`\`untested\n- {requirement: door.opens, reason: "Nobody sees it."}\n\`\`\``,
      [],
      [],
    ],
  ])('%s', (_, before, after, tests, owed) => {
    const [change] = changesOf({
      before: [doors(before)],
      after: [doors(after)],
      tests: new Set(tests),
    });
    expect(change?.owed.map(({ id }) => id)).toEqual(owed);
  });

  test('is due from the last call on', () => {
    const fields = { status: 'last-call', 'last-call-ends': '2026-12-20' };
    const request = pullRequestOf({
      before: [doors('None.', fields)],
      after: [doors(RULE, fields)],
      tests: new Set(),
    });
    expect(request.body).toContain('- [ ] `door.opens`, MUST, due now\n');
  });

  test('nothing, where the tests are not known', () => {
    const { labels } = pullRequestOf({ before: [], after: [doors(RULE)] });
    expect(labels).not.toContain('needs tests');
  });
});

test('the text says what changes, asks why, and is no longer than it may be', () => {
  const many = Array.from(
    { length: 200 },
    (_, index) => `r[door.d${index}]\nThe gateway MUST open door ${index}.`,
  ).join('\n\n');
  const input = { before: [doors('None.')], after: [doors(many)], tests: new Set<string>() };
  const { body } = pullRequestOf(input);
  expect(body).toMatch(/^## What changes\n\n### 0042 `Doors`\n\n\*\*Normative\*\*/);
  expect(body).toContain('\n## Why\n');
  for (const limit of [4_000, 8_000, 30_000])
    expect(pullRequestOf({ ...input, limit }).body.length, `${limit}`).toBeLessThanOrEqual(limit);
});

test('whatever a text says, the title is one line and the text has no HTML but our own comment', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('</details>', '<img src=x>', '@all', '````', '`', '\u202e', '\u001b[2J', '-->'),
  );
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 6 }), fc.boolean(), (words, inTitle) => {
      const text = words.join('').replaceAll('\n', ' ');
      const after: SourceText = doors(
        `r[door.opens]\nThe gateway MUST open ${inTitle ? 'it' : text}.`,
        inTitle ? { title: JSON.stringify(text) } : {},
      );
      const { title, body } = pullRequestOf({ before: [doors(RULE)], after: [after] });
      expect([...title].length).toBeLessThanOrEqual(100);
      const written = title + body.replaceAll('\n', '');
      expect(written).toBe(visible(written));
      const html: string[] = [];
      const walk = (node: { type: string; value?: string; children?: unknown[] }) => {
        if (node.type === 'html') html.push(node.value ?? '');
        for (const child of node.children ?? []) walk(child as typeof node);
      };
      walk(fromMarkdown(body) as never);
      expect(html.filter((value) => !value.startsWith('<!-- The problem that'))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
