// The JSON Schemas: examples pass, and what misses them by little does not.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { doors } from '../../../tests/fixtures/doors.ts';
import { exportSchemas } from '../export.ts';
import { eventSchema, jsonExample, recordSchema } from './json-schema.ts';

const specification = doors();
const here = (path: string) => path;

function schemaOf(type: string) {
  const event = specification.events.get(type);
  if (!event) throw new Error(`there is no ${type}`);
  return { event, schema: eventSchema(event, specification, here) };
}

function validator(type: string) {
  const ajv = new Ajv2020({ strictTypes: 'log', allErrors: true, logger: false });
  return ajv.compile(schemaOf(type).schema);
}

test.each([...specification.events.keys()])('the example of %s is valid', (type) => {
  const { event, schema } = schemaOf(type);
  const valid = validator(type);
  const example = jsonExample(event);
  expect(schema.examples).toEqual([example]);
  expect([valid(example), valid.errors]).toEqual([true, null]);
  // It is JSON: nothing is lost on the way.
  expect(JSON.parse(JSON.stringify(example))).toEqual(example);
});

test.each([...specification.records.keys()])('the schema of the record %s compiles', (name) => {
  const record = specification.records.get(name);
  if (!record) throw new Error(name);
  expect(() =>
    new Ajv2020({ strictTypes: 'log', logger: false }).compile(
      recordSchema(record, specification, here),
    ),
  ).not.toThrow();
});

const push = { type: 'door.push', force: 3 };
const moved = { type: 'door.moved', from: 3, by: null, offers: {} };

describe('what is nearly an event', () => {
  test.each<[what: string, type: string, event: object]>([
    ['another type', 'door.push', { ...push, type: 'door.pull' }],
    ['no type', 'door.push', { force: 3 }],
    ['a required field left out', 'door.push', { type: 'door.push' }],
    ['a field that may not be null', 'door.push', { ...push, force: null }],
    ['less than the minimum', 'door.push', { ...push, force: 0 }],
    ['more than the maximum', 'door.push', { ...push, force: 10 }],
    ['a fraction', 'door.push', { ...push, force: 1.5 }],
    ['a number as text', 'door.push', { ...push, force: '3' }],
    ['a value that the enum has not', 'door.push', { ...push, hinge: 'top' }],
    ['a key that has to be understood', 'door.push', { ...push, '!slam': true }],
    ['a pair of three', 'door.push', { ...push, fields: [['a', 'b', 'c']] }],
    ['a pair of one', 'door.push', { ...push, fields: [['a']] }],
    ['a value beyond octets', 'door.push', { ...push, fields: [['a', '€']] }],
    ['bytes as text', 'door.push', { ...push, noise: 'creak' }],
    ['bytes that are not base64', 'door.push', { ...push, noise: { $base64: '***=' } }],
    ['base64 without padding', 'door.push', { ...push, noise: { $base64: 'YQ' } }],
    ['bytes with something beside', 'door.push', { ...push, noise: { $base64: '', size: 0 } }],
    ['both of exactly one', 'door.word', { type: 'door.word', said: '', written: { $base64: '' } }],
    ['none of exactly one', 'door.word', { type: 'door.word' }],
    ['a default left out by who fills it in', 'door.moved', { ...moved, by: undefined }],
    ['a record without a field', 'door.moved', { ...moved, card: { names: [] } }],
    [
      'a record with a field of another type',
      'door.moved',
      { ...moved, card: { for: 1, names: [] } },
    ],
    ['a revision that is none', 'door.moved', { ...moved, offers: { 'door.bell': [0] } }],
    ['a choice of several', 'door.moved', { ...moved, chosen: { 'door.bell': [1] } }],
    ['a list', 'door.push', [push]],
  ])('%s', (_, type, event) => {
    expect(validator(type)(JSON.parse(JSON.stringify(event)))).toBe(false);
  });
});

describe('what is still an event', () => {
  test.each<[what: string, type: string, event: object]>([
    ['a key that nobody declared', 'door.push', { ...push, 'org.example.colour': 'red' }],
    ['null where it is allowed', 'door.push', { ...push, hinge: null }],
    ['a default left out', 'door.knock', { type: 'door.knock' }],
    ['no octets', 'door.push', { ...push, noise: { $base64: '' } }],
    ['octets beyond ASCII', 'door.push', { ...push, fields: [['a', '\u00ff']] }],
    ['any data, null too', 'door.moved', { ...moved, more: null }],
    [
      'a record with all its fields',
      'door.moved',
      { ...moved, card: { for: 'me', from: 'you', names: ['x'], seals: [{ $base64: 'YQ==' }] } },
    ],
  ])('%s', (_, type, event) => {
    const valid = validator(type);
    expect([valid(event), valid.errors]).toEqual([true, null]);
  });
});

test('handles of a process are not in the JSON form', () => {
  const { schema } = schemaOf('door.moved');
  expect(schema.properties).not.toHaveProperty('state');
  const scope = specification.records.get('gate_scope');
  if (!scope) throw new Error('no gate_scope');
  const { properties, required } = recordSchema(scope, specification, here);
  expect(Object.keys(properties as object)).toEqual(['type', 'visitor', 'bolts']);
  expect(required).toEqual(['type', 'visitor', 'bolts']);
});

test('a schema says what it is for, in the words of the proposal', () => {
  const { schema } = schemaOf('door.ring');
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'door.ring',
    description:
      'The bell rings. It is sent by the application, in conversations of type back. It needs the feature door.bell. Governed by door.shuts.',
  });
  expect(schemaOf('door.knock').schema.properties).toMatchObject({
    times: { description: 'How often.', default: 1, minimum: 1 },
  });
});

test('a schema has the definitions that it needs and no others, and an address of its own', () => {
  const schemas = exportSchemas(specification, {
    address: (path) => `https://doors.example${path}`,
  });
  const defined = (path: string) => Object.keys((schemas.get(path)?.$defs ?? {}) as object);
  expect(defined('/api/schema/door.ring.json')).toEqual([]);
  expect(defined('/api/schema/door.push.json')).toEqual(['bytes', 'fields', 'octets']);
  expect(defined('/api/schema/door.moved.json')).toEqual([
    'bytes',
    'octets',
    'record-card',
    'revisions',
  ]);
  for (const [path, { $id }] of schemas) expect($id).toBe(`https://doors.example${path}`);
  const ajv = new Ajv2020({ strictTypes: 'log', logger: false });
  for (const schema of schemas.values()) ajv.addSchema(schema);
  expect(
    ajv.validate('https://doors.example/api/schema/records/card.json', { for: null, names: [] }),
  ).toBe(true);
});
