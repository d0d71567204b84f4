// The files of `http.file` with a real file system: roots, links, pipes, and names that are exchanged meanwhile.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isFault } from './conversation/output.ts';
import { type Locate, locateByDescriptor, locateByName, NodeFile, openBelow } from './files.ts';

// To make a look lie, as a race would.
vi.mock(import('node:fs'), { spy: true });

let base: string;
let root: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'portway-files-')));
  root = join(base, 'root');
  mkdirSync(root);
  writeFileSync(join(root, 'a'), '0123456789');
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside', 'secret'), 'secret');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Opens, reads and closes: the octets as text, or the guard. */
function ask(
  path: string,
  { offset = 0, length, roots = [root], locate }: Asked = {},
): { text: string } | { guard: string; message: string } {
  const opened = openBelow(roots, locate)(path, offset, length);
  if (isFault(opened)) return { ...opened };
  try {
    return { text: contentOf(opened) };
  } finally {
    opened.close();
  }
}

interface Asked {
  readonly offset?: number;
  readonly length?: number | undefined;
  readonly roots?: readonly string[];
  readonly locate?: Locate;
}

function contentOf({ fd, offset, length }: NodeFile): string {
  const octets = new Uint8Array(length);
  const count = readSync(fd, octets, 0, length, offset);
  return new TextDecoder().decode(octets.subarray(0, count));
}

const guardOf = (outcome: ReturnType<typeof ask>) => ('guard' in outcome ? outcome.guard : outcome);

/** Descriptors of this process that lead below the directory of the test. */
const openHere = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return locateByDescriptor(Number(fd)).startsWith(base);
    } catch {
      return false;
    }
  });

describe('security.file-roots: the path is a root and names below it', () => {
  test.each([
    ['the root itself', () => root],
    ['the root and a separator', () => `${root}/`],
    ['a relative path', () => 'root/a'],
    ['nothing', () => ''],
    ['a sibling that begins like the root', () => `${root}-private/a`],
    ['a parent', () => `${base}/outside/secret`],
    ['a segment ..', () => `${root}/../outside/secret`],
    ['a segment .. that comes back', () => `${root}/x/../a`],
    ['a segment .', () => `${root}/./a`],
    ['an empty segment', () => `${root}//a`],
    ['a separator at the end', () => `${root}/a/`],
    ['NUL', () => `${root}/a\0`],
    ['NUL behind the name of a file', () => `${root}/a\0.txt`],
  ])('%s is not below it', (_, path) => {
    mkdirSync(`${root}-private`);
    writeFileSync(`${root}-private/a`, 'private');
    expect(ask(path())).toEqual({
      guard: 'file-outside',
      message: `${JSON.stringify(path())} is not below a root that the operator has declared`,
    });
  });

  test('nothing is looked up: a file that is missing outside is outside', () => {
    expect(guardOf(ask(`${base}/nothing`))).toBe('file-outside');
  });

  test('percent signs are not decoded', () => {
    writeFileSync(join(root, '%2e%2e'), 'percent');
    expect(ask(`${root}/%2e%2e`)).toEqual({ text: 'percent' });
    expect(guardOf(ask(`${root}/%61`))).toBe('file-missing');
  });

  test.each([
    ['a separator at its end', () => `${root}/`],
    ['many', () => `${root}///`],
    ['nothing above it', () => '/'],
  ])('a root with %s', (_, declared) => {
    expect(ask(`${root}/a`, { roots: [declared()] })).toEqual({ text: '0123456789' });
  });

  test('any one of the roots is enough', () => {
    const roots = [root, join(base, 'outside')];
    expect(ask(`${base}/outside/secret`, { roots })).toEqual({ text: 'secret' });
  });

  test.each([['srv'], ['./srv'], [''], ['/srv\0']])('a root %j cannot be declared', (declared) => {
    expect(() => openBelow([declared])).toThrow(/a root is an absolute path/);
  });

  test('feature.listed: without a root there is nothing to open files with', () => {
    expect(() => openBelow([])).toThrow(/feature\.listed/);
  });

  test('no name gets out, whatever it is made of', () => {
    const name = fc
      .array(fc.constantFrom('a', '..', '.', '', '/', '\\', '\0', '%2e', ' ', 'é'), {
        maxLength: 8,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, (name) => {
        const outcome = ask(`${root}/${name}`);
        // The only file there is.
        if ('text' in outcome) expect([name, outcome.text]).toEqual(['a', '0123456789']);
      }),
    );
    expect(openHere()).toEqual([]);
  });
});

describe('http.file.exists: a regular file that can be opened for reading', () => {
  test('one that is not there', () => {
    expect(ask(`${root}/b`)).toEqual({
      guard: 'file-missing',
      message: `${JSON.stringify(`${root}/b`)} cannot be opened for reading: ENOENT`,
    });
    expect(guardOf(ask(`${root}/a/b`))).toBe('file-missing');
    expect(guardOf(ask(`${root}/${'n'.repeat(300)}`))).toBe('file-missing');
  });

  test('a directory', () => {
    mkdirSync(join(root, 'sub'));
    expect(ask(`${root}/sub`)).toEqual({
      guard: 'file-missing',
      message: `${JSON.stringify(`${root}/sub`)} is not a regular file`,
    });
  });

  test('a pipe does not make the gateway wait', () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(guardOf(ask(`${root}/pipe`))).toBe('file-missing');
  });

  test('a pipe that takes the place of a file between the look and the opening does not either', () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const regular = statSync(join(root, 'a'));
    vi.mocked(statSync).mockReturnValueOnce(regular);
    expect(ask(`${root}/pipe`)).toMatchObject({ message: expect.stringMatching(/not a regular/) });
    expect(openHere()).toEqual([]);
  });

  test('a device, through a link', () => {
    symlinkSync('/dev/zero', join(root, 'zero'));
    expect(guardOf(ask(`${root}/zero`))).toBe('file-missing');
  });

  test('a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    expect(guardOf(ask(`${root}/socket`))).toBe('file-missing');
    await new Promise((resolve) => server.close(resolve));
  });

  test('a link that leads nowhere, and one that leads to itself', () => {
    symlinkSync('nothing', join(root, 'dangling'));
    symlinkSync('loop', join(root, 'loop'));
    expect(guardOf(ask(`${root}/dangling`))).toBe('file-missing');
    expect(guardOf(ask(`${root}/loop`))).toBe('file-missing');
  });

  test('one that may not be read', () => {
    // Said by the system, because one who may read everything can run this test, too.
    vi.mocked(openSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    });
    expect(ask(`${root}/a`)).toEqual({
      guard: 'file-missing',
      message: `${JSON.stringify(`${root}/a`)} cannot be opened for reading: EACCES`,
    });
  });

  test.each([
    'ä',
    'e\u0301',
    '日本語',
    '🙂',
    'new\nline',
    'a (deleted)',
    ' ',
    '..a',
    'back\\slash',
  ])('a name of any characters: %j', (name) => {
    writeFileSync(join(root, name), name);
    expect(ask(`${root}/${name}`)).toEqual({ text: name });
  });

  test('a root of any characters', () => {
    const other = join(base, 'wurzel ä日');
    mkdirSync(other);
    writeFileSync(join(other, 'a'), 'there');
    expect(ask(`${other}/a`, { roots: [other] })).toEqual({ text: 'there' });
  });
});

describe.each<[string, Locate]>([
  ['by the descriptor', locateByDescriptor],
  ['by the name', locateByName],
])('security.file-links: the location of what was opened, %s', (_, locate) => {
  const guard = (path: string, roots = [root]) => guardOf(ask(path, { roots, locate }));

  test('a link out of the root', () => {
    symlinkSync(join(base, 'outside', 'secret'), join(root, 'link'));
    expect(ask(`${root}/link`, { locate })).toEqual({
      guard: 'file-linked',
      message: `${JSON.stringify(`${root}/link`)} leads out of the roots that the operator has declared`,
    });
  });

  test('a link of a directory out of the root', () => {
    symlinkSync('../outside', join(root, 'sub'));
    expect(guard(`${root}/sub/secret`)).toBe('file-linked');
  });

  test('a link to a sibling that begins like the root', () => {
    mkdirSync(`${root}-private`);
    writeFileSync(`${root}-private/a`, 'private');
    symlinkSync(`${root}-private/a`, join(root, 'link'));
    expect(guard(`${root}/link`)).toBe('file-linked');
  });

  test('a link within the root, and one from a root into another', () => {
    symlinkSync('a', join(root, 'link'));
    symlinkSync('../outside/secret', join(root, 'across'));
    expect(ask(`${root}/link`, { locate })).toEqual({ text: '0123456789' });
    const roots = [root, join(base, 'outside')];
    expect(ask(`${root}/across`, { roots, locate })).toEqual({ text: 'secret' });
  });

  test('a root that is a link counts by where it leads, and can be exchanged', () => {
    mkdirSync(join(base, 'release-2'));
    writeFileSync(join(base, 'release-2', 'a'), 'second');
    const current = join(base, 'current');
    symlinkSync('root', current);
    const open = openBelow([current], locate);
    const read = () => {
      const file = open(`${current}/a`, 0, undefined);
      if (isFault(file)) return file.guard;
      const text = contentOf(file);
      file.close();
      return text;
    };
    expect(read()).toBe('0123456789');
    symlinkSync('release-2', join(base, 'next'));
    renameSync(join(base, 'next'), current);
    expect(read()).toBe('second');
  });

  test('a hard link is the file, and stands where it stands', () => {
    linkSync(join(base, 'outside', 'secret'), join(root, 'hard'));
    expect(ask(`${root}/hard`, { locate })).toEqual({ text: 'secret' });
  });

  test('a directory that becomes a link behind the opening changes nothing, or is a fault', () => {
    mkdirSync(join(root, 'sub'));
    writeFileSync(join(root, 'sub', 'secret'), 'inside');
    const exchanging: Locate = (fd, path) => {
      renameSync(join(root, 'sub'), join(root, 'was'));
      symlinkSync('../outside', join(root, 'sub'));
      return locate(fd, path);
    };
    const outcome = ask(`${root}/sub/secret`, { locate: exchanging });
    expect('text' in outcome ? outcome.text : outcome.guard).toBe(
      locate === locateByDescriptor ? 'inside' : 'file-linked',
    );
  });

  test('what was a link out of the root when it was opened stays a fault when the name is sound again', () => {
    symlinkSync('../outside', join(root, 'sub'));
    const exchanging: Locate = (fd, path) => {
      unlinkSync(join(root, 'sub'));
      mkdirSync(join(root, 'sub'));
      writeFileSync(join(root, 'sub', 'secret'), 'inside');
      return locate(fd, path);
    };
    expect(guardOf(ask(`${root}/sub/secret`, { locate: exchanging }))).toBe('file-linked');
  });

  test('a file that moved out of the root behind the opening is a fault', () => {
    const exchanging: Locate = (fd, path) => {
      renameSync(join(root, 'a'), join(base, 'moved'));
      return locate(fd, path);
    };
    expect(guardOf(ask(`${root}/a`, { locate: exchanging }))).toBe('file-linked');
  });

  test('a root that is gone is a fault', () => {
    const exchanging: Locate = (fd, path) => {
      const location = locate(fd, path);
      renameSync(root, `${root}-gone`);
      return location;
    };
    expect(guardOf(ask(`${root}/a`, { locate: exchanging }))).toBe('file-linked');
  });
});

describe('http.file.as-body: what was opened is sent', () => {
  test('a file that was deleted since', () => {
    const deleting: Locate = (fd, path) => {
      unlinkSync(path);
      const location = locateByDescriptor(fd);
      expect(location).toBe(`${root}/a (deleted)`);
      return location;
    };
    expect(ask(`${root}/a`, { locate: deleting })).toEqual({ text: '0123456789' });
  });

  test('a file in whose place another was put, and to which was appended', () => {
    const file = openBelow([root])(`${root}/a`, 0, undefined);
    if (isFault(file)) return expect.unreachable(file.message);
    writeFileSync(join(root, 'a'), '0123456789 and more');
    expect(contentOf(file)).toBe('0123456789');
    writeFileSync(join(root, 'b'), 'another');
    renameSync(join(root, 'b'), join(root, 'a'));
    expect(contentOf(file)).toBe('0123456789');
    file.close();
  });

  test('closing twice closes one descriptor, and no other that has its number since', () => {
    const file = openBelow([root])(`${root}/a`, 0, undefined);
    if (isFault(file)) return expect.unreachable(file.message);
    expect(file).toBeInstanceOf(NodeFile);
    file.close();
    const next = openSync(join(root, 'a'), 'r');
    expect(next).toBe(file.fd);
    file.close();
    expect(fstatSync(next).size).toBe(10);
    closeSync(next);
  });

  test('what is not returned is closed', () => {
    symlinkSync('../outside/secret', join(root, 'link'));
    ask(`${root}/link`);
    ask(`${root}/a`, { offset: 11 });
    ask(`${root}/a`, {
      locate: () => {
        throw new Error('cannot be located');
      },
    });
    expect(openHere()).toEqual([]);
  });
});

describe('http.file.range: the piece is within the file', () => {
  test.each([
    [0, undefined, '0123456789'],
    [0, 10, '0123456789'],
    [4, 3, '456'],
    [4, undefined, '456789'],
    [10, undefined, ''],
    [10, 0, ''],
    [0, 0, ''],
  ])('from %j, %j octets', (offset, length, text) => {
    expect(ask(`${root}/a`, { offset, length })).toEqual({ text });
  });

  test.each([
    [11, undefined, 'has 10 octets: the offset 11 is behind its end'],
    [11, 0, 'has 10 octets: that is too few for 0 from the offset 11 on'],
    [0, 11, 'has 10 octets: that is too few for 11 from the offset 0 on'],
    [10, 1, 'has 10 octets: that is too few for 1 from the offset 10 on'],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, ''],
  ])('from %j, %j octets is too much', (offset, length, said) => {
    const outcome = ask(`${root}/a`, { offset, length });
    expect(outcome).toMatchObject({ guard: 'file-short' });
    expect('message' in outcome && outcome.message).toContain(said);
  });

  test('an empty file, and one of more than 4 GiB', () => {
    writeFileSync(join(root, 'empty'), '');
    expect(ask(`${root}/empty`)).toEqual({ text: '' });
    writeFileSync(join(root, 'sparse'), '');
    truncateSync(join(root, 'sparse'), 5 * 2 ** 30);
    const file = openBelow([root])(`${root}/sparse`, 2 ** 32 + 1, undefined);
    if (isFault(file)) return expect.unreachable(file.message);
    expect([file.offset, file.length]).toEqual([2 ** 32 + 1, 2 ** 30 - 1]);
    file.close();
  });
});

test('the guards match in the order of the rows of http.response', () => {
  symlinkSync('../outside/secret', join(root, 'link'));
  symlinkSync('../outside', join(root, 'directory'));
  expect(guardOf(ask(`${base}/outside/nothing`, { offset: 99 }))).toBe('file-outside');
  expect(guardOf(ask(`${root}/directory`, { offset: 99 }))).toBe('file-missing');
  expect(guardOf(ask(`${root}/link`, { offset: 99 }))).toBe('file-linked');
  expect(guardOf(ask(`${root}/a`, { offset: 99 }))).toBe('file-short');
});
