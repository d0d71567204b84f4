// The emulated host without a browser: what the client package would give a page, over a container of container.ts. For
// tests of what is built on the client; the client itself is under test in host.spec.ts.

import type { FileSystemTree, WebContainer, WebContainerProcess } from '@webcontainer/api';
import type { HostBehaviour } from './behaviour.ts';
import type { MountDirectory } from './bridge.ts';
import { Container } from './container.ts';

export interface InProcessHost {
  /** What `WebContainer.boot` is to the client. */
  boot(): Promise<WebContainer>;
  /** How many boots were asked for. */
  readonly boots: number;
  /** The frames in which containers live; to remove one is the end of its container. */
  readonly frames: readonly { readonly src: string; remove(): void }[];
  set(behaviour: HostBehaviour): void;
  /** Kills every process, as if the containers died. */
  killAll(): void;
  /** Live processes. */
  readonly processes: number;
  readonly log: string;
  dispose(): Promise<void>;
}

const OUT_OF_MEMORY =
  'WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance';

export function inProcessHost(first: HostBehaviour = {}): InProcessHost {
  let behaviour = first;
  let boots = 0;
  let log = '';
  let frames: { src: string; remove(): void }[] = [];
  const containers = new Set<Container>();
  return {
    get boots() {
      return boots;
    },
    get frames() {
      return frames;
    },
    get log() {
      return log;
    },
    get processes() {
      return [...containers].reduce((sum, { processes }) => sum + processes, 0);
    },
    set(next) {
      behaviour = next;
    },
    killAll() {
      for (const container of containers) container.killAll();
    },
    async boot() {
      boots++;
      const { host = 'ok' } = behaviour;
      if (host === 'boot-error') throw new RangeError(OUT_OF_MEMORY);
      if (host !== 'ok') return new Promise(() => {});
      const container = await Container.create(
        'portway',
        () => behaviour,
        (text) => {
          log += text;
        },
      );
      containers.add(container);
      const frame = {
        src: 'https://stackblitz.com/headless',
        remove() {
          frames = frames.filter((one) => one !== frame);
          void container.destroy();
        },
      };
      frames.push(frame);
      return clientOf(container);
    },
    async dispose() {
      await Promise.all([...containers].map((container) => container.destroy()));
    },
  };
}

interface Running {
  readonly output: ReadableStreamDefaultController<string>;
  readonly exited: (code: number) => void;
}

function clientOf(container: Container): WebContainer {
  const running = new Map<number, Running>();
  let started = 0;

  async function follow(): Promise<void> {
    for (;;) {
      for (const event of await container.events()) {
        if (event.type === 'end') return;
        if (event.type === 'output') {
          // As the client does: each chunk by itself, so that a character cut in two is damaged.
          for (const chunk of event.chunks)
            running
              .get(event.process)
              ?.output.enqueue(new TextDecoder().decode(Buffer.from(chunk, 'latin1')));
        } else if (event.type === 'exit') {
          running.get(event.process)?.exited(event.code);
          running.get(event.process)?.output.close();
          running.delete(event.process);
        }
      }
    }
  }
  void follow();

  const turn = async <T>(act: () => Promise<T>): Promise<T> => {
    await container.turn();
    // As in life: what is asked of a container that is gone is never answered.
    return container.ended ? new Promise<T>(() => {}) : act();
  };

  const client = {
    workdir: container.workdir,
    mount: (tree: FileSystemTree) =>
      turn(() => container.mount(JSON.stringify({ d: internal(tree) }))),
    fs: {
      mkdir: (path: string, options?: { recursive?: boolean }) =>
        turn(() => container.mkdir(path, options?.recursive ?? false)),
      writeFile: (path: string, text: string) =>
        turn(() => container.writeFile(path, text, 'utf8')),
    },
    async spawn(command: string, args: string[], options?: { env?: Record<string, string> }) {
      const number = ++started;
      const exit = Promise.withResolvers<number>();
      const output = new ReadableStream<string>({
        start: (controller) => {
          running.set(number, { output: controller, exited: exit.resolve });
        },
      });
      await turn(() => container.run(number, { command, args, env: options?.env ?? {} }));
      return {
        output,
        exit: exit.promise,
        input: new WritableStream<string>({ write: (text) => container.write(number, text) }),
        kill: () => container.kill(number),
        resize() {},
      } satisfies WebContainerProcess;
    },
  };
  return client as unknown as WebContainer;
}

function internal(tree: FileSystemTree): MountDirectory['d'] {
  return Object.fromEntries(
    Object.entries(tree).map(([name, node]) => {
      if ('directory' in node) return [name, { d: internal(node.directory) }];
      const { file } = node;
      if (!('contents' in file)) throw new Error('The emulated host mounts no links here.');
      return [name, { f: { c: String(file.contents) } }];
    }),
  );
}
