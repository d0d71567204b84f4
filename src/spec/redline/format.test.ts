// Redlines and summaries as people read them: on a terminal, with and without colour, and in a pull request.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PROPOSALS, revisions } from '../../../tests/fixtures/revisions.ts';
import { parseMarkdown } from '../document.ts';
import { formatRedline, redlineToMarkdown } from './format.ts';
import { formatSummary, summaryToMarkdown } from './format-summary.ts';
import { redline } from './redline.ts';
import { summarise } from './summary.ts';

const BEFORE = `# Doors

## Leaf

Some text that stays.

r[door.opens]
The gateway MUST open the door at once.

r[door.sings]
Middleware MAY sing.

Nobody reads this far, or further.

\`\`\`event
type: door.push
direction: send
fields:
  force: {type: integer, text: "How hard."}
\`\`\`

## Frame

The last words of all of it.
`;
const AFTER = BEFORE.replace('MUST', 'SHOULD')
  .replace('r[door.sings]\nMiddleware MAY sing.\n\n', '')
  .replace('direction: send', 'direction: both')
  .replace('The last', 'r[door.shuts]\nThe application MUST NOT slam the door.\n\nThe last');

test('the redline, for the terminal', () => {
  expect(formatRedline(redline(BEFORE, AFTER), { context: 0 })).toBe(`      ⋮ 3 blocks unchanged

§ Doors › Leaf

changed: requirement door.opens (line 7 → 7)
- r[door.opens]
- The gateway [-MUST-] open the door at once.
+ r[door.opens]
+ The gateway {+SHOULD+} open the door at once.

removed: requirement door.sings (line 10)
- r[door.sings]
- Middleware MAY sing.

      ⋮ 1 block unchanged

changed: event door.push (line 15 → 12)
  ⋮ 2 more
- direction: [-send-]
+ direction: {+both+}
  ⋮ 3 more

      ⋮ 1 block unchanged

§ Doors › Frame

added: requirement door.shuts (line 21)
+ r[door.shuts]
+ The application MUST NOT slam the door.

      ⋮ 1 block unchanged

4 blocks differ: 1 added, 1 removed, 2 changed. 6 blocks unchanged.
`);
});

test('context shows what stands around a change', () => {
  const text = formatRedline(redline(BEFORE, AFTER), { context: 1 });
  expect(text).toContain('\n  Some text that stays.\n');
  expect(text).toContain('\n  Nobody reads this far, or further.\n');
  expect(text).toContain('\n  type: door.push\n- direction');
});

test('with colour the signs stay, and words are marked by it alone', () => {
  const text = formatRedline(redline(BEFORE, AFTER), { color: true, context: 0 });
  expect(text).toContain(
    '\u001b[31m-\u001b[0m \u001b[31mThe gateway \u001b[0m\u001b[31;7mMUST\u001b[0m',
  );
  expect(text).toContain('\u001b[32m+\u001b[0m ');
  expect(text).not.toMatch(/\[-|\{\+/);
});

test('no difference is said', () => {
  expect(formatRedline(redline(BEFORE, BEFORE))).toBe(
    '      ⋮ 9 blocks unchanged\n\nNo block differs.\n',
  );
});

test('what has moved says from where, and has no signs', () => {
  const rule = 'r[door.opens]\nThe gateway MUST open the door at once.\n\n';
  const moved = BEFORE.replace(rule, '').replace('The last', `${rule}The last`);
  expect(formatRedline(redline(BEFORE, moved), { context: 0 })).toContain(
    'moved: requirement door.opens (line 7 in Leaf → 21)\n  r[door.opens]\n  The gateway MUST open the door at once.\n',
  );
});

test('the summary, for the terminal', () => {
  expect(
    formatSummary(summarise(BEFORE, AFTER)),
  ).toBe(`Requirements: 1 removed, 1 weakened, 1 added, 0 unchanged.

removed: door.sings, MAY (line 10)
  - Middleware MAY sing.

weakened: door.opens, MUST → SHOULD (line 7)
  - The gateway [-MUST-] open the door at once.
  + The gateway {+SHOULD+} open the door at once.

added: door.shuts, MUST NOT (line 21)
  + The application MUST NOT slam the door.

Blocks:

changed: event door.push (line 15 → 12)
  - direction: [-send-]
  + direction: {+both+}
`);
});

test('the summary names what moved, what was renamed, and why something is no more', () => {
  const text = formatSummary(
    summarise(
      '# A\n\nText.\n\nr[a.b]\nThe gateway MUST go.\n\nr[a.c]\nThe gateway MAY run.\n\nr[a.d]\nMiddleware MAY sit.\n\nr[a.e]\nThe gateway MAY rest.\n\n# B\n\nMore text.\n',
      '# A\n\nText.\n\nr[a.x]\nThe gateway MAY run.\n\nr[a.f]\nThe gateway MAY rest.\n\n```retired\n- {id: a.c, alias: a.x}\n- {id: a.d, tombstone: "It stands."}\n```\n\n# B\n\nMore text.\n\nr[a.b]\nThe application MUST go.\n',
    ),
  );
  expect(text).toContain(
    'bound to another role, moved: a.b, MUST, gateway → application, “A” → “B” (line ',
  );
  expect(text).toContain('renamed: a.x, MAY, formerly a.c (line ');
  expect(text).toContain('    retired: It stands.\n');
  expect(text).toContain('    the same text now has the id a.f: a new name needs an alias');
});

describe('as Markdown', () => {
  test('the redline', () => {
    expect(redlineToMarkdown(redline(BEFORE, AFTER))).toContain(`#### \`Doors › Leaf\`

**changed**: requirement \`door.opens\` (line 7 → 7)

\`\`\`diff
- r[door.opens]
- The gateway [-MUST-] open the door at once.
+ r[door.opens]
+ The gateway {+SHOULD+} open the door at once.
\`\`\`
`);
  });

  test('the summary', () => {
    expect(summaryToMarkdown(summarise(BEFORE, AFTER))).toContain(
      '**weakened**: `door.opens`, MUST → SHOULD (line 7)\n\n```diff\n- The gateway [-MUST-] open the door at once.\n+ The gateway {+SHOULD+} open the door at once.\n```\n',
    );
  });

  test('nothing of a proposal is markup, and nobody is mentioned', () => {
    const hostile = `# @everyone <img src=x>

r[a.\`b]
@everyone MUST see [this](https://example.org) and ![that](/x), in \`\`\` fences

\`\`\`\`js
\`\`\`
</details>
\`\`\`\`
`;
    for (const text of [
      redlineToMarkdown(redline('', hostile)),
      redlineToMarkdown(redline(hostile, '')),
      summaryToMarkdown(summarise('', hostile)),
    ]) {
      const types = new Set<string>();
      const visit = (node: { type: string; value?: string; children?: object[] }) => {
        types.add(node.type);
        if (node.type === 'text') expect(node.value).not.toContain('@');
        for (const child of node.children ?? []) visit(child as typeof node);
      };
      visit(parseMarkdown(text) as Parameters<typeof visit>[0]);
      for (const type of ['html', 'link', 'image']) expect(types).not.toContain(type);
    }
  });

  test('what does not fit into a comment is left out, and that is said', () => {
    const [, , , http = ''] = PROPOSALS;
    const text = redlineToMarkdown(redline('', http), { limit: 5000 });
    expect(text.length).toBeLessThan(5500);
    expect(text).toContain('*The rest is left out:');
    expect(summaryToMarkdown(summarise('', http), { limit: 3000 })).toMatch(
      /\*The rest is left out: .*\*\n$/,
    );
  });
});

test('a terminal gets no control character of a text', () => {
  const hostile =
    'Red \u001b[31m text\u0007, and \u202ebackwards.\n\nr[a.\u001b]\nThe gateway MUST.\n';
  for (const text of [
    formatRedline(redline('', hostile)),
    formatRedline(redline(hostile, 'Red text.\n')),
    formatSummary(summarise('', hostile)),
  ]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f\u202e]/);
  }
  expect(formatRedline(redline('', hostile))).toContain('Red <U+001B>[31m text<U+0007>');
});

test('any comparison can be formatted', () => {
  fc.assert(
    fc.property(revisions, ([before, after]) => {
      const compared = redline(before, after);
      const summary = summarise(before, after);
      for (const text of [
        formatRedline(compared),
        formatRedline(compared, { color: true, context: 3 }),
        formatSummary(summary, { color: true }),
        redlineToMarkdown(compared),
        summaryToMarkdown(summary),
      ]) {
        expect(text).toMatch(/\n$/);
      }
    }),
    { numRuns: 100 },
  );
});
