// A text that is being written is shown as far as it goes, with a note in the place of what is wrong.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { context as doors } from '../render/markdown/fixture.ts';
import { previewOf, redlineOf } from './preview.ts';

const FILE = 'proposals/0007-doors/draft.md';
const show = async (text: string, context = doors) => (await previewOf(text, FILE, context)).html;
const fence = (kind: string, text: string) =>
  `Before.\n\n\`\`\`${kind}\n${text}\n\`\`\`\n\nAfter.\n`;

const NOTED: readonly (readonly [name: string, text: string, rule: string, line: number])[] = [
  ['no YAML', fence('event', 'type: ['), 'block-yaml', 4],
  [
    'a field that is unknown',
    fence('record', 'record: a\nsummary: b\nfields: {}\nmore: 1'),
    'block-shape',
    7,
  ],
  ['an example that is unknown', fence('try', 'example: nothing\ncaption: a'), 'example-exists', 4],
  [
    'a sequence of an example that is unknown',
    fence('sequence', 'example: nothing\ncaption: a'),
    'example-exists',
    4,
  ],
  [
    'a sequence of nothing',
    fence('sequence', 'example: hinge\nevents: [door.never]\ncaption: a'),
    'sequence-shown',
    4,
  ],
  ['a tombstone without a word', fence('retired', '- {id: door.old}'), 'block-shape', 4],
];

describe('a block that cannot be shown is a note in its place', () => {
  test.each(NOTED)('%s', async (_, text, rule, line) => {
    const html = await show(text);
    expect(html).toMatch(
      /<p>Before\.<\/p>\s*<div class="problem-note" role="note">.*<p>After\.<\/p>/s,
    );
    expect(html).toContain(`<strong>${rule}</strong> in line ${line}: `);
  });

  test('a trace that is not to be had is one, too', async () => {
    const context = { ...doors, traceOf: () => Promise.reject(new Error('404')) };
    const html = await show(fence('sequence', 'example: hinge\ncaption: a'), context);
    expect(html).toContain(
      '<strong>rendering</strong> in line 4: the sequence block cannot be shown: 404',
    );
  });
});

test('a reference that leads nowhere is marked, and the others are links', async () => {
  expect(await show('See [door.nowhere] and [door.close].')).toBe(
    '<p>See <mark class="unresolved" title="No proposal defines this requirement.">[door.nowhere]</mark> and ' +
      '<a class="reference" href="/proposals/0007/#door.close" target="_blank">door.close</a>.</p>',
  );
});

test('a reference to what the text says itself stays in the preview', async () => {
  const html = await show('r[door.close]\nThe application SHOULD close it.\n\nSee [door.close].');
  expect(html).toContain('<section class="requirement" id="preview-door.close"');
  expect(html).toContain('See <a class="reference" href="#preview-door.close">door.close</a>');
});

test('an example is a link to its page, and a place that can be taken by a running one', async () => {
  expect(await show(fence('try', 'example: hinge\ncaption: It *turns*.'))).toContain(
    '<div class="example-link" data-example="hinge"><p>Example to try: <a href="/examples/hinge/" target="_blank">A hinge</a>. ' +
      'It <em>turns</em>.</p><p><button type="button">Run it here</button></p></div>',
  );
});

test('HTML of the author is shown as source, comments are not shown', async () => {
  const html = await show(
    'A <b>word</b><!-- not this -->.\n\n<div>\na block\n</div>\n\n<!-- nor this -->',
  );
  expect(html).toContain('<p>A <code>&#x3C;b></code>word<code>&#x3C;/b></code>.</p>');
  expect(html).toContain('&#x3C;div>');
  expect(html).not.toContain('not this');
  expect(html).not.toContain('nor this');
});

test.each([
  ['https://example.org/', 'target="_blank" rel="noopener noreferrer nofollow"'],
  ['//example.org/', 'target="_blank" rel="noopener noreferrer nofollow"'],
  ['/guide/', 'target="_blank"'],
])('a link to %s leaves the page where it is', async (href, rest) => {
  expect(await show(`[a](${href})`)).toBe(`<p><a href="${href}" ${rest}>a</a></p>`);
});

test.each([
  ['an image', '![a door](https://example.org/door.png)', 'a door', 'https://example.org/door.png'],
  [
    'an image by reference',
    '![a door][d]\n\n[d]: https://example.org/d.png',
    'a door',
    'https://example.org/d.png',
  ],
])('%s is what it shows and where it is', async (_, text, alt, address) => {
  expect(await show(text)).toContain(
    `<span class="image">Image “${alt}”: <code>${address}</code></span>`,
  );
});

test('a redline has what came, what went, and notes', async () => {
  const side = (source: string) => ({ source, context: doors });
  const { html, changes } = await redlineOf(
    side(`The door is open.\n\n${fence('event', 'type: [')}`),
    side(`The door is shut.\n\n${fence('event', 'type: [')}`),
    FILE,
  );
  expect(changes).toBe(1);
  expect(html).toContain('id="preview-change-1"');
  expect(html).toMatch(/<del>.*open.*<\/del>/s);
  expect(html).toContain('<strong>block-yaml</strong>');
});

test('whatever is written, there is a preview or a reason', async () => {
  const marks = fc.constantFrom(
    '```event\n',
    '```\n',
    'type: a\n',
    '- ',
    '> ',
    '|',
    '\n',
    '\n\n',
    '[',
    '](',
    ')',
    '<',
    '*',
    'r[a.b]\n',
    'The gateway MUST x.',
    '---\n',
    '{',
    '&a ',
    '*a',
    '[^1]',
    ': ',
    '\0',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(marks, fc.string()), { maxLength: 30 }), async (parts) => {
      const text = parts.join('');
      const { html, refused } = await previewOf(text, FILE, doors);
      expect(typeof html).toBe('string');
      expect(refused).toBeUndefined();
      const side = { source: text, context: doors };
      expect((await redlineOf(side, side, FILE)).refused).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});
