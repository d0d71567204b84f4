import { describe, expect, test } from 'vitest';
import { sha256 } from '../../checksum.ts';
import { draftOf, libraryOf, type SourceFile } from '../library.ts';
import { lint } from '../lint.ts';
import { FILE, found, passes, proposal } from '../testing.ts';
import { publishedListed } from './published-listed.ts';

const TEXT = proposal('Text.');
const hashesOf = (...paths: readonly string[]) => {
  const value = Object.fromEntries(paths.map((path) => [path, sha256(TEXT)]));
  return {
    file: 'proposals/published.json',
    value,
    text: `${JSON.stringify(value, null, 2)}\n`,
  };
};
const texts = (...paths: readonly string[]): readonly SourceFile[] =>
  paths.map((path) => [`proposals/${path}`, TEXT]);
const all = (...rest: Parameters<typeof found>) =>
  found(...rest).map(
    ({ file, line, column, message }) => `${file.slice(10)}:${line}:${column} ${message}`,
  );

describe('published-listed', () => {
  test('a copy that was made by hand', () => {
    const rest = {
      beside: texts('0042-doors/v1.md', '0042-doors/v2.md'),
      hashes: hashesOf('0042-doors/v1.md'),
    };
    expect(all(publishedListed, TEXT, rest)).toEqual([
      '0042-doors/v2.md:1:1 `0042-doors/v2.md` is not listed in published.json',
    ]);
  });

  test('one that was deleted, at its line', () => {
    const rest = {
      beside: texts('0042-doors/v1.md'),
      hashes: hashesOf('0042-doors/v1.md', '0042-doors/v10.md', '0042-doors/v2.md'),
    };
    expect(all(publishedListed, TEXT, rest)).toEqual([
      'published.json:3:3 `0042-doors/v10.md` is listed as published, and is not there',
      'published.json:4:3 `0042-doors/v2.md` is listed as published, and is not there',
    ]);
    const [problem] = found(publishedListed, TEXT, rest);
    expect(problem?.hint).toBe(
      'Restore it with `git checkout -- proposals/0042-doors/v10.md`. If its removal is committed already, `git log --diff-filter=D -- proposals/0042-doors/v10.md` finds the commit.',
    );
  });

  test('a folder that was renamed, once, with what it was called', () => {
    const rest = {
      beside: texts('0042-türen/v1.md', '0042-türen/v2.md'),
      hashes: hashesOf('0042-doors/v1.md', '0042-doors/v2.md'),
    };
    expect(all(publishedListed, TEXT, rest)).toEqual([
      '0042-türen/v1.md:1:1 the folder `0042-türen` was `0042-doors` when the proposal was published',
    ]);
  });

  test('a list that is not there lists nothing: deleting it does not go unseen', () => {
    expect(all(publishedListed, TEXT, { beside: texts('0042-doors/v1.md') })).toEqual([
      '0042-doors/v1.md:1:1 `0042-doors/v1.md` is not listed in published.json',
    ]);
    const rest = { beside: texts('0042-doors/v1.md'), hashes: hashesOf() };
    expect(all(publishedListed, TEXT, rest)).toHaveLength(1);
  });

  test.each<[what: string, rest: Parameters<typeof passes>[2]]>([
    ['both', { beside: texts('0042-doors/v1.md'), hashes: hashesOf('0042-doors/v1.md') }],
    [
      'a hash that is another, the subject of published-unchanged',
      { beside: [['proposals/0042-doors/v1.md', 'x']], hashes: hashesOf('0042-doors/v1.md') },
    ],
    [
      'files that are no revisions',
      {
        beside: texts('0042-doors/errata.md', '0042-doors/v0.md', '0042-doors/v1.md.orig'),
        hashes: hashesOf(),
      },
    ],
    [
      'a folder that is called like the one of the proposals',
      { beside: texts('0042-proposals/v1.md'), hashes: hashesOf('0042-proposals/v1.md') },
    ],
    ['nothing at all', {}],
  ])('near miss: %s', (_, rest) => passes(publishedListed, TEXT, rest));

  test('a list that cannot be read is the subject of data-files', () => {
    const hashes = { file: 'proposals/published.json', text: '{', error: 'it is not JSON' };
    passes(publishedListed, TEXT, { beside: texts('0042-doors/v1.md'), hashes });
  });

  test('without knowing the texts it is silent', () => {
    const alone = libraryOf([draftOf([FILE, TEXT])], { hashes: hashesOf('0042-doors/v1.md') });
    expect(lint(alone, [publishedListed])).toEqual([]);
  });
});
