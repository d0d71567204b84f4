// The files beside an application that is tried out: below `/app`, as in a sandbox, wherever they stand on this machine.

import { readSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFault, type OpenFileBelow } from '../gateway/conversation/output.ts';
import { type NodeFile, openBelow } from '../gateway/files.ts';
import type { MemoryFile } from '../gateway/transport/memory.ts';

/** Where the files of a program stand for itself. */
export const PROGRAM_ROOT = '/app';

/** Opens the files beside `entry`, for a transport that sends from descriptors, or for the one that has none. */
export function filesBeside(entry: string, transport: 'memory' | 'h1' | 'h2'): OpenFileBelow {
  const folder = dirname(entry);
  const open = openBelow([folder]);
  return (path, offset, length) => {
    if (!path.startsWith(`${PROGRAM_ROOT}/`)) {
      const message = `${JSON.stringify(path)} is not below ${PROGRAM_ROOT}, where the files beside the application stand`;
      return { guard: 'file-outside', message };
    }
    const opened = open(folder + path.slice(PROGRAM_ROOT.length), offset, length);
    if (isFault(opened))
      return { ...opened, message: opened.message.replaceAll(folder, PROGRAM_ROOT) };
    return transport === 'memory' ? inMemory(opened) : opened;
  };
}

function inMemory(file: NodeFile): MemoryFile {
  const { fd, offset, length } = file;
  const data = new Uint8Array(length);
  const size = readSync(fd, data, 0, length, offset);
  return { offset, length, read: () => data.subarray(0, size), close: () => file.close() };
}
