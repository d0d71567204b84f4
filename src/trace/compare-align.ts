// Aligns two sequences, so that what they share stands side by side. Knows what is equal and what is alike, and nothing
// of what the members are.

import { diffArrays } from 'diff';

/** Places in the two sequences; one of them alone where the other has nothing there. */
export interface Aligned {
  readonly left?: number;
  readonly right?: number;
  /** Both are there, and alike, but not equal. */
  readonly changed?: true;
}

/** Members of a sequence: equal ones share `key`, those that can stand for one another share `kind`. */
export interface Member {
  readonly key: string;
  readonly kind: string;
}

/**
 * Departures in one sequence, past which its rest is compared member by member: the cost of the least difference grows
 * with its square, and nobody reads one of that size.
 */
const MOST_DEPARTURES = 1000;

/** The alignment with the fewest departures; the same one, mirrored, if the sides are exchanged. Linear where few differ. */
export function align(left: readonly Member[], right: readonly Member[]): Aligned[] {
  const aligned: Aligned[] = [];
  let gap: { left: number[]; right: number[] } = { left: [], right: [] };
  const close = () => {
    if (gap.left.length + gap.right.length > 0) aligned.push(...alignAlike(left, right, gap));
    gap = { left: [], right: [] };
  };
  for (const pair of matched(
    left.map(({ key }) => key),
    right.map(({ key }) => key),
  )) {
    if (pair.left !== undefined && pair.right !== undefined) {
      close();
      aligned.push(pair);
    } else if (pair.left !== undefined) gap.left.push(pair.left);
    else if (pair.right !== undefined) gap.right.push(pair.right);
  }
  close();
  return aligned;
}

/** What neither has in common with the other, by what is alike. */
function alignAlike(
  left: readonly Member[],
  right: readonly Member[],
  gap: { readonly left: readonly number[]; readonly right: readonly number[] },
): Aligned[] {
  return matched(
    gap.left.map((at) => (left[at] as Member).kind),
    gap.right.map((at) => (right[at] as Member).kind),
  ).map((pair) => ({
    ...(pair.left === undefined ? {} : { left: gap.left[pair.left] as number }),
    ...(pair.right === undefined ? {} : { right: gap.right[pair.right] as number }),
    ...(pair.left === undefined || pair.right === undefined ? {} : { changed: true }),
  }));
}

/** Common beginning and end, and between them the longest common subsequence. */
function matched(left: readonly string[], right: readonly string[]): Aligned[] {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start++;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end])
    end++;
  const pairs: Aligned[] = Array.from({ length: start }, (_, at) => ({ left: at, right: at }));
  const [middle, other] = [
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
  ];
  for (const pair of matchedBetween(middle, other))
    pairs.push({
      ...(pair.left === undefined ? {} : { left: pair.left + start }),
      ...(pair.right === undefined ? {} : { right: pair.right + start }),
    });
  for (let back = end; back > 0; back--)
    pairs.push({ left: left.length - back, right: right.length - back });
  return pairs;
}

function matchedBetween(left: readonly string[], right: readonly string[]): Aligned[] {
  // Of several alignments that are equally good the algorithm chooses one by which side it is given first.
  if (precedes(right, left))
    return leftFirst(
      matchedBetween(right, left).map((pair) => ({
        ...(pair.right === undefined ? {} : { left: pair.right }),
        ...(pair.left === undefined ? {} : { right: pair.left }),
      })),
    );
  const parts = diffArrays([...left], [...right], { maxEditLength: MOST_DEPARTURES });
  if (!parts) return oneByOne(left, right);
  const pairs: Aligned[] = [];
  let [atLeft, atRight] = [0, 0];
  for (const { count, added, removed } of parts)
    for (let i = 0; i < count; i++)
      pairs.push({
        ...(added ? {} : { left: atLeft++ }),
        ...(removed ? {} : { right: atRight++ }),
      });
  return leftFirst(pairs);
}

function precedes(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return one.length < other.length;
  const at = one.findIndex((member, index) => member !== other[index]);
  return at >= 0 && (one[at] as string) < (other[at] as string);
}

function oneByOne(left: readonly string[], right: readonly string[]): Aligned[] {
  const pairs: Aligned[] = [];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    if (at < left.length && left[at] === right[at]) pairs.push({ left: at, right: at });
    else {
      if (at < left.length) pairs.push({ left: at });
      if (at < right.length) pairs.push({ right: at });
    }
  }
  return pairs;
}

/** Between two pairs, what the left side has alone comes before what the right side has alone. */
function leftFirst(pairs: readonly Aligned[]): Aligned[] {
  const ordered: Aligned[] = [];
  let waiting: Aligned[] = [];
  for (const pair of pairs) {
    if (pair.left === undefined) waiting.push(pair);
    else if (pair.right === undefined) ordered.push(pair);
    else {
      ordered.push(...waiting, pair);
      waiting = [];
    }
  }
  return [...ordered, ...waiting];
}
