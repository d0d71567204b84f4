// The curl command for an exchange, run by a shell with curl itself: the application sees what it sees of the scenario
// client.

import { expect, test } from 'vitest';
import { curlOf } from '../../src/client/curl.ts';
import { dialNode } from '../../src/client/node.ts';
import { runRequest } from '../../src/client/run.ts';
import { parseScenario, type ScenarioExchange } from '../../src/client/scenario.ts';
import { run, withPrograms } from './machine.ts';
import { serve } from './serve.ts';

const ODD = '\u0000\u00ff%\'"$`!\\';

withPrograms(['curl'], 'curl commands', () => {
  const served = serve();

  /** The body of what answers the command; octets as characters. */
  async function answerOf(exchange: ScenarioExchange): Promise<string> {
    const { command, cannot } = curlOf(exchange, (await served).url);
    expect(cannot).toEqual([]);
    const script = `curl() { command curl --silent --show-error --max-time 20 "$@"; }\n${command}`;
    const { code, stdout, stderr } = await run('/bin/sh', ['-c', script]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const heads = /^(?:HTTP\/[\d.]+ \d{3}[^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/.exec(stdout)?.[0] ?? '';
    expect(heads).not.toBe('');
    return stdout.slice(heads.length);
  }

  async function ownAnswerOf(exchange: ScenarioExchange): Promise<string> {
    const dial = dialNode('127.0.0.1', (await served).port);
    const { outcome, body } = await runRequest(exchange, { dial, conn: 1 });
    expect(outcome).toBe('complete');
    return new TextDecoder().decode(body);
  }

  /** What the application is told, without what differs from one connection to the next. */
  function toldOf(answer: string) {
    const { method, target, http_version, headers } = JSON.parse(answer);
    const fields = headers.filter(([name]: [string]) => name !== 'connection');
    return { method, target, http_version, headers: fields };
  }

  test.each([
    'GET /scope',
    'GET /scope?a=%20b&c=[1-2]{x}',
    'GET /scope\nX-Two: 1\nx-two: 2\nX-Empty:\nX-Quote: it\'s "$(id)" `!`\nX-Octet: \u00e9',
    'GET /scope\nHost: example.org\nUser-Agent: own\nAccept: text/plain',
    'PURGE /scope\nHost: a',
    'GET /scope HTTP/1.0\nHost: a',
    'POST /scope\nContent-Type: text/plain\n\n@a\nb%',
    'PATCH /scope\n\na=b',
    '# @chunks 99\nPUT /scope\n\na',
  ])('%j: the same method, target, version and fields', async (text) => {
    const [exchange] = parseScenario(text) as [ScenarioExchange];
    expect(toldOf(await answerOf(exchange))).toEqual(toldOf(await ownAnswerOf(exchange)));
  });

  test.each([
    ['text', 'POST /digest\n\nline\n  "two" \'three\' $HOME `id` %s \\n\n@four'],
    ['octets', `POST /digest\n\n${ODD}`],
    ['in pieces', "# @chunks lines\n# @pause 20ms\nPOST /digest\n\none %d\n-two\n'three'"],
    ['after leave to send', 'POST /digest\nExpect: 100-continue\n\nbody'],
    ['of HTTP/1.0', `POST /digest HTTP/1.0\n\n${ODD}`],
  ])('a body, %s: the same octets', async (_what, text) => {
    const [exchange] = parseScenario(text) as [ScenarioExchange];
    expect(JSON.parse(await answerOf(exchange))).toEqual(JSON.parse(await ownAnswerOf(exchange)));
  });
});
