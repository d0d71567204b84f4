/// <reference lib="dom" />
// The page of host.spec.ts: the real client package, and what a test needs to follow its streams
// from outside. It knows nothing of the emulated host.

import {
  type BootOptions,
  type FileSystemTree,
  type SpawnOptions,
  WebContainer,
} from '@webcontainer/api';

/** A process with its output gathered. */
interface Run {
  text: string;
  chunks: number;
  outputEnded: boolean;
  exit: Promise<number>;
  write(text: string): Promise<void>;
  kill(): void;
}

const client = {
  container: undefined as unknown as WebContainer,
  runs: [] as Run[],
  events: [] as unknown[][],

  async boot(tree: Record<string, string> = {}, options?: BootOptions): Promise<void> {
    client.container = await WebContainer.boot(options);
    for (const event of ['port', 'server-ready'] as const) {
      client.container.on(event as 'port', (...details) => client.events.push([event, ...details]));
    }
    const files = Object.entries(tree).map(([name, contents]) => [name, { file: { contents } }]);
    await client.container.mount(Object.fromEntries(files) as FileSystemTree);
  },

  /** Starts a process and follows it; gives its place in `runs`. */
  async spawn(command: string, args: string[] = [], options?: SpawnOptions): Promise<number> {
    const process = await client.container.spawn(command, args, options);
    const input = process.input.getWriter();
    const run: Run = {
      text: '',
      chunks: 0,
      outputEnded: false,
      exit: process.exit,
      write: (text) => input.write(text),
      kill: () => process.kill(),
    };
    const gather = new WritableStream<string>({
      write(chunk) {
        run.text += chunk;
        run.chunks++;
      },
      close() {
        run.outputEnded = true;
      },
    });
    void process.output.pipeTo(gather);
    return client.runs.push(run) - 1;
  },

  /** `resolved`, the message of the rejection, or `no answer` after the time limit if there is one. */
  outcome(promise: Promise<unknown>, limitMs?: number): Promise<string> {
    const answer = promise.then(
      () => 'resolved',
      (error: Error) => `${error.name}: ${error.message}`,
    );
    if (limitMs === undefined) return answer;
    const limit = new Promise<string>((resolve) => setTimeout(resolve, limitMs, 'no answer'));
    return Promise.race([answer, limit]);
  },
};

declare global {
  interface Window {
    client: typeof client;
  }
}
window.client = client;
