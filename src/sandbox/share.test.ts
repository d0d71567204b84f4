// What is shared comes back as it was; whatever else a link or a file carries is answered with words, in bounded space.

import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeShared,
  encodeShared,
  isSharedFragment,
  LONGEST_URL,
  MOST_OCTETS,
  readSharedFile,
  type Shared,
  SharedError,
  sharedFile,
  sharedFileName,
} from './share.ts';

const HELLO: Shared = { v: 1, example: 'hello', files: { 'app.ts': 'export default 1;\n' } };

const files = fc.dictionary(
  fc.string({ unit: 'binary' }),
  fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: null }),
  { maxKeys: 8, noNullPrototype: true },
);
const states: fc.Arbitrary<Shared> = fc.record(
  {
    v: fc.constant(1 as const),
    example: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
    files,
    choice: fc.constantFrom('automatic' as const, 'page' as const, 'webcontainer' as const),
    event: fc.integer({ min: 1 }),
    edition: fc.constantFrom('0.1', '1.0-rc.2'),
  },
  { requiredKeys: ['v', 'example', 'files'], noNullPrototype: true },
);

/** A fragment that carries any octets as a link does. */
function fragmentOf(octets: Uint8Array | string): string {
  return `#s1.${Buffer.from(deflateRawSync(octets)).toString('base64url')}`;
}

function fileOf(text: string): Blob {
  return new Blob([text]);
}

test('any state comes back from its link as it was', async () => {
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      const fragment = await encodeShared(state);
      expect(fragment).toMatch(/^#s1\.[\w-]+$/);
      expect(isSharedFragment(fragment)).toBe(true);
      expect(await decodeShared(fragment)).toEqual(state);
      expect(await decodeShared(fragment.slice(1))).toEqual(state);
      // An event of the trace may be named behind it.
      expect(await decodeShared(`${fragment}&t=12`)).toEqual(state);
    }),
  );
});

test('any state comes back from its file as it was', async () => {
  await fc.assert(
    fc.asyncProperty(states, async (state) => {
      expect(await readSharedFile(fileOf(sharedFile(state)))).toEqual(state);
    }),
  );
});

test('a file of the name `__proto__` is a file like any other', async () => {
  const state = { ...HELLO, files: JSON.parse('{"__proto__":"text"}') };
  const back = (await decodeShared(await encodeShared(state))) as Shared;
  expect(Object.entries(back.files)).toEqual([['__proto__', 'text']]);
});

test('a small change of an example fits a link, with much room', async () => {
  const text = 'a line of an application that is not very long;\n'.repeat(200);
  const fragment = await encodeShared({ ...HELLO, files: { 'app.ts': text } });
  expect(fragment.length).toBeLessThan(LONGEST_URL / 4);
});

test('any fragment is opened or refused with words', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `#s1.${text}`),
        fc.uint8Array().map((octets) => `#s1.${Buffer.from(octets).toString('base64url')}`),
        fc.uint8Array().map(fragmentOf),
        fc.json().map(fragmentOf),
      ),
      async (fragment) => {
        const answer = await decodeShared(fragment);
        expect(answer).toBeInstanceOf(SharedError);
        expect((answer as SharedError).message).toMatch(/\. .+\.$/);
      },
    ),
    { numRuns: 500 },
  );
});

test('a link that was cut is never opened as something else', async () => {
  const state = { ...HELLO, files: { 'app.ts': 'export default 1;\n'.repeat(20) } };
  const fragment = await encodeShared(state);
  for (let length = 4; length < fragment.length; length++)
    expect(await decodeShared(fragment.slice(0, length)), `${length}`).toMatchObject({
      code: 'damaged',
    });
});

describe('what is refused, and why', () => {
  const table: [string, string, string, RegExp][] = [
    ['no state', '#http.start-once', 'not-shared', /carries no code/],
    ['another version', '#s2.abc', 'version', /of version 2, and this page reads version 1/],
    ['characters that are none of base64url', '#s1.a+b/c=', 'damaged', /cut off/],
    ['nothing', '#s1.', 'damaged', /cut off/],
    ['octets that are not deflated', '#s1.____', 'damaged', /cut off/],
    ['what is not UTF-8', fragmentOf(new Uint8Array([0xff])), 'damaged', /cut off/],
    ['what is no JSON', fragmentOf('{'), 'damaged', /cut off/],
    ['an array', fragmentOf('[]'), 'shape', /no state/],
    ['no version', fragmentOf('{}'), 'shape', /version/],
    ['another version inside', fragmentOf('{"v":2}'), 'version', /version 2/],
    ['no example', fragmentOf('{"v":1,"files":{}}'), 'shape', /no example/],
    [
      'an example that is a path',
      fragmentOf('{"v":1,"example":"../x","files":{}}'),
      'shape',
      /no example/,
    ],
    ['no files', fragmentOf('{"v":1,"example":"a"}'), 'shape', /no files/],
    ['files in an array', fragmentOf('{"v":1,"example":"a","files":[]}'), 'shape', /no files/],
    [
      'a file that is no text',
      fragmentOf('{"v":1,"example":"a","files":{"app.ts":1}}'),
      'shape',
      /"app\.ts" is no text/,
    ],
    [
      'too many files',
      fragmentOf(
        JSON.stringify({
          ...HELLO,
          files: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`${at}.ts`, ''])),
        }),
      ),
      'shape',
      /more than 100 files/,
    ],
    [
      'another runtime',
      fragmentOf(JSON.stringify({ ...HELLO, choice: 'toString' })),
      'shape',
      /runtime/,
    ],
    ['no event', fragmentOf(JSON.stringify({ ...HELLO, event: 0 })), 'shape', /event/],
    ['no edition', fragmentOf(JSON.stringify({ ...HELLO, edition: '<b>' })), 'shape', /edition/],
  ];
  test.each(table)('%s', async (_, fragment, code, says) => {
    const answer = await decodeShared(fragment);
    expect(answer).toMatchObject({ code });
    expect((answer as SharedError).message).toMatch(says);
  });

  test('more than a megabyte, before it is inflated further', async () => {
    const bomb = fragmentOf(new Uint8Array(20_000_000));
    expect(bomb.length).toBeLessThan(30_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(await decodeShared(bomb)).toMatchObject({ code: 'too-large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    expect(await decodeShared(`#s1.${'A'.repeat(2_000_000)}`)).toMatchObject({ code: 'too-large' });
  });

  test('a state that is too large is not made a link or a file', async () => {
    const state = { ...HELLO, files: { 'app.ts': 'x'.repeat(MOST_OCTETS) } };
    await expect(encodeShared(state)).rejects.toMatchObject({ code: 'too-large' });
    expect(() => sharedFile(state)).toThrow(/download instead/);
  });

  test.each([
    ['a text', 'hello', 'not-shared'],
    ['other JSON', '{"name":"x"}', 'not-shared'],
    ['another version', '{"kind":"portway-shared","v":7}', 'version'],
    ['no files', '{"kind":"portway-shared","v":1,"example":"a"}', 'shape'],
    ['too much', ' '.repeat(3_000_000), 'too-large'],
  ])('of files: %s', async (_, text, code) => {
    expect(await readSharedFile(fileOf(text))).toMatchObject({ code });
  });
});

test('a file is named after its example', () => {
  expect(sharedFileName(HELLO)).toBe('hello.portway.json');
});
