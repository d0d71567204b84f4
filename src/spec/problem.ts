// One thing that is wrong with a proposal's text: what, where, and what to do about it.

export type Severity = 'error' | 'warning';

/** Text that takes the place of what stands between two offsets of the file, in UTF-16 code units. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A finding about a proposal. `line` and `column` count from 1 in `file`; columns are UTF-16 code units. */
export interface Problem {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where it ends, exclusively; absent for a finding about a place rather than a stretch of text. */
  readonly endLine?: number;
  readonly endColumn?: number;
  /** `error` where it is not said. */
  readonly severity?: Severity;
  readonly message: string;
  readonly hint?: string;
  /** Edits that mend it, where that is mechanical. They do not overlap. */
  readonly fix?: readonly Edit[];
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
  const rule = problem.severity === 'warning' ? `warning ${problem.rule}` : problem.rule;
  return `${problem.file}:${problem.line}:${problem.column} ${rule}: ${problem.message}${hint}`;
}
