// What a command of `portway` is, how it reads its options, and the one way in which commands fail.

import { parseArgs } from 'node:util';

/** A failure that the person at the terminal can act on: one line, then what to do. Exit 2 for usage, 3 for an application that does not start, 1 for the rest. */
export class CommandError extends Error {
  readonly exitCode: 1 | 2 | 3;
  constructor(message: string, exitCode: 1 | 2 | 3 = 1) {
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

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

/** `parseArgs` of Node with its errors as usage errors. */
export function parseOptions<T extends NonNullable<Options>>(
  args: readonly string[],
  options: T,
  name: string,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CommandError(
      `${(error as Error).message.split('\n')[0]} See \`portway ${name} --help\`.`,
      2,
    );
  }
}
