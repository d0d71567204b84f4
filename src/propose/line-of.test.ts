// Where the editor begins has to be where the renderer puts the fragment.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cut } from '../spec/redline/cut.ts';
import { lineOf } from './line-of.ts';

const drafts = readdirSync('proposals')
  .filter((name) => /^\d{4}-/.test(name) && !name.startsWith('0000'))
  .map((name) => `proposals/${name}/draft.md`);

test.each(drafts)('requirements and headings of %s', (file) => {
  const text = readFileSync(file, 'utf8');
  const places = cut(text).filter(
    ({ type, name, depth = 0 }) =>
      (type === 'requirement' && name !== undefined) || (type === 'heading' && depth > 1),
  );
  expect(places.length).toBeGreaterThan(5);
  for (const { anchor, line } of places)
    expect([anchor, lineOf(text, anchor)]).toEqual([anchor, line]);
});

test('the second heading of a name has a number, and code is no heading', () => {
  const text = '# T\n\n```\n## Summary\nr[a.b]\n```\n\n## Summary\n\nr[a.b]\n\n## Summary ##\n';
  expect(lineOf(text, 'summary')).toBe(8);
  expect(lineOf(text, 'summary-1')).toBe(12);
  expect(lineOf(text, 'a.b')).toBe(10);
});

test('what is not there has no line', () => {
  expect(lineOf('## Summary', 'motivation')).toBeUndefined();
  expect(lineOf('', '')).toBeUndefined();
});
