// Conversations and their machines, by steps written here and by the traces of all examples.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { NormalisedStep, TraceEvent } from '../../trace/index.ts';
import { eventOf, STARTED_TWICE, traceOf } from './event.fixture.ts';
import { type Kind, kindOf, machineOf, pathsOf, pathWords, waysOn } from './machine.ts';

const request = (preview: string, ...fields: [string, string][]): Partial<TraceEvent> => ({
  lane: 'gateway',
  dir: 'in',
  type: 'http.request',
  payload: { preview, ...(fields.length > 0 ? { fields } : {}) },
});

test.each<[Kind, string, readonly Partial<TraceEvent>[]]>([
  ['lifespan', 'the conversation 0', [{ conn: 0, type: 'lifespan.startup' }]],
  ['http', 'a request', [request('GET / HTTP/1.1')]],
  ['http', 'nothing', []],
  ['websocket', 'its events', [request('GET / HTTP/1.1'), { type: 'websocket.accept' }]],
  ['websocket', 'events of the client alone', [{ type: 'client.websocket.send' }]],
  [
    'websocket',
    'its request, where it is denied',
    [request('GET / HTTP/1.1', ['Sec-WebSocket-Version', '13']), { type: 'http.response.start' }],
  ],
  [
    'websocket',
    'its request over HTTP/2',
    [request('CONNECT /x HTTP/2', ['sec-websocket-version', '13'])],
  ],
  ['tunnel', 'its events', [{ type: 'tunnel.accept' }]],
  ['tunnel', 'its request, where it is refused', [request('CONNECT db:5432 HTTP/1.1')]],
])('kind: %s by %s', (kind, _, steps) => {
  expect(kindOf(traceOf(...steps))).toBe(kind);
});

const walked = (kind: Kind, ...steps: readonly Partial<TraceEvent>[]) =>
  pathsOf(traceOf(...steps), kind).map(
    ({ machine, visits }) => `${machine.machine} ${visits.map(({ state }) => state).join(' ')}`,
  );

test('paths: request and response of an exchange have a machine each', () => {
  expect(pathsOf(STARTED_TWICE, 'http')).toMatchObject([
    {
      machine: { machine: 'http.response' },
      visits: [
        { state: 'open', seq: undefined },
        { state: 'committed', seq: 4 },
        { state: 'ended', seq: 6 },
      ],
    },
    {
      machine: { machine: 'http.request' },
      visits: [
        { state: 'reading', seq: undefined },
        { state: 'ended', seq: 3 },
      ],
    },
  ]);
});

test('paths: before anything is told, the first machine is in its initial state', () => {
  expect(walked('http', request('GET / HTTP/1.1'))).toEqual(['http.response open']);
  expect(walked('tunnel')).toEqual(['tunnel.conversation offered']);
});

test('paths: the state of a rejected discard is that of the response (http.request.discard-open)', () => {
  expect(
    walked('http', {
      type: 'http.request.discard',
      state: 'open',
      violation: { requirement: 'http.request.discard-open', message: 'm' },
    }),
  ).toEqual(['http.response open']);
});

test('paths: a tunnel that is refused goes on as a response', () => {
  expect(
    walked(
      'tunnel',
      request('CONNECT db:5432 HTTP/1.1'),
      { type: 'http.response.start', state: 'committed' },
      { type: 'http.response.end', state: 'ended' },
      { dir: 'internal', type: 'application.returns', state: 'ended' },
    ),
  ).toEqual(['http.response open committed ended']);
});

test('websocket.denial: after a rejected answer, a denial goes on as a response', () => {
  const violation = { requirement: 'websocket.denial', message: 'm' };
  const rejected = { type: 'http.response.start', state: 'connecting', violation };
  expect(walked('websocket', rejected)).toEqual(['websocket.conversation connecting']);
  expect(
    walked('websocket', rejected, { type: 'http.response.start', state: 'committed' }),
  ).toEqual(['http.response open committed']);
});

test('paths: what a tunnel receives carries the state of the tunnel', () => {
  expect(
    walked(
      'tunnel',
      { type: 'tunnel.accept', state: 'open' },
      { dir: 'in', type: 'tunnel.end', state: 'open' },
      { type: 'tunnel.end', state: 'ended' },
    ),
  ).toEqual(['tunnel.conversation offered open ended']);
});

test('paths: in words, with the number of the event that led to each state', () => {
  const [response] = pathsOf(STARTED_TWICE.slice(0, 5), 'http');
  expect(response && pathWords(response)).toBe(
    'http.response: open, committed at event 4. Now committed.',
  );
});

test('ways on: what the table takes in a state without a condition', () => {
  const [response] = pathsOf([], 'http');
  const [tunnel] = pathsOf([], 'tunnel');
  expect(response && waysOn(response.machine, 'open')).toEqual(
    expect.arrayContaining(['http.informational', 'http.response.start', 'http.refuse']),
  );
  expect(response && waysOn(response.machine, 'open')).not.toContain('http.response.body');
  expect(tunnel && waysOn(tunnel.machine, 'open')).toEqual(
    expect.arrayContaining(['tunnel.data', 'tunnel.end']),
  );
});

/** What of a normalised step the machines are found by. */
const asEvent = ({ text, fields, violation, ...step }: NormalisedStep): TraceEvent =>
  eventOf({
    ...(step as Partial<TraceEvent>),
    payload: { preview: text ?? '', ...(fields ? { fields } : {}) },
    ...(violation ? { violation: { requirement: violation, message: '' } } : {}),
  });

const examples = new URL('../../../content/examples/', import.meta.url);
const traces = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }): [string, TraceEvent[]][] => {
    try {
      const text = readFileSync(new URL(`${name}/trace.json`, examples), 'utf8');
      return [[name, (JSON.parse(text) as NormalisedStep[]).map(asEvent)]];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });

test('every state in the traces of the examples is one of a machine of its conversation', () => {
  expect(traces.length).toBeGreaterThan(40);
  for (const [name, events] of traces)
    for (const event of events) {
      const whole = events.filter(({ conn }) => conn === event.conn);
      if (event.state === undefined) continue;
      const where = `${name}, ${event.conn} ${event.type} ${event.state}`;
      expect(machineOf(event, kindOf(whole)), where).toBeDefined();
    }
});

test('paths: that a wait began or ended leads nowhere, whatever state it carries', () => {
  const events = traceOf(
    { dir: 'in', type: 'http.request.end', state: 'ended' },
    { type: 'receive', phase: 'B', span: 1, state: 'open' },
    { type: 'http.response.start', state: 'committed' },
    { type: 'send', dir: 'in', phase: 'E', span: 2, state: 'ended' },
  );
  const visits = pathsOf(events, 'http').map(({ machine, visits: all }) => [
    machine.machine,
    ...all.map(({ state }) => state),
  ]);
  expect(visits).toEqual([
    ['http.response', 'open', 'committed'],
    ['http.request', 'reading', 'ended'],
  ]);
});
