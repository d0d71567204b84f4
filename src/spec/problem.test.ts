// How a problem is put to people: where it is, which rule, what is wrong, what to do.

import { expect, test } from 'vitest';
import { formatProblem, type Problem, SpecError } from './problem.ts';

const problem: Problem = {
  rule: 'one-keyword',
  file: 'proposals/0042-doors/draft.md',
  line: 7,
  column: 3,
  message: 'too many',
};

test('a problem is one line that editors make clickable', () => {
  expect(formatProblem(problem)).toBe('proposals/0042-doors/draft.md:7:3 one-keyword: too many');
});

test('a hint stands on a line of its own', () => {
  expect(formatProblem({ ...problem, hint: 'Split it.' })).toBe(
    'proposals/0042-doors/draft.md:7:3 one-keyword: too many\n    Split it.',
  );
});

test('an error lists all problems, in their order', () => {
  const error = new SpecError([problem, { ...problem, line: 9, hint: 'Split it.' }]);
  expect(error.name).toBe('SpecError');
  expect(error.problems).toHaveLength(2);
  expect(error.message.split('\n')).toEqual([
    'proposals/0042-doors/draft.md:7:3 one-keyword: too many',
    'proposals/0042-doors/draft.md:9:3 one-keyword: too many',
    '    Split it.',
  ]);
});
