// What is offered to an author has to be what the specification's own reader takes.

import { expect, test } from 'vitest';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import { isBlockKind, parseBlock } from '../../spec/blocks.ts';
import { readDocument } from '../../spec/document.ts';
import { idAt, suggestionsAt } from './markdown-help.ts';

/** A snippet with every place as it is offered: the text behind the colon, the first of several choices. */
function filledIn(snippet: string): string {
  const texts = new Map<string, string>();
  return snippet
    .replace(/\$\{(\d+)(?::([^}]*)|\|([^,|]*)[^|]*\|)\}/g, (_, number, text, choice) => {
      texts.set(number, text ?? choice);
      return text ?? choice;
    })
    .replace(/\$(\d+)/g, (_, number) => texts.get(number) ?? '');
}

const snippets = suggestionsAt('').filter(({ snippet }) => snippet);

test.each(snippets.filter(({ name }) => isBlockKind(name)))(
  'the block that is offered as $name can be read as it is',
  ({ name, insert }) => {
    if (!isBlockKind(name)) throw new Error(name);
    const text = filledIn(insert).replace(/^```.*\n|```\n$/g, '');
    expect(parseBlock(name, text, 'draft.md', 1)).toHaveProperty('value');
  },
);

test('every kind of block is offered', () => {
  expect(
    snippets
      .map(({ name }) => name)
      .filter(isBlockKind)
      .sort(),
  ).toEqual(
    ['event', 'feature', 'machine', 'record', 'retired', 'sequence', 'try', 'untested'].sort(),
  );
});

test('the requirement that is offered has a role and one keyword', () => {
  const requirement = snippets.find(({ name }) => name === 'r[…]');
  const [marked] = readDocument(filledIn(requirement?.insert ?? ''), 'draft.md').marked;
  expect(marked?.id).toBe('subject.what');
  expect(marked?.role).toBe('gateway');
  expect(marked?.keywords).toHaveLength(1);
});

test('behind a bracket the ids of all requirements are offered, in the place of what is written of one', () => {
  const offered = suggestionsAt('See [http.st');
  expect(offered.map(({ name }) => name)).toEqual(Object.keys(REQUIREMENTS));
  expect(offered[0]?.from).toBe('See ['.length + 1);
});

test('in the middle of a sentence nothing is offered', () => {
  expect(suggestionsAt('The gateway ')).toEqual([]);
  expect(suggestionsAt('`code')).toEqual([]);
});

test('the id under the cursor is found from its first to behind its last letter', () => {
  const line = 'r[http.start-once] and [a.b]';
  expect(idAt(line, 3)?.id).toBe('http.start-once');
  expect(idAt(line, 18)?.id).toBe('http.start-once');
  expect(idAt(line, 19)).toBeUndefined();
  expect(idAt(line, 26)?.id).toBe('a.b');
});
