// What a run of the suite has shown, as data: for each requirement which driver has shown it, and what is shown by other
// means or not at all. `content/conformance/report.json` is one of these.

import type { DriverName } from './names.ts';
import type { Result } from './run.ts';

/** What the cases of one requirement have come to over one driver. `skip`: none of them runs there. */
export interface Tally {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
}

export interface RequirementReport {
  readonly requirement: string;
  /** Cases by driver; a driver is absent where the suite has no case of the requirement. */
  readonly drivers: Readonly<Partial<Record<DriverName, Tally>>>;
  /** Other tests of this repository that name it. */
  readonly tests: readonly string[];
  /** Why there is none, where a proposal excuses it. */
  readonly exemption?: string;
}

export interface Report {
  /** The gateway: `portway 0.1` here, or a URL. */
  readonly gateway: string;
  /** When it was run, as ISO 8601. */
  readonly date: string;
  /** The commit of the repository; absent outside of one. */
  readonly commit?: string;
  /** What to type to run it again. */
  readonly command: string;
  /** Of the interface and of the runtime. */
  readonly versions: Readonly<Record<string, string>>;
  readonly totals: Readonly<Partial<Record<DriverName, Tally>>>;
  readonly requirements: readonly RequirementReport[];
  /** Cases that have failed. */
  readonly failures: readonly Failure[];
  /** Cases that a driver leaves out, with the reason. */
  readonly exemptions: readonly Failure[];
}

export interface Failure {
  readonly requirement: string;
  readonly title: string;
  readonly driver: DriverName;
  readonly message: string;
}

/** What a report says besides the results of the cases. */
export interface ReportContext
  extends Pick<Report, 'gateway' | 'date' | 'commit' | 'command' | 'versions'> {
  /** The requirements that are reported on, in order. */
  readonly requirements: readonly string[];
  readonly tests: ReadonlyMap<string, readonly string[]>;
  /** Reasons of the proposals, by requirement. */
  readonly untested: ReadonlyMap<string, string>;
}

const NOTHING: Tally = { pass: 0, fail: 0, skip: 0 };

function add(tally: Tally = NOTHING, { outcome }: Result): Tally {
  return { ...tally, [outcome]: tally[outcome] + 1 };
}

/** Results of the cases over any number of drivers, as one report. */
export function reportOf(results: readonly Result[], context: ReportContext): Report {
  const totals: Partial<Record<DriverName, Tally>> = {};
  const drivers = new Map<string, Partial<Record<DriverName, Tally>>>();
  for (const result of results) {
    const { driver, requirement } = result;
    totals[driver] = add(totals[driver], result);
    const row = drivers.get(requirement) ?? {};
    drivers.set(requirement, row);
    row[driver] = add(row[driver], result);
  }
  const { requirements, tests, untested, ...about } = context;
  return {
    ...about,
    totals,
    requirements: requirements.map((requirement) => {
      const exemption = untested.get(requirement);
      return {
        requirement,
        drivers: drivers.get(requirement) ?? {},
        tests: tests.get(requirement) ?? [],
        ...(exemption === undefined ? {} : { exemption }),
      };
    }),
    failures: told(results, 'fail'),
    exemptions: told(results, 'skip'),
  };
}

function told(results: readonly Result[], wanted: Result['outcome']): Failure[] {
  return results
    .filter(({ outcome }) => outcome === wanted)
    .map(({ requirement, title, driver, message = '' }) => ({
      requirement,
      title,
      driver,
      message,
    }));
}

/** What all cases of a requirement amount to over one driver, in a word. */
export function standing(tally: Tally | undefined): 'pass' | 'fail' | 'skip' | 'none' {
  if (!tally) return 'none';
  if (tally.fail > 0) return 'fail';
  return tally.pass > 0 ? 'pass' : 'skip';
}
