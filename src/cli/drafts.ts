// The specification of this repository, for the commands that make something of it.

import { fileURLToPath } from 'node:url';
import type { Library } from '../spec/lint/rule.ts';
import { proposalsOf } from '../spec/lint/subjects.ts';
import { SpecError } from '../spec/problem.ts';
import { assemble, type Specification } from '../spec/specification.ts';
import { CommandError } from './command.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What `make` makes of the specification that the drafts of a library make up.
 * @throws CommandError with every problem that keeps programs from relying on the proposals
 */
export function fromProposals<T>(library: Library, make: (specification: Specification) => T): T {
  try {
    return make(
      assemble(proposalsOf(library).map(({ document }) => [document.file, document.source])),
    );
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const count = error.problems.length;
    throw new CommandError(
      `${count} problem${count === 1 ? '' : 's'} in the proposals, nothing written:\n${error.message}`,
    );
  }
}
