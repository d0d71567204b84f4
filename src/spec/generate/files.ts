// Every file that is made from the proposals and checked in with them: the interface as code, and the register of
// requirements. Pure: takes a library and returns texts; the command and the page for proposing write them.

import type { Library } from '../lint/rule.ts';
import { missingRevisions, proposalsOf } from '../lint/subjects.ts';
import { SpecError } from '../problem.ts';
import type { Refusal } from '../publish.ts';
import { formatRegister, registerOf } from '../register.ts';
import { assembleDrafts } from '../specification.ts';
import { generate } from './index.ts';

const REGISTER = 'proposals/requirements.json';

/** Whether a path is that of a file which is made from the proposals, now or by another state of them. */
export function isGenerated(path: string): boolean {
  return (
    /^src\/interface\/[^/]+\.generated\.ts$/.test(path) ||
    path === 'src/python/portway/events.py' ||
    path === REGISTER
  );
}

/** Path in the repository to the whole text, or why nothing can be made of the proposals. */
export function generatedFiles(library: Library): ReadonlyMap<string, string> | Refusal {
  const broken = brokenRecords(library);
  if (broken !== undefined) return { refused: broken };
  try {
    return new Map([
      ...generate(assembleDrafts(proposalsOf(library))),
      [REGISTER, formatRegister(registerOf(library))] as const,
    ]);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const count = error.problems.length;
    return {
      refused: `${count} problem${count === 1 ? '' : 's'} in the proposals`,
      problems: error.problems,
    };
  }
}

/** The register remembers what is published: it is not made from a repository in which some of that is missing. */
function brokenRecords(library: Library): string | undefined {
  const [missing] = missingRevisions(library);
  if (missing !== undefined) return `revision ${missing} is missing`;
  return library.hashes?.error === undefined ? undefined : `${library.hashes.file} cannot be read`;
}
