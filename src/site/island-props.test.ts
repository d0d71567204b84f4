// The step behind the build that moves the properties of sandboxes out of their pages.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveProps } from './island-props.ts';

/** An attribute as Astro writes it. */
function written(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    "'": '&#39;',
    '"': '&quot;',
  };
  return text.replace(/[&<>'"]/g, (character) => names[character] ?? character);
}

const island = (props: unknown, client = 'intent') =>
  `<p>a</p><astro-island uid="x" props="${written(JSON.stringify(props))}" ssr client="${client}" opts="{}"><b>drawn</b></astro-island>`;

test('properties are the same in their file as they were in the page', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (props) => {
      const { html, files } = moveProps(island(props));
      expect(html).not.toContain(' props=');
      const [[name, json] = ['', '']] = files;
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(props)));
      expect(html).toContain(` data-props="/_astro/props/${name}" ssr client="intent"`);
    }),
  );
});

test('what is alike is in one file, and what is not is in two', () => {
  expect(moveProps(island({ a: 1 }) + island({ a: 1 })).files.size).toBe(1);
  expect(moveProps(island({ a: 1 }) + island({ a: 2 })).files.size).toBe(2);
});

test('an island that wakes otherwise keeps its properties, and so does what only looks like one', () => {
  for (const html of [island({ a: 1 }, 'load'), '<p title="client=&quot;intent&quot;">a</p>'])
    expect(moveProps(html)).toEqual({ html, files: new Map() });
});

test('properties that are not JSON stop the build', () => {
  expect(() => moveProps('<astro-island uid="x" props="{" client="intent">')).toThrow(SyntaxError);
});

test('the style that Astro writes beside an island, where HTML allows none, is in a style sheet', () => {
  const style = '<style>astro-island,astro-slot,astro-static-slot{display:contents}</style>';
  expect(moveProps(`<figure>${style}<p>a</p></figure>`).html).toBe('<figure><p>a</p></figure>');
  const sheet = readFileSync(new URL('styles/try.css', import.meta.url), 'utf8');
  expect(sheet.replace(/\s+/g, ' ')).toContain(
    'astro-island, astro-slot, astro-static-slot { display: contents; }',
  );
});
