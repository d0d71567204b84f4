// Reads the proposals of this repository for commands: their texts, and the specification that they make up.

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SpecError } from '../spec/problem.ts';
import { assemble, type Specification } from '../spec/specification.ts';
import { CommandError } from './command.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `[path relative to the root, text]` of every draft, in order of number. */
export async function readDrafts(root = ROOT): Promise<[string, string][]> {
  const folder = join(root, 'proposals');
  const names = (await readdir(folder))
    .filter((name) => /^\d{4}-/.test(name) && !name.startsWith('0000-'))
    .sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const file = join(folder, name, 'draft.md');
      const text = await readFile(file, 'utf8').catch(() => {
        throw new CommandError(`proposals/${name} has no draft.md.`);
      });
      return [relative(root, file).replaceAll('\\', '/'), text];
    }),
  );
}

/**
 * The specification, or what `make` makes of it.
 * @throws CommandError with every problem that keeps programs from relying on the proposals
 */
export async function fromProposals<T>(make: (specification: Specification) => T): Promise<T> {
  const drafts = await readDrafts();
  try {
    return make(assemble(drafts));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const count = error.problems.length;
    throw new CommandError(
      `${count} problem${count === 1 ? '' : 's'} in the proposals, nothing written:\n${error.message}`,
    );
  }
}
