// Runs cases against a target, each with a limit of time, and says how each has ended.

import type { PlacedCase } from './case.ts';
import { type Ending, MISTAKES } from './host.ts';
import { type DriverName, ENDED } from './names.ts';
import { Peer, Skipped } from './peer.ts';
import type { StageLink } from './stage.ts';
import type { Target } from './target.ts';

export interface Result {
  readonly requirement: string;
  readonly title: string;
  readonly area: string;
  readonly driver: DriverName;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** Why it failed or was skipped. */
  readonly message?: string;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

const LONGEST = 10_000;
/** Milliseconds for calls of the application that are about to end. */
const GRACE = 50;

/** Runs one case. Never rejects. */
export async function runCase(one: PlacedCase, target: Target): Promise<Result> {
  const { requirement, title, area } = one;
  const { driver } = target;
  const about = { requirement, title, area, driver };
  const reason = skipped(one, target);
  if (reason !== undefined) return { ...about, outcome: 'skip', message: reason, ms: 0 };
  const begun = performance.now();
  const ms = () => Math.round(performance.now() - begun);
  try {
    await play(one, target);
    return { ...about, outcome: 'pass', ms: ms() };
  } catch (error) {
    if (error instanceof Skipped) {
      return { ...about, outcome: 'skip', message: error.message, ms: ms() };
    }
    return { ...about, outcome: 'fail', message: inWords(error), ms: ms() };
  }
}

/** Runs cases, some at a time, and gives the results in their order. `told` hears of each as it ends. */
export async function runCases(
  cases: readonly PlacedCase[],
  target: Target,
  { atOnce = 4, told }: { atOnce?: number; told?: (result: Result) => void } = {},
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < cases.length) {
      const index = next++;
      const result = await runCase(cases[index] as PlacedCase, target);
      results[index] = result;
      told?.(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** Why a case does not run against a target; undefined if it does. */
export function skipped(one: PlacedCase, target: Target): string | undefined {
  if (one.drivers && !one.drivers.includes(target.driver)) return one.why;
  return target.skips(one);
}

/** Plays both sides of a case. @throws what the client throws, with what became of the application's side */
async function play(one: PlacedCase, target: Target): Promise<void> {
  const setting = await target.prepare(one);
  const peer = new Peer({ driver: target.driver, ...setting });
  const longest = one.ms ?? LONGEST;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing more within ${longest} ms`)), longest);
  });
  try {
    await Promise.race([one.client(peer), late]);
    // An application that has yet to return can yet fail. One that waits for its peer is not waited for.
    if (setting.operator) await Promise.race([setting.operator.idle(), pause(GRACE)]);
    const mistake = (await endings(setting.link)).find(({ name }) => MISTAKES.has(name ?? ''));
    if (mistake) throw new Error('the application of the case has failed');
  } catch (error) {
    if (error instanceof Skipped) throw error;
    const ended = await endings(setting.link).catch(() => []);
    throw new Error([inWords(error), ...ended.map(told)].join('\n'));
  } finally {
    clearTimeout(timer);
    await setting.close();
  }
}

async function endings(link: StageLink): Promise<readonly Ending[]> {
  const notes = await link.all();
  return notes.filter(({ name }) => name === ENDED).map(({ value }) => value as Ending);
}

function told({ type, how, message }: Ending): string {
  return `The application's ${type} call has ${how}${message === undefined ? '.' : `: ${message}`}`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function inWords(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trimEnd();
}
