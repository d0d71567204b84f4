// Applies the mechanical fixes of problems to a text.

import type { Edit, Problem } from '../problem.ts';

/** The text with every fix that does not overlap an earlier one. Those that are left out come with the next round. */
export function applyFixes(text: string, problems: readonly Pick<Problem, 'fix'>[]): string {
  const edits: Edit[] = [];
  for (const { fix = [] } of problems) {
    const free = fix.every((edit) => edits.every((other) => !overlap(edit, other)));
    if (free) edits.push(...fix);
  }
  edits.sort((a, b) => b.start - a.start || b.end - a.end);
  return edits.reduce(
    (changed, { start, end, text: inserted }) =>
      changed.slice(0, start) + inserted + changed.slice(end),
    text,
  );
}

function overlap(a: Edit, b: Edit): boolean {
  return a.start < b.end && b.start < a.end ? true : a.start === b.start && a.end === b.end;
}
