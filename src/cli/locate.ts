// Finds the application's own line in the stack of an error, on Node.

import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourcePosition } from '../trace/index.ts';

const FRAME = /(?:\(|at )((?:file:\/\/)?\/[^():]+):(\d+):(\d+)\)?$/;

/** Where this package's own code stands: its frames are never the application's. */
const OWN_CODE = fileURLToPath(new URL('../', import.meta.url));

/** A locator for an application at `entry`: the first frame in its folder, with the path relative to it. */
export function locateIn(entry: string): (stack: string) => SourcePosition | undefined {
  const folder = dirname(entry);
  return (stack) => {
    for (const line of stack.split('\n')) {
      const match = FRAME.exec(line);
      if (!match) continue;
      const [, url = '', row = '', column = ''] = match;
      const file = url.startsWith('file:') ? fileURLToPath(url.replace(/\?.*$/, '')) : url;
      const path = relative(folder, file);
      const foreign = file.startsWith(OWN_CODE) || path.includes('node_modules');
      if (!foreign && !path.startsWith('..'))
        return { file: path, line: Number(row), column: Number(column) };
    }
    return undefined;
  };
}
