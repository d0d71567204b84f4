/// <reference lib="dom" />
// The script of the intercepted `https://stackblitz.com/headless` page: speaks the client's own
// Comlink to the page that embeds it and passes every call to the Node side. It keeps no files.

import { Comlink } from 'vendored-comlink';
import type { Answer, Command, HostCalls, HostEvent } from './bridge.ts';

type Listener = (...args: unknown[]) => unknown;
type OutputListener = (data: Uint8Array | null) => Promise<void>;

/** How the client marks a kind of entry (`DIR_ENTRY_TYPE_FILE`, `DIR_ENTRY_TYPE_DIR`). */
const ENTRY_TYPE = { file: 1, directory: 2 };

const bridgeName = document.currentScript?.dataset.bridge ?? '';
const bridge = (
  globalThis as unknown as Record<string, (method: string, ...args: unknown[]) => Promise<Answer>>
)[bridgeName] as (method: string, ...args: unknown[]) => Promise<Answer>;

const host = new Proxy({} as HostCalls, {
  get:
    (_, method: string) =>
    async (...args: unknown[]) => {
      const answer = await bridge(method, ...args);
      if ('value' in answer) return answer.value;
      // Whole here, with its code; on the way to the client Comlink drops all but name, message and stack.
      throw Object.assign(new Error(answer.error.message), answer.error);
    },
});

const toBytes = (latin1: string) => Uint8Array.from(latin1, (character) => character.charCodeAt(0));
const toLatin1 = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

function notEmulated(name: string): () => never {
  return () => {
    throw new Error(`The emulated host has no ${name}.`);
  };
}

function encodingOf(
  options: string | { encoding?: string | null } | null | undefined,
): string | null {
  return (typeof options === 'string' ? options : options?.encoding) ?? null;
}

function fileSystem(container: number) {
  return {
    async readdir(
      path: string,
      options?: string | { encoding?: string | null; withFileTypes?: boolean } | null,
    ) {
      if (encodingOf(options) === 'buffer') return notEmulated("readdir with encoding 'buffer'")();
      const entries = await host.readdir(container, path);
      if (typeof options !== 'object' || !options?.withFileTypes)
        return entries.map(({ name }) => name);
      return entries.map(({ name, directory }) => ({
        name,
        'Symbol(type)': directory ? ENTRY_TYPE.directory : ENTRY_TYPE.file,
      }));
    },
    async readFile(path: string, options?: string | { encoding?: string | null } | null) {
      const encoding = encodingOf(options);
      if (encoding !== null) return host.readFile(container, path, encoding);
      return toBytes(await host.readFile(container, path, 'latin1'));
    },
    writeFile(
      path: string,
      data: string | Uint8Array,
      options?: string | { encoding?: string | null } | null,
    ) {
      if (typeof data !== 'string')
        return host.writeFile(container, path, toLatin1(data), 'latin1');
      return host.writeFile(container, path, data, encodingOf(options) ?? 'utf8');
    },
    mkdir: (path: string, options?: { recursive?: boolean }) =>
      host.mkdir(container, path, options?.recursive ?? false),
    rm: (path: string, options?: { force?: boolean; recursive?: boolean }) =>
      host.rm(container, path, options ?? {}),
    rename: (from: string, to: string) => host.rename(container, from, to),
    watch: notEmulated('fs.watch'),
  };
}

/** Comlink searches all calls without an answer at each answer: bounded, or byte chunks take for ever. */
const CALLS_IN_FLIGHT = 64;

async function deliver(output: OutputListener, chunks: string[]): Promise<void> {
  for (let start = 0; start < chunks.length; start += CALLS_IN_FLIGHT) {
    const calls = chunks
      .slice(start, start + CALLS_IN_FLIGHT)
      .map((chunk) => output(toBytes(chunk)));
    // A reader that cancelled its stream refuses; nobody is left to be told.
    await Promise.allSettled(calls);
  }
}

async function instance(workdirName?: string) {
  const { container, path, cwd } = await host.build(workdirName);
  const listeners = new Map<string, Set<Listener>>();
  const processes = new Map<
    number,
    { output: OutputListener | undefined; exited: (code: number) => void }
  >();
  let started = 0;

  async function tell(event: HostEvent): Promise<void> {
    switch (event.type) {
      case 'output': {
        const output = processes.get(event.process)?.output;
        if (output) await deliver(output, event.chunks);
        break;
      }
      case 'exit':
        // Two ports, no order between them: a client may see the exit before the end of the output.
        processes
          .get(event.process)
          ?.output?.(null)
          .catch(() => {});
        processes.get(event.process)?.exited(event.code);
        processes.delete(event.process);
        break;
      case 'port':
        for (const listener of listeners.get('port') ?? [])
          listener(event.port, event.change, event.url);
        break;
      case 'server-ready':
        for (const listener of listeners.get('server-ready') ?? []) listener(event.port, event.url);
        break;
    }
  }

  async function follow(): Promise<void> {
    for (;;) {
      for (const event of await host.events(container)) {
        if (event.type === 'end') return;
        await tell(event);
      }
    }
  }
  void follow();

  return Comlink.proxy({
    fs: () => Comlink.proxy(fileSystem(container)),
    runtimeInfo: () => ({ path, cwd }),
    // Asked for by every boot and then not used by the client.
    previewScript: () => Comlink.proxy({}),
    setPreviewScript: () => undefined,
    setCredentials: () => undefined,
    serialize: notEmulated('export'),
    loadFiles: (payload: Uint8Array, options: { mountPoints?: string }) =>
      host.mount(container, new TextDecoder().decode(payload), options.mountPoints),
    async run(command: Command, _stdout: unknown, _stderr: unknown, output?: OutputListener) {
      const process = ++started;
      const exit = Promise.withResolvers<number>();
      processes.set(process, { output, exited: exit.resolve });
      try {
        await host.run(container, process, command);
      } catch (error) {
        processes.delete(process);
        throw error;
      }
      return Comlink.proxy({
        onExit: exit.promise,
        write: (text: string) => host.write(container, process, text),
        kill: () => host.kill(container, process),
        resize: () => undefined,
      });
    },
    on(event: string, listener: Listener) {
      const subscribed = listeners.get(event) ?? new Set();
      listeners.set(event, subscribed.add(listener));
      return Comlink.proxy(() => {
        subscribed.delete(listener);
      });
    },
    teardown: () => host.teardown(container),
  });
}

const { port1, port2 } = new MessageChannel();
Comlink.expose(
  { build: (options: { workdirName?: string }) => instance(options.workdirName) },
  port1,
);
window.parent.postMessage({ type: 'init' }, '*', [port2]);
