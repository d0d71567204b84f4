// The step behind the build that takes the styles out of a page that style nothing on it before a sandbox wakes.
import { expect, test } from 'vitest';
import { moveStyles } from './late-styles.ts';

const SHEETS: Readonly<Record<string, string>> = {
  '/_astro/site.css': 'body{margin:0}p.svelte-aaa{color:red}',
  '/_astro/dialog.css':
    'dialog.svelte-bbb{border:0}@media (width>=40rem){p.svelte-bbb:where(.svelte-bbb){margin:0}}@keyframes svelte-bbb-in{0%{opacity:0}}',
  '/_astro/again.css': 'p.svelte-aaa{color:red}',
};
const read = (address: string) => SHEETS[address] ?? '';
const link = (name: string) => `<link rel="stylesheet" href="/_astro/${name}.css">`;
const island = (client = 'intent') =>
  `<astro-island uid="x" ssr client="${client}" opts="{}"><p class="svelte-aaa">a</p></astro-island>`;
const page = (head: string, body = island()) => `<head>${head}</head><body>${body}</body>`;

test('a sheet of what is not drawn yet is named by the island, and no longer linked', () => {
  const { html } = moveStyles(page(link('site') + link('dialog')), read);
  expect(html).toContain(link('site'));
  expect(html).not.toContain(link('dialog'));
  expect(html).toContain(
    '<astro-island data-styles="/_astro/dialog.css" uid="x" ssr client="intent" opts="{}">',
  );
});

test('a style in the page becomes a file that is named by its content, and keeps its place among the others', () => {
  const style = 'b.svelte-ccc{top:0}';
  const { html, files } = moveStyles(page(`<style>${style}</style>${link('dialog')}`), read);
  const [[name, css] = ['', '']] = files;
  expect(css).toBe(style);
  expect(name).toMatch(/^[0-9a-f]{12}\.css$/);
  expect(html).toContain(`data-styles="/_astro/late/${name} /_astro/dialog.css"`);
  expect(html).not.toContain('<style>');
});

test('a sheet that repeats rules of one before it is not needed before', () => {
  expect(moveStyles(page(link('site') + link('again')), read).html).toContain(
    'data-styles="/_astro/again.css"',
  );
  const reversed = page(link('again') + link('site'));
  expect(moveStyles(reversed, read).html).toBe(reversed);
});

test('a rule under another condition is another rule', () => {
  const html = page(`${link('site')}<style>@media print{p.svelte-aaa{color:red}}</style>`);
  expect(moveStyles(html, read).html).toBe(html);
});

for (const [what, style] of Object.entries({
  'of what is drawn': 'p.svelte-aaa{top:0}',
  'of the page': 'p{top:0}',
  'of which one selector is of the page': 'b.svelte-ccc,p{top:0}',
  'of which one selector is drawn': 'b.svelte-ccc,p.svelte-aaa{top:0}',
  'that holds no rule': '@font-face{font-family:a;src:url(a.woff2)}',
  'that holds a layer beside': 'b.svelte-ccc{top:0}@layer a{b.svelte-ccc{top:1px}}',
}))
  test(`a style ${what} stays`, () => {
    const html = page(`<style>${style}</style>`);
    expect(moveStyles(html, read)).toEqual({ html, files: new Map() });
  });

test('a sheet for print stays where it is', () => {
  const html = page('<link rel="stylesheet" href="/_astro/dialog.css" media="print">');
  expect(moveStyles(html, read).html).toBe(html);
});

test('a page without a sandbox, or with an island that wakes at once, is left as it is', () => {
  for (const body of ['<p>a</p>', island('load'), island() + island('only')]) {
    const html = page(link('dialog'), body);
    expect(moveStyles(html, read)).toEqual({ html, files: new Map() });
  }
});

test('every sandbox of a page names the styles', () => {
  const { html } = moveStyles(page(link('dialog'), island() + island()), read);
  expect(html.match(/ data-styles="\/_astro\/dialog.css" /g)).toHaveLength(2);
});
