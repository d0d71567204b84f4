// Previews of what events carry: short, printable, and made without harm from anything.

import { expect, test } from 'vitest';
import { PREVIEW_LENGTH, payloadOf, previewBytes } from './event.ts';

const octets = (text: string) => new TextEncoder().encode(text);

test.each<[string, Uint8Array, string]>([
  ['nothing', new Uint8Array(), ''],
  ['text', octets('Hello, ~'), 'Hello, ~'],
  ['line ends', octets('a\nb\r\nc'), 'a\\nb\\r\\nc'],
  ['other controls', Uint8Array.of(0, 9, 0x1b, 0x7f), '\\x00\\x09\\x1b\\x7f'],
  ['octets above 0x7F', octets('é'), '\\xc3\\xa9'],
  ['exactly as much as is shown', octets('x'.repeat(PREVIEW_LENGTH)), 'x'.repeat(PREVIEW_LENGTH)],
  ['more than is shown', octets('x'.repeat(PREVIEW_LENGTH + 1)), `${'x'.repeat(PREVIEW_LENGTH)}…`],
])('preview of %s', (_, data, preview) => {
  expect(previewBytes(data)).toBe(preview);
});

test.each<[string, Record<string, unknown>, unknown]>([
  ['an event without fields', { type: 'http.refuse' }, undefined],
  ['absent and null fields', { type: 'x', code: undefined, other: null }, undefined],
  ['empty fields', { type: 'http.response.end', trailers: [] }, undefined],
  ['a status', { type: 'x', status: 204 }, { preview: '204', status: 204 }],
  [
    'a status and fields',
    {
      type: 'x',
      status: 200,
      headers: [
        ['a', 'b'],
        ['a', 'c'],
      ],
    },
    {
      preview: '200',
      status: 200,
      fields: [
        ['a', 'b'],
        ['a', 'c'],
      ],
    },
  ],
  ['data', { type: 'x', data: octets('ab') }, { preview: 'ab', size: 2 }],
  ['no data', { type: 'x', data: new Uint8Array() }, { preview: '', size: 0 }],
  [
    'the members of an object, and nothing within them',
    { type: 'x', offers: { 'http.file': [1, {}], deep: { er: 1 } }, none: {} },
    { preview: 'offers {http.file: [1, …], deep: …} · none {}' },
  ],
  [
    'an object with many members',
    { type: 'x', a: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])) },
    { preview: `a {${Array.from({ length: 16 }, (_, i) => `k${i}: `).join(', ')}, …}` },
  ],
  [
    'other fields, by name',
    { type: 'x', cause: 'timeout', code: 0, flag: false },
    { preview: 'cause timeout · code 0 · flag false' },
  ],
  ['a status that is none', { type: 'x', status: 'many' }, { preview: 'many' }],
  [
    'a status that is no number, which JSON could not say',
    { type: 'x', status: Number.NaN },
    { preview: 'NaN' },
  ],
  [
    'a long value',
    { type: 'x', note: 'n'.repeat(200) },
    { preview: `note ${'n'.repeat(PREVIEW_LENGTH)}…` },
  ],
  [
    'a long field',
    { type: 'x', headers: [['a', 'n'.repeat(200)]] },
    { preview: '', fields: [['a', `${'n'.repeat(PREVIEW_LENGTH)}…`]] },
  ],
  [
    'values of no class',
    { type: 'x', a: Object.create(null), b: Symbol('s'), c: [[Object.create(null), 1]] },
    { preview: 'a {} · b Symbol(s)', fields: [['{}', '1']] },
  ],
  [
    'a value that cannot be read',
    Object.defineProperty({ type: 'x' }, 'a', { get: () => expect.fail('read'), enumerable: true }),
    { preview: 'a (cannot be read)' },
  ],
  [
    'an object with the prototype of octets alone',
    { type: 'x', data: Object.create(Uint8Array.prototype) },
    { preview: 'data (no text)' },
  ],
  [
    'an event that does not tell its keys',
    new Proxy({ type: 'x' }, { ownKeys: () => expect.fail('asked') }),
    undefined,
  ],
])('payload of %s', (_, event, payload) => {
  expect(payloadOf(event)).toEqual(payload);
});

test('a payload does not keep the data of the event', () => {
  const data = octets('before');
  const payload = payloadOf({ type: 'x', data });
  data.fill(0x78);
  expect(payload?.preview).toBe('before');
});

test('a payload can be written as JSON', () => {
  const event = {
    type: 'x',
    data: octets('a'),
    big: 1n,
    list: [1, [2]],
    map: { a: 1 },
    run: () => {},
  };
  expect(() => JSON.stringify(payloadOf(event))).not.toThrow();
});
