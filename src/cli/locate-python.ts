// Finds the application's own line in a Python traceback.

import { isAbsolute, relative, resolve } from 'node:path';
import type { SourcePosition } from '../trace/index.ts';

const FRAME = /^\s*File "([^"]+)", line (\d+)/gm;

/** A locator for an application that was started in `folder`: the innermost frame below it, with the path relative to it. */
export function locatePythonIn(folder: string): (traceback: string) => SourcePosition | undefined {
  return (traceback) => {
    let found: SourcePosition | undefined;
    for (const [, file = '', line = ''] of traceback.matchAll(FRAME)) {
      const path = relative(folder, resolve(folder, file));
      const foreign =
        path.startsWith('..') || isAbsolute(path) || /(?:site|dist)-packages/.test(path);
      if (!foreign) found = { file: path, line: Number(line), column: 1 };
    }
    return found;
  };
}
