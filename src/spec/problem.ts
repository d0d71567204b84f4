// One thing that is wrong with a proposal's text: what, where, and what to do about it.

/** A finding about a proposal. `line` and `column` count from 1 in `file`. */
export interface Problem {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** Thrown where work cannot go on with a text that has problems. The message lists all of them. */
export class SpecError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'SpecError';
    this.problems = problems;
  }
}

/** `file:line:column rule: message (hint)`, the form that editors make clickable. */
export function formatProblem(problem: Problem): string {
  const hint = problem.hint ? `\n    ${problem.hint}` : '';
  return `${problem.file}:${problem.line}:${problem.column} ${problem.rule}: ${problem.message}${hint}`;
}
