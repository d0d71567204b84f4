// Which requirements nothing shows yet. Knows nothing of files: what there is is given to it.

export interface Shown {
  /** Id to the role that it binds. */
  readonly requirements: Readonly<Record<string, { readonly role: string }>>;
  /** Ids that a case or another test names. */
  readonly tested: ReadonlySet<string>;
  /** Ids that a proposal excuses. */
  readonly untested: ReadonlySet<string>;
  /** Ids that are known not to be shown yet. */
  readonly missing: readonly string[];
}

const ROLES: ReadonlySet<string> = new Set(['gateway', 'middleware', 'application']);

/** All that is wrong, a line each; empty when every requirement is shown, excused or listed. */
export function incompleteness({ requirements, tested, untested, missing }: Shown): string[] {
  const listed = new Set(missing);
  const wrong: string[] = [];
  for (const [id, { role }] of Object.entries(requirements)) {
    if (!ROLES.has(role) || listed.has(id)) continue;
    if (tested.has(id) && untested.has(id)) {
      wrong.push(`${id}: has a test, so its \`untested\` block is to go`);
    } else if (!tested.has(id) && !untested.has(id)) {
      wrong.push(
        `${id}: nothing shows it. Write a case in src/conformance/areas, or a test of its name`,
      );
    }
  }
  const seen = new Set<string>();
  for (const id of missing) {
    if (!Object.hasOwn(requirements, id))
      wrong.push(`${id}: is listed as missing, and no proposal has it`);
    else if (tested.has(id))
      wrong.push(`${id}: has a test, so it is no longer missing. Delete its line`);
    else if (untested.has(id))
      wrong.push(`${id}: is excused, so it is not missing. Delete its line`);
    if (seen.has(id)) wrong.push(`${id}: is listed twice`);
    seen.add(id);
  }
  return wrong;
}

/** The ids of a list of missing requirements: one a line; lines that begin with `#` say something. */
export function missingIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
