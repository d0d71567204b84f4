import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../spec/specification.ts';
import { termsInForce } from '../../spec/term-uses.ts';
import { context as doors, render } from './fixture.ts';
import { sitePlugins } from './plugins.ts';

const HEAD = `---
proposal: 8
title: Walls
summary: Walls.
authors: [Nobody]
status: draft
type: standards
created: 2026-11-22
discussion: repository
revision: 1
---

# Walls

## Specification

### Terms

A *wall* is what stands. A *first wall* is the outermost. A wall is *whole* when nothing is missing.
`;
const FILE = 'proposals/0008-walls/draft.md';
const specification = assemble([[FILE, HEAD]]);
const context = {
  ...doors,
  specification,
  linkedTerms: (slug: string) =>
    termsInForce(specification, slug).filter(({ kind }) => kind !== 'state'),
};
/** As whole texts are rendered: with their front matter. */
const WITH = sitePlugins(context);
const draw = (text: string, path = FILE) => render(`${HEAD}\n${text}`, { plugins: WITH, path });
const HREF = '/proposals/0008/#term-wall';
const links = (html: string) =>
  [...html.matchAll(/<a class="term" href="([^"]*)">(.*?)<\/a>/gs)].map(([, href, text]) => [
    text,
    href,
  ]);

test('a definition has an address, and is led to from nowhere in its section', async () => {
  const html = await draw('The wall again.');
  expect(html).toContain(
    '<p>A <dfn id="term-wall">wall</dfn> is what stands. A <dfn id="term-first-wall">first wall</dfn> is',
  );
  expect(html).toContain('A wall is <dfn id="term-whole">whole</dfn> when');
  expect(links(html)).toEqual([]);
});

test('the first use in each section of the second and third level is a link, in whatever form', async () => {
  const html = await draw(
    '### One\n\nWalls, a wall.\n\n#### Deeper\n\nA wall.\n\n### Two\n\nThe first wall and the wall.\n\n## Rationale\n\n- A wall.',
  );
  expect(links(html)).toEqual([
    ['Walls', HREF],
    ['first wall', '/proposals/0008/#term-first-wall'],
    ['wall', HREF],
    ['wall', HREF],
  ]);
});

describe('no link', () => {
  test.each([
    ['in a heading', '### A wall'],
    ['in code', '### One\n\n`wall`\n\n```ts\nwall;\n```'],
    ['in a link', '### One\n\n[a wall](https://example.org)'],
    ['in a table', '### One\n\n| A wall |\n|---|\n| A wall |'],
    ['of a name', '### One\n\n[door.open-once], wall.paper, wall-paper'],
    ['of a state', '### One\n\nIt is whole.'],
  ])('%s', async (_, text) => {
    const html = await render(`${HEAD}\n${text}`, {
      plugins: sitePlugins({
        ...context,
        specification: { ...specification, requirements: doors.specification.requirements },
      }),
      path: FILE,
    });
    expect(links(html)).toEqual([]);
  });

  test('in a proposal that does not require it, and outside of proposals', async () => {
    expect(links(await draw('### One\n\nA wall.', 'proposals/0009-other/draft.md'))).toEqual([]);
    expect(links(await draw('### One\n\nA wall.', 'content/guide/walls.md'))).toEqual([]);
  });

  test('in a sentence by itself, which stands on some other page', async () => {
    expect(links(await render('A wall.', { plugins: WITH, path: FILE }))).toEqual([]);
  });
});

test('the sentence of a requirement has links too, and its line of facts has none', async () => {
  const specification = {
    ...context.specification,
    requirements: doors.specification.requirements,
  };
  const html = await render(
    `${HEAD}\n### One\n\nr[door.close]\nThe application SHOULD close the wall.`,
    {
      plugins: sitePlugins({ ...context, specification }),
      path: FILE,
    },
  );
  expect(html).toContain(`close the <a class="term" href="${HREF}">wall</a>.`);
  expect(links(html)).toHaveLength(1);
});

test('of two definitions the first has the address', async () => {
  const html = await draw('### One\n\nThe *wall* is again.');
  expect(html.match(/<dfn id="term-wall">/g)).toHaveLength(1);
  expect(html).toContain(`The <em><a class="term" href="${HREF}">wall</a></em> is again.`);
});

test('links and definitions never change what a text says', async () => {
  const parts = fc.constantFrom(
    'A wall',
    ' walls',
    ' *wall*',
    ' **first wall**',
    '. ',
    '\n',
    '\n\n',
    '\n\n### Wall\n\n',
    '- wall\n',
    '> wall\n',
    '`wall`',
    '[wall](x)',
    '"wall"',
    ' is *whole* when',
    ' wall’s',
    '<!-- wall -->',
    '\n\n| wall |\n|---|\n| wall |\n\n',
  );
  const plain = sitePlugins({
    ...context,
    linkedTerms: () => [],
    specification: { ...specification, terms: new Map() },
  });
  const words = (html: string) => html.replace(/<\/?(?:dfn|em|a)(?: [^>]*)?>/g, '');
  await fc.assert(
    fc.asyncProperty(fc.array(parts, { maxLength: 20 }), async (texts) => {
      const text = `${HEAD}\n${texts.join('')}`;
      const [with_, without] = await Promise.all([
        render(text, { plugins: WITH, path: FILE }),
        render(text, { plugins: plain, path: FILE }),
      ]);
      expect(words(with_)).toBe(words(without));
    }),
    { numRuns: 60 },
  );
});
