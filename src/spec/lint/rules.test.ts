// What holds for all rules: that each is written down and tested, and that no text, however odd, makes one throw.

import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERRATA_FILE, errata } from '../../../tests/fixtures/errata.ts';
import { FRAGMENTS } from '../../../tests/fixtures/fragments.ts';
import { draft, FRONT_MATTER } from '../../../tests/fixtures/proposal.ts';
import { draftOf, errataOf, libraryOf, publishedOf } from './library.ts';
import { lint } from './lint.ts';
import { GROUPS, type Library, type Rule } from './rule.ts';
import { JOINING, KEEPING, READING, RULES } from './rules.ts';
import { FILE, found, passes, proposal } from './testing.ts';
import { DOOR } from './testing-blocks.ts';

const folder = new URL('rules/', import.meta.url);
const ids = RULES.map(({ id }) => id);

describe('the list of rules', () => {
  test('there are at least 40, each with an id of its own', () => {
    expect(ids.length).toBeGreaterThanOrEqual(40);
    expect([...new Set(ids)]).toEqual(ids);
  });

  test('every file of the folder is a rule of the list, and has its test beside it', () => {
    expect(readdirSync(folder).sort()).toEqual(
      ids.flatMap((id) => [`${id}.test.ts`, `${id}.ts`]).sort(),
    );
  });

  test('every group has rules, and every rule one of the groups', () => {
    expect([...new Set(RULES.map(({ group }) => group))].sort()).toEqual(
      Object.keys(GROUPS).sort(),
    );
  });

  test('what keeps texts from being read or joined is essential, and nothing else', () => {
    for (const rule of [...READING, ...JOINING])
      expect(rule, rule.id).toMatchObject({ essential: true, severity: 'error' });
    for (const rule of KEEPING) expect(rule.essential, rule.id).toBeUndefined();
  });

  describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
    test('its id, which is part of an address, and its name in its file', async () => {
      expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      const module = await import(new URL(`${id}.ts`, folder).href);
      const name = id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      expect(Object.keys(module)).toEqual([name]);
      expect(module[name]).toBe(rule);
    });

    test('its words: sentences that end, and two examples that differ', () => {
      for (const words of [rule.summary, rule.why]) {
        expect(words).toMatch(/^[A-Z\d`“][\s\S]*[.”`)]$/);
        expect(words).not.toMatch(/ {2}|\s$/);
      }
      expect(rule.wrong.trim()).not.toBe('');
      expect(rule.right.trim()).not.toBe('');
      expect(rule.wrong).not.toBe(rule.right);
    });

    test('it looks at a draft, or at the library, and not at both', () => {
      expect('checkDraft' in rule).toBe(!('checkLibrary' in rule));
    });

    test('a good proposal passes', () => passes(rule, proposal(DOOR)));
  });
});

describe('rules of the text hold for errata too', () => {
  test.each<[string, string, string]>([
    ['no-html', '⌖<script>alert(1)</script>', '`<script>` is HTML'],
    ['link-scheme', '⌖[x](javascript:alert(1))', '`javascript:`'],
    ['reference-exists', 'See ⌖[door.missing].', '[door.missing]'],
    ['no-control-characters', 'A⌖\u0007 door.', 'U+0007'],
  ])('%s', (id, why, words) => {
    const rule = RULES.find((one) => one.id === id) as Rule;
    const text = errata({ why });
    const [problem, ...others] = found(rule, text.replace('⌖', ''), { file: ERRATA_FILE });
    expect(others).toEqual([]);
    const before = text.slice(0, text.indexOf('⌖')).split('\n');
    expect(problem).toMatchObject({
      message: expect.stringContaining(words),
      file: ERRATA_FILE,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
    });
  });
});

describe('no text makes a rule throw', () => {
  const fragment = fc.constantFrom(...FRAGMENTS);
  const soup = fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join(''));
  const good = [proposal(DOOR), draft(DOOR, FRONT_MATTER.replace('42', '43'))];
  /** A good text with anything put into it. */
  const spoilt = fc
    .tuple(fc.constantFrom(...good), fc.nat(), fc.nat(20), fragment)
    .map(([text, at, length, part]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + part + text.slice(start + length);
    });
  const anything = fc.oneof(
    soup,
    spoilt,
    soup.map((text) => proposal(text)),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  const FILES = [
    FILE,
    'proposals/0043-windows/draft.md',
    'proposals/0000-template/draft.md',
    'draft.md',
  ];
  const file = <T>(value: T | undefined) => ({ file: 'proposals/x.json', text: '{}', value });
  const rest = fc.record<Omit<Library, 'drafts' | 'specification' | 'published'>>(
    {
      hashes: fc.constantFrom(
        file({ '0042-doors/v1.md': '0' }) as never,
        { file: 'proposals/published.json', error: 'it is no JSON' } as never,
      ),
      editions: fc.constant(file({ '0.1': { '0042': 1, '0099': 7 } }) as never),
      register: fc.constant(file({ 'a.b': { level: 'MUST' } }) as never),
      tests: fc.constant(new Map([['a.b', ['a.test.ts']]])),
      examples: fc.constant(new Map([['hello', { violations: ['a.b'], breaks: 'a.c' }]])),
      exists: fc.constant((path: string) => path.length % 2 === 0),
      today: fc.constant('2026-11-22'),
    },
    { requiredKeys: [] },
  );

  /** Whether a line and a column, from 1, are in a text or directly behind its end. */
  function within(text: string, line: number, column: number): boolean {
    const length = text.replace(/^\ufeff/, '').split(/\r\n?|\n/)[line - 1]?.length;
    return length !== undefined && column >= 1 && column <= length + 1;
  }

  test('over libraries of one to three drafts, with and without what else there can be', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { minLength: 1, maxLength: 3 }),
        fc.nat(FILES.length),
        fc.option(anything, { nil: undefined }),
        rest,
        (texts, first, revision, known) => {
          const sources = new Map(
            texts.map((text, index) => [FILES[(first + index) % FILES.length] ?? FILE, text]),
          );
          const drafts = [...sources].map(draftOf);
          const published = publishedOf(['proposals/0042-doors/v1.md', revision ?? '']);
          const noted = errataOf([ERRATA_FILE, revision ?? '']);
          const library = libraryOf(drafts, {
            ...known,
            ...(noted && { errata: [noted] }),
            ...(revision === undefined || !published ? {} : { published: [published] }),
          });
          for (const problem of lint(library, RULES)) {
            const { rule, line, column, endLine, endColumn, message, hint, fix = [] } = problem;
            const text = sources.get(problem.file);
            expect(message, rule).not.toBe('');
            expect(`${message}\n${hint ?? ''}`, rule).not.toMatch(/ {4}at |undefined$|\[object /);
            if (text === undefined) continue;
            expect(within(text, line, column), `${rule} at ${line}:${column}`).toBe(true);
            if (endLine !== undefined && endColumn !== undefined) {
              expect(within(text, endLine, endColumn), rule).toBe(true);
              expect(endLine > line || (endLine === line && endColumn >= column), rule).toBe(true);
            }
            for (const { start, end } of fix) {
              expect(start).toBeLessThanOrEqual(end);
              expect(end).toBeLessThanOrEqual(text.length);
            }
          }
        },
      ),
      // Each takes 10 ms or more. 300 reach 53 of the rules, 600 reach 55; every time others are drawn.
      { numRuns: 400 },
    );
  });

  test('the same text gives the same problems, in the order of files and places', () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        const run = () =>
          lint(libraryOf([draftOf([FILES[1] ?? '', a]), draftOf([FILES[0] ?? '', b])]), RULES);
        const problems = run();
        expect(run()).toEqual(problems);
        const keys = problems.map(({ file: name, line, column }) => [name, line, column] as const);
        for (const [index, [name, line, column]] of keys.entries()) {
          const [lastName, lastLine, lastColumn] = keys[index - 1] ?? ['', 0, 0];
          expect(
            lastName < name ||
              (lastName === name &&
                (lastLine < line || (lastLine === line && lastColumn <= column))),
          ).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
