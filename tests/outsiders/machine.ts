// Which programs of others are here, and how they are run: each as a process of its own, ended with the test file.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, describe, inject } from 'vitest';
import { outsiderPath } from '../../scripts/lib/outsiders.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Why a program is not here, by its name. */
    missing: Readonly<Record<string, string>>;
    /** Path of the Chromium to drive. */
    chromium: string;
  }
}

/** Everything that a program wrote, and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that goes on. */
export interface Program {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Waits until a line on either stream has been printed that matches. Rejects if the program ends without it. */
  printed(part: RegExp): Promise<RegExpExecArray>;
}

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A group of tests that need programs; without one of them the group is skipped, with the reason in its name. */
export function withPrograms(names: readonly string[], what: string, tests: () => void): void {
  const missing = inject('missing');
  const reasons = names.flatMap((name) => missing[name] ?? []);
  if (reasons.length > 0) describe.skip(`${what} (${reasons.join('; ')})`, tests);
  else describe(what, tests);
}

/** The path of a program that is here. */
export function pathOf(name: string): string {
  const path = outsiderPath(name);
  if (path === undefined) throw new Error(`${name} is not here: name it in withPrograms`);
  return path;
}

/** Starts a program. `input` is given to its standard input, which is then ended; without it there is none. */
export function start(
  path: string,
  args: readonly string[],
  { input, env = {} }: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Program {
  const child = spawn(path, args, {
    env: { ...process.env, NODE_OPTIONS: undefined, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  // One that ends without having read everything says so by its exit code.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const out = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  let over = false;
  const check = () => {
    for (const one of [...waiting]) one();
  };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      out[name] += text;
      check();
    });
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      over = true;
      check();
      resolve({ code, signal, ...out });
    });
  });
  return {
    child,
    finished,
    printed: (part) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = part.exec(out.stdout) ?? part.exec(out.stderr);
          if (!match && !over) return;
          waiting.delete(look);
          if (match) resolve(match);
          else reject(new Error(`ended without printing ${part}:\n${out.stdout}${out.stderr}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Runs a program to its end. */
export function run(
  path: string,
  args: readonly string[],
  options: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  return start(path, args, options).finished;
}

/** A port on which nothing listens now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
