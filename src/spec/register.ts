// The register: every requirement that ever was, with what is known of it besides its text. It is made from the
// published revisions, in the order in which they were published, and from the drafts.

import { checksum } from './checksum.ts';
import type { Library, Published, Register, RegisterEntry } from './lint/rule.ts';
import { retiredIn } from './lint/subjects.ts';

/** A published revision as the register, the pages and the exports write it: `0003/v1`. */
export function revisionName({ slug, revision }: Pick<Published, 'slug' | 'revision'>): string {
  return `${slug}/v${revision}`;
}

interface History {
  readonly since: string;
  changed: string;
  checksum: string;
}

/**
 * Where each id first stood and last changed, by the order of publication. What was published under a former name
 * belongs to the present one: a rename alone is no change.
 */
function historiesOf(library: Library): ReadonlyMap<string, History> {
  const { published = [], hashes } = library;
  const retired = retiredIn(library);
  const order = new Map(Object.keys(hashes?.value ?? {}).map((path, index) => [path, index]));
  const rank = ({ folder, revision }: Published) =>
    order.get(`${folder}/v${revision}.md`) ?? order.size;
  const histories = new Map<string, History>();
  for (const text of [...published].sort(
    (a, b) => rank(a) - rank(b) || (revisionName(a) < revisionName(b) ? -1 : 1),
  )) {
    const name = revisionName(text);
    for (const requirement of text.proposal.requirements) {
      const id = targetOf(requirement.id, retired);
      const sum = checksum(requirement.text);
      const history = histories.get(id);
      if (!history) histories.set(id, { since: name, changed: name, checksum: sum });
      else if (history.checksum !== sum) Object.assign(history, { changed: name, checksum: sum });
    }
  }
  return histories;
}

/** The register that the proposals of a library amount to, by id. */
export function registerOf(library: Library): Register {
  const histories = historiesOf(library);
  const retired = retiredIn(library);
  const { requirements } = library.specification;
  const register: Record<string, RegisterEntry> = {};

  const aliases = new Map<string, string[]>();
  for (const [id, { tombstone }] of retired) {
    const { since = null, changed = null } = histories.get(id) ?? {};
    if (tombstone !== undefined) register[id] = { since, changed, tombstone };
    const target = targetOf(id, retired);
    if (target !== id) aliases.set(target, [...(aliases.get(target) ?? []), id]);
  }
  for (const [id, { level, role, slug, text }] of requirements) {
    const former = aliases.get(id) ?? [];
    const { since = null, changed = null } = histories.get(id) ?? {};
    register[id] = {
      level,
      role,
      proposal: slug,
      since,
      changed,
      checksum: checksum(text),
      ...(former.length > 0 ? { aliases: former.sort() } : {}),
    };
  }
  return Object.fromEntries(Object.entries(register).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What an id is called now, by following its aliases. */
function targetOf(id: string, retired: ReadonlyMap<string, { readonly alias?: string }>): string {
  const seen = new Set<string>();
  let name = id;
  for (let next = retired.get(name)?.alias; next !== undefined && !seen.has(next); ) {
    seen.add(next);
    name = next;
    next = retired.get(name)?.alias;
  }
  return name;
}

/** The register as its file: one entry a line, so that a change of one is a change of one line. */
export function formatRegister(register: Register): string {
  const lines = Object.entries(register).map(
    ([id, entry]) => `  ${JSON.stringify(id)}: ${JSON.stringify(entry)}`,
  );
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}
