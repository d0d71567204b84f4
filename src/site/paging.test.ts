// Lists that grow are cut into pages that do not, and nothing is lost on the way.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pagePaths, pagesOf } from './paging.ts';

const lists = fc.record({
  sizes: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }),
  most: fc.integer({ min: 1, max: 40 }),
});
const pagesFor = (sizes: readonly number[], most: number) =>
  pagesOf(
    sizes.map((size, index) => ({ size, name: String(index).padStart(4, '0') })),
    { path: '/list/', most, nameOf: ({ name }) => name, sizeOf: ({ size }) => size },
  );

test('every item is on one page, in order', () => {
  fc.assert(
    fc.property(lists, ({ sizes, most }) => {
      const pages = pagesFor(sizes, most);
      expect(pages.flatMap(({ items }) => items.map(({ size }) => size))).toEqual(sizes);
    }),
  );
});

test('no page has more entries than the most, but for those of a single item', () => {
  fc.assert(
    fc.property(lists, ({ sizes, most }) => {
      for (const { items } of pagesFor(sizes, most)) {
        const filled = items.filter(({ size }) => size > 0);
        const entries = items.reduce((sum, { size }) => sum + size, 0);
        expect(entries <= most || filled.length === 1).toBe(true);
      }
    }),
  );
});

test('the first page has the address of the list, and each another', () => {
  fc.assert(
    fc.property(lists, ({ sizes, most }) => {
      const pages = pagesFor(sizes, most);
      expect(pages[0]?.path).toBe('/list/');
      expect(new Set(pages.map(({ path }) => path)).size).toBe(pages.length);
      for (const { params, props } of pagePaths(pages))
        expect(props.page.path).toBe(`/list/${params.page === undefined ? '' : `${params.page}/`}`);
      expect(pagePaths(pages).filter(({ params }) => params.page === undefined).length).toBe(1);
    }),
  );
});

test('a page is called by what it begins and ends with', () => {
  const labels = (count: number) =>
    pagesFor(
      Array.from({ length: count }, () => 1),
      2,
    ).map(({ label }) => label);
  expect(labels(5)).toEqual(['0000 to 0001', '0002 to 0003', '0004']);
  expect(labels(0)).toEqual(['']);
});
