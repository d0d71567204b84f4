// What leaves a sandbox is what differs from the example and no more, and is safe where it is pasted.

import { describe, expect, test } from 'vitest';
import { INTERFACE_VERSION } from '../../interface/index.ts';
import { LONGEST_URL } from '../../sandbox/share.ts';
import { embedSnippet, ideFields, linkTo, sharedState } from './outgoing.ts';

const ORIGINAL = { 'app.ts': 'one', 'key.ts': 'two', 'requests.http': 'GET /' };
const SHOWN = { slug: 'hello', original: ORIGINAL, files: ORIGINAL, choice: 'automatic' } as const;

describe('the state that is shared', () => {
  test('of the example as it is there is none', () => {
    expect(sharedState(SHOWN)).toBeUndefined();
  });

  test('has what differs: changed, new and removed files', () => {
    const files = { 'app.ts': 'other', 'new.ts': 'three', 'requests.http': 'GET /' };
    expect(sharedState({ ...SHOWN, files })).toEqual({
      v: 1,
      example: 'hello',
      files: { 'app.ts': 'other', 'new.ts': 'three', 'key.ts': null },
      edition: INTERFACE_VERSION,
    });
  });

  test('has the runtime and the event that were chosen', () => {
    expect(sharedState({ ...SHOWN, choice: 'page' })).toMatchObject({ files: {}, choice: 'page' });
    expect(sharedState({ ...SHOWN, event: 7 })).toMatchObject({ files: {}, event: 7 });
  });
});

test('a link is too long by its whole length, page and all', () => {
  const page = 'https://example.org/examples/hello/';
  const fits = `#s1.${'a'.repeat(LONGEST_URL - page.length - 4)}`;
  expect(linkTo(page, fits)).toEqual({ url: page + fits, tooLong: false });
  expect(linkTo(page, `${fits}a`).tooLong).toBe(true);
});

test('no title breaks out of the HTML that is pasted, and messages of others do not count', () => {
  const url = 'https://example.org/embed/hello/#s1.abc';
  const html = embedSnippet(url, 'A "quoted" <b>&title');
  expect(html).toContain(`src="${url}"`);
  expect(html).toContain('title="A &quot;quoted&quot; &lt;b>&amp;title, in a sandbox"');
  expect(html).toContain('origin !== "https://example.org"');
});

test('an online IDE gets the title, the summary and the files by path', () => {
  expect(ideFields({ title: 'Hello', summary: 'A head.' }, { 'lib/a.ts': 'text' })).toEqual([
    ['project[title]', 'Hello (Portway)'],
    ['project[description]', 'A head.'],
    ['project[template]', 'node'],
    ['project[files][lib/a.ts]', 'text'],
  ]);
});
