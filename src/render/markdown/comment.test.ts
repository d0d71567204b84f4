import { expect, test } from 'vitest';
import { withoutComments } from './comment.ts';
import { render } from './fixture.ts';

const html = (markdown: string) => render(markdown, { plugins: [withoutComments] });

test.each([
  [
    'between paragraphs',
    'Before.\n\n<!-- for editors -->\n\nAfter.',
    '<p>Before.</p>\n<p>After.</p>',
  ],
  ['over several lines', '<!--\nfor\n\neditors\n-->\n\nAfter.', '<p>After.</p>'],
  ['within a sentence', 'Be<!-- for editors -->fore.', '<p>Before.</p>'],
  ['two on a line', '<!-- a --> <!-- b -->\n\nAfter.', '<p>After.</p>'],
  ['in a list', '- <!-- a -->\n- b', '<ul>\n<li></li>\n<li>b</li>\n</ul>'],
  ['that nobody closed', 'Before.\n\n<!-- for editors\n\nAfter.', '<p>Before.</p>'],
])('a comment %s is not on the page', async (_, markdown, expected) => {
  expect(await html(markdown)).toBe(expected);
});

test('what stands beside a comment stays', async () => {
  expect(await html('<b>x</b><!-- a -->')).toBe('<p><b>x</b></p>');
  expect(await html('<div>\n<!-- a -->\nx\n</div>')).toBe('<div>\n\nx\n</div>');
});

test('a comment in code is code', async () => {
  expect(await html('`<!-- a -->`')).toBe('<p><code>&#x3C;!-- a --></code></p>');
});

test('blocks inside of a comment are not blocks', async () => {
  expect(await render('<!--\n```untested\n- {requirement: door.none, reason: x}\n```\n-->')).toBe(
    '',
  );
});
