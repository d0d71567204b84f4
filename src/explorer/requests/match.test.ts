// Results beside the exchanges they belong to, also when the scenario has been changed since.

import { expect, test } from 'vitest';
import type { ClientResult } from '../../client/index.ts';
import { parseScenario } from '../../client/scenario.ts';
import { matchResults } from './match.ts';

const resultOf = (name: string, status: number): ClientResult => ({
  kind: 'http',
  name,
  outcome: 'complete',
  status,
  headers: [],
  body: new Uint8Array(0),
  size: 0,
  trailers: [],
  times: { end: 1 },
  informational: [],
  attempts: 1,
  messages: [],
  messagesDropped: 0,
});

/** Runs one scenario, and shows the results beside another: status, `~` for one that has changed. */
function shown(sent: string, now: string): { found: string[]; others: string[] } {
  const ran = parseScenario(sent);
  const results = ran.map(({ name }, index) => resultOf(name, 200 + index));
  const { found, others } = matchResults(parseScenario(now), ran, results);
  return {
    found: found.map((match) =>
      match ? `${match.changed ? '~' : ''}${match.result.status}` : 'none',
    ),
    others: others.map(({ result }) => String(result.status)),
  };
}

const A = '### A\nGET /a\n';
const B = '### B\nGET /b\n';

test.each<[what: string, sent: string, now: string, found: string[], others: string[]]>([
  ['nothing changed', A + B, A + B, ['200', '201'], []],
  ['in another order', A + B, B + A, ['201', '200'], []],
  ['one in front', A + B, `### N\nGET /\n${A}${B}`, ['none', '200', '201'], []],
  ['one taken out', A + B, B, ['201'], ['200']],
  ['one changed', A + B, `### A\nGET /other\n${B}`, ['~200', '201'], []],
  ['one sent alone', B, A + B, ['none', '200'], []],
  ['two of the same words', A + A, A, ['200'], ['201']],
  ['of another kind', A, '### A\nWEBSOCKET /a\n', ['none'], ['200']],
])('%s', (_what, sent, now, found, others) => {
  expect(shown(sent, now)).toEqual({ found, others });
});

test('results of a run that was stopped early', () => {
  const ran = parseScenario(A + B);
  expect(
    matchResults(ran, ran, [resultOf('A', 200)]).found.map((match) => match?.result.status),
  ).toEqual([200, undefined]);
});
