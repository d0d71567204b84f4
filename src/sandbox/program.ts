// What a reader runs: files, the one that has the application, and the requests that are sent to it.

import type { SourcePosition } from '../trace/index.ts';

/** Path to text. Paths are relative, with `/`. */
export type Files = Readonly<Record<string, string>>;

export interface Program {
  readonly files: Files;
  /** Path of the file with the application: its default export, or in Python the name `app` in it. */
  readonly entry: string;
  /** A scenario in the `.http` format. */
  readonly requests: string;
}

/** Whether a program is one of Python, by its entry. */
export function isPython({ entry }: Pick<Program, 'entry'>): boolean {
  return entry.endsWith('.py');
}

/** What follows `portway` in the command that runs a program on a machine, again and again where it can. */
export function commandOf(entry: string): string {
  if (!isPython({ entry })) return `dev ${entry}`;
  return `serve --python ${entry.slice(0, -'.py'.length).replaceAll('/', '.')}`;
}

/** A mistake in what the reader wrote, or a fault of it when it ran. Everything that is known of where. */
export interface Diagnosis {
  readonly kind: 'syntax' | 'load' | 'scenario' | 'violation' | 'fault' | 'limit' | 'runtime';
  readonly message: string;
  readonly requirement?: string;
  readonly src?: SourcePosition;
}

/** Thrown where a program cannot be run as it is written. */
export class ProgramError extends Error {
  readonly diagnosis: Diagnosis;
  constructor(diagnosis: Diagnosis) {
    super(diagnosis.message);
    this.name = 'ProgramError';
    this.diagnosis = diagnosis;
  }
}
