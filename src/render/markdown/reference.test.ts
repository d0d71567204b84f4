import { expect, test } from 'vitest';
import { context, problemsOf, render } from './fixture.ts';
import { references } from './reference.ts';

const html = (markdown: string) => render(markdown, { plugins: [[references, context]] });
const LINK = '<a class="reference" href="/proposals/0007/#door.close">door.close</a>';

test('a reference becomes a link to the requirement in its proposal', async () => {
  expect(await html('See [door.close], twice: [door.close].')).toBe(
    `<p>See ${LINK}, twice: ${LINK}.</p>`,
  );
});

test('references in tables become links', async () => {
  expect(await html('| a | b |\n|---|---|\n| x | [door.close] |')).toContain(`<td>${LINK}</td>`);
});

test('links, code and brackets that are no ids stay as they are', async () => {
  const code = await html('[door.close](https://example.org/) `[door.close]` [sic] [RFC 9110]');
  expect(code).toBe(
    '<p><a href="https://example.org/">door.close</a> <code>[door.close]</code> [sic] [RFC 9110]</p>',
  );
});

test('an unknown reference is an error with file, line and column', async () => {
  const problems = await problemsOf(
    'First.\n\nSecond line,\nthen [door.lock].',
    'proposals/0007-doors/draft.md',
  );
  expect(problems).toMatchObject([
    { rule: 'reference-exists', file: 'proposals/0007-doors/draft.md', line: 4, column: 6 },
  ]);
  expect(problems[0]?.message).toContain('`[door.lock]`');
});

test('an unknown reference in a requirement is reported on its own line', async () => {
  expect(
    await problemsOf('r[door.close]\nThe application SHOULD close it,\nsee [door.lock].'),
  ).toMatchObject([{ line: 3, column: 5 }]);
  expect(await problemsOf('r[door.close]\nThe [door.lock] SHOULD.')).toMatchObject([
    { line: 2, column: 5 },
  ]);
});

test('every unknown reference of a text is reported at once', async () => {
  expect(await problemsOf('[a.b] and [c.d]')).toHaveLength(2);
});
