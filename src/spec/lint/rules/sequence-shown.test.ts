import { describe, expect, test } from 'vitest';
import type { TracedStep } from '../../sequence.ts';
import type { ExampleRun } from '../rule.ts';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { sequenceShown } from './sequence-shown.ts';

const trace: readonly TracedStep[] = [
  { conn: 0, type: 'lifespan.ready', requirement: 'lifespan.ready-first' },
  { conn: 2, type: 'http.request' },
  { conn: 2, type: 'http.response.start', requirement: 'http.commit.on-start' },
  {
    conn: 2,
    type: 'http.response.start',
    requirement: 'http.commit.on-start',
    violation: { requirement: 'http.start-once' },
  },
  { conn: 2, type: 'http.response.end', requirement: 'http.finish' },
];
const examples = new Map<string, ExampleRun>([
  ['hello', { violations: [], trace }],
  ['silent', { violations: [], trace: [] }],
  ['unrun', { violations: [] }],
]);
const block = (...lines: string[]) =>
  `\`\`\`sequence\nexample: hello # Ä\n${lines.map((line) => `${line}\n`).join('')}caption: Sagt hallo.\n\`\`\`\n`;

describe('sequence-shown', () => {
  test('its words', () => keepsItsWord(sequenceShown, proposal, { examples }));

  test.each([
    [
      'a conversation that there is not',
      ['conn: ⌖1', 'from: x', 'show: [a.b]'],
      'the trace of `hello` has no conversation 1',
      'There are 0, 2; 0 is the lifespan.',
    ],
    [
      'a beginning that there is not',
      ['from: ⌖http.requst', 'show: [a.b]'],
      'the trace of `hello` has no `http.requst` to begin with',
      'Did you mean `http.request`?',
    ],
    [
      'a beginning in another conversation',
      ['conn: 0', 'from: ⌖http.request'],
      'the trace of `hello` has no `http.request` to begin with',
      undefined,
    ],
    [
      'an end that there is not',
      ['to: ⌖http.response.ends'],
      'the trace of `hello` has no `http.response.ends` to end with',
      'Did you mean `http.response.end`?',
    ],
    [
      'an end before the beginning',
      ['from: http.response.start', 'to: ⌖http.request'],
      'the trace of `hello` has no `http.request` to end with',
      'Did you mean `http.request`?',
    ],
    [
      'events of which there are none',
      ['events: [http, ⌖http.respons]'],
      'the figure of `hello` has no `http.respons`',
      undefined,
    ],
    [
      'events that are outside of what is taken',
      ['from: http.request', 'events: [http, ⌖lifespan]'],
      'the figure of `hello` has no `lifespan`',
      undefined,
    ],
    ['a part of a name', ['events: [⌖htt]'], 'the figure of `hello` has no `htt`', undefined],
    [
      'a requirement that the trace shows elsewhere',
      ['to: lifespan.ready', 'show: [lifespan.ready-first, ⌖http.finish]'],
      'no event of the figure of `hello` shows `http.finish`',
      'The trace has one, outside of what the figure takes.',
    ],
    [
      'a requirement of events that are left out',
      ['events: [http.request]', 'show: [⌖http.finish]'],
      'no event of the figure of `hello` shows `http.finish`',
      'The trace has one, outside of what the figure takes.',
    ],
    [
      'a requirement that the trace does not show',
      ['show: [⌖http.abort.code]'],
      'no event of the figure of `hello` shows `http.abort.code`',
      'Its trace has none either: it shows `lifespan.ready-first`, `http.commit.on-start`, `http.start-once`, `http.finish`.',
    ],
  ])('%s', (_, lines, message, hint) => {
    const text = proposal(block(...lines));
    expect(finds(sequenceShown, text, message, { examples }).hint).toBe(hint);
    finds(sequenceShown, crlf(text), message, { examples });
  });

  test('everything that is missing, each where it stands', () => {
    findsAll(
      sequenceShown,
      proposal(block('events: [http, ⌖a, ⌖b]', 'show: [⌖a.b, http.start-once, ⌖a.c]')),
      [
        'the figure of `hello` has no `a`',
        'the figure of `hello` has no `b`',
        'no event of the figure of `hello` shows `a.b`',
        'no event of the figure of `hello` shows `a.c`',
      ],
      { examples },
    );
  });

  test('a trace without events', () => {
    finds(
      sequenceShown,
      proposal(block('conn: ⌖1').replace('hello', 'silent')),
      'the trace of `silent` has no conversation 1',
      { examples },
    );
  });

  test.each([
    ['all of a trace', block()],
    ['what it has', block('conn: 2', 'from: http.request', 'to: http.response.end')],
    ['names that stand for others', block('events: [http, lifespan]')],
    ['what it shows, what it breaks among it', block('show: [http.start-once, http.finish]')],
    ['an example that was not run', block('conn: 7').replace('hello', 'unrun')],
    ['one that does not exist is another mistake', block('conn: 7').replace('hello', 'gone')],
    ['a block that cannot be read', block('conn: seven')],
    ['a sandbox', '```try\nexample: hello\ncaption: x\n```'],
  ])('near miss: %s', (_, text) => passes(sequenceShown, proposal(text), { examples }));

  test('nothing is said where examples were not run, as in the editor', () => {
    passes(sequenceShown, proposal(block('conn: 7')));
  });
});
