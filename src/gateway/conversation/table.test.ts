// Walks every machine of the specification, over every state, input and guard, and holds real conversations to what the
// rows say. A row that is added to a proposal is tested here without a change to this file; a new event or guard needs an
// input in `drive.fixture.ts` that meets it.

import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import * as tables from '../../interface/index.ts';
import { EVENTS, FLOW_OUTPUT, type MachineTable } from '../../interface/index.ts';
import { inputsOf } from '../../interface/machine.ts';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import { EVENT_OVERHEAD, OutputBuffer } from './buffers.ts';
import { comparable, http, type Kind, lifespan, tunnel, websocket } from './drive.fixture.ts';
import { Coverage, type Input, type Row, TableMachine } from './model.fixture.ts';

const MACHINES = (Object.values(tables) as unknown[]).filter(
  (value): value is MachineTable =>
    typeof value === 'object' && value !== null && 'transitions' in value,
);

const bound = 1000;
const KINDS: readonly Kind[] = [
  http({ method: 'GET', http_version: '1.1', bound }),
  http({ method: 'HEAD', http_version: '1.0', bound }),
  websocket({ bound }),
  tunnel({ by: 'upgrade', datagrams: 'none', bound }),
  tunnel({ by: 'connect', datagrams: 'none', bound }),
  tunnel({ by: 'extended-connect', datagrams: 'capsules', bound }),
  lifespan,
];

const NO_SURROGATES =
  'the check of the shape rejects half of a surrogate pair (binding.field-types)';
const LOST_ONCE = 'a second loss has nothing to say, and is kept from the machines';

/** The rows that no run of this gateway comes to, as `machine: input in state, guard`, and why. */
const UNREACHED: Readonly<Record<string, string>> = {
  'websocket.conversation: send websocket.message in open, not-unicode': NO_SURROGATES,
  'websocket.conversation: websocket.close in open, not-unicode': NO_SURROGATES,
  'websocket.conversation: peer.lost in lost': LOST_ONCE,
  'tunnel.conversation: peer.lost in aborted': LOST_ONCE,
  'tunnel.conversation: peer.lost in lost': LOST_ONCE,
};

const coverage = new Coverage();
/** What went otherwise than the rows say, by the rows that were asked. */
const failures = new Map<string, string>();

/** Goes from the beginning to all that the tables can tell apart, by shortest paths, and tries every input there. */
function walk(kind: Kind): void {
  const paths = new Map<string, readonly Input[]>([[kind.model(new Coverage()).view, []]]);
  for (const path of paths.values()) {
    for (const input of kind.inputs) {
      const model = kind.model(coverage);
      const real = kind.make();
      for (const step of path) {
        model.take(step);
        real.take(step);
      }
      if (!model.can(input)) continue;
      coverage.begin();
      const expected = outcomeOf(() => [comparable(model.take(input)), model.states, model.full]);
      const shown = Object.keys(real.states);
      const found = outcomeOf(() => [
        comparable(real.take(input)),
        { ...model.states, ...real.states },
        real.full,
      ]);
      if (!isDeepStrictEqual(found, expected)) {
        const way = [...path, input].map(({ name }) => name).join(', ');
        const text = `${kind.name}: after ${way}, ${shown}:\n${JSON.stringify(found)}\nin place of\n${JSON.stringify(expected)}`;
        for (const key of coverage.now) failures.set(key, text);
        continue;
      }
      const { view } = model;
      if (model.small && !paths.has(view)) paths.set(view, [...path, input]);
    }
  }
}

function outcomeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return String(error);
  }
}

/** The output buffer has no conversation around it: a wire of which the test says what waits. */
function walkOutput(): void {
  const high = 100;
  type Step = readonly [name: string, on: string, size: number, share: number];
  const steps: readonly Step[] = [
    ['a small event', 'event.accepted', 40, 0],
    ['a large event', 'event.accepted', 140, 0],
    ['one octet is taken', 'octets.taken', 0, 0.01],
    ['most is taken', 'octets.taken', 0, 0.7],
    ['all is taken', 'octets.taken', 0, 1],
    ['the end', 'output.ends', 0, 0],
    ['the loss', 'peer.lost', 0, 0],
  ];
  const table = FLOW_OUTPUT as MachineTable;
  const begin = () => {
    const wire = { waiting: 0, written: 0 };
    const machine = new TableMachine(table, coverage);
    const buffer = new OutputBuffer(high, wire);
    const holds = (guard: string) =>
      guard === 'at-high-water' ? buffer.load >= high : buffer.load > 75;
    const take = ([, on, size, share]: Step) => {
      wire.written += Math.max(0, size - EVENT_OVERHEAD);
      wire.waiting += Math.max(0, size - EVENT_OVERHEAD);
      wire.waiting -= Math.ceil(wire.waiting * share);
      coverage.begin();
      let told: boolean | undefined;
      const real = outcomeOf(() => {
        if (on === 'event.accepted') told = buffer.accepted(size);
        else if (on === 'octets.taken') told = buffer.taken();
        else if (on === 'output.ends') told = buffer.ends();
        else told = buffer.lost();
      });
      const row = outcomeOf(() => machine.row(on, holds));
      if (typeof row === 'string') {
        // A row that says `never`: the buffer says so too.
        expect(real).toMatch(/gateway fault: .+ says that event\.accepted never comes/);
        return;
      }
      const { to, do: action } = row as Row;
      machine.state = to ?? machine.state;
      const expected =
        on === 'event.accepted'
          ? machine.state === 'full'
          : on === 'peer.lost'
            ? action === 'fail'
            : action === 'resolve';
      if (buffer.state === machine.state && told === expected) return;
      const text = `${on}: ${buffer.state}, ${told} in place of ${machine.state}, ${expected}`;
      for (const key of coverage.now) failures.set(key, text);
    };
    return { take, machine, buffer };
  };
  const paths = new Map<string, readonly Step[]>([['', []]]);
  for (const path of paths.values()) {
    for (const step of steps) {
      const { take, machine, buffer } = begin();
      for (const before of path) take(before);
      take(step);
      const key = `${machine.state} ${buffer.load}`;
      if (path.length < 4 && !paths.has(key)) paths.set(key, [...path, step]);
    }
  }
}

for (const kind of KINDS) walk(kind);
walkOutput();

function outcomeInWords(row: Row): string {
  if (row.to !== undefined) return `→ ${row.to}${row.do ? `, does ${row.do}` : ''}`;
  if (row.misuse) return `is Misuse ${row.misuse}`;
  if (row.closed) return 'fails with Closed';
  return row.never ? 'never comes' : 'changes nothing';
}

/** Every row, once for each of its inputs and states. */
const cases = MACHINES.flatMap((table) =>
  table.transitions.flatMap((row, index) =>
    row.on.flatMap((input) =>
      row.from.map((state) => ({
        machine: table.machine,
        row,
        state,
        where: `${input} in ${state}${row.when ? `, ${row.when}` : ''}`,
        outcome: outcomeInWords(row),
        key: Coverage.key(table.machine, index, input, state),
      })),
    ),
  ),
);

function isReached({ machine, row, state, key }: (typeof cases)[number]): boolean {
  // What never comes was not met, in a state in which the walk tried everything.
  return row.never === undefined
    ? coverage.met.has(key)
    : coverage.visited.has(`${machine} ${state}`);
}

describe.each(MACHINES)('$machine', (table) => {
  const own = cases.filter(({ machine }) => machine === table.machine);

  test.each(own.filter(isReached))('$where $outcome', ({ key }) => {
    expect(failures.get(key)).toBeUndefined();
  });

  test('every state has a row without a guard for every input, and none behind it', () => {
    for (const state of table.states)
      for (const input of inputsOf(table)) {
        const rows = table.transitions.filter(
          ({ on, from }) => on.includes(input) && from.includes(state),
        );
        const guards = rows.map(({ when }) => when);
        expect(guards.indexOf(undefined), `${input} in ${state}`).toBe(rows.length - 1);
      }
  });

  test('every row names a requirement that a proposal defines', () => {
    for (const row of table.transitions)
      for (const id of [row.requirement, row.misuse, row.closed, row.never])
        if (id !== undefined) expect(REQUIREMENTS).toHaveProperty([id]);
  });
});

test('event.by-table: every row is walked, but those of which it is said why not', () => {
  const unreached = cases
    .filter((entry) => !isReached(entry))
    .map(({ machine, where }) => `${machine}: ${where}`);
  expect(unreached).toEqual(Object.keys(UNREACHED));
});

test('every event that an application may send is an input of a machine of each of its types', () => {
  for (const [type, { direction, scope }] of Object.entries(EVENTS)) {
    if (direction === 'receive') continue;
    const input = direction === 'both' ? `send ${type}` : type;
    for (const of of scope) {
      const governing = MACHINES.filter(
        (table) => table.scope.includes(of) && inputsOf(table).has(input),
      );
      expect(governing.length, `${type} in ${of}`).toBeGreaterThan(0);
    }
  }
});
