// HPACK against Python's `hpack`: it decodes what we encode, and we what it encodes, with the tables of one connection.

import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { python } from '../../scripts/lib/outsiders.mjs';
import { HpackDecoder, HpackEncoder } from '../../src/gateway/http2/hpack.ts';
import { OctetSink } from '../../src/gateway/http2/sink.ts';
import { run, withPrograms } from './machine.ts';

type Field = readonly [name: string, value: string];
type Step =
  | { readonly size: number }
  | { readonly fields: readonly Field[]; readonly huffman: boolean };
interface Seen {
  readonly fields: readonly (readonly [name: string, value: string, neverIndexed: boolean])[];
  readonly block: string;
}

const SECTIONS = 200;

const octets = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((some) => Buffer.from(some).toString('latin1'));
const field: fc.Arbitrary<Field> = fc.oneof(
  fc.constantFrom<Field[]>(
    [':method', 'GET'],
    [':method', 'OPTIONS'],
    [':status', '200'],
    [':status', '418'],
    ['content-type', 'text/html; charset=utf-8'],
    ['date', 'Sat, 01 Jan 2028 00:00:00 GMT'],
    ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
    ['cookie', 'a=1'],
  ),
  fc.tuple(fc.constantFrom('x-a', 'x-b', ':path', 'etag', 'content-length'), octets(80)),
  fc.tuple(octets(30), octets(300)),
  // Secrets that stand in no table: never indexed, by either of us.
  fc.tuple(
    fc.constantFrom('x-secret', 'authorization'),
    fc.uuid().map((uuid) => `Bearer ${uuid}`),
  ),
);
const section = fc.record({ fields: fc.array(field, { maxLength: 12 }), huffman: fc.boolean() });

/** 200 sections, the same each time, and a change of the tables' size before every seventh. */
function stepsOf(seed: number): readonly Step[] {
  const sections = fc.sample(section, { seed, numRuns: SECTIONS });
  // Two at once, now and then: the lower one must be told as well. It comes first, and differs from the other: `hpack`
  // tells all there were, even those above the last, and forgets them at one that is no change.
  const size = fc.oneof(fc.nat(600), fc.constantFrom(0, 4096, 65_536));
  const sizes = fc.sample(
    fc
      .uniqueArray(size, { minLength: 1, maxLength: 2 })
      .map((some) => some.toSorted((a, b) => a - b)),
    { seed, numRuns: SECTIONS },
  );
  const all = sections.flatMap((one, i): Step[] => [
    ...(i % 7 === 0 ? (sizes[i] ?? []).map((size) => ({ size })) : []),
    one,
  ]);
  const every = String.fromCharCode(...Array(256).keys());
  return [...all, { fields: [[every, every]], huffman: true }];
}

withPrograms(['python3-h2'], 'hpack, on which python3-h2 stands', () => {
  const steps = stepsOf(7541);
  const sections = steps.flatMap((step) => ('fields' in step ? [step.fields] : []));
  let seen: readonly (Seen | null)[];

  beforeAll(async () => {
    const encoder = new HpackEncoder();
    const sink = new OctetSink();
    const input = steps.map((step) => {
      if ('size' in step) {
        encoder.setMaxTableSize(step.size);
        return step;
      }
      encoder.encode(step.fields, sink);
      return { ...step, block: sink.take().toString('hex') };
    });
    const script = fileURLToPath(new URL('python/hpack_codec.py', import.meta.url));
    const { code, stdout, stderr } = await run(python, ['-I', script], {
      input: JSON.stringify(input),
      env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    seen = JSON.parse(stdout);
  });

  test(`${SECTIONS} sections of ours, decoded by hpack`, () => {
    expect(sections.length).toBe(SECTIONS + 1);
    const theirs = seen.flatMap((one) => (one ? [one.fields] : []));
    expect(theirs.map((fields) => fields.map(([name, value]) => [name, value]))).toEqual(sections);
    const secrets = theirs.flat().filter(([name]) => name === 'authorization');
    expect(secrets.length).toBeGreaterThan(50);
    expect(secrets.filter(([, , neverIndexed]) => !neverIndexed)).toEqual([]);
  });

  test(`${SECTIONS} sections of hpack, decoded by us`, () => {
    const decoder = new HpackDecoder();
    const ours: [string, string, boolean][][] = [];
    for (const [i, step] of steps.entries()) {
      if ('size' in step) {
        decoder.setMaxTableSize(step.size);
        continue;
      }
      const fields: [string, string, boolean][] = [];
      decoder.decode(Buffer.from((seen[i] as Seen).block, 'hex'), (...one) => fields.push(one));
      ours.push(fields);
    }
    expect(ours.map((fields) => fields.map(([name, value]) => [name, value]))).toEqual(sections);
    const never = ours.flat().filter(([, , neverIndexed]) => neverIndexed);
    expect(never.length).toBeGreaterThan(50);
    expect(new Set(never.map(([name]) => name))).toEqual(new Set(['x-secret']));
  });
});
