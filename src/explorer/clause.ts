// Where a clause is read, and how a message about it is shortened.

import type { RequirementDescription } from '../interface/description.ts';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';

/** A requirement, if there is one of this name: a program may raise `Misuse` with any. */
function requirementOf(id: string): RequirementDescription | undefined {
  return Object.hasOwn(REQUIREMENTS, id) ? REQUIREMENTS[id] : undefined;
}

/**
 * A link to a requirement: an anchor where its text is on this page, else its proposal; the list of all requirements
 * for one that is not known. `base` ends with a slash.
 */
export function clauseHref(id: string, base: string): string {
  const requirement = requirementOf(id);
  if (!requirement) return `${base}requirements/`;
  const anchor = `#${id}`;
  const here = typeof document !== 'undefined' && document.getElementById(id);
  return here ? anchor : `${base}proposals/${requirement.proposal}/${anchor}`;
}

/** The sentence of a requirement, without its Markdown. */
export function clauseText(id: string): string | undefined {
  return requirementOf(id)?.text.replaceAll('`', '');
}

/** A message without the id that stands beside it. */
export function withoutId(message: string, requirement: string | undefined): string {
  return requirement && message.startsWith(`${requirement}: `)
    ? message.slice(requirement.length + 2)
    : message;
}
