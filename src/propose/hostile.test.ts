// What is left of a hostile text is a tree that runs nothing, loads nothing and takes no name of the page.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostile } from '../../tests/fixtures/hostile-markdown.ts';
import { context as doors } from '../render/markdown/fixture.ts';
import { attribute, elementsOf, readHtml } from '../render/redline-tree.ts';
import { createRenderer } from '../render/renderer.ts';
import { previewOf, redlineOf } from './preview.ts';
import { PREVIEW_PREFIX } from './preview-ids.ts';
import { sanitise, schema } from './sanitise.ts';

const FILE = 'proposals/0007-doors/draft.md';
const ELEMENTS: ReadonlySet<string> = new Set(schema.tagNames);
const ADDRESSES = /^(?:href|src|srcset|action|formaction|data|poster|xlink:href|background|ping)$/;
const SCHEMES = /^(?:https?|mailto):$/;

/** Everything in a piece of HTML that could run, load or clobber; it says so of each. */
function dangersIn(html: string): string[] {
  return [...elementsOf(readHtml(html))].flatMap((one) => [
    ...(ELEMENTS.has(one.tagName) ? [] : [`<${one.tagName}>`]),
    ...one.attrs.flatMap(({ name, prefix, value }) => {
      const whole = prefix ? `${prefix}:${name}` : name;
      const said = `${one.tagName} ${whole}="${value}"`;
      if (/^on|^style$|^name$|^form|^is$|^slot$|^part$/i.test(whole)) return [said];
      if (whole === 'id' && !value.startsWith(PREVIEW_PREFIX)) return [said];
      if (!ADDRESSES.test(whole)) return [];
      if (one.tagName !== 'a' || whole !== 'href') return [said];
      const url = URL.parse(value, 'https://here.invalid/');
      if (!url || !SCHEMES.test(url.protocol)) return [said];
      const isOut = url.origin !== 'https://here.invalid';
      const rel = attribute(one, 'rel')?.split(' ') ?? [];
      return isOut && !['noopener', 'noreferrer', 'nofollow'].every((word) => rel.includes(word))
        ? [`${said} without rel`]
        : [];
    }),
  ]);
}

test('there are sixty texts and more, each under a name of its own', () => {
  expect(hostile.length).toBeGreaterThanOrEqual(60);
  expect(new Set(hostile.map(({ name }) => name)).size).toBe(hostile.length);
});

test('what is looked for is found', () => {
  const raw = '<img src=x onerror=y><a href="javascript:x" id=x>a</a><svg><script/></svg>';
  expect(dangersIn(raw)).toEqual([
    '<img>',
    'img src="x"',
    'img onerror="y"',
    'a href="javascript:x"',
    'a id="x"',
    '<script>',
  ]);
});

describe('nothing is left that runs', () => {
  test.each(hostile)('$name: $tries', async ({ text }) => {
    const preview = await previewOf(text, FILE, doors);
    expect(preview.refused).toBeUndefined();
    expect(dangersIn(preview.html)).toEqual([]);
  });

  test.each(hostile)('the sanitiser alone, $name: $tries', async ({ text }) => {
    expect(dangersIn(sanitise(text))).toEqual([]);
    const render = createRenderer({ ...doors, noteOf: () => ({ type: 'text', value: '' }) });
    expect(dangersIn(sanitise((await render(text, FILE)).html))).toEqual([]);
  });

  test('and nothing of a redline', async () => {
    for (const { name, text } of hostile) {
      const redline = await redlineOf(
        { source: `Words.\n\n${text}`, context: doors },
        { source: `${text}\n\nOther words.`, context: doors },
        FILE,
      );
      expect(redline.refused, name).toBeUndefined();
      expect(dangersIn(redline.html), name).toEqual([]);
    }
  });

  test('and no prototype was given anything', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });
});

test('what was sanitised stays as it is when it is read and sanitised again', () => {
  const pieces = fc.constantFrom(
    ...hostile.map(({ text }) => text),
    '<p>',
    '</p>',
    '<svg>',
    '"',
    '<!--',
  );
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (texts) => {
      const once = sanitise(texts.join(''));
      expect(dangersIn(once)).toEqual([]);
      const ids = new RegExp(`(?<=["# ])${PREVIEW_PREFIX}`, 'g');
      expect(dangersIn(sanitise(once))).toEqual([]);
      expect(sanitise(once).replace(ids, '').length).toBeLessThanOrEqual(once.length + 200);
    }),
    { numRuns: 200 },
  );
});
