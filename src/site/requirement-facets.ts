// By what requirements can be filtered: the facets of a row and what an address asks for. Pure; the page uses it when it
// is built, and its script when a reader chooses. Knows no document.

/** The facets by the names that they have in an address, with the values that they can have, in the order of a menu. */
export const FACETS = {
  role: ['gateway', 'application', 'middleware'],
  level: ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'],
  /** Four digits; which there are is known by the page. */
  proposal: [],
  /** `cases`: of the conformance suite. `tests`: other tests name it. `exempt`: its proposal says why there is none. */
  tested: ['cases', 'tests', 'exempt', 'not'],
  /** Whether an example shows it. */
  shown: ['yes', 'no'],
  /** Against the last edition. */
  changed: ['same', 'changed', 'added'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Facet = keyof typeof FACETS;
export const FACET_NAMES = Object.keys(FACETS) as readonly Facet[];

/** The facets of one requirement, and the text that a filter looks in, in lower case. */
export interface FacetRow {
  readonly facets: Readonly<Record<Facet, string>>;
  readonly text: string;
}

/** What a reader wants: a value for a facet where it is to be of that value, and words that all have to be there. */
export interface Wanted {
  readonly facets: Readonly<Partial<Record<Facet, string>>>;
  readonly text: string;
}

export const EVERYTHING: Wanted = { facets: {}, text: '' };

/** What the query of an address asks for. What it does not know, it leaves out. */
export function wantedIn(query: string, known: Readonly<Record<Facet, readonly string[]>>): Wanted {
  const asked = new URLSearchParams(query);
  const facets: Partial<Record<Facet, string>> = {};
  for (const name of FACET_NAMES) {
    const value = asked.get(name);
    if (value !== null && known[name].includes(value)) facets[name] = value;
  }
  return { facets, text: asked.get('q') ?? '' };
}

/** The query that asks for it: empty for everything, else it begins with `?`. Other parts of `query` are kept. */
export function queryOf({ facets, text }: Wanted, query = ''): string {
  const asked = new URLSearchParams(query);
  for (const name of [...FACET_NAMES, 'q']) asked.delete(name);
  for (const name of FACET_NAMES) {
    const value = facets[name];
    if (value !== undefined) asked.set(name, value);
  }
  if (text.trim() !== '') asked.set('q', text.trim());
  const written = asked.toString();
  return written === '' ? '' : `?${written}`;
}

export function isEverything({ facets, text }: Wanted): boolean {
  return text.trim() === '' && Object.keys(facets).length === 0;
}

/** Whether a requirement is what is wanted. `but`: a facet that is not asked about, as for counting its values. */
export function fits(row: FacetRow, { facets, text }: Wanted, but?: Facet): boolean {
  for (const name of FACET_NAMES)
    if (name !== but && facets[name] !== undefined && row.facets[name] !== facets[name])
      return false;
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => row.text.includes(word));
}

/** How many requirements each value of a facet would leave, the other wishes kept. */
export function countsOf(
  rows: readonly FacetRow[],
  wanted: Wanted,
  facet: Facet,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (!fits(row, wanted, facet)) continue;
    const value = row.facets[facet];
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}
