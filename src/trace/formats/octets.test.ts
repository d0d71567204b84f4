// What a preview tells of octets is true, and it is told wherever there is one reading.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PREVIEW_LENGTH, previewBytes } from '../event.ts';
import { recordedOctets } from './octets.ts';

const BACKSLASH = 0x5c;
const octets = (text: string) => new TextEncoder().encode(text);

test('any octets: those that a preview gives back are those that it was made from', () => {
  const likely = fc.constantFrom(...octets('\\nrx0a9f\n\r\0'));
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 2 * PREVIEW_LENGTH }),
    fc.array(likely, { maxLength: 2 * PREVIEW_LENGTH }).map((list) => Uint8Array.from(list)),
  );
  fc.assert(
    fc.property(data, (all) => {
      const recorded = recordedOctets(previewBytes(all), all.length);
      if (recorded.kind === 'ambiguous') {
        expect(all).toContain(BACKSLASH);
        return;
      }
      const whole = all.length <= PREVIEW_LENGTH;
      expect(recorded.kind).toBe(whole ? 'whole' : 'beginning');
      expect(Array.from(recorded.octets)).toEqual(Array.from(all.subarray(0, PREVIEW_LENGTH)));
    }),
    { numRuns: 1000 },
  );
});

test.each<[what: string, text: string, kind: string]>([
  ['escapes alone', 'a\nb\r\0', 'whole'],
  ['backslashes alone', '\\n \\x41 \\', 'whole'],
  ['both', '\\n\n', 'ambiguous'],
  ['a backslash that begins no escape, and an escape', '\\q\n', 'whole'],
])('%s', (_, text, kind) => {
  expect(recordedOctets(previewBytes(octets(text)), octets(text).length).kind).toBe(kind);
});

test.each<[what: string, preview: string, size: number]>([
  ['characters that no octet is', '✓', 1],
  ['another size', 'abc', 2],
  ['a cut where there is less than is shown', 'abc…', 4],
  ['a cut of too little', 'abc…', 500],
])('a preview that no octets make, of %s, tells nothing', (_, preview, size) => {
  expect(recordedOctets(preview, size)).toEqual({ kind: 'ambiguous' });
});
