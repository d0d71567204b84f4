// What is tested of a requirement: the titles of the tests that name it, as their files have them, and what the last run
// of the conformance suite has shown over each protocol.
import { type Report, standing, type Tally } from '../conformance/report.ts';
import { isCases, titlesIn } from '../spec/tests.ts';
import { DRIVER_NAMES, drivers, report } from './conformance.ts';
import { testFiles, testsOf } from './tests.ts';

export interface TestFile {
  readonly file: string;
  /** In the order of the file, each once. What a file computes of a title is `…`; one that it computes as a whole is left out. */
  readonly titles: readonly string[];
}

/** The titles of tests for a reader: each once, without those that a file computes. */
export function readableTitles(titles: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(titles.flatMap((title) => (title === undefined ? [] : readable(title))))];
}

function readable(title: string): string {
  return title
    .replace(/\$\{[^}]*\}|%[sdifjop#]|\$\w+/g, '…')
    .replace(/\\([`'"\\])/g, '$1')
    .trim();
}

let titles: ReadonlyMap<string, ReturnType<typeof titlesIn>> | undefined;

/** The files whose tests name a requirement, with their titles; conformance cases first. */
export function testsNaming(id: string): readonly TestFile[] {
  titles ??= new Map(testFiles.map(([file, text]) => [file, titlesIn(file, text)]));
  return testsOf(id)
    .flatMap((file) => {
      const found = titles?.get(file)?.get(id);
      return found ? [{ file, titles: readableTitles(found) }] : [];
    })
    .sort((one, other) => Number(isCases(other.file)) - Number(isCases(one.file)));
}

/** What the suite has shown over one protocol. */
export interface DriverResult {
  readonly driver: keyof typeof DRIVER_NAMES;
  readonly name: string;
  readonly standing: ReturnType<typeof standing>;
  readonly words: string;
  /** Of cases that failed or are left out: title and reason. */
  readonly remarks: readonly string[];
}

/** The results of a requirement over every protocol that the suite was run over. */
export function resultsOf(id: string, of: Report = report): readonly DriverResult[] {
  const found = of.requirements.find(({ requirement }) => requirement === id);
  return drivers.map((driver) => {
    const tally = found?.drivers[driver];
    const remarks = [...of.failures, ...of.exemptions]
      .filter((one) => one.requirement === id && one.driver === driver)
      .map(({ title, message }) => `${title}: ${message}`);
    return {
      driver,
      name: DRIVER_NAMES[driver],
      standing: standing(tally),
      words: resultInWords(tally),
      remarks,
    };
  });
}

/** `17 pass`, `1 of 3 fails`, `2 pass, 1 left out`, `no case` */
export function resultInWords(tally: Tally | undefined): string {
  if (!tally || tally.pass + tally.fail + tally.skip === 0) return 'no case';
  const { pass, fail, skip } = tally;
  const parts = [
    fail > 0 ? `${fail} of ${pass + fail} ${fail === 1 ? 'fails' : 'fail'}` : '',
    fail === 0 && pass > 0 ? `${pass} ${pass === 1 ? 'passes' : 'pass'}` : '',
    skip > 0 ? `${skip} left out` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** How a requirement is held: by cases of the suite, by other tests that name it, or not, with the reason. */
export type Tested = 'cases' | 'tests' | 'exempt' | 'not';

export function testedBy(id: string, of: Report = report): { by: Tested; reason?: string } {
  const found = of.requirements.find(({ requirement }) => requirement === id);
  const hasCases = Object.values(found?.drivers ?? {}).some(({ pass, fail }) => pass + fail > 0);
  if (hasCases) return { by: 'cases' };
  if (testsOf(id).length > 0) return { by: 'tests' };
  return found?.exemption === undefined ? { by: 'not' } : { by: 'exempt', reason: found.exemption };
}
