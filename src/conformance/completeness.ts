// Which requirements nothing shows. Knows nothing of files: what there is is given to it.

export interface Shown {
  /** Id to the role that it binds. */
  readonly requirements: Readonly<Record<string, { readonly role: string }>>;
  /** Ids that a case or another test names. */
  readonly tested: ReadonlySet<string>;
  /** Ids that a proposal excuses. */
  readonly untested: ReadonlySet<string>;
}

const ROLES: ReadonlySet<string> = new Set(['gateway', 'middleware', 'application']);

/** All that is wrong, a line each; empty when every requirement is shown or excused. */
export function incompleteness({ requirements, tested, untested }: Shown): string[] {
  const wrong: string[] = [];
  for (const [id, { role }] of Object.entries(requirements)) {
    if (!ROLES.has(role)) continue;
    if (tested.has(id) && untested.has(id)) {
      wrong.push(`${id}: has a test, so its \`untested\` block is to go`);
    } else if (!tested.has(id) && !untested.has(id)) {
      wrong.push(
        `${id}: nothing shows it. Write a case in src/conformance/areas, or a test of its name`,
      );
    }
  }
  return wrong;
}
