import { describe, test } from 'vitest';
import { finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { noHtml } from './no-html.ts';

describe('no-html', () => {
  test('its words', () => keepsItsWord(noHtml, (text) => proposal(text)));

  test.each([
    ['a script', '⌖<script>alert(1)</script>', '`<script>` is HTML'],
    [
      'an element in a line',
      'An é ⌖<img src=x onerror="alert(1)"> here.',
      '`<img src=x onerror="alert(1)">` is HTML',
    ],
    ['one in a list', '- item ⌖<br> more', '`<br>` is HTML'],
    ['one in a table', '| a |\n|---|\n| ⌖<br/> |\n\nTable: x', '`<br/>` is HTML'],
    ['one behind a comment', '<!-- a > b -->⌖<p>', '`<p>` is HTML'],
    [
      'a long one, which is cut',
      `⌖<a href="javascript:${'x'.repeat(50)}">\n`,
      `\`<a href="javascript:${'x'.repeat(20)}…\` is HTML`,
    ],
    ['a declaration', '⌖<!DOCTYPE html>', '`<!DOCTYPE html>` is HTML'],
  ])('%s', (_, text, message) => {
    finds(noHtml, proposal(text), message);
  });

  test.each([
    ['comments, with elements in them', '<!-- <b>bold</b> -->\n\n<!--\n<script>\n-->'],
    ['code', '`<script>` and\n\n```html\n<script>\n```'],
    ['a comparison', 'a < b > c, 1<2'],
    ['an address in angle brackets', '<https://example.org/>'],
    ['a comment that is never closed', '<!-- <b>'],
  ])('near miss: %s', (_, text) => passes(noHtml, proposal(text)));
});
