// What the gateway says of an event before it looks at any state: the first five checks of event.check-order.

import { describe, expect, test } from 'vitest';
import { EVENTS, Misuse } from './index.ts';
import { checkEvent } from './shape.ts';

/** The checks where no feature is in force. */
const check = (event: unknown, scope = 'http', features: readonly string[] = []) =>
  checkEvent(event, scope, new Set(features));

/** What the checks raise for an event, of an HTTP conversation unless said otherwise. */
function misuseOf(event: unknown, scope = 'http'): Misuse {
  try {
    check(event, scope);
  } catch (error) {
    expect(error).toBeInstanceOf(Misuse);
    return error as Misuse;
  }
  return expect.unreachable('the event was accepted');
}

/** A list of its arguments with a hole before the last. */
function holed(...items: unknown[]): unknown[] {
  const list = new Array(items.length + 1);
  for (const [index, item] of items.entries())
    list[index === items.length - 1 ? index + 1 : index] = item;
  return list;
}

const start = { type: 'http.response.start', status: 200 };
const body = { type: 'http.response.body', data: new Uint8Array() };

describe('event.shape', () => {
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'not undefined'],
    ['null', null, 'not null'],
    ['a string', 'http.refuse', 'not "http.refuse"'],
    ['a number', 7, 'not 7'],
    ['a function', () => {}, 'not a function'],
    ['a map without a type', {}, 'needs a `type`; this one has undefined'],
    ['a list', [], 'needs a `type`; this one has undefined'],
    ['a type that is a number', { type: 1 }, 'needs a `type`; this one has 1'],
    ['a type that is a boxed string', { type: new String('http.refuse') }, 'this one has a String'],
    [
      'a missing status',
      { type: 'http.response.start' },
      '`http.response.start` needs the field `status` (a whole number from 200 to 599)',
    ],
    ['a status that is undefined', { ...start, status: undefined }, 'needs the field `status`'],
    [
      'a status that is null',
      { ...start, status: null },
      '`status` of `http.response.start` must be a whole number from 200 to 599, not null',
    ],
    ['a status that is text', { ...start, status: '200' }, 'not "200"'],
    ['a fraction of a status', { ...start, status: 200.5 }, 'not 200.5'],
    ['a status that is not a number', { ...start, status: Number.NaN }, 'not NaN'],
    ['a status without end', { ...start, status: Number.POSITIVE_INFINITY }, 'not Infinity'],
    ['a bigint', { ...start, status: 200n }, 'not a bigint'],
    [
      'a negative code',
      { type: 'http.response.abort', code: -1 },
      'a whole number of at least 0, not -1',
    ],
    [
      'headers that are a map',
      { ...start, headers: { a: 'x' } },
      '`headers` of `http.response.start` must be a list of [name, value] pairs of strings, not a map',
    ],
    ['headers that are text', { ...start, headers: 'a: x' }, 'not "a: x"'],
    ['a pair of three', { ...start, headers: [['a', 'x', 'y']] }, 'not a list of another form'],
    ['a pair of one', { ...start, headers: [['a']] }, 'not a list of another form'],
    [
      'a value that is a number',
      { ...start, headers: [['content-length', 5]] },
      'not a list of another form',
    ],
    [
      'a name that is octets',
      { ...start, headers: [[new Uint8Array(1), 'x']] },
      'not a list of another form',
    ],
    [
      'a list with a hole',
      { ...start, headers: holed(['a', 'x'], ['b', 'y']) },
      'not a list of another form',
    ],
    ['a pair with a hole', { ...start, headers: [holed('x')] }, 'not a list of another form'],
    [
      'text where data belongs',
      { ...body, data: 'Hello' },
      '`data` of `http.response.body` must be a Uint8Array, not "Hello"',
    ],
    [
      'a list of numbers where data belongs',
      { ...body, data: [1, 2] },
      'not a list of another form',
    ],
    [
      'an ArrayBuffer where data belongs',
      { ...body, data: new ArrayBuffer(1) },
      'not an ArrayBuffer',
    ],
    ['other octets where data belongs', { ...body, data: new Uint16Array(1) }, 'not a Uint16Array'],
    ['a value without a prototype', { ...body, data: Object.create(null) }, 'not a map'],
    [
      'an object with the prototype of octets',
      { ...body, data: Object.create(Uint8Array.prototype) },
      'must be a Uint8Array',
    ],
    ['long text, which is cut', { ...body, data: 'x'.repeat(100) }, `not "${'x'.repeat(40)}…"`],
  ])('%s is Misuse, in words', (_, event, words) => {
    const misuse = misuseOf(event);
    expect(misuse.requirement).toBe('event.shape');
    expect(misuse.message).toContain(words);
  });

  test.each([
    ['http.response.start', 199, 200, 599, 600],
    ['http.informational', 101, 102, 199, 200],
  ])('the status of %s is in its declared range', (type, below, least, most, above) => {
    for (const status of [least, most]) expect(() => check({ type, status })).not.toThrow();
    for (const status of [below, above])
      expect(misuseOf({ type, status }).requirement).toBe('event.shape');
  });

  test.each<[string, object]>([
    ['an optional field that is absent', { type: 'http.response.abort' }],
    ['an optional field that is undefined', { type: 'http.response.abort', code: undefined }],
    ['a Buffer, which is a Uint8Array', { ...body, data: Buffer.from('x') }],
    ['an empty list of fields', { ...start, headers: [] }],
    ['a frozen event', Object.freeze({ ...start })],
    ['an event without a prototype', Object.assign(Object.create(null), start)],
    ['zero that is negative', { type: 'http.response.abort', code: -0 }],
  ])('%s is accepted', (_, event) => {
    expect(() => check(event)).not.toThrow();
  });

  test('the event is returned as it is', () => {
    expect(check(start)).toBe(start);
  });

  test.each<[string, unknown]>([
    ['both', { text: 'a', data: new Uint8Array() }],
    ['none', {}],
    ['none but undefined', { text: undefined }],
  ])('of the fields in `exactly_one`, %s is Misuse', (_, fields) => {
    const misuse = misuseOf({ type: 'websocket.message', ...(fields as object) }, 'websocket');
    expect(misuse.requirement).toBe('event.shape');
    expect(misuse.message).toContain('exactly one of the fields `text` and `data`');
  });

  test.each<[string, unknown]>([
    ['text', { text: '' }],
    ['data', { data: new Uint8Array() }],
    ['text, and data that is undefined', { text: '', data: undefined }],
  ])('of the fields in `exactly_one`, %s is accepted', (_, fields) => {
    const event = { type: 'websocket.message', ...(fields as object) };
    expect(() => check(event, 'websocket')).not.toThrow();
  });

  const ready = { type: 'lifespan.ready' };
  test.each<[string, object]>([
    ['accepts', { accepts: ['http.file'] }],
    ['accepts', { accepts: { 'http.file': [1] } }],
    ['accepts', { accepts: { 'http.file': 1.5 } }],
    ['accepts', { accepts: new Map([['http.file', 1]]) }],
    ['tunnels', { tunnels: 'echo' }],
    ['tunnels', { tunnels: ['echo', 1] }],
    ['tunnels', { tunnels: holed('echo') }],
    ['state', { state: 7 }],
    ['state', { state: ['pool'] }],
    ['state', { state: new Map([['pool', 1]]) }],
    ['state', { state: new (class Pool {})() }],
  ])('a field `%s` of another type is Misuse: %j', (name, fields) => {
    const misuse = misuseOf({ ...ready, ...fields }, 'lifespan');
    expect(misuse.requirement).toBe('event.shape');
    expect(misuse.message).toContain(`\`${name}\` of \`lifespan.ready\` must be `);
  });

  const message = { type: 'websocket.message' };
  test.each<[string, string, object, string]>([
    ['half a pair, the first', 'websocket', { ...message, text: 'a\ud800' }, 'text'],
    ['half a pair, the second', 'websocket', { ...message, text: '\udc00b' }, 'text'],
    ['a pair the wrong way round', 'websocket', { ...message, text: '\udc00\ud800' }, 'text'],
    [
      'half a pair in a reason',
      'websocket',
      { type: 'websocket.close', reason: '\udfff' },
      'reason',
    ],
    ['half a pair in a list', 'lifespan', { ...ready, tunnels: ['echo', '\ud800'] }, 'tunnels'],
  ])('binding.field-types: a string with %s is Misuse', (_, scope, event, name) => {
    const misuse = misuseOf(event, scope);
    expect(misuse.requirement).toBe('event.shape');
    expect(misuse.message).toContain(`\`${name}\` of `);
    expect(misuse.message).toContain('without unpaired surrogates');
  });

  test.each(['', '\ud83d\ude00', '\ud7ff\ue000\uffff', '\0'])(
    'binding.field-types: the text %j is accepted',
    (text) => {
      expect(() => check({ ...message, text }, 'websocket')).not.toThrow();
    },
  );

  test('http.field-syntax: which characters a field has is not a matter of shape', () => {
    expect(() => check({ ...start, headers: [['\ud800', '\u0100']] })).not.toThrow();
  });

  test('fields of every type that the lifespan sends are accepted', () => {
    const fields = { accepts: { 'http.file': 1 }, tunnels: ['echo'], state: { pool: Symbol('x') } };
    expect(() => check({ ...ready, ...fields }, 'lifespan')).not.toThrow();
  });
});

describe('event.unknown-type-misuse', () => {
  test.each([
    ['a type that nobody defined', 'org.example.jump', 'there is no event `org.example.jump`'],
    ['an empty type', '', 'there is no event ``'],
    [
      'a near miss, with what was probably meant',
      'http.response.begin',
      'did you mean `http.response.start`?',
    ],
    ['`__proto__`', '__proto__', 'there is no event `__proto__`'],
    ['`constructor`', 'constructor', 'there is no event `constructor`'],
    ['`toString`', 'toString', 'there is no event `toString`'],
    ['an event that is only received', 'http.request.end', '`http.request.end` is only received'],
    ['a trigger of a machine', 'application.returns', 'there is no event `application.returns`'],
    ['another trigger', 'peer.lost', 'there is no event `peer.lost`'],
  ])('%s is Misuse', (_, type, words) => {
    const misuse = misuseOf({ type });
    expect(misuse.requirement).toBe('event.unknown-type-misuse');
    expect(misuse.message).toContain(words);
  });

  test('an event of another type of scope is Misuse', () => {
    expect(() => check({ type: 'http.refuse' }, 'lifespan')).toThrow(
      '`http.refuse` does not belong to the scope type `lifespan`',
    );
  });

  test('an event that goes both ways may be sent', () => {
    expect(EVENTS['tunnel.end']?.direction).toBe('both');
    expect(() => check({ type: 'tunnel.end' }, 'tunnel')).not.toThrow();
    expect(misuseOf({ type: 'tunnel.end' }).message).toContain('does not belong to the scope type');
  });

  test('nothing that is only received is suggested', () => {
    expect(misuseOf({ type: 'http.request.ending' }).message).not.toContain('http.request.end`');
  });
});

describe('event.unknown-keys-ignored, event.must-understand', () => {
  test.each(['org.example.priority', 'x', '__proto__x', 'constructor', 'ends with !'])(
    'the undeclared key %j is ignored',
    (key) => {
      expect(() => check({ ...start, [key]: Symbol('anything') })).not.toThrow();
    },
  );

  test.each(['!org.example.priority', '!', '!!status', '!type', '!__proto__'])(
    'the undeclared key %j is Misuse',
    (key) => {
      const misuse = misuseOf({ ...start, [key]: undefined });
      expect(misuse.requirement).toBe('event.must-understand');
      expect(misuse.message).toContain(`has the key \`${key}\``);
    },
  );

  test('a key that must be understood comes before a field of the wrong shape', () => {
    expect(misuseOf({ ...start, status: 'x', '!org.example.x': 1 }).requirement).toBe(
      'event.must-understand',
    );
  });
});

describe('feature.marked-keys', () => {
  test('a marked key that the event declares is the key without the mark', () => {
    const marked = Object.freeze({ type: 'http.response.start', '!status': 200, 'x.y': 1 });
    expect(check(marked)).toMatchObject(start);
  });

  test('its value has to fit as without the mark', () => {
    const misuse = misuseOf({ type: 'http.response.start', '!status': 'ok' });
    expect(misuse.requirement).toBe('event.shape');
    expect(misuse.message).toContain('`status` of `http.response.start`');
  });
});

describe('feature.only-accepted', () => {
  const file = { type: 'http.file', path: '/srv/a' };

  test('an event of a feature that is not in force is Misuse', () => {
    const misuse = misuseOf(file);
    expect(misuse.requirement).toBe('feature.only-accepted');
    expect(misuse.message).toContain('`http.file` belongs to the feature `http.file`');
  });

  test('it is accepted where the feature is in force', () => {
    expect(() => check(file, 'http', ['http.file'])).not.toThrow();
    expect(() => check(file, 'http', ['tunnel'])).toThrow(Misuse);
  });
});

describe('event.check-order', () => {
  const all = { '!org.example.x': 1, offset: 'x' };
  test.each<[string, string, unknown, string?]>([
    ['the form before the type', 'event.shape', { type: 1, ...all }],
    ['the type before the feature', 'event.unknown-type-misuse', { type: 'http.files', ...all }],
    [
      'the scope before the feature',
      'event.unknown-type-misuse',
      { type: 'http.file', ...all },
      'lifespan',
    ],
    ['the feature before the keys', 'feature.only-accepted', { type: 'http.file', ...all }],
    ['the keys before the fields', 'event.must-understand', { ...start, status: 'x', ...all }],
  ])('%s', (_, requirement, event, scope) => {
    expect(misuseOf(event, scope).requirement).toBe(requirement);
  });
});

test('misuse.names-requirement: the message of a Misuse begins with its requirement', () => {
  const misuse = misuseOf({});
  expect(misuse.message.startsWith('event.shape: ')).toBe(true);
  expect(misuse.name).toBe('Misuse');
});
