// The words of the editor are those that the client reads, and colours follow the parts of an exchange.

import { compile } from 'monaco-editor/editor/standalone/common/monarch/monarchCompile';
import { MonarchTokenizer } from 'monaco-editor/editor/standalone/common/monarch/monarchLexer';
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../client/scenario.ts';
import {
  MESSAGE_DIRECTIVES,
  METHODS,
  meaningAt,
  REQUEST_DIRECTIVES,
  scenarioTokens,
  suggestions,
  type Word,
} from './scenario-language.ts';

/** What a snippet inserts when nothing is typed over it. */
function plain(snippet: string): string {
  return snippet.replace(
    /\$\{\d+(?:\|([^,|]*)[^}]*|:([^}]*))\}/g,
    (_, choice, value) => choice ?? value,
  );
}

describe('what is suggested can be sent', () => {
  const request = (above: string) =>
    `GET /first HTTP/1.1\n\n###\n${above}POST / HTTP/1.1\nHost: localhost\n\n${'x'.repeat(2000)}\nb\n`;
  const without = parseScenario(request(''))[1];

  /** Those whose inserted value is what holds anyway are tried with another. */
  const OTHER: Readonly<Record<string, string>> = { http: ' 1.0' };

  test.each(REQUEST_DIRECTIVES)('@$name changes the request', ({ name, value = '' }: Word) => {
    expect(() => parseScenario(request(`# @${name}${plain(value)}\n`))).not.toThrow();
    const said = OTHER[name] ?? plain(value);
    expect({ ...parseScenario(request(`# @${name}${said}\n`))[1], line: 0 }).not.toEqual({
      ...without,
      line: 0,
    });
  });

  test.each(MESSAGE_DIRECTIVES)('@$name is a step', ({ name, value = '' }: Word) => {
    const head = name === 'end' ? 'CONNECT a:443\n\n' : 'WEBSOCKET /\n\n';
    // What is done last has nothing behind it.
    const below = ['close', 'end', 'reset'].includes(name) ? '' : '00ff\n';
    const [socket] = parseScenario(`${head}# @${name}${plain(value)}\n${below}`);
    const [silent] = parseScenario(head + below);
    expect(socket).not.toEqual(silent);
  });

  test.each(METHODS)('$name', ({ name }) => {
    const [found] = suggestions(['']).filter((suggestion) => suggestion.name === name);
    const text = plain(found?.insert ?? '');
    expect(() => parseScenario(text)).not.toThrow();
    expect(text.startsWith(name)).toBe(true);
  });

  test.each(suggestions(['WEBSOCKET /', '', 'hello', '=']))('$name', ({ insert }) => {
    expect(() => parseScenario(`WEBSOCKET /\n\nhello\n${insert}bye\n`)).not.toThrow();
  });
});

describe('what is suggested fits the place', () => {
  const kinds = (...lines: string[]) => [...new Set(suggestions(lines).map(({ kind }) => kind))];
  const names = (...lines: string[]) => suggestions(lines).map(({ name }) => name);

  test.each<[string, string[], string[]]>([
    ['a method at the beginning', ['G'], ['method']],
    ['a method behind the separator', ['GET /', '', 'body', '### next', 'P'], ['method']],
    ['a field below the request line', ['GET /', 'Acc'], ['field']],
    ['a directive in a comment', ['# @ti'], ['directive']],
    ['a directive behind the sign alone', ['#'], ['directive']],
    ['a directive in a comment of slashes', ['// @'], ['directive']],
    ['a directive among the fields', ['GET /', 'Host: a', '# @'], ['directive']],
    ['a step among messages', ['WEBSOCKET /', '', 'hello', '=='], ['step']],
    ['nothing in a body', ['POST /', '', '# @'], []],
    ['nothing in the value of a field', ['GET /', 'Host: lo'], []],
    ['nothing in a comment of words', ['# well then'], []],
    ['nothing in a target', ['GET /pa'], []],
  ])('%s', (_, lines, expected) => {
    expect(kinds(...lines)).toEqual(expected);
  });

  test('directives of messages and of requests are told apart', () => {
    expect(names('WEBSOCKET /', '', '# @')).toContain('hex');
    expect(names('WEBSOCKET /', '', '# @')).not.toContain('chunks');
    expect(names('# @')).toContain('chunks');
    expect(names('# @')).not.toContain('hex');
  });

  test.each([
    ['# @ti', 3],
    ['#', 2],
    ['//  @', 5],
  ])('%j is replaced from column %i on', (line, from) => {
    expect(suggestions([line])[0]?.from).toBe(from);
  });
});

describe('what a word means', () => {
  const at = (column: number, ...lines: string[]) => meaningAt(lines, column)?.word.name;

  test.each<[string, number, string[], string | undefined]>([
    ['a directive', 4, ['# @pause 5ms'], 'pause'],
    ['the last letter of it', 9, ['# @pause 5ms'], 'pause'],
    ['not its value', 11, ['# @pause 5ms'], undefined],
    ['not the sign before it', 1, ['# @pause 5ms'], undefined],
    ['a method', 2, ['GET /'], 'GET'],
    ['not a target', 6, ['GET /'], undefined],
    ['not a word of a body', 2, ['POST /', '', 'GET /'], undefined],
    ['not a directive of requests among messages', 4, ['WEBSOCKET /', '', '# @chunks'], undefined],
    ['a directive of messages', 4, ['WEBSOCKET /', '', '# @hex'], 'hex'],
  ])('%s', (_, column, lines, expected) => {
    expect(at(column, ...lines)).toBe(expected);
  });
});

describe('colours', () => {
  /** Lines, each with what its pieces are. */
  function coloured(text: string): string[] {
    const settings = { getValue: () => 20_000, onDidChangeConfiguration: () => ({ dispose() {} }) };
    const tokenizer = new MonarchTokenizer(
      {},
      {},
      'http',
      compile('http', scenarioTokens),
      settings,
    );
    let state = tokenizer.getInitialState();
    return text.split('\n').map((line) => {
      const { tokens, endState } = tokenizer.tokenize(line, true, state);
      state = endState;
      return tokens
        .map(({ offset, type }, index) => {
          const piece = line.slice(offset, tokens[index + 1]?.offset);
          const name = type.replace(/\.?http$/, '');
          return name === '' || piece.trim() === '' ? piece : `<${name}>${piece}`;
        })
        .join('');
    });
  }

  test('of a request', () => {
    expect(
      coloured(
        '@host = a\n### One\n# @pause 5ms\n# note\nPOST /x HTTP/1.1\nHost: {{host}}\n\nHost: body\n### Two\nGET /',
      ),
    ).toEqual([
      '<variable>@host<delimiter> = a',
      '<keyword>###<type> One',
      '<comment># <annotation>@pause<number> 5ms',
      '<comment># note',
      '<keyword>POST <string.link>/x <keyword>HTTP/1.1',
      '<attribute.name>Host<delimiter>: <variable>{{host}}',
      '',
      '<string>Host: body',
      '<keyword>###<type> Two',
      '<keyword>GET <string.link>/',
    ]);
  });

  test('of a WebSocket', () => {
    expect(
      coloured('WEBSOCKET /chat\nOrigin: a\n\nhello\n=== wait-for-server 2\n# @hex\n00ff'),
    ).toEqual([
      '<keyword>WEBSOCKET <string.link>/chat',
      '<attribute.name>Origin<delimiter>:<attribute.value> a',
      '',
      '<string>hello',
      '<keyword>===<annotation> wait-for-server 2',
      '<comment># <annotation>@hex',
      '<string>00ff',
    ]);
  });

  test('of messages that begin without an empty line', () => {
    expect(coloured('CONNECT a:443\n===\nhello')).toEqual([
      '<keyword>CONNECT <string.link>a:443',
      '<keyword>===',
      '<string>hello',
    ]);
  });
});
