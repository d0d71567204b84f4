// Files in memory: which names are below the root, and which pieces there are. The same rules as for those of a disk.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFault } from '../conversation/output.ts';
import { openBelow } from '../files.ts';
import type { MemoryFile } from './memory.ts';
import { filesInMemory } from './memory-files.ts';

const files = { 'a.txt': 'abcdef', 'deep/é.txt': 'é', empty: '' };
const open = filesInMemory('/app', files);

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'portway-files-'));
  mkdirSync(join(root, 'deep'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
});
afterAll(() => rmSync(root, { recursive: true }));

const cases: readonly (readonly [name: string, offset: number, length?: number])[] = [
  ['/a.txt', 0],
  ['/a.txt', 2, 3],
  ['/a.txt', 6],
  ['/a.txt', 7],
  ['/a.txt', 4, 3],
  ['/deep/é.txt', 1],
  ['/empty', 0, 0],
  ['/missing', 0],
  ['/deep', 0],
  ['/toString', 0],
  ['', 0],
  ['/', 0],
  ['/../a.txt', 0],
  ['/deep/../a.txt', 0],
  ['/./a.txt', 0],
  ['//a.txt', 0],
  ['/a.txt/', 0],
  ['/a\0.txt', 0],
  ['-private/a.txt', 0],
];

describe.each(cases.map(([name, offset, length]) => ({ name, offset, length })))(
  '$name from $offset, $length octets',
  ({ name, offset, length }) => {
    test('security.file-roots, http.file.range: as on a disk', () => {
      const found = open(`/app${name}`, offset, length);
      const onDisk = openBelow([root])(`${root}${name}`, offset, length);
      if (isFault(onDisk)) expect(found).toMatchObject({ guard: onDisk.guard });
      else {
        expect(found).toMatchObject({ offset: onDisk.offset, length: onDisk.length });
        onDisk.close();
      }
    });
  },
);

test('http.file.as-body: what is read is the piece that was named, in octets', () => {
  const read = (name: string, offset: number, length?: number) =>
    (open(`/app/${name}`, offset, length) as MemoryFile).read();
  expect(read('a.txt', 2, 3)).toEqual(new TextEncoder().encode('cde'));
  expect(read('deep/é.txt', 1)).toEqual(Uint8Array.of(0xa9));
});
