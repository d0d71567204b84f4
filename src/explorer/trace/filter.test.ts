// The grammar of the filter: what each term finds, what is wrong with what is none, and what can follow.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { eventOf, traceOf } from './event.fixture.ts';
import {
  completions,
  type Filter,
  isFilterError,
  matches,
  parseFilter,
  Vocabulary,
} from './filter.ts';

function filterOf(text: string): Filter {
  const parsed = parseFilter(text);
  if (isFilterError(parsed)) throw new Error(`${text}: ${parsed.message}`);
  return parsed;
}

const found = (text: string, event: TraceEvent) =>
  matches(filterOf(text), event, event === full ? WAITED : undefined);

const full = eventOf({
  conn: 3,
  state: 'committed',
  requirement: 'http.start-once',
  violation: { requirement: 'http.start-once', message: 'The response is under way' },
  payload: { preview: '500 · two  (words)', status: 500, fields: [['X-Name', 'a "quoted" value']] },
  src: { file: 'lib/app.ts', line: 1, column: 1 },
  phase: 'B',
  buffered: 4096,
  fault: 'stall',
});
/** Milliseconds for which it waits. */
const WAITED = 812.5;

test.each<[string, boolean]>([
  ['', true],
  ['   ', true],
  ['type:http.response.start', true],
  ['type:HTTP.Response.*', true],
  ['type:http.*', true],
  ['type:*', true],
  ['type:*start', true],
  ['type:h*p*t', true],
  ['type:http', false],
  ['type:httpXresponseXstart', false],
  ['TYPE:http.*', true],
  ['lane:app', true],
  ['lane:APP', true],
  ['lane:client', false],
  ['dir:out', true],
  ['dir:in', false],
  ['conn:3', true],
  ['conn:30', false],
  ['conn:2..3', true],
  ['conn:4..9', false],
  ['state:commit*', true],
  ['state:open', false],
  ['req:http.start-once', true],
  ['req:http.*', true],
  ['req:flow.*', false],
  ['phase:b', true],
  ['phase:B', true],
  ['phase:E', false],
  ['-phase:i', true],
  ['fault', true],
  ['-fault', false],
  ['"fault"', false],
  ['fault:stall', true],
  ['fault:Stall', true],
  ['fault:st*', true],
  ['fault:reset', false],
  ['fault:re*', false],
  ['stall', true],
  ['buffered:4096', true],
  ['buffered:1..4096', true],
  ['buffered:1..4095', false],
  ['buffered:>4096', false],
  ['buffered:>=4096', true],
  ['buffered:<4096', false],
  ['buffered:<=4096', true],
  ['wait:>100', true],
  ['wait:>812.5', false],
  ['wait:812.5', true],
  ['wait:100..900', true],
  ['-wait:<100', true],
  ['violation', true],
  ['-violation', false],
  ['"violation"', false],
  ['under', true],
  ['UNDER', true],
  ['"is under"', true],
  ['"under is"', false],
  ['under is', true],
  ['500', true],
  ['(words)', true],
  ['[words]', false],
  ['"two  ("', true],
  ['"x-name: a"', true],
  ['"\\"quoted\\""', true],
  ['start-once', true],
  ['committed', true],
  ['lib/app.ts', true],
  ['-absent', true],
  ['-under', false],
  ['-"is under"', false],
  ['-type:websocket.*', true],
  ['-lane:app', false],
  ['lane:app dir:in', false],
  ['lane:app -dir:in', true],
  ['lane:client OR violation', true],
  ['lane:client OR dir:in', false],
  ['lane:client violation OR lane:app dir:out', true],
  ['lane:client or violation', false],
  ['"OR"', true],
  ['state:"committed"', true],
])('filter: %s matches a violation in conversation 3: %s', (text, whether) => {
  expect(found(text, full)).toBe(whether);
});

test.each([
  ['state:*', false],
  ['req:*', false],
  ['-state:*', true],
  ['violation', false],
  ['"undefined"', false],
])('filter: %s of an event that has only what every event has: %s', (text, whether) => {
  expect(found(text, eventOf())).toBe(whether);
});

test('filter: req finds what governs a step where nothing was broken', () => {
  expect(found('req:http.finish', eventOf({ requirement: 'http.finish' }))).toBe(true);
});

test.each<[string, number, RegExp, RegExp]>([
  [
    'foo:bar',
    0,
    /no key “foo”/,
    /type, lane, dir, conn, state, req, phase, fault, wait, buffered.*"foo:bar"/,
  ],
  ['lane:app  foo:bar', 10, /no key “foo”/, /quotes/],
  ['constructor:x', 0, /no key/, /keys are/],
  ['lane:app -http://x', 9, /no key “http”/, /"http:\/\/x"/],
  ['lane:server', 5, /“server” is no lane/, /client, gateway, app/],
  ['-lane:server', 6, /“server” is no lane/, /client, gateway, app/],
  ['dir:up', 4, /“up” is no dir/, /in, out, internal/],
  ['conn:x', 5, /“x” is no conn/, /conn:2/],
  ['conn:1..', 5, /is no conn/, /conn:2\.\.5/],
  ['conn:-1', 5, /is no conn/, /number/],
  ['conn:>1', 5, /“>1” is no conn/, /conn:2/],
  ['phase:x', 6, /“x” is no phase/, /B for the beginning/],
  ['fault:crash', 6, /“crash” is no fault/, /disconnect, reset, stall, slow/],
  ['wait:long', 5, /“long” is no wait/, /milliseconds as in wait:>100/],
  ['wait:>', 5, /“>” is no wait/, /wait:10\.\.50/],
  ['wait:>1e3', 5, /is no wait/, /milliseconds/],
  ['a wait:', 7, /“wait:” has no value/, /right after the colon/],
  ['buffered:64k', 9, /“64k” is no buffered/, /octets as in buffered:>1000/],
  ['type:', 5, /“type:” has no value/, /right after the colon/],
  ['type: http', 5, /has no value/, /without a space/],
  ['type:""', 5, /has no value/, /colon/],
  ['""', 0, /no text in the quotes/, /look for/],
  ['-', 0, /nothing after “-”/, /-lane:client/],
  ['a -', 2, /nothing after “-”/, /leave out/],
  ['"open', 0, /not closed/, /End the text/],
  ['a "', 2, /not closed/, /End the text/],
  ['-"open', 1, /not closed/, /End the text/],
  ['"end\\"', 0, /not closed/, /\\"/],
  ['OR a', 0, /nothing before it/, /both sides/],
  ['a OR', 2, /nothing after it/, /both sides/],
  ['a OR OR b', 5, /nothing before it/, /both sides/],
])('filter: %s is wrong at %i', (text, position, message, hint) => {
  expect(parseFilter(text)).toEqual({
    position,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

describe('properties', () => {
  const term = fc.constantFrom(
    'type:http.*',
    'type:*.end',
    'lane:app',
    'lane:client',
    'dir:in',
    'conn:2',
    'conn:1..2',
    'state:open',
    'req:http.*',
    'violation',
    'hello',
    '"two words"',
  );
  const event = fc
    .record({
      lane: fc.constantFrom('client', 'gateway', 'app'),
      dir: fc.constantFrom('in', 'out', 'internal'),
      conn: fc.nat(3),
      type: fc.constantFrom('http.request.end', 'http.response.start', 'client.response', 'x.end'),
      state: fc.option(fc.constantFrom('open', 'ended'), { nil: undefined }),
      requirement: fc.option(fc.constantFrom('http.finish', 'flow.full'), { nil: undefined }),
      preview: fc.constantFrom('hello', 'two words', 'Two', ''),
      broken: fc.boolean(),
    })
    .map(({ preview, broken, state, requirement, lane, dir, ...rest }) =>
      eventOf({
        ...rest,
        lane: lane as TraceEvent['lane'],
        dir: dir as TraceEvent['dir'],
        payload: { preview },
        ...(state === undefined ? {} : { state }),
        ...(requirement === undefined ? {} : { requirement }),
        ...(broken ? { violation: { requirement: 'http.finish', message: 'm' } } : {}),
      }),
    );
  const terms = fc.array(term, { minLength: 1, maxLength: 4 });

  test('filter: "-" turns a term round', () => {
    fc.assert(
      fc.property(term, event, (one, seen) => {
        expect(found(`-${one}`, seen)).toBe(!found(one, seen));
      }),
    );
  });

  test('filter: terms that follow each other must all hold', () => {
    fc.assert(
      fc.property(terms, event, (all, seen) => {
        expect(found(all.join(' '), seen)).toBe(all.every((one) => found(one, seen)));
      }),
    );
  });

  test('filter: OR binds less than following', () => {
    fc.assert(
      fc.property(terms, terms, event, (left, right, seen) => {
        const [a, b] = [left.join(' '), right.join('  ')];
        expect(found(`${a} OR ${b}`, seen)).toBe(found(a, seen) || found(b, seen));
      }),
    );
  });

  test('filter: any text is a filter, or has a fault at a place in it', () => {
    const pieces = fc.array(
      fc.oneof(term, fc.constantFrom(' ', '-', ':', '"', '\\', 'OR', '*', 'conn:'), fc.string()),
    );
    fc.assert(
      fc.property(
        pieces.map((all) => all.join('')),
        event,
        (text, seen) => {
          const parsed = parseFilter(text);
          if (isFilterError(parsed)) {
            expect(parsed.position).toBeGreaterThanOrEqual(0);
            expect(parsed.position).toBeLessThanOrEqual(text.length);
            expect(parsed.message).not.toBe('');
            expect(parsed.hint).not.toBe('');
          } else expect(typeof matches(parsed, seen)).toBe('boolean');
        },
      ),
    );
  });

  test('filter: any text in quotes is found where it is', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !/\\"|\\$/.test(text)),
        fc.string(),
        fc.string(),
        (text, before, after) => {
          const seen = eventOf({ payload: { preview: before + text + after } });
          expect(found(`"${text.replaceAll('"', '\\"')}"`, seen)).toBe(true);
        },
      ),
    );
  });

  test('completions: each makes a text that parses, or that can be written further', () => {
    const events = traceOf(
      { type: 'http.response.start', state: 'open', requirement: 'http.finish' },
      { type: 'http.response.end', lane: 'client', dir: 'in', conn: 12 },
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('t', 'type:', 'lane:', ' ', 'h', 'conn:', '1', '-', 'st', 'req:')),
        fc.nat(20),
        (pieces, cursor) => {
          const text = pieces.join('');
          const at = Math.min(cursor, text.length);
          const { from, to, options } = completions(text, at, events);
          expect(from).toBeLessThanOrEqual(to);
          expect(to).toBeLessThanOrEqual(text.length);
          for (const option of options) {
            const alone = option === 'OR' ? `a OR b` : option.endsWith(':') ? `${option}1` : option;
            const parsed = parseFilter(from === 0 ? alone : `a ${alone}`);
            if (isFilterError(parsed))
              expect(parsed.message).toMatch(/is no (lane|dir|phase|fault)/);
          }
        },
      ),
    );
  });
});

const events = traceOf(
  { type: 'client.request', lane: 'client', conn: 2 },
  { type: 'http.response.start', state: 'committed', requirement: 'http.commit.on-start' },
  { type: 'http.response.end', state: 'ended', conn: 10 },
  { type: 'own event', requirement: 'http.finish' },
);

const KEYS = [
  ...[
    'type:',
    'lane:',
    'dir:',
    'conn:',
    'state:',
    'req:',
    'phase:',
    'fault:',
    'wait:',
    'buffered:',
  ],
  ...['violation', 'fault'],
];

test.each<[string, number, number, number, readonly string[]]>([
  ['', 0, 0, 0, KEYS],
  ['s', 1, 0, 1, ['state:']],
  ['lane:app v', 10, 9, 10, ['violation']],
  ['lane:app ', 9, 9, 9, [...KEYS, 'OR']],
  ['-st', 3, 1, 3, ['state:']],
  ['type:', 5, 5, 5, ['http.*', 'client.request', 'http.response.end', 'http.response.start']],
  ['type:http.r', 11, 5, 11, ['http.response.end', 'http.response.start']],
  ['type:HTTP.*', 7, 5, 11, ['http.*', 'http.response.end', 'http.response.start']],
  ['conn:', 5, 5, 5, ['1', '2', '10']],
  ['-conn:1', 7, 6, 7, ['10']],
  ['state:', 6, 6, 6, ['committed', 'ended']],
  ['req:', 4, 4, 4, ['http.*', 'http.commit.on-start', 'http.finish']],
  ['lane:', 5, 5, 5, ['app', 'client']],
  ['f', 1, 0, 1, ['fault:', 'fault']],
  ['phase:', 6, 6, 6, ['i']],
  ['wait:', 5, 5, 5, ['>0', '>1', '>10', '>100', '>1000']],
  ['wait:>10', 8, 5, 8, ['>100', '>1000']],
  ['buffered:', 9, 9, 9, ['>0', '>1000', '>16000', '>64000']],
  ['none:', 5, 5, 5, []],
  ['"quoted', 7, 7, 7, []],
])('completions of %s at %i', (text, at, from, to, options) => {
  expect(completions(text, at, events)).toEqual({ from, to, options });
});

test('filter: it tells whether it asks for waits, of which later events tell', () => {
  expect(filterOf('lane:app wait:>1').waits).toBe(true);
  expect(filterOf('a OR -wait:>1').waits).toBe(true);
  expect(filterOf('phase:B "wait:>1"').waits).toBe(false);
});

test('filter: an event without a wait or a level passes no bound of one', () => {
  const plain = eventOf();
  for (const text of ['wait:>=0', 'wait:<1', 'buffered:>=0', 'buffered:0', 'fault', 'fault:*'])
    expect(found(text, plain)).toBe(false);
  expect(matches(filterOf('wait:>1000000'), plain, Number.POSITIVE_INFINITY)).toBe(true);
});

test('completions: of a trace that grows they are those of the whole', () => {
  const vocabulary = new Vocabulary();
  const trace = [...events];
  expect(completions('conn:', 5, trace, vocabulary).options).toEqual(['1', '2', '10']);
  trace.push(eventOf({ seq: 9, conn: 3 }));
  expect(completions('conn:', 5, trace, vocabulary).options).toEqual(['1', '2', '3', '10']);
  expect(completions('conn:', 5, trace.slice(0, 1), vocabulary).options).toEqual(['2']);
});
