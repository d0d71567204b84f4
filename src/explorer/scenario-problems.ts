// What is wrong with a scenario as it is being written, before anything is sent.

import { parseScenario, ScenarioError } from '../client/scenario.ts';
import type { Mark } from './editor/editor.ts';

/** The first problem of a scenario, with its place; none where it can be sent. */
export function scenarioProblems(text: string): readonly Mark[] {
  try {
    parseScenario(text);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const { line, column, message } = error;
    return [{ line, column, message: message.replace(/^line \d+: /, '') }];
  }
}
