// Cuts lists that grow with the number of proposals into pages that do not. A list that fits is one page, at the address
// of the list. Knows nothing of what is listed.

export interface ListPage<T> {
  readonly items: readonly T[];
  /** From 1. */
  readonly number: number;
  /** Path below the root of the site, such as `/proposals/page/2/`. */
  readonly path: string;
  /** What is on it: `0101 to 0200`. */
  readonly label: string;
}

export interface Paging<T> {
  /** Path of the list, such as `/proposals/`. */
  readonly path: string;
  /** A page is full with so many entries. */
  readonly most: number;
  /** What an item is called in a label. */
  nameOf(item: T): string;
  /** How many entries an item is; one where nothing is said. An item is never cut. */
  sizeOf?(item: T): number;
}

/** The pages of a list, the first at the list's own address. Of an empty list too there is one. */
export function pagesOf<T>(items: readonly T[], paging: Paging<T>): readonly ListPage<T>[] {
  const { path, most, nameOf, sizeOf = () => 1 } = paging;
  const cut: T[][] = [[]];
  let size = 0;
  for (const item of items) {
    const own = sizeOf(item);
    if (size > 0 && size + own > most) {
      cut.push([]);
      size = 0;
    }
    cut.at(-1)?.push(item);
    size += own;
  }
  return cut.map((items, index) => {
    const ends = [items[0], items.at(-1)].flatMap((item) =>
      item === undefined ? [] : nameOf(item),
    );
    return {
      items,
      number: index + 1,
      path: index === 0 ? path : `${path}page/${index + 1}/`,
      label: [...new Set(ends)].join(' to '),
    };
  });
}

/** What a route `[...page].astro` beside the list answers: each page with all of them. */
export function pagePaths<T>(pages: readonly ListPage<T>[]) {
  return pages.map((page) => ({
    params: { page: page.number === 1 ? undefined : `page/${page.number}` },
    props: { page, pages },
  }));
}
