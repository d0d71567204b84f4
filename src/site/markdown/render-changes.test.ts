// A compared sentence as HTML: marks around what came and went, said in words too.
import { expect, test } from 'vitest';
import { compareWords } from '../../spec/redline/words.ts';
import { renderChanges } from './render-changes.ts';

const file = 'proposals/0003-http/draft.md';
/** The HTML without what is for those who hear it. */
const seen = (html: string) => html.replace(/<span class="sr-only">[^<]*<\/span>/g, '');

test('what came and what went is marked, and said', async () => {
  const html = await renderChanges(
    compareWords('The gateway MUST open it.', 'The gateway MUST shut it.'),
    file,
  );
  expect(seen(html)).toBe('The gateway MUST <del>open</del><ins>shut</ins> it.');
  expect(html).toContain('<span class="sr-only">(removed: </span>open');
  expect(html).toContain('<span class="sr-only">(added: </span>shut');
});

test('code keeps its element, and a reference that was taken out leads nowhere', async () => {
  const before = 'The gateway MUST read `a.b`, as [door.opens] says.';
  const html = seen(
    await renderChanges(compareWords(before, 'The gateway MUST read `a.c`.'), file),
  );
  expect(html).toContain('<code>a.c</code>');
  expect(html).toContain('<code>door.opens</code>');
  expect(html).not.toContain('href');
});
