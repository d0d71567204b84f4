// What is wrong in the text of a scenario, and where. Knows nothing of what a scenario says.

/** A scenario that cannot be read. Line and column count from 1. */
export class ScenarioError extends Error {
  readonly line: number;
  readonly column: number;
  readonly hint: string | undefined;
  constructor(line: number, column: number, message: string, hint?: string) {
    super(`line ${line}: ${message}${hint ? ` ${hint}` : ''}`);
    this.name = 'ScenarioError';
    this.line = line;
    this.column = column;
    this.hint = hint;
  }
}
