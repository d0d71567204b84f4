// What a sandbox asks of a program before it runs it: that it is not too large, and that its scenario can be read.

import { parseScenario, type ScenarioExchange } from '../client/index.ts';
import { type Program, ProgramError } from './program.ts';
import { SCENARIO_FILE } from './state.ts';
import { counted } from './words.ts';

/** Characters and files of a program, and exchanges of a scenario: what a page reads without being felt to. */
export const PROGRAM_LIMIT = 2 ** 20;
const FILE_LIMIT = 100;
const EXCHANGE_LIMIT = 100;

/** Whether two programs would load alike: their scenarios do not matter. */
export function isSame(one: Program, other: Program): boolean {
  const paths = Object.keys(one.files);
  return (
    one.entry === other.entry &&
    paths.length === Object.keys(other.files).length &&
    paths.every((path) => one.files[path] === other.files[path])
  );
}

/**
 * The exchanges of a scenario, or `only` the one with this index.
 * @throws ScenarioError, or ProgramError for one that is too long or has not the exchange that is wanted
 */
export function readScenario(text: string, only: number | undefined): ScenarioExchange[] {
  const exchanges = parseScenario(text);
  if (only !== undefined) {
    const exchange = exchanges[only];
    if (exchange) return [exchange];
    throw new ProgramError({
      kind: 'scenario',
      message: `the scenario has ${counted(exchanges.length, 'request')}, and none with the number ${only + 1}. It has been changed since; choose another.`,
      src: { file: SCENARIO_FILE, line: 1, column: 1 },
    });
  }
  if (exchanges.length > EXCHANGE_LIMIT)
    throw new ProgramError({
      kind: 'limit',
      message: `the scenario has ${exchanges.length} requests, and a sandbox sends ${EXCHANGE_LIMIT}. Leave some out.`,
    });
  return exchanges;
}

/** @throws ProgramError for a program that is too large */
export function checkSize({ files }: Program): void {
  const texts = Object.values(files);
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  if (size <= PROGRAM_LIMIT && texts.length <= FILE_LIMIT) return;
  throw new ProgramError({
    kind: 'limit',
    message: `the program is larger than a sandbox takes: it has ${counted(texts.length, 'file')} with ${size} characters, and there is room for ${FILE_LIMIT} with ${PROGRAM_LIMIT}.`,
  });
}
