// What a command of `portway` is, and the one way in which commands fail.

/** A failure that the person at the terminal can act on: one line, then what to do. Exit 2 for usage, 1 for the rest. */
export class CommandError extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** One command. `usage` is the whole text of `--help`. */
export interface Command {
  readonly summary: string;
  readonly usage: string;
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}
