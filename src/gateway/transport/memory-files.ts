// The files of a program whose texts are at hand, as `http.file` wants them: for gateways without a file system, and for
// the memory transport, which can send no others.

import type { FileFault, OpenFileBelow } from '../conversation/output.ts';
import type { MemoryFile } from './memory.ts';

const encoder = new TextEncoder();

/**
 * Makes what `GatewayOptions.openFile` takes of files by name, such as `{ 'alphabet.txt': 'abc' }`. They stand below
 * `root`, which is absolute and without a slash at its end. There are no links, so none leads out of it
 * (security.file-links).
 */
export function filesInMemory(
  root: string,
  files: Readonly<Record<string, string>>,
): OpenFileBelow {
  return (path, offset, length): MemoryFile | FileFault => {
    const names = path.startsWith(`${root}/`) ? path.slice(root.length + 1).split('/') : [''];
    if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0')))
      return fault('file-outside', path, 'is not below a root that the operator has declared');
    const name = names.join('/');
    if (!Object.hasOwn(files, name)) return fault('file-missing', path, 'is not there');
    const data = encoder.encode(files[name]);
    const rest = data.length - offset;
    if (rest < (length ?? 0))
      return fault('file-short', path, `has ${data.length} octets: the range ends behind them`);
    const taken = length ?? rest;
    return {
      offset,
      length: taken,
      read: () => data.subarray(offset, offset + taken),
      close() {},
    };
  };
}

function fault(guard: FileFault['guard'], path: string, what: string): FileFault {
  return { guard, message: `${JSON.stringify(path)} ${what}` };
}
