// Opens the files of `http.file` below the operator's roots (proposal 10, “File roots”), in Node. What is checked is what
// was opened: a name can be exchanged between a check and the opening.

import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  read,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import type { FileFault, ReadableFile } from './conversation/output.ts';

/** A file that was opened for reading, with the piece of it that is to be sent. Belongs to whoever was given it. */
export class NodeFile implements ReadableFile {
  /** The file descriptor: open until `close`. */
  readonly fd: number;
  /** In octets, as is `length`. */
  readonly offset: number;
  readonly length: number;
  #open = true;

  constructor(fd: number, offset: number, length: number) {
    this.fd = fd;
    this.offset = offset;
    this.length = length;
  }

  read(
    buffer: Uint8Array,
    length: number,
    position: number,
    done: (error: Error | null, count: number) => void,
  ): void {
    read(this.fd, buffer, 0, length, position, done);
  }

  /** Once is enough; more does no harm. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.fd);
  }
}

/** Where an opened file is, with every symbolic link followed; octets as code units, since a name need not be UTF-8. */
export type Locate = (fd: number, path: string) => string;

/** A pipe does not wait for its writer, and a terminal does not become the process's own. Windows has neither flag. */
const FLAGS =
  constants.O_RDONLY |
  ((constants.O_NONBLOCK as number) ?? 0) |
  ((constants.O_NOCTTY as number) ?? 0);

const SEPARATOR = sep === '\\' ? /[\\/]/ : /\//;
const SEPARATORS_AT_END = sep === '\\' ? /[\\/]+$/ : /\/+$/;

/**
 * Makes what `GatewayOptions.openFile` takes. Roots are absolute paths of directories, with or without a separator at
 * the end; their locations are looked up for each file, so that a root can be a link that is exchanged.
 * @returns a function from a path, an offset and a length (undefined: to the end) to the opened file, or to the guard of
 * `http.response` that matches, in the order in which its rows ask. It waits for nothing but the file system.
 * @throws TypeError for no root at all, and for one that is not an absolute path
 */
export function openBelow(
  roots: readonly string[],
  locate: Locate = existsSync('/proc/self/fd') ? locateByDescriptor : locateByName,
): (path: string, offset: number, length: number | undefined) => NodeFile | FileFault {
  if (roots.length === 0)
    throw new TypeError(
      'without a root there is no `http.file` (feature.listed): leave `openFile` out',
    );
  const prefixes = roots.map((root) => {
    if (!isAbsolute(root) || root.includes('\0'))
      throw new TypeError(`a root is an absolute path of a directory, not ${JSON.stringify(root)}`);
    return root.replace(SEPARATORS_AT_END, '');
  });

  return (path, offset, length) => {
    if (!prefixes.some((prefix) => isBelow(path, prefix)))
      return fault('file-outside', path, 'is not below a root that the operator has declared');
    let fd: number;
    try {
      // Before it is opened, because the opening itself can be felt by who writes to a pipe, and by some devices.
      if (!statSync(path).isFile()) return fault('file-missing', path, NOT_REGULAR);
      fd = openSync(path, FLAGS);
    } catch (error) {
      return fault('file-missing', path, `cannot be opened for reading: ${codeOf(error)}`);
    }
    let kept = false;
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return fault('file-missing', path, NOT_REGULAR);
      const location = attempt(() => locate(fd, path));
      if (location === undefined || !prefixes.some((prefix) => isWithin(location, prefix)))
        return fault('file-linked', path, 'leads out of the roots that the operator has declared');
      if (stats.size < offset || (length !== undefined && stats.size - offset < length)) {
        const short =
          length === undefined
            ? `the offset ${offset} is behind its end`
            : `that is too few for ${length} from the offset ${offset} on`;
        return fault('file-short', path, `has ${stats.size} octets: ${short}`);
      }
      kept = true;
      return new NodeFile(fd, offset, length ?? stats.size - offset);
    } finally {
      if (!kept) closeSync(fd);
    }
  };
}

const NOT_REGULAR = 'is not a regular file';

function fault(guard: FileFault['guard'], path: string, what: string): FileFault {
  return { guard, message: `${JSON.stringify(path)} ${what}` };
}

/** security.file-roots: a root, a separator, and segments that say nothing but names. Nothing is looked up. */
function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix) || !SEPARATOR.test(path.charAt(prefix.length))) return false;
  return path
    .slice(prefix.length + 1)
    .split(SEPARATOR)
    .every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));
}

/**
 * Whether a location is below that of a root (security.file-links). The mark ` (deleted)` that Linux puts behind the
 * last name of a file without one changes nothing in that: what was deleted since is sent from what was opened.
 */
function isWithin(location: string, prefix: string): boolean {
  const root = attempt(() => realpathSync.native(prefix === '' ? '/' : prefix + sep, 'latin1'));
  if (root === undefined) return false;
  return location.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Linux: the system says where what is open stands, whatever has become of the name by which it was opened. */
export function locateByDescriptor(fd: number): string {
  return readlinkSync(`/proc/self/fd/${fd}`, 'latin1');
}

/**
 * Elsewhere: where the name leads, if the opened file is there still. Between the opening and this look the name can be
 * exchanged, which is then a fault; who can exchange it twice in that time could put the content there as well.
 * @throws Error where another file is at that place by now
 */
export function locateByName(fd: number, path: string): string {
  const location = realpathSync.native(path, 'latin1');
  const opened = fstatSync(fd, { bigint: true });
  const found = statSync(Buffer.from(location, 'latin1'), { bigint: true });
  if (!isSame(opened, found)) throw new Error('the file was exchanged while it was opened');
  return location;
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
