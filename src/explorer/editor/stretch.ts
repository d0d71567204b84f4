// Which stretch of a text another one differs in. Knows no editor.

export interface Stretch {
  /** Offsets into the text as it was. */
  readonly start: number;
  readonly end: number;
  /** What stands there in the other. */
  readonly text: string;
}

/** The shortest stretch that makes one text of another. It cuts neither a character nor an end of line in two. */
export function changedStretch(before: string, after: string): Stretch {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  if (cuts(before, start) || cuts(after, start)) start--;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  if (cuts(before, before.length - same) || cuts(after, after.length - same)) same--;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/** Whether an offset is within a surrogate pair, or between CR and LF. */
function cuts(text: string, offset: number): boolean {
  return /^(?:[\ud800-\udbff][\udc00-\udfff]|\r\n)$/.test(text.slice(offset - 1, offset + 1));
}
