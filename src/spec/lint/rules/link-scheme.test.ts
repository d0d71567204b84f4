import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { linkScheme } from './link-scheme.ts';

const message = (scheme: string) => `the link goes to \`${scheme}\``;

describe('link-scheme', () => {
  test('its words', () => keepsItsWord(linkScheme));

  test.each([
    ['a program', 'Für ⌖[Türen](javascript:alert(1)).', 'javascript:'],
    ['capitals', '⌖[x](JavaScript:alert(1))', 'javascript:'],
    ['a tab that browsers take out', '⌖[x](java&Tab;script:alert(1))', 'javascript:'],
    ['a line end that browsers take out', '⌖[x](java&#10;script:alert(1))', 'javascript:'],
    ['spaces before it', '⌖[x](<  javascript:alert(1)>)', 'javascript:'],
    ['a control character before it', '⌖[x](<\x01javascript:alert(1)>)', 'javascript:'],
    ['an entity for the colon', '⌖[x](javascript&colon;alert(1))', 'javascript:'],
    ['data', '⌖[x](data:text/html,x)', 'data:'],
    ['http', '⌖[x](http://example.com/)', 'http:'],
    ['an address in angles', 'At ⌖<http://example.com/>.', 'http:'],
    ['an address without marks', 'At ⌖http://example.com/ it is.', 'http:'],
    ['www, which is read as http', 'At ⌖www.example.com it is.', 'http:'],
    ['a file', '⌖[x](file:///etc/passwd)', 'file:'],
    ['no scheme, and another host', '⌖[x](//example.com/)', '//'],
    ['the same with backslashes', '⌖[x](/\\\\example.com/)', '//'],
    ['a definition', '[x][y]\n\n⌖[y]: http://example.com/', 'http:'],
    ['an image', '⌖![A door](http://example.com/door.svg)', 'http:'],
    ['a list', '- ⌖[x](ftp://example.com/)', 'ftp:'],
    ['a table', '| a |\n|---|\n| ⌖[x](ftp://example.com/) |', 'ftp:'],
  ])('%s', (_, text, scheme) => {
    const problem = finds(linkScheme, proposal(text), message(scheme));
    expect(problem.hint).toBe('Use https, or a path in the repository.');
    finds(linkScheme, crlf(proposal(text)), message(scheme));
  });

  test('each of them, from the first line to the last', () => {
    const [first] = findsAll(linkScheme, '⌖[a](data:x)\n[b](https://b.c) ⌖[c](blob:x)', [
      message('data:'),
      message('blob:'),
    ]);
    expect(first).toMatchObject({ endLine: 1, endColumn: 12 });
  });

  test.each([
    ['https', '[x](https://example.com/) and <HTTPS://example.com/>'],
    ['mail', '[x](mailto:doors@example.com) and doors@example.com'],
    ['a path', '[x](../0001-process/draft.md) and [y](/README.md)'],
    ['an anchor', '[x](#doors)'],
    ['nothing', '[x]()'],
    ['a colon in a path, behind a slash', '[x](./a:b)'],
    ['a colon in a query', '[x](?a=javascript:b)'],
    ['code', '`[x](javascript:a)` and `http://example.com/`'],
    ['a fence', '```text\n[x](javascript:a)\n```'],
    ['a comment', '<!-- [x](javascript:a) -->'],
  ])('near miss: %s', (_, text) => passes(linkScheme, proposal(text)));
});
