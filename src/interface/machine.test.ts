// What a machine table means: rows are tried in order, guards decide, and only a row with `to` moves.

import { expect, test, vi } from 'vitest';
import { HTTP_REQUEST, HTTP_RESPONSE, type MachineTable, type Transition } from './index.ts';
import { inputsOf, Machine } from './machine.ts';

type State = 'shut' | 'ajar' | 'gone';
type Row = Transition<State, 'locked' | 'late', 'creak' | 'slam'>;

function door(
  transitions: readonly Row[],
): MachineTable<State, 'locked' | 'late', 'creak' | 'slam'> {
  return {
    machine: 'test.door',
    scope: ['test'],
    initial: 'shut',
    final: ['gone'],
    states: ['shut', 'ajar', 'gone'],
    transitions,
  };
}

const unasked = {
  locked: () => expect.unreachable('the guard `locked` was asked'),
  late: () => expect.unreachable('the guard `late` was asked'),
};

const open: Row = {
  on: ['push'],
  from: ['shut'],
  to: 'ajar',
  do: 'creak',
  requirement: 'door.opens',
};

test('machine: it begins in the initial state', () => {
  const machine = new Machine(door([open]), unasked);
  expect(machine.state).toBe('shut');
  expect(machine.final).toBe(false);
});

test('machine: a row with `to` moves, and names its action and requirement', () => {
  const machine = new Machine(door([open]), unasked);
  expect(machine.step('push', undefined)).toEqual({
    kind: 'to',
    state: 'ajar',
    action: 'creak',
    requirement: 'door.opens',
  });
  expect(machine.state).toBe('ajar');
});

test('machine: a row with `to` and without `do` has no action', () => {
  const machine = new Machine(
    door([{ on: ['push'], from: ['shut'], to: 'ajar', requirement: 'door.opens' }]),
    unasked,
  );
  expect(machine.step('push', undefined)).not.toHaveProperty('action');
});

test.each<[string, Row, object]>([
  [
    'misuse',
    { on: ['push'], from: ['shut'], misuse: 'door.no' },
    { kind: 'misuse', requirement: 'door.no' },
  ],
  [
    'closed',
    { on: ['push'], from: ['shut'], closed: 'door.no' },
    { kind: 'closed', requirement: 'door.no' },
  ],
  ['stay', { on: ['push'], from: ['shut'], stay: true }, { kind: 'stay' }],
])('machine: a row with `%s` says so and does not move', (_, row, outcome) => {
  const machine = new Machine(door([row]), unasked);
  expect(machine.step('push', undefined)).toEqual(outcome);
  expect(machine.state).toBe('shut');
});

test('machine: a row with `never` is a fault of the gateway, and does not move', () => {
  const machine = new Machine(door([{ on: ['push'], from: ['shut'], never: 'door.no' }]), unasked);
  expect(() => machine.step('push', undefined)).toThrow(
    'gateway fault: door.no says that push never comes in the state shut',
  );
  expect(machine.state).toBe('shut');
});

test.each([
  ['an input without a row', 'knock'],
  ['an input that only other states have', 'pull'],
  ['the name of a method of every object', 'toString'],
  ['`__proto__`', '__proto__'],
])('machine: %s is a fault of the gateway', (_, input) => {
  const machine = new Machine(
    door([open, { on: ['pull'], from: ['ajar'], to: 'shut', requirement: 'door.shuts' }]),
    unasked,
  );
  expect(() => machine.step(input, undefined)).toThrow(
    `gateway fault: test.door has no row for ${input} in the state shut`,
  );
});

test('machine: the first row that matches is taken, whatever follows', () => {
  const machine = new Machine(
    door([open, { on: ['push'], from: ['shut'], misuse: 'door.no' }]),
    unasked,
  );
  expect(machine.step('push', undefined)).toMatchObject({ kind: 'to', state: 'ajar' });
});

test('machine: a guard is asked only when its row is reached, and is given the subject', () => {
  const locked = vi.fn((hand: string) => hand === 'left');
  const late = vi.fn(() => false);
  const machine = new Machine(
    door([
      { on: ['push'], from: ['shut'], when: 'locked', misuse: 'door.locked' },
      { on: ['push'], from: ['shut'], when: 'late', misuse: 'door.late' },
      open,
    ]),
    { locked, late },
  );
  expect(machine.step('push', 'left')).toEqual({ kind: 'misuse', requirement: 'door.locked' });
  expect(locked).toHaveBeenCalledExactlyOnceWith('left', undefined);
  expect(late).not.toHaveBeenCalled();
  expect(machine.step('push', 'right')).toMatchObject({ kind: 'to' });
  expect(late).toHaveBeenCalledOnce();
});

test('machine: when every guard says no, there is no row', () => {
  const machine = new Machine(
    door([{ on: ['push'], from: ['shut'], when: 'locked', misuse: 'door.locked' }]),
    { locked: () => false, late: () => false },
  );
  expect(() => machine.step('push', undefined)).toThrow('has no row for push');
});

test('machine: one row may hold for several inputs and states', () => {
  const table = door([
    open,
    { on: ['push', 'pull'], from: ['shut', 'ajar'], to: 'gone', requirement: 'door.falls' },
  ]);
  for (const input of ['push', 'pull']) {
    const machine = new Machine(table, unasked);
    machine.step('push', undefined);
    machine.step(input, undefined);
    expect(machine.state).toBe('gone');
    expect(machine.final).toBe(true);
  }
});

test('machine: two machines on one table do not share a state', () => {
  const table = door([open]);
  const [first, second] = [new Machine(table, unasked), new Machine(table, unasked)];
  first.step('push', undefined);
  expect(second.state).toBe('shut');
});

test('machine: the inputs of a table are the events and triggers of its rows', () => {
  expect([...inputsOf(HTTP_REQUEST)].sort()).toEqual([
    'http.closed',
    'http.request.body',
    'http.request.discard',
    'http.request.end',
  ]);
  expect(inputsOf(HTTP_RESPONSE)).toContain('application.returns');
  expect(inputsOf(HTTP_RESPONSE)).not.toContain('http.request.discard');
});
