// Runs the compiler of TypeScript in a thread of its own: it takes seconds, and hundreds of megabytes that are free again
// when the thread ends. Knows nothing of what its types are for.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** What is asked of the compiler. Paths are whole; `folder` ends without `/`. */
export interface Compilation {
  /** `declarations`: made from sources. `reached`: the declarations that are there, of the entry and all it imports. */
  readonly what: 'declarations' | 'reached';
  readonly folder: string;
  /** Below the folder. */
  readonly entry: string;
}

/** Texts of declarations by their path below the folder; nothing from elsewhere. */
export async function compile(compilation: Compilation): Promise<Record<string, string>> {
  const file = fileURLToPath(new URL('compiler-thread.ts', import.meta.url));
  // Options of this process, such as those of a test runner, are not for its threads.
  const thread = new Worker(file, { workerData: compilation, execArgv: [] });
  const [texts] = await once(thread, 'message');
  return texts;
}
