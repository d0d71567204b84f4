import { expect, test } from 'vitest';
import { render } from './fixture.ts';
import { tables } from './table.ts';

const html = (markdown: string) => render(markdown, { plugins: [tables] });
const TABLE = '| question | answer |\n|---|---|\n| why | `so` |\n';

test('the paragraph after a table that begins with `Table:` is its caption', async () => {
  const code = await html(`${TABLE}\nTable: Questions with *answers*\n\nAfter.`);
  expect(code).toContain('<table><caption>Questions with <em>answers</em></caption><thead>');
  expect(code).toContain('<tr><td>why</td><td><code>so</code></td></tr>');
  expect(code).not.toContain('Table:');
  expect(code).toContain('<p>After.</p>');
});

test('heads of a captioned table say what they head', async () => {
  expect(await html(`${TABLE}\nTable: Q`)).toContain('<th scope="col">question</th>');
});

test('a table scrolls in a container that can be focused and is named by the caption', async () => {
  expect(await html(`${TABLE}\nTable: Questions`)).toMatch(
    /^<section class="table" tabindex="0" aria-label="Questions"><table>/,
  );
});

test('without a caption the container has no name and the next paragraph stays', async () => {
  const code = await html(`${TABLE}\nTables are useful.`);
  expect(code).toMatch(/^<div class="table" tabindex="0"><table>/);
  expect(code).not.toContain('<caption>');
  expect(code).toContain('<p>Tables are useful.</p>');
});

test('`Table:` elsewhere is a paragraph', async () => {
  expect(await html('Table: nothing above')).toBe('<p>Table: nothing above</p>');
});

test('a name in a cell may break at its joints; other code stays as it is', async () => {
  const cell = async (markdown: string) =>
    /<td>(.*?)<\/td>/.exec(await html(`| a |\n|---|\n| ${markdown} |\n\nTable: T`))?.[1];
  expect(await cell('`gateway.features`, `raw_path`')).toBe(
    '<code>gateway.<wbr>features</code>, <code>raw_<wbr>path</code>',
  );
  expect(await cell('`a.b<c>&`')).toBe('<code>a.<wbr>b&#x3C;c>&#x26;</code>');
  expect(await cell('`HTTP_`, `"x"`, `...`')).toBe(
    '<code>HTTP_</code>, <code>"x"</code>, <code>...</code>',
  );
});

test('an empty head is no head', async () => {
  expect(await html('| | answer |\n|---|---|\n| why | so |\n\nTable: Q')).toContain(
    '<thead><tr><td></td><th scope="col">answer</th></tr></thead>',
  );
});
