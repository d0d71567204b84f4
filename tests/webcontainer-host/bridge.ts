// What the intercepted frame (page.ts) and the Node side (host.ts) say to each other over the
// Playwright binding. Everything is JSON; bytes travel as latin1 strings, one character a byte.

/** The calls of the frame. A refused call comes back as an {@link Answer} with `error`. */
export interface HostCalls {
  /** Never settles where the host is told to hang. */
  build(workdirName?: string): Promise<{ container: number; path: string; cwd: string }>;
  /** Settles when there is something to tell; the frame asks again until `end`. */
  events(container: number): Promise<HostEvent[]>;
  readdir(container: number, path: string): Promise<{ name: string; directory: boolean }[]>;
  readFile(container: number, path: string, encoding: string): Promise<string>;
  writeFile(container: number, path: string, text: string, encoding: string): Promise<void>;
  mkdir(container: number, path: string, recursive: boolean): Promise<string | undefined>;
  rm(
    container: number,
    path: string,
    options: { force?: boolean; recursive?: boolean },
  ): Promise<void>;
  rename(container: number, from: string, to: string): Promise<void>;
  /** `tree` is the client's own JSON, see {@link MountNode}. */
  mount(container: number, tree: string, mountPoint?: string): Promise<void>;
  /** The frame chooses the process number, so that output may arrive before the answer. */
  run(container: number, process: number, command: Command): Promise<void>;
  write(container: number, process: number, text: string): Promise<void>;
  kill(container: number, process: number): Promise<void>;
  teardown(container: number): Promise<void>;
}

export interface Command {
  command: string;
  args: string[];
  cwd?: string;
  env?: Record<string, string | number | boolean>;
}

export type Answer =
  | { value: unknown }
  | { error: { name: string; message: string; code: string | undefined } };

export type HostEvent =
  | { type: 'output'; process: number; chunks: string[] }
  | { type: 'exit'; process: number; code: number }
  | { type: 'port'; port: number; change: 'open' | 'close'; url: string }
  | { type: 'server-ready'; port: number; url: string }
  | { type: 'end' };

/** The tree as `toInternalFileSystemTree` of the client writes it: `b` marks latin1 binary, `l` a symlink. */
export type MountNode = MountDirectory | { f: { c: string; b?: boolean } } | { f: { l: string } };
export interface MountDirectory {
  d: Record<string, MountNode>;
}
