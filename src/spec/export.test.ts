// The specification as data: what each file holds, and where its addresses lead.

import { describe, expect, test } from 'vitest';
import { doors } from '../../tests/fixtures/doors.ts';
import {
  exportEvents,
  exportFeatures,
  exportFiles,
  exportMachines,
  exportProposals,
  exportRequirements,
  jsonText,
} from './export.ts';

const specification = doors();
const options = { address: (path: string) => `https://doors.example${path}` };

test('a proposal is its front matter, its address and how many requirements it has', () => {
  expect(exportProposals(specification, options)).toEqual([
    {
      number: 42,
      slug: '0042',
      title: 'Doors',
      summary: 'Doors, for tests.',
      status: 'draft',
      type: 'standards',
      revision: 1,
      created: '2026-11-22',
      requires: [],
      authors: ['Nobody'],
      url: 'https://doors.example/proposals/0042/',
      requirements: 2,
    },
  ]);
});

describe('a requirement', () => {
  test('is its text on one line with what binds whom', () => {
    expect(exportRequirements(specification, options)[0]).toEqual({
      id: 'door.opens',
      level: 'MUST',
      role: 'gateway',
      proposal: '0042',
      revision: 1,
      text: 'The gateway MUST open the door.',
      url: 'https://doors.example/proposals/0042/#door.opens',
      page: 'https://doors.example/r/door.opens/',
      tests: [],
      examples: [],
      since: null,
      changed: null,
    });
  });

  test('has the tests, examples and history that are known', () => {
    const knowledge = {
      tests: (id: string) => (id === 'door.opens' ? ['door.test.ts'] : []),
      examples: (id: string) => (id === 'door.shuts' ? ['hinge'] : []),
      history: (id: string) =>
        id === 'door.opens' ? { since: '0042/v1', changed: '0042/v2' } : undefined,
    };
    expect(exportRequirements(specification, { ...options, knowledge })).toMatchObject([
      { tests: ['door.test.ts'], examples: [], since: '0042/v1', changed: '0042/v2' },
      { tests: [], examples: ['hinge'], since: null, changed: null },
    ]);
  });
});

test('an event is its block, with its proposal, its card and its schema', () => {
  const ring = exportEvents(specification, options).find(({ type }) => type === 'door.ring');
  expect(ring).toEqual({
    type: 'door.ring',
    direction: 'send',
    scope: ['back'],
    feature: 'door.bell',
    summary: 'The bell rings.',
    requirement: 'door.shuts',
    fields: {},
    example: { type: 'door.ring' },
    proposal: '0042',
    revision: 1,
    url: 'https://doors.example/proposals/0042/#event-door.ring',
    schema: 'https://doors.example/api/schema/door.ring.json',
  });
});

test('a feature has its own revision, and the events that need it', () => {
  expect(exportFeatures(specification, options)).toEqual([
    {
      feature: 'door.bell',
      revision: 2,
      summary: 'A bell beside the door.',
      requirement: 'door.shuts',
      default: true,
      events: ['door.ring'],
      proposal: '0042',
      url: 'https://doors.example/proposals/0042/#feature-door.bell',
    },
  ]);
});

test('a machine is its whole table, with the types of conversations that it governs', () => {
  expect(exportMachines(specification, options)[0]).toMatchObject({
    machine: 'door.leaf',
    scope: ['gate', 'back'],
    guards: { locked: 'It is locked.' },
    transitions: { length: 4 },
    url: 'https://doors.example/proposals/0042/#machine-door.leaf',
  });
});

test('no file says where on a disk the proposals are', () => {
  for (const [path, value] of exportFiles(specification, options))
    expect(jsonText(value), path).not.toMatch(/draft\.md|"line"/);
});

test('every file is where its address says, and every schema is linked', () => {
  const files = exportFiles(specification, options);
  expect([...files.keys()].slice(0, 5)).toEqual([
    '/api/proposals.json',
    '/api/requirements.json',
    '/api/events.json',
    '/api/features.json',
    '/api/machines.json',
  ]);
  for (const { schema } of exportEvents(specification, options))
    expect(files.get(new URL(schema).pathname)).toHaveProperty('$id', schema);
  expect(files.has('/api/schema/records/card.json')).toBe(true);
  for (const machine of exportMachines(specification, options))
    expect(files.get(`/api/machines/${machine.machine}.json`)).toEqual(machine);
});

test('JSON is indented and ends with a line end', () => {
  expect(jsonText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
});
