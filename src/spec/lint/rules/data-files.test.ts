import { describe, expect, test } from 'vitest';
import { found, passes, passesAlone, proposal } from '../testing.ts';
import { dataFiles } from './data-files.ts';

const broken = (name: string, error: string) => ({ file: `proposals/${name}.json`, error });
const all = (rest: Parameters<typeof found>[2]) =>
  found(dataFiles, proposal(''), rest).map(
    ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );

describe('data-files', () => {
  test('one that is not JSON', () => {
    const hashes = broken('published', 'it is not JSON: Unexpected end of JSON input');
    expect(all({ hashes })).toEqual([
      'proposals/published.json:1:1 it is not JSON: Unexpected end of JSON input',
    ]);
    const [problem] = found(dataFiles, proposal(''), { hashes });
    expect(problem?.hint).toBe('Restore it with `git checkout -- proposals/published.json`.');
  });

  test('one that is missing, once something is published', () => {
    const beside: [string, string][] = [['proposals/0042-doors/v1.md', proposal('')]];
    expect(
      found(dataFiles, proposal(''), { beside }).map(({ file, hint }) => [file, hint]),
    ).toEqual([
      ['proposals/published.json', 'Restore it with `git checkout -- proposals/published.json`.'],
      ['proposals/requirements.json', 'Write it anew with `npm run spec`.'],
    ]);
    passes(dataFiles, proposal(''));
  });

  test('every one of the three, and those that are in order are not', () => {
    const rest = {
      hashes: broken('published', '`0042-doors/v1.md`: Invalid string'),
      editions: broken('editions', '`ä.0042`: Invalid input'),
      register: broken('requirements', 'it is not JSON: …'),
    };
    expect(all(rest)).toEqual([
      'proposals/editions.json:1:1 `ä.0042`: Invalid input',
      'proposals/published.json:1:1 `0042-doors/v1.md`: Invalid string',
      'proposals/requirements.json:1:1 it is not JSON: …',
    ]);
    expect(all({ ...rest, editions: { file: 'proposals/editions.json', value: {} } })).toHaveLength(
      2,
    );
  });

  test('its words: JSON and what is none', () => {
    expect(() => JSON.parse(dataFiles.wrong)).toThrow();
    expect(() => JSON.parse(dataFiles.right)).not.toThrow();
  });

  test('near miss: files that are in order, even empty, and files that are not there', () => {
    const empty = (name: string) => ({ file: `proposals/${name}.json`, value: {}, text: '{}' });
    passes(dataFiles, proposal(''), {
      hashes: empty('published'),
      editions: empty('editions'),
      register: empty('requirements'),
    });
    passes(dataFiles, proposal(''));
    passesAlone(dataFiles, proposal(''));
  });
});
