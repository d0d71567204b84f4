// Runs an example of content/examples as it stands in its folder: in this process, or in a worker where it is in Python.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Application } from '../interface/index.ts';
import { runScenario, type ScenarioRun, type TransportName } from './check.ts';
import { loadApplication } from './load.ts';
import { startPython } from './python.ts';

/** The names that the file with the application of an example can have. */
const ENTRIES = ['app.py', 'app.ts'] as const;

export interface Example {
  /** Path of the file that has the application. */
  readonly entry: string;
  /** Its scenario, in the .http format. */
  readonly scenario: string;
}

/** What an example consists of. @throws Error where a part of it is not there */
export async function readExample(folder: string): Promise<Example> {
  const name = ENTRIES.find((one) => existsSync(join(folder, one))) ?? 'app.ts';
  return {
    entry: join(folder, name),
    scenario: await readFile(join(folder, 'requests.http'), 'utf8'),
  };
}

/** Sends an example its own scenario. @throws Error where it does not load */
export async function runExample(folder: string, transport: TransportName): Promise<ScenarioRun> {
  const { entry, scenario } = await readExample(folder);
  return withApplication(entry, (application) =>
    runScenario(application, scenario, transport, entry),
  );
}

/** Loads the application of an example, and ends what was started for it behind `use`. */
export async function withApplication<T>(
  entry: string,
  use: (application: Application) => Promise<T>,
): Promise<T> {
  if (!entry.endsWith('.py')) return use(await loadApplication(entry));
  const said: string[] = [];
  const worker = startPython(
    {
      target: 'app',
      kind: 'portway',
      executable: process.env.PORTWAY_PYTHON ?? 'python3',
      cwd: dirname(entry),
      // What an example prints is not asked for.
      output: 'ignore',
      readsFiles: false,
      report: (_, message) => void said.push(message),
    },
    1,
  );
  try {
    // Said here, because a gateway whose application does not start says less.
    await worker.front.hello;
    return await use(worker.front.application);
  } catch (error) {
    throw said.length > 0 ? new Error(said.join(' '), { cause: error }) : error;
  } finally {
    worker.front.end();
    await worker.gone;
  }
}
