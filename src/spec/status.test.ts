// The life of a proposal: the tables of this module say what the tables of proposal 1 say, and what follows from them.

import { readFileSync } from 'node:fs';
import { toString as plainText } from 'mdast-util-to-string';
import { describe, expect, test } from 'vitest';
import { readDocument } from './document.ts';
import { FRONT_MATTER_SHAPES } from './join.ts';
import { STATUSES, type Status } from './model.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS, leadsTo, owesTests, STEPS, stability } from './status.ts';

const ORDER = ['draft', 'review', 'last-call', 'accepted', 'final'] as const;
const ENDS = ['withdrawn', 'rejected', 'deferred', 'superseded'] as const;
const PROCESS = new URL('../../proposals/0001-process/draft.md', import.meta.url);

/** The rows of the table of proposal 1 that has this head, as plain text. */
function tableOf(...head: readonly string[]): string[][] {
  const { tables } = readDocument(readFileSync(PROCESS, 'utf8'), 'draft.md');
  for (const { node } of tables) {
    const [first, ...rows] = node.children.map((row) =>
      row.children.map((cell) => plainText(cell)),
    );
    if (head.every((cell, index) => first?.[index] === cell)) return rows;
  }
  throw new Error(`proposal 1 has no table with the head ${head.join(', ')}`);
}

/** The statuses of a cell such as “`draft`, `review`”. */
const statusesIn = (cell = '') => STATUSES.filter((status) => cell.split(', ').includes(status));

describe('proposal 1', () => {
  test('has the same statuses, in the same order', () => {
    expect(tableOf('status', 'meaning').map(([status]) => status)).toEqual([...STATUSES]);
  });

  test('has the same steps', () => {
    const steps = new Map<Status, Set<Status>>(STATUSES.map((status) => [status, new Set()]));
    for (const [from, to] of tableOf('from', 'to')) {
      for (const before of statusesIn(from))
        for (const after of statusesIn(to)) steps.get(before)?.add(after);
    }
    for (const status of STATUSES) {
      expect([...(steps.get(status) ?? [])].sort(), status).toEqual([...STEPS[status]].sort());
    }
  });

  test('has the same fields, in the same order', () => {
    const fields = tableOf('field', 'needed').filter(([, needed]) => needed !== 'derived');
    expect(fields.map(([field]) => field)).toEqual(Object.keys(FRONT_MATTER_SHAPES));
  });

  test('says of the same fields that a status needs them', () => {
    const needs = tableOf('field', 'needed').flatMap(([field = '', needed = '']) => {
      const statuses = / in (.*)$/.exec(needed)?.[1]?.replace(' and ', ', ');
      return statuses === undefined ? [] : [[field, statusesIn(statuses)] as const];
    });
    expect(Object.fromEntries(needs)).toEqual(
      Object.fromEntries(CONDITIONAL_FIELDS.map((key) => [key, CONDITIONAL[key].needs])),
    );
  });
});

describe('steps', () => {
  test('lead one way: from nowhere back', () => {
    for (const from of STATUSES) {
      for (const to of STEPS[from]) expect(leadsTo(to, from), `${to} → ${from}`).toBe(false);
    }
  });

  test('lead on from the first five, and not from the others', () => {
    expect(STATUSES.filter((status) => STEPS[status].length === 0)).toEqual([...ENDS]);
  });

  test('reach every status from `draft`', () => {
    expect(STATUSES.filter((status) => leadsTo('draft', status))).toEqual([...STATUSES]);
  });
});

describe('leadsTo', () => {
  test.each(STATUSES)('`%s` leads to itself', (status) => {
    expect(leadsTo(status, status)).toBe(true);
  });

  test.each<[from: Status, to: Status, leads: boolean]>([
    ['draft', 'review', true],
    ['draft', 'final', true],
    ['draft', 'superseded', true],
    ['review', 'deferred', true],
    ['last-call', 'review', false],
    ['final', 'withdrawn', false],
    ['final', 'accepted', false],
    ['deferred', 'draft', false],
    ['rejected', 'superseded', false],
    ['superseded', 'final', false],
  ])('`%s` → `%s`: %s', (from, to, leads) => {
    expect(leadsTo(from, to)).toBe(leads);
  });

  test('every way takes the five in their order', () => {
    for (const [a, from] of ORDER.entries()) {
      for (const [b, to] of ORDER.entries()) expect(leadsTo(from, to)).toBe(a <= b);
    }
  });
});

describe('stability', () => {
  test('grows along the five, and is greatest once superseded', () => {
    const along = [...ORDER, 'superseded' as const].map(stability);
    expect(along).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test.each(['withdrawn', 'rejected', 'deferred'] as const)(
    '`%s` is below all of these',
    (status) => {
      expect(stability(status)).toBeLessThan(stability('draft'));
    },
  );
});

describe('conditional fields', () => {
  test('a status that needs a field is not listed among those that may have it', () => {
    for (const key of CONDITIONAL_FIELDS) {
      const { needs, allows } = CONDITIONAL[key];
      const both = key === 'implementations' ? ['final'] : [];
      expect(
        needs.filter((status) => allows.includes(status)),
        key,
      ).toEqual(both);
    }
  });

  test('no field is lost by a step that its next status could need it for', () => {
    // `final` needs the resolution of `accepted`, and so on: it is never deleted and asked for again.
    for (const key of CONDITIONAL_FIELDS) {
      const { needs, allows } = CONDITIONAL[key];
      for (const from of needs) {
        for (const to of STEPS[from]) {
          if (!STEPS[to].some((next) => needs.includes(next))) continue;
          expect([...needs, ...allows], `${key}: ${from} → ${to}`).toContain(to);
        }
      }
    }
  });

  test('a draft and a text under review need none', () => {
    for (const status of ['draft', 'review'] as const) {
      const needed = CONDITIONAL_FIELDS.filter((key) => CONDITIONAL[key].needs.includes(status));
      expect(needed).toEqual([]);
    }
  });
});

describe('owesTests', () => {
  test('from the last call on, and not where it was given up', () => {
    expect(STATUSES.filter((status) => owesTests({ status }))).toEqual([
      'last-call',
      'accepted',
      'final',
      'superseded',
    ]);
  });
});
