// Reading scenarios: every part and directive, and every error with its line and column.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marked } from '../../tests/fixtures/proposal.ts';
import {
  parseScenario,
  ScenarioError,
  type ScenarioRequest,
  type ScenarioTunnel,
  type ScenarioWebSocket,
} from './scenario.ts';

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
      kind: 'http',
      together: false,
      drain: false,
      disconnectAfter: undefined,
      halfClose: false,
      retry: 0,
      version: '1.1',
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

  test.each<[string, Partial<ScenarioRequest>]>([
    ['@disconnect-after 2', { disconnectAfter: 2 }],
    ['@disconnect-after 0', { disconnectAfter: 0 }],
    ['@half-close', { halfClose: true }],
    ['@retry 3', { retry: 3 }],
    ['@drain', { drain: true }],
    ['@http 1.0', { version: '1.0' }],
    ['@http 1.1', { version: '1.1' }],
  ])('# %s: of what goes out', (directive, expected) => {
    expect(only(`# ${directive}\nPOST /\n\nabc`)).toMatchObject(expected);
  });

  test('@together is of the request that it stands with', () => {
    const together = parseScenario('GET /1\n###\n# @together\nGET /2\n###\nGET /3');
    expect(together.map((exchange) => exchange.together)).toEqual([false, true, false]);
  });

  test('HTTP/1.0 stands in the request line too, and has no chunks', () => {
    const request = only('# @chunks 1\nPOST / HTTP/1.0\n\nab');
    expect(request).toMatchObject({ version: '1.0', chunked: false });
    expect(request.body).toHaveLength(2);
  });

  test.each([
    '@no-redirect',
    '@no-log',
    '@no-cookie-jar',
    '@no-auto-encoding',
    '@note',
    '@prompt username',
    '@connection-timeout 2 m',
    '@ref login',
    '@forceRef login',
    '@import ./other.http',
    '@disabled',
    '@loop for 3',
    '@sleep 300',
    '@title A title',
    '@lang text',
    '@save',
    '@toString x',
  ])('# %s is for an editor, and a comment here', (directive) => {
    for (const comment of ['# ', '// ']) {
      expect(only(`${comment}${directive}\nGET /`)).toEqual({ ...only('GET /'), line: 2 });
      expect(only(`GET /\n${comment}${directive}\nA: b`).headers).toEqual([['A', 'b']]);
    }
  });

  test.each([
    ['600', 600_000],
    ['2 s', 2000],
    ['2 m', 120_000],
    ['100 ms', 100],
  ])('@timeout %s, as editors write it', (written, timeout) => {
    expect(only(`# @timeout ${written}\nGET /`).timeout).toBe(timeout);
  });

  test('a comment with an address in it is no directive', () => {
    expect(() => parseScenario('# write to me@example.org\nGET /')).not.toThrow();
  });
});

describe('WebSockets and tunnels', () => {
  const steps = (messages: string, head = 'WEBSOCKET /') =>
    (parseScenario(`${head}\n\n${messages}`)[0] as ScenarioWebSocket | ScenarioTunnel).steps;
  const send = (data: string | Uint8Array) => ({ do: 'send', data });
  const wait = (messages: number) => ({ do: 'wait', messages });

  test('the smallest of each, and what is left to defaults', () => {
    const common = {
      name: 'request 1',
      title: '',
      line: 1,
      headers: [],
      timeout: 5000,
      together: false,
      drain: false,
      readPause: 0,
      steps: [],
    };
    expect(parseScenario('WEBSOCKET /')).toEqual([{ ...common, kind: 'websocket', target: '/' }]);
    expect(parseScenario('CONNECT a:443')).toEqual([
      { ...common, kind: 'tunnel', target: 'a:443' },
    ]);
  });

  test.each([
    ['ws://localhost/chat', '/chat'],
    ['wss://localhost:8000/chat?room=1', '/chat?room=1'],
    ['ws://localhost', '/'],
    ['http://localhost/chat', '/chat'],
    ['/chat HTTP/1.1', '/chat'],
  ])('WEBSOCKET %s goes to %s', (written, target) => {
    expect(parseScenario(`WEBSOCKET ${written}`)[0]).toMatchObject({ kind: 'websocket', target });
  });

  test.each(['example.org:443', '127.0.0.1:1', '[::1]:8000', 'a%20b:65535'])(
    'CONNECT %s is a tunnel',
    (target) => {
      expect(parseScenario(`CONNECT ${target}`)[0]).toMatchObject({ kind: 'tunnel', target });
    },
  );

  test('their directives and fields', () => {
    const [exchange] = parseScenario(
      '# @name chat\n# @timeout 1s\n# @read-pause 5ms\n# @drain\nWEBSOCKET /\nSec-WebSocket-Protocol: a\n// comment\nX-A: b\n\nhello',
    );
    expect(exchange).toMatchObject({
      name: 'chat',
      timeout: 1000,
      readPause: 5,
      drain: true,
      headers: [
        ['Sec-WebSocket-Protocol', 'a'],
        ['X-A', 'b'],
      ],
      steps: [send('hello')],
    });
  });

  test.each<[what: string, messages: string, expected: object[]]>([
    ['nothing', '', []],
    ['one message', 'hello', [send('hello')]],
    ['blank lines around', '\n\nhello\n\n', [send('hello')]],
    ['lines of a message', '{\n\n  "a": 1\n}', [send('{\n\n  "a": 1\n}')]],
    ['several messages', 'one\n===\ntwo\n===\n\nthree', [send('one'), send('two'), send('three')]],
    ['separators first and last', '===\none\n===\n', [send('one')]],
    ['nothing between separators', 'one\n===\n===\ntwo', [send('one'), send('two')]],
    ['a longer line of signs', 'one\n====\ntwo', [send('one\n====\ntwo')]],
    ['a wait', 'one\n=== wait-for-server\ntwo', [send('one'), wait(1), send('two')]],
    [
      'waits in a row, as editors write several',
      'one\n=== wait-for-server\n=== wait-for-server\ntwo',
      [send('one'), wait(1), wait(1), send('two')],
    ],
    ['a wait for several', 'one\n===  wait-for-server 3 \n', [send('one'), wait(3)]],
    ['comments', '# a\n// b\none\n===\n// c\n# d\n\ntwo', [send('one'), send('two')]],
    ['a comment sign within a message', '- a\n# b\n// c', [send('- a\n# b\n// c')]],
    ['a directive for an editor', '# @no-log\none', [send('one')]],
    ['octets', '# @hex\n00 ff\n0A', [send(Uint8Array.of(0, 255, 10))]],
    ['no octets', '# @hex\n===\none', [send(new Uint8Array()), send('one')]],
    [
      'octets between texts',
      'a\n# @hex\n01\n===\nb',
      [send('a'), send(Uint8Array.of(1)), send('b')],
    ],
    ['a text as JSON', '# @text "a\\n===\\n"\n', [send('a\n===\n')]],
    ['a text without a character', '# @text ""', [send('')]],
    ['a text as JSON takes no variables', '# @text "{{who}}"', [send('{{who}}')]],
    ['a pause', 'one\n# @pause 50ms\ntwo', [send('one'), { do: 'pause', ms: 50 }, send('two')]],
    ['a close', '# @close', [{ do: 'close', reason: '' }]],
    ['a close with a code', '# @close 3000', [{ do: 'close', code: 3000, reason: '' }]],
    [
      'a close with a reason',
      'one\n# @close 1000 good bye',
      [send('one'), { do: 'close', code: 1000, reason: 'good bye' }],
    ],
    ['a reset', 'one\n// @reset', [send('one'), { do: 'reset' }]],
    [
      'an end, and what can follow it',
      '# @end\n=== wait-for-server\n# @pause 1s\n# @reset',
      [{ do: 'end' }, wait(1), { do: 'pause', ms: 1000 }, { do: 'reset' }],
    ],
  ])('steps: %s', (_, messages, expected) => {
    expect(steps(messages)).toEqual(expected);
    if (!messages.includes('@close')) expect(steps(messages, 'CONNECT a:1')).toEqual(expected);
    expect(steps(messages.replaceAll('\n', '\r\n'))).toEqual(expected);
  });

  test('messages may begin without an empty line, and take variables', () => {
    const [exchange] = parseScenario('@who = world\nWEBSOCKET /\nA: b\n===\nHello, {{who}}');
    expect(exchange).toMatchObject({ headers: [['A', 'b']], steps: [send('Hello, world')] });
  });

  test('another request follows them', () => {
    const kinds = parseScenario('WEBSOCKET /\n\nhello\n### next\nGET /').map(({ kind }) => kind);
    expect(kinds).toEqual(['websocket', 'http']);
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
    expect(text((first as ScenarioRequest).body)).toEqual(['Hello, world']);
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
      'there is no directive `@chunk`. Did you mean `@chunks`?',
    ],
    [
      'a directive in another case',
      '# ⌖@Half-Close\nGET /',
      'there is no directive `@Half-Close`. Did you mean `@half-close`?',
    ],
    [
      '@disconnect-after without a number',
      '# ⌖@disconnect-after\nGET /',
      '`@disconnect-after` is not understood. Write a number of octets of the request body.',
    ],
    [
      '@disconnect-after more than there is',
      '# ⌖@disconnect-after 4\nPOST /\n\nabc',
      '`@disconnect-after 4` does not come to pass: the body has 3 octets.',
    ],
    [
      '@half-close with a value',
      'GET /\n# ⌖@half-close 3\n',
      '`@half-close 3` is not understood. `@half-close` has no value.',
    ],
    ['@drain with a value', '#⌖@drain now\nGET /', '`@drain` has no value.'],
    [
      '@together with nothing before it',
      '# ⌖@together\nGET /',
      '`@together` has nothing before it. It is for the second request and later ones.',
    ],
    [
      '@retry without a number',
      '# ⌖@retry often\nGET /',
      '`@retry often` is not understood. Write a number of times, at most 999.',
    ],
    ['@retry for ever', '# ⌖@retry 1000\nGET /', 'Write a number of times, at most 999.'],
    [
      'another version by directive',
      '# ⌖@http 2\nGET /',
      '`@http 2` is not understood. Write `@http 1.0` or `@http 1.1`.',
    ],
    [
      '@trailer in HTTP/1.0',
      '# @http 1.0\n# ⌖@trailer A: b\nGET /',
      '`@trailer A: b` has no place in HTTP/1.0, which knows no trailers.',
    ],
    [
      'a directive of requests on a WebSocket',
      '# ⌖@chunks lines\nWEBSOCKET /',
      '`@chunks lines` is for requests, not for a WebSocket.',
    ],
    [
      'a pause at the head of a tunnel',
      'CONNECT a:1\n# ⌖@pause 1s\n',
      '`@pause 1s` is for requests, not for a tunnel. Write it among the messages.',
    ],
    [
      'a WebSocket in another version',
      'WEBSOCKET / ⌖HTTP/1.0',
      'the version `HTTP/1.0` is not known here.',
    ],
    ['a WebSocket without a path', 'WEBSOCKET ⌖*', 'the target `*` does not begin with `/`.'],
    ['a request to a WebSocket’s address', 'GET ⌖ws://a/', 'does not begin with `/`.'],
    [
      'a tunnel to a path',
      'CONNECT ⌖/tunnel',
      'the target `/tunnel` is not an authority, as that of CONNECT is. Write a host and a port',
    ],
    ['a tunnel without a port', 'CONNECT ⌖example.org', 'is not an authority'],
    [
      'something behind ===',
      'WEBSOCKET /\n\na\n=== ⌖wait\nb',
      '`wait` is not understood behind `===`. Write `=== wait-for-server`',
    ],
    [
      'a wait for nothing',
      'WEBSOCKET /\n\n=== ⌖wait-for-server 0',
      '`wait-for-server 0` is not understood behind `===`.',
    ],
    [
      'a slip among the messages',
      'WEBSOCKET /\n\na\n# ⌖@clos 1000',
      'there is no directive `@clos`. Did you mean `@close`?',
    ],
    [
      'a letter among octets',
      'WEBSOCKET /\n\n# @hex\n00 0⌖g',
      '`g` is not a hexadecimal digit. Below `@hex` each octet has two of them: `00 ff`.',
    ],
    [
      'half an octet',
      'WEBSOCKET /\n\n# ⌖@hex\n00 0',
      '`@hex` has 3 digits below it, and each octet has two.',
    ],
    [
      'octets beside @hex',
      'WEBSOCKET /\n\n# ⌖@hex 00\n',
      '`@hex 00` has no value. The octets stand in the lines below it.',
    ],
    [
      '@text that is no JSON',
      'WEBSOCKET /\n\n# ⌖@text hello',
      '`@text hello` is not a text. Write it as a string of JSON',
    ],
    ['@text that is no string', 'WEBSOCKET /\n\n# ⌖@text 1', 'is not a text.'],
    ['@text that is no Unicode', 'WEBSOCKET /\n\n# ⌖@text "\\ud800"', 'is not Unicode'],
    [
      '@close in words',
      'WEBSOCKET /\n\n# ⌖@close bye',
      '`@close bye` is not understood. Write a code and a reason: `@close 1000 bye`.',
    ],
    [
      '@close with a code that never goes out',
      'WEBSOCKET /\n\n# ⌖@close 1006',
      '`@close 1006` has a code that no Close frame carries. Write 1000, or one from 3000 to 4999.',
    ],
    [
      '@close with a long reason',
      `WEBSOCKET /\n\n# ⌖@close 1000 ${'ä'.repeat(62)}`,
      'has a reason of 124 octets. A Close frame has room for 123',
    ],
    [
      '@close in a tunnel',
      'CONNECT a:1\n\n# ⌖@close',
      '`@close` is for WebSockets. Write `@end` to end the direction of the client, or `@reset`.',
    ],
    ['@end with a value', 'CONNECT a:1\n\n# ⌖@end now', '`@end now` is not understood.'],
    [
      '@pause among messages without a unit',
      'WEBSOCKET /\n\n# ⌖@pause 5',
      '`@pause 5` is not a duration.',
    ],
    [
      'a message behind the close',
      'WEBSOCKET /\n\n# @close\n\n⌖late',
      'nothing can be done behind `@close`. Make it the last step.',
    ],
    ['a wait behind a reset', 'WEBSOCKET /\n\n# @reset\n⌖=== wait-for-server', 'behind `@reset`'],
    [
      'octets behind the end',
      'CONNECT a:1\n\n# @end\n⌖late',
      'nothing can be done behind `@end`. The client has ended its direction',
    ],
    [
      'a variable that is not set, in a message',
      'WEBSOCKET /\n\na\n===\nb ⌖{{who}}',
      'the variable `{{who}}` has no value.',
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
      'WEBSOCKET /',
      'CONNECT a:1',
      '===',
      ' wait-for-server',
      '# @hex',
      '# @text ',
      '"',
      '# @close ',
      '1000',
      '# @end',
      '@together',
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
