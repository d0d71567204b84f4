// Looks things up by the names that they speak of: each page asks for its own, and walking through all of them for each
// would take longer with the square of their number.

/** What speaks of each name, in the order of `all`, each once. */
export function grouped<T>(
  all: Iterable<T>,
  namesOf: (one: T) => Iterable<string>,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const one of all)
    for (const name of new Set(namesOf(one))) {
      const list = found.get(name);
      if (list) list.push(one);
      else found.set(name, [one]);
    }
  return found;
}
