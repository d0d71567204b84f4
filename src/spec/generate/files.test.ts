import { describe, expect, test } from 'vitest';
import { draftOf, libraryOf } from '../lint/library.ts';
import type { Library } from '../lint/rule.ts';
import { FILE, proposal } from '../lint/testing.ts';
import { generatedFiles, isGenerated } from './files.ts';

const library = (text: string, rest: Partial<Library> = {}) =>
  libraryOf([draftOf([FILE, proposal(text)])], rest);
const RULE = 'r[door.opens]\nThe gateway MUST open the door.';

test('files are made of drafts, each of which is known as one that is', () => {
  const files = generatedFiles(library(RULE));
  if ('refused' in files) throw new Error(files.refused);
  expect([...files.keys()].filter((path) => !isGenerated(path))).toEqual([]);
  expect(files.get('proposals/requirements.json')).toContain('"door.opens"');
  expect(files.get('src/python/portway/events.py')).toContain('TypedDict');
});

describe('nothing is made', () => {
  test('of a text with a problem, which is named', () => {
    expect(generatedFiles(library(`${RULE}\n\n${RULE}`))).toMatchObject({
      refused: '1 problem in the proposals',
      problems: [{ file: FILE, rule: 'unique' }],
    });
  });

  const file = 'proposals/published.json';
  test.each<[string, Library['hashes'], string]>([
    ['without a revision', { file, value: { '0042-doors/v1.md': '' } }, 'revision 0042/v1'],
    ['with records that are none', { file, error: 'no JSON' }, `${file} cannot be read`],
  ])('%s: the register would forget', (_, hashes, words) => {
    expect(generatedFiles(library(RULE, hashes ? { hashes } : {}))).toMatchObject({
      refused: expect.stringContaining(words),
    });
  });
});

test.each(['src/interface/index.ts', 'proposals/published.json', 'src/python/portway/app.py'])(
  '%s is not made from proposals',
  (path) => expect(isGenerated(path)).toBe(false),
);
