// Which rows of a long list are drawn, and how far to scroll for one of them. Arithmetic alone: pixels in, rows out.

export interface Drawn {
  /** First row that is drawn. */
  readonly start: number;
  /** The row after the last. */
  readonly end: number;
}

/** Rows are drawn by so many, so that a small movement draws nothing. */
const GROUP = 4;

/** The rows to draw for a view of `height` at `top`: those in view, and a group or two before and after. */
export function drawnRows(count: number, rowHeight: number, top: number, height: number): Drawn {
  const last = Math.max(count - 1, 0);
  const first = Math.min(Math.max(Math.floor(top / rowHeight), 0), last);
  const start = Math.max((Math.floor(first / GROUP) - 1) * GROUP, 0);
  const rows = Math.ceil(height / rowHeight) + 1;
  const end = Math.min((Math.ceil((first + rows) / GROUP) + 1) * GROUP, count);
  return { start, end };
}

/** More rows than are ever drawn at once: two that are drawn differ in their place modulo this. */
export function slotsFor(rowHeight: number, height: number): number {
  return Math.ceil(height / rowHeight) + 5 * GROUP;
}

/** The least movement of a view of `height` at `top` that shows what lies from `from` to `to`. All in pixels. */
export function topToShow(from: number, to: number, top: number, height: number): number {
  if (from < top) return from;
  if (to > top + height) return Math.max(Math.min(from, to - height), 0);
  return top;
}
