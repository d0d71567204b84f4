// What the pages of machines are made of: rows in words, and a drawing whose links all lead somewhere on the page.
import { describe, expect, test } from 'vitest';
import { edges, stateDiagram } from '../render/markdown/diagram.ts';
import { stateAnchor } from '../render/markdown/machine.ts';
import { inputOf, machines, outcomeOf, rowAnchor, rowOfEdge, rowsOfMachine } from './machines.ts';
import { specification } from './specification.ts';

describe.each(machines.map((machine) => [machine.machine, machine] as const))(
  '%s',
  (name, machine) => {
    const rows = rowsOfMachine(machine);

    test('every input is an event or is explained', () => {
      for (const { inputs } of rows)
        for (const input of inputs)
          if ('event' in input) expect(specification.events.has(input.event)).toBe(true);
          else expect(input.trigger, input.name).not.toBe('');
    });

    test('every guard and action has words, and every clause is a requirement', () => {
      for (const { guard, action, clause } of rows) {
        for (const named of [guard, action]) if (named) expect(named.text, named.name).not.toBe('');
        if (clause !== undefined) expect(specification.requirements.has(clause), clause).toBe(true);
      }
    });

    test('every link of the drawing leads to a state or a row, and every state and edge has one', async () => {
      const drawn = await stateDiagram(
        machine,
        (from, to) => `#${rowAnchor(rowOfEdge(machine, from, to))}`,
      );
      const anchors = new Set([
        ...Object.keys(machine.states).map((state) => stateAnchor(name, state)),
        ...rows.map(({ number }) => rowAnchor(number)),
      ]);
      const links = [...drawn.matchAll(/ href="#([^"]*)"/g)].map(([, anchor = '']) => anchor);
      for (const link of links) expect(anchors).toContain(link);
      const wanted = [
        ...Object.keys(machine.states).map((state) => stateAnchor(name, state)),
        ...edges(machine).map(({ from, to }) => rowAnchor(rowOfEdge(machine, from, to))),
      ];
      for (const anchor of wanted) expect(links).toContain(anchor);
    });

    test('the row of an edge is one that leads from its state to the other', () => {
      for (const { from, to } of edges(machine)) {
        const row = rows[rowOfEdge(machine, from, to) - 1];
        expect(row?.to).toBe(to);
        expect(row?.from).toContain(from);
      }
    });
  },
);

test('without addresses for its edges a drawing links states alone', async () => {
  const [machine] = machines;
  if (!machine) throw new Error('There is no machine.');
  const links = [...(await stateDiagram(machine)).matchAll(/ href="/g)];
  expect(links.length).toBe(Object.keys(machine.states).length);
});

test('each row comes to one outcome', () => {
  const row = { on: ['a.b'], from: ['open'] };
  expect(outcomeOf({ ...row, to: 'open', requirement: 'a.b' })).toBe('moves');
  expect(outcomeOf({ ...row, misuse: 'a.b' })).toBe('misuse');
  expect(outcomeOf({ ...row, closed: 'a.b' })).toBe('closed');
  expect(outcomeOf({ ...row, never: 'a.b' })).toBe('never');
  expect(outcomeOf({ ...row, stay: true })).toBe('stays');
});

test('an event that goes both ways is the same event by either name', () => {
  for (const way of ['send', 'receive'])
    expect(inputOf({ triggers: {} }, `${way} websocket.message`)).toEqual({
      name: `${way} websocket.message`,
      event: 'websocket.message',
    });
  expect(inputOf({ triggers: { 'peer.lost': 'Gone.' } }, 'peer.lost')).toEqual({
    name: 'peer.lost',
    trigger: 'Gone.',
  });
});
