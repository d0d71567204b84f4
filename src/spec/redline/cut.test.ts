// Cutting a text into blocks: what each block is and where, and that the short way says what parsing everything says.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRONT_MATTER } from '../../../tests/fixtures/proposal.ts';
import { anyText, fragments, mutated, PROPOSALS } from '../../../tests/fixtures/revisions.ts';
import { cut, cutByParsing, PARSE_LIMITS } from './cut.ts';

/** Type, name and first line of every block. */
const outline = (text: string) =>
  cut(text).map(({ type, name, text }) =>
    [type, ...(name === undefined ? [] : [name]), text.split('\n')[0]].join(' | '),
  );

describe('what a block is', () => {
  test.each<[what: string, text: string, blocks: string[]]>([
    ['nothing', '', []],
    ['white space', ' \n\t\n', []],
    ['paragraphs', 'One.\n\nTwo,\nlonger.\n', ['paragraph | One.', 'paragraph | Two,']],
    ['a heading', '# One #\n', ['heading | One | # One #']],
    ['a heading with a line below', 'One\n===\nTwo\n', ['heading | One | One', 'paragraph | Two']],
    ['a requirement', 'r[a.b]\nThe gateway MUST.\n', ['requirement | a.b | r[a.b]']],
    ['not a requirement', 'Text\nr[a.b]\nThe gateway MUST.\n', ['paragraph | Text']],
    [
      'the items of a list, and of a list in it',
      '- One\n  more\n  - Two\n\n  Three\n- Four\n',
      ['item | - One', 'item |   - Two', 'item |   Three', 'item | - Four'],
    ],
    ['a numbered list', '1. One\n2. Two\n', ['item | 1. One', 'item | 2. Two']],
    ['a table', '| a | b |\n|---|---|\n| 1 | 2 |\n', ['table | | a | b |']],
    ['a table without outer pipes', 'a | b\n--|--\n1 | 2\n', ['table | a | b']],
    ['code', '```js\nf();\n\ng();\n```\nText\n', ['code | ```js', 'paragraph | Text']],
    ['code that is not closed', '```js\n\n# no heading\n', ['code | ```js']],
    ['indented code', 'Text\n\n    code\n', ['paragraph | Text', 'code |     code']],
    ['an event', '```event\ntype: a.b\n```\n', ['event | a.b | ```event']],
    ['a record', '```record\nrecord: door\n```\n', ['record | door | ```record']],
    ['a machine', '```machine\nmachine: a.b\n```\n', ['machine | a.b | ```machine']],
    ['a feature', '```feature\nfeature: a.b\n```\n', ['feature | a.b | ```feature']],
    ['an example', '```try\nexample: echo\n```\n', ['try | echo | ```try']],
    ['a figure', '```sequence\nexample: echo\n```\n', ['sequence | echo | ```sequence']],
    ['ids that are no more', '```retired\n- {id: a.b}\n```\n', ['retired | ```retired']],
    ['a quotation', '> One\n> two\n', ['quote | > One']],
    ['a rule', 'One\n\n***\n\nTwo\n', ['paragraph | One', 'break | ***', 'paragraph | Two']],
    ['HTML', '<div>\n\nText\n', ['html | <div>', 'paragraph | Text']],
    ['a comment over empty lines', '<!--\n\n# no\n\n-->\n', ['html | <!--']],
    ['a definition', '[a]: /url\n', ['definition | [a]: /url']],
    [
      'a definition in front of a heading with a line below',
      '[a]: /url\nOne\n===\n',
      ['definition | [a]: /url', 'heading | One | One'],
    ],
    ['a footnote', '[^1]: Note\n', ['footnote | [^1]: Note']],
    [
      'the keys of front matter',
      '---\ntitle: Doors\nauthors:\n  - One\n  - Two\n---\nText\n',
      [
        'front-matter | title | title: Doors',
        'front-matter | authors | authors:',
        'paragraph | Text',
      ],
    ],
    ['rules in place of front matter', '---\n\nText\n', ['break | ---', 'paragraph | Text']],
    ['line ends of Windows', 'One.\r\n\r\nTwo.\r\n', ['paragraph | One.', 'paragraph | Two.']],
    ['a byte order mark', '\ufeff# One\n', ['heading | One | # One']],
  ])('%s', (_, text, blocks) => {
    expect(outline(text)).toEqual(blocks);
  });
});

describe('where a block is', () => {
  const blocks = cut(`${FRONT_MATTER}
# Doors

## The *leaf*

r[door.opens]
The gateway MUST open the door.

### Hinge

Oil.

## The *leaf*

\`\`\`event
type: door.push
\`\`\`
`);
  const find = (name: string) => blocks.find((block) => block.name === name);

  test('lines count from 1, front matter included', () => {
    expect(find('title')).toMatchObject({ line: 3, endLine: 3 });
    expect(find('door.opens')).toMatchObject({ line: 17, endLine: 18 });
    expect(find('door.push')).toMatchObject({ line: 26, endLine: 28 });
  });

  test('the section is the path of headings, without its own for a heading', () => {
    expect(find('door.opens')?.section.path).toEqual(['Doors', 'The *leaf*']);
    expect(find('Hinge')?.section.path).toEqual(['Doors', 'The *leaf*']);
    expect(find('door.push')?.section.path).toEqual(['Doors', 'The *leaf*']);
    expect(blocks.find(({ text }) => text === 'Oil.')?.section.path).toEqual([
      'Doors',
      'The *leaf*',
      'Hinge',
    ]);
  });

  test('the anchor is its own, or that of the heading; headings of one name are numbered', () => {
    expect(blocks.map(({ anchor }) => anchor).filter((anchor) => anchor !== '')).toEqual([
      'doors',
      'the-leaf',
      'door.opens',
      'hinge',
      'hinge',
      'the-leaf-1',
      'event-door.push',
    ]);
  });
});

describe('cut: the short way and parsing the whole text agree', () => {
  test.each(PROPOSALS.map((text) => [/^title: (.*)$/m.exec(text)?.[1] ?? '', text]))(
    '%s',
    (_, text) => {
      expect(cut(text)).toEqual(cutByParsing(text));
    },
  );

  test('on proposals with lines lost, doubled and swapped', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        expect(cut(text)).toEqual(cutByParsing(text));
      }),
      { numRuns: 300 },
    );
  });

  test('on anything that means something at the beginning of a line', () => {
    fc.assert(
      fc.property(fragments, (text) => {
        expect(cut(text)).toEqual(cutByParsing(text));
      }),
      { numRuns: 1500 },
    );
  });
});

test('cut: no character of the text is lost or doubled, but for the fences of front matter', () => {
  const solid = (text: string) => text.replace(/[\s\ufeff]/g, '');
  fc.assert(
    fc.property(anyText, (text) => {
      const fence =
        /^\ufeff?---[ \t]*(?:\r\n?|\n)(?:[\s\S]*?(?:\r\n?|\n))??---[ \t]*(?:\r\n?|\n|$)/;
      const body = text.replace(fence, (whole) =>
        whole.replace(/^\ufeff?---/, '').replace(/---\s*$/, '\n'),
      );
      expect(
        cut(text)
          .map((block) => solid(block.text))
          .join(''),
      ).toBe(solid(body));
    }),
    { numRuns: 1000 },
  );
});

describe('cut: what nobody writes is taken as paragraphs, in little time', () => {
  test.each<[what: string, text: string]>([
    ['quotations nested by the thousand', `${'> '.repeat(16_000)}a`],
    ['lists nested by the thousand', `${'- '.repeat(16_000)}a`],
    ['emphasis that is never closed', `> ${'*a _b'.repeat(20_000)}`],
    ['a million definitions', '[a]: /b\n'.repeat(100_000)],
    ['a list of megabytes that has to be parsed', '* a\n'.repeat(500_000)],
    [
      'lists, each further in',
      Array.from({ length: 400 }, (_, n) => `${'  '.repeat(n)}* a`).join('\n'),
    ],
  ])('%s', (_, text) => {
    const blocks = cut(text);
    expect(blocks.every(({ type }) => type === 'paragraph')).toBe(true);
    expect(blocks[0]?.text.length).toBeGreaterThan(0);
  });

  test('what is plain is not parsed, however long', () => {
    const text = 'Word after word. '.repeat(100_000);
    expect(text.length).toBeGreaterThan(PARSE_LIMITS.characters);
    expect(cut(`${text}\n\n# Heading`).map(({ type }) => type)).toEqual(['paragraph', 'heading']);
  });
});
