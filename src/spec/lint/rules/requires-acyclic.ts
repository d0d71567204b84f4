import type { Draft, Library, LibraryRule } from '../rule.ts';
import { itemSpan, numberOf, numbersOf, proposalsOf, relationsOf } from '../subjects.ts';

export const requiresAcyclic: LibraryRule = {
  id: 'requires-acyclic',
  group: 'graph',
  severity: 'error',
  summary: 'No proposal requires itself by way of others.',
  why: 'Somebody who wants to read or to implement a proposal starts with what it requires. A circle has no start. Move what both need into a third, or merge them.',
  wrong: '0042: `requires: [43]`; 0043: `requires: [42]`',
  right: '0042: `requires: [43]`; 0043 without `requires`',
  language: 'text',
  *checkLibrary(library) {
    const circles = circlesOf(library);
    for (const draft of proposalsOf(library)) {
      const circle = circles.get(draft);
      for (const { key, number, entry, index } of relationsOf(draft)) {
        const other = numbersOf(library).get(number);
        // A proposal that names itself is the subject of requires-exists.
        if (key !== 'requires' || !circle || !other || other === draft) continue;
        if (circles.get(other) !== circle) continue;
        yield {
          in: draft.document,
          ...itemSpan(draft, entry, index),
          message: `proposal ${numberOf(draft)} requires itself by way of proposal ${number}`,
          hint: `${listed(circle)} require each other: take one of the steps out, or move what they share into a proposal of its own.`,
        };
      }
    }
  },
};

/** Proposals each of which is reached from every other. */
type Circle = readonly Draft[];

/** The circle of each proposal that is in one: strongly connected components (Tarjan 1972), in one walk. */
function circlesOf(library: Library): ReadonlyMap<Draft, Circle> {
  const circles = new Map<Draft, Circle>();
  const order = new Map<Draft, number>();
  /** The earliest proposal, by `order`, that is known to be reached; Infinity once its component is complete. */
  const reaches = new Map<Draft, number>();
  const open: Draft[] = [];
  const reach = (draft: Draft) => reaches.get(draft) ?? Number.POSITIVE_INFINITY;

  for (const root of proposalsOf(library)) {
    // A stack of our own: a long chain of proposals is no reason to overflow the other.
    const path = order.has(root) ? [] : [enter(root)];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const next = step.rest.pop();
      if (next && !order.has(next)) path.push(enter(next));
      else if (next) reaches.set(step.draft, Math.min(reach(step.draft), reach(next)));
      else {
        path.pop();
        leave(step.draft);
        const before = path.at(-1)?.draft;
        if (before) reaches.set(before, Math.min(reach(before), reach(step.draft)));
      }
    }
  }
  return circles;

  function enter(draft: Draft): { draft: Draft; rest: Draft[] } {
    reaches.set(draft, order.size);
    order.set(draft, order.size);
    open.push(draft);
    const rest = [...relationsOf(draft)].flatMap(({ key, number }) =>
      key === 'requires' ? (numbersOf(library).get(number) ?? []) : [],
    );
    return { draft, rest };
  }

  function leave(draft: Draft): void {
    if (reach(draft) !== order.get(draft)) return;
    const circle = open.splice(open.lastIndexOf(draft));
    for (const member of circle) {
      reaches.set(member, Number.POSITIVE_INFINITY);
      if (circle.length > 1) circles.set(member, circle);
    }
  }
}

/** `Proposals 42, 43 and 44`; no more than a reader would look at. */
function listed(circle: Circle): string {
  const most = 6;
  if (circle.length > most) return `${circle.length} proposals`;
  const numbers = circle.map(numberOf).sort((a, b) => a - b);
  return `Proposals ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}
