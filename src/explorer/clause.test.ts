// Every requirement leads to its text, and a name that is none, which a program may use as it likes, leads nowhere wrong.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import { clauseHref, clauseText, withoutId } from './clause.ts';

afterEach(() => vi.unstubAllGlobals());

/** Names that every object has something under. */
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];

describe('a link to a requirement', () => {
  test('leads to its text in its proposal', () => {
    expect(clauseHref('http.start-once', '/')).toBe('/proposals/0003/#http.start-once');
    expect(clauseHref('http.start-once', '/base/')).toBe('/base/proposals/0003/#http.start-once');
  });

  test('leads to the place on this page where its text is on it', () => {
    vi.stubGlobal('document', {
      getElementById: (id: string) => (id === 'http.start-once' ? {} : null),
    });
    expect(clauseHref('http.start-once', '/')).toBe('#http.start-once');
    expect(clauseHref('http.finish', '/')).toBe('/proposals/0003/#http.finish');
  });

  test('is there for every requirement', () => {
    for (const [id, { proposal }] of Object.entries(REQUIREMENTS))
      expect(clauseHref(id, '/')).toBe(`/proposals/${proposal}/#${id}`);
  });

  test.each(['no.such-thing', '', '../../x', ...INHERITED])(
    'leads to the list of all where there is none of this name: %s',
    (id) => {
      vi.stubGlobal('document', { getElementById: () => ({}) });
      expect(clauseHref(id, '/base/')).toBe('/base/requirements/');
    },
  );
});

describe('the sentence of a requirement', () => {
  test('is its text without Markdown', () => {
    for (const [id, { text }] of Object.entries(REQUIREMENTS)) {
      expect(clauseText(id)).toBe(text.split('`').join(''));
      expect(clauseText(id)).not.toBe('');
    }
  });

  test.each(['no.such-thing', ...INHERITED])(
    'is none where there is none of this name: %s',
    (id) => {
      expect(clauseText(id)).toBeUndefined();
    },
  );
});

test.each([
  ['http.start-once: a second start', 'http.start-once', 'a second start'],
  ['a second start', 'http.start-once', 'a second start'],
  ['http.start-once', 'http.start-once', 'http.start-once'],
  ['http.start: http.start: twice', 'http.start', 'http.start: twice'],
  ['no requirement', undefined, 'no requirement'],
  [': empty', '', ': empty'],
])('a message is shown without the id that stands beside it: %s', (message, requirement, shown) => {
  expect(withoutId(message, requirement)).toBe(shown);
});
