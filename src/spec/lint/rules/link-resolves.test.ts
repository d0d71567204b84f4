import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { linkResolves } from './link-resolves.ts';

const PATHS = [
  'README.md',
  'proposals',
  'proposals/0001-process',
  'proposals/0001-process/draft.md',
  'proposals/0042-doors/draft.md',
  'proposals/0042-doors/a door.svg',
];
const exists = (path: string) => PATHS.includes(path);
const PROCESS = proposal('### Wie es geht: „Türen“', { proposal: '1', title: 'Process' });
const rest = { exists, beside: [['proposals/0001-process/draft.md', PROCESS]] as const };

describe('link-resolves', () => {
  test('its words', () => keepsItsWord(linkResolves, proposal, rest));

  test.each([
    [
      'a file',
      'Für ⌖[Türen](../0001-proces/draft.md).',
      '../0001-proces/draft.md',
      'proposals/0001-proces/draft.md',
    ],
    ['a path from the root', '⌖[x](/proposals/x.md)', '/proposals/x.md', 'proposals/x.md'],
    ['a path that names its own folder', '⌖[x](./v1.md)', './v1.md', 'proposals/0042-doors/v1.md'],
    ['with an anchor', '⌖[x](v1.md#a)', 'v1.md', 'proposals/0042-doors/v1.md'],
    ['with a query', '⌖[x](v1.md?plain=1#a)', 'v1.md', 'proposals/0042-doors/v1.md'],
    ['capitals', '⌖[x](/readme.md)', '/readme.md', 'readme.md'],
    ['an image', '⌖![A door](tür.svg)', 'tür.svg', 'proposals/0042-doors/tür.svg'],
    ['a definition', '[x][y]\n\n⌖[y]: v1.md', 'v1.md', 'proposals/0042-doors/v1.md'],
    ['in a list', '- ⌖[x](v1.md)', 'v1.md', 'proposals/0042-doors/v1.md'],
  ])('%s that does not exist', (_, text, path, target) => {
    const message = `\`${path}\` leads to \`${target}\`, which does not exist`;
    const problem = finds(linkResolves, proposal(text), message, rest);
    expect(problem.hint).toBe('Paths are relative to the file that they stand in.');
    finds(linkResolves, crlf(proposal(text)), message, rest);
  });

  test.each(['../../../x.md', '../../..', '/../x.md'])('%s leads out', (path) => {
    const message = `\`${path}\` leads out of the repository`;
    finds(linkResolves, proposal(`⌖[x](${path})`), message, rest);
    finds(linkResolves, proposal(`⌖[x](${path})`), message);
  });

  test.each([
    ['of its own text', '#rational', 'proposals/0042-doors/draft.md'],
    ['of another draft', '../0001-process/draft.md#wie', 'proposals/0001-process/draft.md'],
    ['in capitals', '#Rationale', 'proposals/0042-doors/draft.md'],
    ['that cannot be decoded', '#%E0%A4%A', 'proposals/0042-doors/draft.md'],
  ])('an anchor %s that no heading has', (_, url, target) => {
    const message = `\`#${url.split('#')[1]}\` is not the anchor of a heading in \`${target}\``;
    const problem = finds(linkResolves, proposal(`⌖[x](${url})`), message, rest);
    expect(problem.hint).toBe('An anchor is the heading in lowercase with hyphens for spaces.');
  });

  test('each of them, from the first line to the last', () => {
    findsAll(
      linkResolves,
      '⌖[a](#b)\n[c](/README.md) ⌖[d](e)',
      [
        '`#b` is not the anchor of a heading in `proposals/0042-doors/draft.md`',
        '`e` leads to `proposals/0042-doors/e`, which does not exist',
      ],
      rest,
    );
  });

  test.each([
    ['a draft', '[x](../0001-process/draft.md)'],
    ['a folder', '[x](../0001-process/) and [y](..)'],
    ['the root', '[x](../..) and [y](/)'],
    ['a path from the root', '[x](/README.md)'],
    ['an escaped space', '![A door](a%20door.svg) and ![A door](<a door.svg>)'],
    ['an anchor of its own text', '[x](#security-considerations) and [y](#doors)'],
    ['an anchor of another', '[x](../0001-process/draft.md#wie-es-geht-t%C3%BCren)'],
    ['the same, not escaped', '[x](../0001-process/draft.md#wie-es-geht-türen)'],
    ['an anchor of a file that is no draft', '[x](/README.md#anything)'],
    ['the second heading of one name', '### Doors\n\n[x](#doors-1)'],
    ['the top', '[x](#) and [y]()'],
    ['an address', '[x](https://example.com/#x) and [y](mailto:a@b.c) and [z](//x.y)'],
    ['code', '`[x](gone.md)`'],
    ['a fence', '```text\n[x](gone.md)\n```'],
  ])('near miss: %s', (_, text) => {
    passes(linkResolves, proposal(text), rest);
    passes(linkResolves, crlf(proposal(text)), rest);
  });

  test('where files are not known, only anchors of drafts are looked for', () => {
    const message = '`#b` is not the anchor of a heading in `proposals/0042-doors/draft.md`';
    finds(linkResolves, proposal('[x](gone.md) and ⌖[y](#b)'), message);
  });
});
