// Exchanges as curl commands: what a shell makes of the words is what was meant, and what curl cannot do is said. That
// curl then sends the same is tested with curl itself (tests/outsiders/).

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curlOf, curlText, format, quote } from './curl.ts';
import { parseScenario, type ScenarioExchange } from './scenario.ts';

const ORIGIN = 'http://localhost:8000';
const only = (text: string) => parseScenario(text)[0] as ScenarioExchange;
const curl = (text: string) => curlOf(only(text), ORIGIN);

/** What `/bin/sh` prints for a script. */
function shell(script: string): Buffer {
  const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', script]);
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** The words of a command, as the shell gives them to the program. */
function words(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  return shell(script).toString('latin1').split('\0').slice(0, -1);
}

const octets = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
  fc
    .array(
      fc.constantFrom("'", '"', '\\', '%', '$', '`', '!', '\n', '-', ' ', '$(id)', 'é', '\t'),
      {
        maxLength: 12,
      },
    )
    .map((parts) => new TextEncoder().encode(parts.join(''))),
);

describe('quoting for POSIX shells', () => {
  test('any octets but NUL come through as a word', () => {
    const argument = octets.map((each) => each.filter((octet) => octet !== 0));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 12 }), (all) => {
        const wanted = Buffer.concat(all.flatMap((each) => [each, Buffer.of(0)]));
        expect(shell(`printf '%s\\0' ${all.map(quote).join(' ')}`).equals(wanted)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('any octets come out of printf', () => {
    fc.assert(
      fc.property(fc.array(octets, { minLength: 1, maxLength: 12 }), (all) => {
        const script = all.map((each) => `printf ${format(each)}`).join('; ');
        expect(shell(script).equals(Buffer.concat(all))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('what a terminal would act on is not in the command itself', () => {
    const word = quote('a\u001b[2Jb\u202e');
    expect(word).toBe('"$(printf \'a\\033[2Jb\\342\\200\\256\')"');
  });

  test('NUL is in no word', () => {
    expect(() => quote('a\0')).toThrow(RangeError);
  });
});

describe('commands', () => {
  test('a plain request is one line', () => {
    expect(curlText(curl('OPTIONS *\nHost: a\nUser-Agent: b\nAccept: c'))).toBe(
      `curl \\
  --include \\
  --http1.1 \\
  --request OPTIONS \\
  --header 'Host: a' \\
  --header 'User-Agent: b' \\
  --header 'Accept: c' \\
  --request-target '*' \\
  http://localhost:8000/`,
    );
  });

  test('fields go out as written, and curl adds none of its own', () => {
    expect(words(curl('GET /a\nX-A: 1\nx-a: two  words\nX-Empty:\nX-Octet: é').command)).toEqual([
      '--include',
      '--http1.1',
      '--header',
      'User-Agent:',
      '--header',
      'Accept:',
      '--header',
      'Host: localhost',
      '--header',
      'X-A: 1',
      '--header',
      'x-a: two  words',
      '--header',
      'X-Empty;',
      '--header',
      'X-Octet: \xe9',
      'http://localhost:8000/a',
    ]);
  });

  test.each<[what: string, scenario: string, wanted: readonly string[]]>([
    ['a body', "POST /\n\n@it's", ['--data-raw', "@it's"]],
    ['a body of GET', 'GET /\n\na', ['--request', 'GET', '--data-raw', 'a']],
    ['HEAD', 'HEAD /', ['--head']],
    ['HTTP/1.0', 'GET / HTTP/1.0', ['--http1.0']],
    ['a path with dots', 'GET /a/../b', ['--request-target', '/a/../b']],
    ['brackets, which curl would expand', 'GET /{a}[1-3]', ['--request-target', '/{a}[1-3]']],
    ['a fragment, which curl would drop', 'GET /a#b', ['--request-target', '/a#b']],
    ['in chunks', '# @chunks 9\nPOST /\n\na', ['--header', 'Transfer-Encoding: chunked']],
    ['leave to send', 'POST /\nExpect: 100-continue\n\na', ['--expect100-timeout', '5']],
  ])('%s', (_what, scenario, wanted) => {
    const found = words(curl(scenario).command);
    for (const word of wanted) expect(found).toContain(word);
  });

  test('pieces with pauses come through a pipe', () => {
    const { command, cannot } = curl('# @chunks lines\n# @pause 50ms\nPOST /\n\na\nb');
    expect(command).toMatch(/^\{ printf 'a\\n'; sleep 0.05; printf 'b'; \} \| curl/);
    expect(command).toContain('--upload-file -');
    expect(cannot).toEqual([]);
  });

  test.each([
    ['# @trailer A: b\nPOST /\n\na', 'curl has no way to send trailer fields.'],
    ['# @read-pause 10ms\nGET /', 'The client waits 10 ms before each piece that it reads.'],
    ['# @abort-after 5\nGET /', 'The client leaves after 5 octets of the response body.'],
    ['# @disconnect-after 1\nPOST /\n\nab', 'The client disconnects after 1 octets of the body.'],
    ['# @half-close\nGET /', 'curl does not end its direction behind a request.'],
    ['# @retry 2\nGET /', 'The client sends again, up to 2 times, when it is refused.'],
    ['# @timeout 1s\nGET /', 'The client gives up after 1000 ms without progress.'],
    ['# @drain\nGET /', 'The server begins to drain meanwhile: send it SIGTERM.'],
    ['GET /\nA: b\nHost: c', 'curl sends Host first.'],
    [
      '# @chunks 1\nPOST /\nContent-Length: 2\n\nab',
      'The body is sent in pieces; curl sends it at once.',
    ],
    ['WEBSOCKET /\n\na', 'curl sends no messages.'],
    ['CONNECT a:1\n\na\n=== wait-for-server', 'The client waits for 1 pieces before it goes on.'],
  ])('%j: what it cannot do is said', (scenario, sentence) => {
    const result = curl(scenario);
    expect(result.cannot).toContain(sentence);
    expect(curlText(result)).toContain(`# Not in this command: ${sentence}\n`);
  });

  test('a tunnel takes its octets from a pipe', () => {
    const { command } = curl('CONNECT a:443\n\n# @hex\n00 ff\n# @pause 1s\n===\nb');
    expect(command).toMatch(/^\{ printf '\\000\\377'; sleep 1; printf 'b'; \} \| curl/);
    expect(command).toContain('telnet://a:443');
  });
});
