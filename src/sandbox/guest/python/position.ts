// The place in a program that a traceback of Python tells of. Knows the text that Python writes, and nothing that runs.

import type { SourcePosition } from '../../../trace/index.ts';
import type { Files } from '../../program.ts';

/** A frame in a file of the program, with the line as it is shown and what is marked in it. */
const FRAME =
  /^([ |]*)File "\/app\/([^"\n]+)", line (\d+).*(?:\n\1 {2}([^\n]*)(?:\n\1 {2}( *[~^][~^ ]*)(?=\n|$))?)?/gm;
/** Stands between the errors of a traceback. That which was raised is the last. */
const BETWEEN =
  /\n\n(?:The above exception was the direct cause of the following exception|During handling of the above exception, another exception occurred):\n\n/;

/** The innermost line of the program's own in a traceback, with the column where what is marked begins. */
export function locateInTraceback(traceback: string, files: Files): SourcePosition | undefined {
  const last = traceback.split(BETWEEN).toReversed();
  for (const part of last) {
    const [, , file, lineText, shown = '', marks = ''] = [...part.matchAll(FRAME)].at(-1) ?? [];
    if (file === undefined) continue;
    const line = Number(lineText);
    const source = (files[file] ?? '').split('\n')[line - 1] ?? '';
    const indent = source.length - source.trimStart().length;
    // The line is shown without its indentation. Where there are no marks, all of it is meant.
    const marked = source.trim() === shown.trim() ? Math.max(0, marks.search(/[~^]/)) : 0;
    // What failed is what was awaited.
    const [awaits = ''] = /^await\s+/.exec(shown.slice(marked)) ?? [];
    return { file, line, column: indent + marked + awaits.length + 1 };
  }
  return undefined;
}
