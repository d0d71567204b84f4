// Reading scenarios: every part and directive, and every error with its line and column.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marked } from '../../tests/fixtures/proposal.ts';
import { parseScenario, ScenarioError, type ScenarioRequest } from './scenario.ts';

const text = (pieces: readonly Uint8Array[]) =>
  pieces.map((piece) => new TextDecoder().decode(piece));

function only(source: string): ScenarioRequest {
  const requests = parseScenario(source);
  expect(requests).toHaveLength(1);
  return requests[0] as ScenarioRequest;
}

describe('requests', () => {
  test('the smallest request, and what is left to defaults', () => {
    expect(only('GET /')).toEqual({
      name: 'request 1',
      title: '',
      line: 1,
      method: 'GET',
      target: '/',
      headers: [],
      body: [],
      chunked: false,
      trailers: [],
      pause: 0,
      timeout: 5000,
      readPause: 0,
      abortAfter: undefined,
    });
  });

  test('head, fields and body', () => {
    const request = only(`POST /a?b=%20 HTTP/1.1
Host: example.org
X-Twice: one
x-twice:two
X-Empty:
X-Spaces :  a  b\t

First line
  second line

third line

`);
    expect(request).toMatchObject({ method: 'POST', target: '/a?b=%20', line: 1 });
    expect(request.headers).toEqual([
      ['Host', 'example.org'],
      ['X-Twice', 'one'],
      ['x-twice', 'two'],
      ['X-Empty', ''],
      ['X-Spaces', 'a  b'],
    ]);
    expect(text(request.body)).toEqual(['First line\n  second line\n\nthird line']);
  });

  test('several requests, named by directive, title or place', () => {
    const requests = parseScenario(`GET /1
### A title
GET /2
###
GET /3
### Another title
# @name named
GET /4
###
# only a comment
`);
    expect(
      requests.map(({ name, title, line, target }) => ({ name, title, line, target })),
    ).toEqual([
      { name: 'request 1', title: '', line: 1, target: '/1' },
      { name: 'A title', title: 'A title', line: 3, target: '/2' },
      { name: 'request 3', title: '', line: 5, target: '/3' },
      { name: 'named', title: 'Another title', line: 8, target: '/4' },
    ]);
  });

  test.each([
    ['http://example.org/a?b', '/a?b'],
    ['https://example.org:8000', '/'],
    ['http://example.org?b', '/?b'],
    ['*', '*'],
    ['//a', '//a'],
  ])('the target %s is %s', (written, target) => {
    expect(only(`OPTIONS ${written}`).target).toBe(target);
  });

  test('comments may stand before the request and among its fields', () => {
    const request = only('# one\n// two\n\nGET /\n# three\nA: b\n// @name named\n');
    expect(request).toMatchObject({ name: 'named', headers: [['A', 'b']] });
  });

  test('in a body `#` and `//` are text', () => {
    expect(text(only('POST /\n\n# not a comment\n// @name not-a-name').body)).toEqual([
      '# not a comment\n// @name not-a-name',
    ]);
  });

  test('Windows line ends and a byte order mark', () => {
    const request = only('\ufeffPOST /\r\nA: b\r\n\r\none\r\ntwo\r\n');
    expect(request.headers).toEqual([['A', 'b']]);
    expect(text(request.body)).toEqual(['one\ntwo']);
  });
});

describe('directives', () => {
  test.each<[string, Partial<ScenarioRequest>]>([
    ['@name quick one', { name: 'quick one' }],
    ['@pause 50ms', { pause: 50 }],
    ['@pause 2s', { pause: 2000 }],
    ['@timeout 250ms', { timeout: 250 }],
    ['@read-pause 1s', { readPause: 1000 }],
    ['@abort-after 1000', { abortAfter: 1000 }],
    ['@abort-after 0', { abortAfter: 0 }],
    ['@trailer X-Checksum: abc', { trailers: [['X-Checksum', 'abc']] }],
  ])('# %s', (directive, expected) => {
    for (const comment of ['# ', '// ', '#', '//'])
      expect(only(`${comment}${directive}\nGET /`)).toMatchObject(expected);
  });

  test('@trailer may come several times', () => {
    expect(only('# @trailer A: 1\n# @trailer A: 2\nGET /').trailers).toEqual([
      ['A', '1'],
      ['A', '2'],
    ]);
  });

  test('@chunks lines: a piece for each line', () => {
    const request = only('# @chunks lines\nPOST /\n\none\n\nthree');
    expect(request.chunked).toBe(true);
    expect(text(request.body)).toEqual(['one\n', '\n', 'three']);
  });

  test('@chunks N: pieces of N octets, counted as UTF-8', () => {
    expect(only('# @chunks 2\nPOST /\n\naäb').body.map((piece) => [...piece])).toEqual([
      [0x61, 0xc3],
      [0xa4, 0x62],
    ]);
  });

  test('@chunks with a declared length cuts the body, but does not send it in chunks', () => {
    const request = only('# @chunks 1\nPOST /\nContent-Length: 2\n\nab');
    expect(request.chunked).toBe(false);
    expect(request.body).toHaveLength(2);
  });

  test('@chunks without a body has no pieces', () => {
    expect(only('# @chunks 3\nPOST /').body).toEqual([]);
  });

  test('a comment with an address in it is no directive', () => {
    expect(() => parseScenario('# write to me@example.org\nGET /')).not.toThrow();
  });
});

describe('variables', () => {
  test('they hold from where they are set, in targets, fields and bodies', () => {
    const [first, second] = parseScenario(`@who = world
@greeting = Hello, {{who}}
POST /{{who}}
X-A: {{ greeting }}!

{{greeting}}
###
@who = moon
GET /{{who}}`);
    expect(first).toMatchObject({ target: '/world', headers: [['X-A', 'Hello, world!']] });
    expect(text(first?.body ?? [])).toEqual(['Hello, world']);
    expect(second?.target).toBe('/moon');
  });

  test('a variable may be called like a property of every object', () => {
    expect(only('@constructor = a\nGET /{{constructor}}').target).toBe('/a');
  });
});

describe('errors', () => {
  test.each<[what: string, source: string, message: string]>([
    ['nothing at all', '⌖', 'the scenario has no request. Write one, such as `GET / HTTP/1.1`.'],
    ['only comments', '⌖# a comment\n###\n', 'the scenario has no request.'],
    [
      'a line that is no request',
      '\n⌖hello\n',
      '`hello` is not a request line. It has a method, a target and perhaps a version',
    ],
    ['a method that is no token', '⌖G(E)T / HTTP/1.1', '`G(E)T / HTTP/1.1` is not a request line.'],
    ['more than three parts', '⌖GET / HTTP/1.1 again', 'is not a request line.'],
    [
      'another version',
      'GET / ⌖HTTP/2',
      'the version `HTTP/2` is not known here. Write `HTTP/1.1`.',
    ],
    [
      'another version that the target names too',
      'GET /HTTP/2 ⌖HTTP/2',
      'the version `HTTP/2` is not known here.',
    ],
    ['a target without a slash', 'GET ⌖admin', 'the target `admin` does not begin with `/`.'],
    ['a target that the method names too', 'GET ⌖GET', 'the target `GET` does not begin with `/`.'],
    [
      'a character that a target cannot have',
      'GET /caf⌖é',
      '`é` cannot stand in a target. Write `%C3%A9`.',
    ],
    [
      'a field without a colon',
      'GET /\n⌖Host example.org',
      '`Host example.org` is not a header field. It has the form `Name: value`.',
    ],
    ['a field name that is no token', 'GET /\n⌖X(A): b', '`X(A): b` is not a header field.'],
    ['a folded field', 'GET /\nA: b\n⌖ c: d', '`c: d` is not a header field.'],
    [
      'a character that a field cannot have',
      'GET /\nA: b⌖€',
      '`€` cannot stand in a field. Field values are octets.',
    ],
    ['a control character in a field', 'GET /\nA: b⌖\0', '`\\u0000` cannot stand in a field.'],
    [
      'an unknown directive',
      '# ⌖@chunk 5\nGET /',
      'there is no directive `@chunk`. Known are @name, @chunks,',
    ],
    [
      'a directive with the name of a method',
      '// ⌖@toString x\nGET /',
      'there is no directive `@toString`.',
    ],
    [
      '@chunks without a value',
      '# ⌖@chunks\nGET /',
      '`@chunks` is not understood. Write `@chunks lines`, or a number of octets.',
    ],
    ['@chunks of nothing', '#⌖@chunks 0\nGET /', '`@chunks 0` is not understood.'],
    [
      '@pause without a unit',
      '# ⌖@pause 50\nGET /',
      '`@pause 50` is not a duration. Write `50ms` or `2s`.',
    ],
    ['@timeout in words', '# ⌖@timeout soon\nGET /', '`@timeout soon` is not a duration.'],
    [
      '@read-pause of a fraction',
      '# ⌖@read-pause 1.5s\nGET /',
      '`@read-pause 1.5s` is not a duration.',
    ],
    [
      '@abort-after a size',
      '# ⌖@abort-after 1k\nGET /',
      '`@abort-after 1k` is not understood. Write a number of octets',
    ],
    ['@trailer without a colon', '# ⌖@trailer X-A\nGET /', '`X-A` is not a trailer field.'],
    [
      'a character that a trailer cannot have',
      '# ⌖@trailer X-A: €\nGET /',
      '`€` cannot stand in a field.',
    ],
    [
      'a directive among the fields',
      'GET /\nA: b\n  \n###\nGET /\n# ⌖@pause x\n',
      '`@pause x` is not a duration.',
    ],
    [
      'a variable that is not set, in the target',
      'GET /⌖{{who}}',
      'the variable `{{who}}` has no value. Set it above: `@who = value`.',
    ],
    [
      'a variable that is not set, in a field',
      'GET /\nA: x⌖{{ who }}',
      'the variable `{{ who }}` has no value.',
    ],
    [
      'a variable that is not set, in the body',
      'POST /\n\none\ntwo ⌖{{who}}',
      'the variable `{{who}}` has no value.',
    ],
    [
      'a variable that is set too late',
      'GET /⌖{{who}}\n###\n@who = x\nGET /',
      'the variable `{{who}}` has no value.',
    ],
    [
      'a variable with the name of a property of every object',
      'GET /⌖{{constructor}}',
      'the variable `{{constructor}}` has no value.',
    ],
    ['a second request, with its line', 'GET /\n\n###\n\n⌖oops\n', '`oops` is not a request line.'],
  ])('%s', (_, source, message) => {
    const { text, line, column } = marked(source);
    let error: unknown;
    try {
      parseScenario(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ScenarioError);
    const scenario = error as ScenarioError;
    expect(scenario.message).toContain(`line ${line}: `);
    expect(scenario.message).toContain(message);
    expect({ line: scenario.line, column: scenario.column }).toEqual({ line, column });
  });

  test('no text makes the parser throw anything but a ScenarioError', () => {
    const fragment = fc.constantFrom(
      'GET ',
      '/',
      ' HTTP/1.1',
      '\n',
      '\n\n',
      '###',
      '# ',
      '@',
      '@a = ',
      '{{',
      '}}',
      'a',
      ': ',
      '@chunks ',
      '@pause ',
      '9',
      'ms',
      '\0',
      '\r',
      '%',
      '\ud800',
      '__proto__',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join('')),
        ),
        (source) => {
          try {
            for (const { target, headers } of parseScenario(source)) {
              // What is read can be sent: `node:http` would throw for the rest.
              expect(target).toMatch(/^[\x21-\x7e]+$/);
              for (const [, value] of headers) expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/);
            }
          } catch (error) {
            if (!(error instanceof ScenarioError)) throw error;
            expect(error.line).toBeGreaterThanOrEqual(1);
            expect(error.column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
