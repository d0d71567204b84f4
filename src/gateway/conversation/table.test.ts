// Walks every state and input of the machines of proposal 3, drives a conversation there by a shortest path, and holds it
// to what the row says. A row that is added to a proposal is tested here without a change to this file; a new guard
// needs one entry in `SITUATIONS`. What only other conversations and features can reach is left out by `served`.

import { describe, expect, test } from 'vitest';
import {
  Closed,
  EVENTS,
  type Fields,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  type HttpResponseAction,
  type HttpResponseGuard,
  type HttpSendEvent,
  type MachineTable,
  Misuse,
  type Transition,
} from '../../interface/index.ts';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import { HttpConversation, type HttpConversationOptions, type HttpOutput } from './http.ts';
import { inputsOf } from './machine.ts';

type Row = Transition<string, string, string>;
type Sent = Record<string, HttpSendEvent>;

const octets = (text: string) => new TextEncoder().encode(text);

/** What an application sends where nothing in particular is at stake. */
const PLAIN: Sent = {
  'http.request.discard': { type: 'http.request.discard' },
  'http.informational': { type: 'http.informational', status: 103 },
  'http.response.start': { type: 'http.response.start', status: 200 },
  'http.response.body': { type: 'http.response.body', data: octets('x') },
  'http.response.end': { type: 'http.response.end' },
  'http.response.abort': { type: 'http.response.abort' },
  'http.refuse': { type: 'http.refuse' },
};

/** What makes a guard say yes, and no guard that is asked before it. */
interface Situation {
  readonly options?: Partial<HttpConversationOptions>;
  /** How the response was started, where it was. */
  readonly start?: { readonly status?: number; readonly headers?: Fields };
  /** What the application has sent in the same state. */
  readonly before?: HttpSendEvent;
  /** What the event in question says. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** Whether the application ends with `UnsupportedScope`. */
  readonly declines?: true;
}

const fields = (list: Fields) => ({ event: { headers: list, trailers: list } });

const SITUATIONS: Readonly<Record<Exclude<HttpResponseGuard, `file-${string}`>, Situation>> = {
  'field-syntax': fields([['Broken Name', 'x']]),
  'hop-by-hop': fields([['connection', 'close']]),
  'length-syntax': fields([['content-length', 'many']]),
  'length-forbidden': { event: { headers: [['content-length', '0']], status: 204 } },
  'forbidden-trailer': fields([['content-type', 'text/plain']]),
  informed: { before: PLAIN['http.informational'] as HttpSendEvent },
  contentless: { start: { status: 204 } },
  excess: { start: { headers: [['content-length', '0']] } },
  'head-request': { options: { method: 'HEAD' } },
  shortfall: { start: { headers: [['content-length', '1']] } },
  declined: { declines: true },
};

/** An HTTP conversation of this gateway has the events of its type that belong to no feature, and no files to lose. */
function served(input: string): boolean {
  const event = EVENTS[input];
  if (event) return event.scope.includes('http') && event.feature === undefined;
  return input !== 'file.lost';
}

/** What the first output of an action is. */
const FIRST_OUTPUT: Readonly<
  Record<Exclude<HttpResponseAction, 'file'> | 'discard', HttpOutput['do']>
> = {
  informational: 'informational',
  head: 'head',
  body: 'body',
  end: 'end',
  abort: 'abort',
  refuse: 'refuse',
  fail: 'head',
  decline: 'head',
  discard: 'discard',
};

function eventOf(input: string, { event, start }: Situation = {}): HttpSendEvent {
  const plain = PLAIN[input];
  if (!plain) return expect.unreachable(`write what an application sends as ${input} into PLAIN`);
  const changes = { ...(input === 'http.response.start' ? start : {}), ...event };
  const known = Object.entries(changes).filter(
    // `status` of a start is no status of an informational response.
    ([name, value]) =>
      name in (EVENTS[input]?.fields ?? {}) && !(input === 'http.informational' && value === 204),
  );
  return { ...plain, ...Object.fromEntries(known) } as HttpSendEvent;
}

/** What an input came to: outputs and the governing requirement, or that nothing happened. */
interface Outcome {
  readonly outputs: readonly HttpOutput[];
  readonly requirement?: string;
  /** False where the conversation says that the input changed nothing. */
  readonly taken: boolean;
}

/** Gives an input to a conversation, from whichever side it comes. */
function give(conversation: HttpConversation, input: string, situation?: Situation): Outcome {
  switch (input) {
    case 'peer.lost':
      return { outputs: [], taken: conversation.lost('peer_reset') };
    case 'application.returns':
    case 'application.raises': {
      const { outputs, requirement } = conversation.applicationEnded(input, situation?.declines);
      return {
        outputs,
        taken: requirement !== undefined,
        ...(requirement === undefined ? {} : { requirement }),
      };
    }
    case 'http.request.body':
      conversation.body(octets('x'));
      return receive(conversation, input);
    case 'http.request.end':
      conversation.end();
      return receive(conversation, input);
    case 'http.closed':
      conversation.lost('peer_reset');
      return receive(conversation, input);
    default:
      return { taken: true, ...conversation.send(eventOf(input, situation)) };
  }
}

function receive(conversation: HttpConversation, type: string): Outcome {
  const received = conversation.receive();
  return received?.event.type === type
    ? { outputs: [], taken: true, requirement: received.requirement }
    : { outputs: [], taken: false };
}

/** To each state that can be reached: inputs from the initial state, the fewest possible and none of them guarded. */
function paths(table: MachineTable): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>([[table.initial, []]]);
  for (const [state, path] of paths) {
    for (const row of table.transitions) {
      if (row.to === undefined || row.when !== undefined || !row.from.includes(state)) continue;
      const input = row.on.find(served);
      if (input !== undefined && !paths.has(row.to)) paths.set(row.to, [...path, input]);
    }
  }
  return paths;
}

function pathTo(table: MachineTable, state: string): readonly string[] {
  return paths(table).get(state) ?? expect.unreachable(`no path leads to ${state}`);
}

const MACHINES: readonly [MachineTable, (conversation: HttpConversation) => string][] = [
  [HTTP_RESPONSE as MachineTable, (conversation) => conversation.responseState],
  [HTTP_REQUEST as MachineTable, (conversation) => conversation.requestState],
];

function outcomeInWords(row: Row): string {
  if (row.to !== undefined) return `→ ${row.to}${row.do ? `, does ${row.do}` : ''}`;
  if (row.misuse) return `is Misuse ${row.misuse}`;
  if (row.closed) return 'fails with Closed';
  return row.never ? 'never comes' : 'changes nothing';
}

function hold(
  table: MachineTable,
  row: Row,
  state: string,
  input: string,
  stateOf: (c: HttpConversation) => string,
) {
  const situation = row.when === undefined ? {} : SITUATIONS[row.when as keyof typeof SITUATIONS];
  if (!situation) return expect.unreachable(`say in SITUATIONS when the guard ${row.when} holds`);
  const conversation = new HttpConversation({
    method: 'GET',
    http_version: '1.1',
    expectContinue: false,
    ...situation.options,
  });
  for (const step of pathTo(table, state))
    give(conversation, step, situation.start ? { start: situation.start } : {});
  if (situation.before) conversation.send(situation.before);
  expect(stateOf(conversation)).toBe(state);

  const act = () => give(conversation, input, situation);
  if (row.misuse !== undefined || row.closed !== undefined) {
    const error = errorOf(act);
    expect(error).toBeInstanceOf(row.misuse === undefined ? Closed : Misuse);
    if (row.misuse !== undefined) expect((error as Misuse).requirement).toBe(row.misuse);
    expect(stateOf(conversation)).toBe(state);
    return;
  }
  const { outputs, requirement, taken } = act();
  if (row.to === undefined) {
    expect({ taken, outputs, state: stateOf(conversation) }).toEqual({
      taken: false,
      outputs: [],
      state,
    });
    return;
  }
  expect(taken).toBe(true);
  expect(stateOf(conversation)).toBe(row.to);
  expect(outputs[0]?.do).toBe(
    row.do === undefined ? undefined : FIRST_OUTPUT[row.do as keyof typeof FIRST_OUTPUT],
  );
  if (input !== 'peer.lost') expect(requirement).toBe(row.requirement);
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.unreachable('nothing was raised');
}

describe.each(MACHINES)('$machine', (table, stateOf) => {
  const states = [...paths(table).keys()];
  const inputs = [...inputsOf(table)].filter(served);
  const cases = states.flatMap((state) =>
    inputs.flatMap((input) =>
      table.transitions
        .filter((row) => row.on.includes(input) && row.from.includes(state))
        .map((row) => ({
          row,
          state,
          input,
          where: `${state}${row.when ? `, ${row.when},` : ''}`,
        })),
    ),
  );

  test.each(cases.map((entry) => ({ ...entry, outcome: outcomeInWords(entry.row) })))(
    '$input in $where $outcome',
    ({ row, state, input }) => hold(table, row, state, input, stateOf),
  );

  test('every state has a row without a guard for every input', () => {
    for (const state of states)
      for (const input of inputs)
        expect(
          cases.some((entry) => entry.state === state && entry.input === input && !entry.row.when),
          `${input} in ${state}`,
        ).toBe(true);
  });

  test('no row stands behind one that always matches', () => {
    const settled = new Set<string>();
    for (const { state, input, row } of cases) {
      expect(settled, `a row for ${input} in ${state}`).not.toContain(`${state} ${input}`);
      if (!row.when) settled.add(`${state} ${input}`);
    }
  });

  test('every row names a requirement that a proposal defines', () => {
    for (const row of table.transitions)
      for (const id of [row.requirement, row.misuse, row.closed, row.never])
        if (id !== undefined) expect(REQUIREMENTS).toHaveProperty([id]);
  });
});

test('all but what follows an acceptance, and all that is served, is walked', () => {
  expect(HTTP_RESPONSE.states.filter((state) => !paths(HTTP_RESPONSE).has(state))).toEqual([
    'switched',
  ]);
  expect([...inputsOf(HTTP_RESPONSE)].filter((input) => !served(input))).toEqual([
    'http.file',
    'websocket.accept',
    'tunnel.accept',
    'file.lost',
  ]);
  expect([...inputsOf(HTTP_REQUEST)].filter((input) => !served(input))).toEqual([]);
});

test('every event that an application may send here is an input of one machine, and of no other', () => {
  for (const [type, { direction }] of Object.entries(EVENTS)) {
    if (direction === 'receive' || !served(type)) continue;
    expect(
      MACHINES.filter(([table]) => inputsOf(table).has(type)),
      type,
    ).toHaveLength(1);
  }
});
