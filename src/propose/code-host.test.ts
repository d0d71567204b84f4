// That addresses carry what was put into them, up to the length that the host takes, and that nothing else is taken for a
// repository.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Address,
  branchProblem,
  compareUrl,
  editUrl,
  type HostedRepository,
  MOST,
  newFileUrl,
  parseRepository,
} from './code-host.ts';

const repository: HostedRepository = {
  url: 'https://github.com/owner/name',
  owner: 'owner',
  name: 'name',
};

describe('a repository is told by its address', () => {
  test.each([
    ['https://github.com/owner/name', 'https://github.com/owner/name'],
    [' https://github.com/owner/name/ ', 'https://github.com/owner/name'],
    ['https://github.com/owner/name.git', 'https://github.com/owner/name'],
    ['https://github.com/owner/na.me.git/', 'https://github.com/owner/na.me'],
    ['HTTPS://Code.Example:8443/o-1/n_2', 'https://code.example:8443/o-1/n_2'],
    ['git@github.com:owner/name.git', 'https://github.com/owner/name'],
    ['git@github.com:owner/name', 'https://github.com/owner/name'],
  ])('%s', (typed, url) => {
    expect(parseRepository(typed)).toMatchObject({ repository: { url } });
  });

  test('with owner and name', () => {
    expect(parseRepository('git@github.com:owner/name.git')).toEqual({ repository });
  });

  test.each([
    ['', /^Give the address/],
    ['owner/name', /not the address/],
    ['javascript:alert(1)//owner/name', /not the address/],
    ['http://github.com/owner/name', /not the address/],
    ['data:text/html,x', /not the address/],
    ['https:github.com/owner/name', /not the address/],
    ['https:\\\\github.com\\owner\\name', /not the address/],
    ['https://git hub.com/owner/name', /not the address/],
    ['https://github.com/owner/na\nme', /not the address/],
    ['https://[::1/owner/name', /not the address/],
    ['https://user:secret@github.com/owner/name', /password/],
    ['https://user@github.com/owner/name', /password/],
    ['https://@github.com/owner/name', /password/],
    ['https://github.com/owner/name?tab=readme', /behind `\?`/],
    ['https://github.com/owner/name?', /behind `\?`/],
    ['https://github.com/owner/name#readme', /behind `\?`/],
    ['https://github.com/owner/name/tree/main', /`https:\/\/github.com\/owner\/name`/],
    ['https://github.com/owner', /needs an owner/],
    ['https://github.com/', /needs an owner/],
    ['https://github.com', /needs an owner/],
    ['https://github.com/owner/.git', /needs an owner/],
    ['https://github.com/../..', /needs an owner/],
    ['https://github.com/o%2Fw/name', /needs an owner/],
    ['https://github.com/<b>/name', /needs an owner/],
    ['git@github.com:name', /needs an owner/],
    ['git@github.com:8022/owner/name', /follows the name/],
    ['ssh://git@github.com/owner/name', /not the address/],
  ])('%j is none', (typed, words) => {
    expect(parseRepository(typed)).toEqual({ problem: expect.stringMatching(words) });
  });

  test('nothing that is typed leads elsewhere than to a page by https', () => {
    const piece = fc.constantFrom('https://', 'git@', 'a', 'b.c', '/', ':', '@', '?', '#', '%2f');
    const typed = fc.oneof(
      fc
        .array(fc.oneof(piece, fc.string({ unit: 'grapheme', maxLength: 3 })))
        .map((p) => p.join('')),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const read = parseRepository(text);
        if ('problem' in read) {
          expect(read.problem).toMatch(/\.$/);
          return;
        }
        const { protocol, username, pathname, search } = new URL(read.repository.url);
        expect({ protocol, username, search }).toEqual({
          protocol: 'https:',
          username: '',
          search: '',
        });
        expect(pathname).toBe(`/${read.repository.owner}/${read.repository.name}`);
        expect(parseRepository(read.repository.url)).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['main', undefined],
  ['ana/http-start', undefined],
  ['ana:http-start', undefined],
  ['größe', undefined],
  ['', /name of the branch/],
  [':x', /owner of the fork/],
  ['a b:x', /owner of the fork/],
  ['a..b', /no branch/],
  ['a b', /no branch/],
  ['/a', /no branch/],
  ['a/', /no branch/],
  ['a/.b', /no branch/],
  ['a.lock', /no branch/],
  ['-x', /no branch/],
  ['a:b:c', /no branch/],
  ['a\u0007', /no branch/],
])('of the branch %j: %s', (branch, words) => {
  if (words === undefined) expect(branchProblem(branch)).toBeUndefined();
  else expect(branchProblem(branch)).toMatch(words);
});

const url = (address: Address) => {
  if ('tooLong' in address) throw new Error('too long');
  return address.url;
};

test.each([
  [
    newFileUrl(repository, { branch: 'main', path: 'proposals/0014-x/draft.md', text: 'a b\n' }),
    'new/main?filename=proposals%2F0014-x%2Fdraft.md&value=a+b%0A',
  ],
  [
    editUrl(repository, { branch: 'ana/x', path: 'proposals/0003-http/draft.md' }),
    'edit/ana/x/proposals/0003-http/draft.md',
  ],
  [
    compareUrl(repository, { base: 'main', branch: 'ana:größe/x', title: 'T&T', body: '' }),
    'compare/main...ana:gr%C3%B6%C3%9Fe/x?quick_pull=1&title=T%26T&body=',
  ],
])('%#', (address, expected) => {
  expect(url(address)).toBe(`${repository.url}/${expected}`);
});

const text = fc.string({ unit: 'grapheme', maxLength: 200 });

test('what the host reads from an address is what was put into it', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const made = new URL(url(newFileUrl(repository, { branch: 'main', path: one, text: other })));
      expect([...made.searchParams]).toEqual([
        ['filename', one],
        ['value', other],
      ]);
      const compare = url(
        compareUrl(repository, { base: 'main', branch: 'a:b', title: one, body: other }),
      );
      expect([...new URL(compare).searchParams]).toEqual([
        ['quick_pull', '1'],
        ['title', one],
        ['body', other],
      ]);
      const path = [one, other].map((part) => part.replace(/[/.]/g, '-')).join('/');
      const { pathname } = new URL(url(editUrl(repository, { branch: 'main', path })));
      expect(decodeURIComponent(pathname)).toBe(`/owner/name/edit/main/${path}`);
    }),
  );
});

test('the limit is exact, and counts octets as they travel', () => {
  const head = `${repository.url}/new/main?filename=x&value=`.length;
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 500 }),
      fc.integer({ min: -3, max: 3 }),
      (some, over) => {
        const used = head + new URLSearchParams({ v: some }).toString().length - 'v='.length;
        const filled = some + 'x'.repeat(MOST - used + over);
        const made = newFileUrl(repository, { branch: 'main', path: 'x', text: filled });
        if (over > 0) expect(made).toEqual({ tooLong: { octets: MOST + over, most: MOST } });
        else expect(new TextEncoder().encode(url(made))).toHaveLength(MOST + over);
      },
    ),
  );
});

test('half a surrogate pair, which no address can carry, is replaced', () => {
  const made = url(newFileUrl(repository, { branch: 'main', path: 'x', text: 'a\ud800b' }));
  expect(new URL(made).searchParams.get('value')).toBe('a\ufffdb');
});
