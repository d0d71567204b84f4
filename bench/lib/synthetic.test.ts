// Synthetic proposals are good ones: the linter finds nothing, so that what is measured is what real ones cost.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftOf, libraryOf } from '../../src/spec/lint/library.ts';
import { lint } from '../../src/spec/lint/lint.ts';
import { RULES } from '../../src/spec/lint/rules.ts';
import { syntheticDrafts } from './synthetic.ts';

const sets = fc.record({
  first: fc.constantFrom(1, 1001),
  count: fc.integer({ min: 1, max: 25 }),
  requirements: fc.integer({ min: 1, max: 4 }),
  blocks: fc.boolean(),
  prose: fc.constantFrom(0, 2000),
  reviewEvery: fc.constantFrom(1, 3, 10),
});

test('the linter finds nothing in a set of any shape', () => {
  fc.assert(
    fc.property(sets, (set) => {
      const library = libraryOf(syntheticDrafts(set).map(draftOf), {
        published: [],
        today: '2026-11-22',
      });
      expect(lint(library, RULES)).toEqual([]);
      expect(library.specification.requirements.size).toBe(set.count * set.requirements);
      expect(library.specification.machines.size).toBe(set.blocks ? set.count : 0);
    }),
    { numRuns: 25 },
  );
});

test('what is in review refers to and requires nothing that is not, so that it can be published', () => {
  fc.assert(
    fc.property(sets, (set) => {
      const drafts = syntheticDrafts(set).map(draftOf);
      const reviewed = drafts.filter(({ proposal }) => proposal.frontMatter.status === 'review');
      const numbers = new Set(reviewed.map(({ proposal }) => proposal.frontMatter.proposal));
      expect(reviewed.length).toBe(Math.ceil(set.count / set.reviewEvery));
      for (const { proposal, document } of reviewed) {
        for (const required of proposal.frontMatter.requires ?? [])
          expect(numbers).toContain(required);
        for (const { text } of document.references)
          expect(numbers).toContain(Number(/^kind(\d+)\./.exec(text)?.[1]));
      }
    }),
    { numRuns: 25 },
  );
});

test('prose is of the size that is asked for', () => {
  const size = (prose: number) =>
    syntheticDrafts({ first: 1, count: 1, requirements: 1, blocks: false, prose })[0]?.[1].length ??
    0;
  expect(size(30_000) - size(0)).toBeGreaterThan(30_000);
  expect(size(30_000) - size(0)).toBeLessThan(31_000);
});
