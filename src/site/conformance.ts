// The last run of the conformance suite, as it is checked in, in the order and the words of a page.
import data from '../../content/conformance/report.json';
import { type Failure, type Report, standing, type Tally } from '../conformance/report.ts';
import { proposals, requirementsOf } from './specification.ts';

export const report = data as Report;

export const DRIVER_NAMES = { memory: 'In memory', h1: 'HTTP/1.1', h2: 'HTTP/2' } as const;

export const drivers = (Object.keys(DRIVER_NAMES) as (keyof typeof DRIVER_NAMES)[]).filter(
  (driver) => report.totals[driver],
);

export interface ConformanceRow {
  readonly id: string;
  readonly role: string;
  /** By driver, in the order of `drivers`. */
  readonly cells: readonly {
    readonly standing: ReturnType<typeof standing>;
    readonly words: string;
  }[];
  /** What shows it beside the cases, or why nothing does. */
  readonly otherwise: string;
}

/** The requirements of one proposal with what has shown them. */
export interface ConformanceGroup {
  readonly slug: string;
  readonly title: string;
  readonly rows: readonly ConformanceRow[];
}

/** The proposals that have requirements, in order of number. */
export const groups: readonly ConformanceGroup[] = proposals
  .map(({ slug, proposal }) => ({
    slug,
    title: proposal.frontMatter.title,
    rows: requirementsOf(slug).map(({ id, role }) => rowOf(id, role)),
  }))
  .filter(({ rows }) => rows.length > 0);

function rowOf(id: string, role: string): ConformanceRow {
  const found = report.requirements.find(({ requirement }) => requirement === id);
  const tests = found?.tests.filter((file) => !file.startsWith('src/conformance/')) ?? [];
  const cells = drivers.map((driver) => {
    const tally = found?.drivers[driver];
    return { standing: standing(tally), words: inWords(tally) };
  });
  let otherwise = '';
  if (tests.length > 0)
    otherwise = tests.length === 1 ? '1 file of tests' : `${tests.length} files of tests`;
  else if (found?.exemption !== undefined) otherwise = found.exemption;
  else if (cells.every((cell) => cell.standing === 'none')) otherwise = 'Not yet';
  return { id, role, cells, otherwise };
}

function inWords(tally: Tally | undefined): string {
  switch (standing(tally)) {
    case 'none':
      return '–';
    case 'skip':
      return 'Left out';
    case 'fail':
      return `${tally?.fail} of ${(tally?.fail ?? 0) + (tally?.pass ?? 0)} fail`;
    case 'pass':
      return `${tally?.pass} pass`;
  }
}

/** Why cases are left out over a driver, each reason with the requirements of its cases. */
export const reasons: readonly {
  readonly driver: keyof typeof DRIVER_NAMES;
  readonly reason: string;
  readonly requirements: readonly string[];
}[] = drivers.flatMap((driver) => {
  const byReason = new Map<string, Set<string>>();
  for (const { message, requirement } of of(driver, report.exemptions)) {
    byReason.set(message, (byReason.get(message) ?? new Set()).add(requirement));
  }
  return [...byReason].map(([reason, ids]) => ({ driver, reason, requirements: [...ids] }));
});

function of(driver: string, failures: readonly Failure[]): readonly Failure[] {
  return failures.filter((failure) => failure.driver === driver);
}
