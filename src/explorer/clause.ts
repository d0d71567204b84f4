// Where a clause is read, and how a message about it is shortened.

import { REQUIREMENTS } from '../interface/requirements.generated.ts';

/** A link to a requirement: an anchor where its text is on this page, else its proposal. `base` ends with a slash. */
export function clauseHref(id: string, base: string): string {
  if (typeof document !== 'undefined' && document.getElementById(id)) return `#${id}`;
  const proposal = REQUIREMENTS[id]?.proposal;
  return proposal ? `${base}proposals/${proposal}/#${id}` : `${base}r/${id}/`;
}

/** The sentence of a requirement, without its Markdown. */
export function clauseText(id: string): string | undefined {
  return REQUIREMENTS[id]?.text.replaceAll('`', '');
}

/** A message without the id that stands beside it. */
export function withoutId(message: string, requirement: string | undefined): string {
  return requirement && message.startsWith(`${requirement}: `)
    ? message.slice(requirement.length + 2)
    : message;
}
