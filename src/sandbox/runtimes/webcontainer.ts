// The runtime in a WebContainer: the guest is a real Node program there, and the client's requests are real HTTP on its
// loopback. One container a page; each sandbox has a process of its own in it.

import guestUrl from 'virtual:portway/guest-node';
import clientUrl from 'virtual:portway/webcontainer-client';
import type { WebContainer, WebContainerProcess } from '@webcontainer/api';
import * as kit from '../../app/index.ts';
import { type Envelope, encode, FrameReader } from '../envelope.ts';
import type { NodeProgram } from '../guest/node.ts';
import type { Files } from '../program.ts';
import {
  type BootOptions,
  type Failure,
  type Link,
  LinkedSession,
  type Probe,
  type Runtime,
  RuntimeError,
  type Session,
} from '../runtime.ts';
import { type Module, scriptPath, transpile } from '../transpile.ts';

export interface WebContainerOptions {
  /** Key for sites that need one (commercial use). */
  readonly apiKey?: string;
  /** Milliseconds after which a boot that says nothing is given up. Default 20 s. */
  readonly bootLimit?: number;
  /** Remembers over a crash of the page that a boot was under way. */
  readonly crashFlag?: CrashFlag;
}

export interface CrashFlag {
  raised(): boolean;
  raise(): void;
  lower(): void;
}

const BOOT_LIMIT = 20_000;
/** Milliseconds that output may still take to arrive after its process has ended. */
const OUTPUT_GRACE = 500;
const HELP = 'Examples run in the page instead, with the same gateway. Run again to retry.';

export function webContainerRuntime(options: WebContainerOptions = {}): Runtime {
  return {
    id: 'webcontainer',
    label: 'WebContainer',
    probe: () => probe(options.crashFlag),
    boot: (bootOptions) => startGuest(options, bootOptions),
  };
}

function probe(crashFlag: CrashFlag | undefined): Probe {
  if (!globalThis.crossOriginIsolated || typeof SharedArrayBuffer === 'undefined') {
    return {
      ok: false,
      code: 'not-isolated',
      message:
        'A WebContainer needs a cross-origin isolated page, and this page or browser is not.',
      help: 'The site must send the headers COOP and COEP, and the browser must honour them.',
      retryable: false,
    };
  }
  const { connection, deviceMemory } = navigator as Navigator & {
    connection?: { saveData?: boolean };
    deviceMemory?: number;
  };
  if (connection?.saveData) {
    return {
      ok: false,
      code: 'save-data',
      message: 'The browser asks to save data, so the WebContainer is not loaded by itself.',
      help: 'Choose WebContainer to load it all the same.',
      retryable: true,
    };
  }
  if (deviceMemory !== undefined && deviceMemory < 2) {
    return {
      ok: false,
      code: 'small-memory',
      message: 'This device has little memory, so the WebContainer is not loaded by itself.',
      help: 'Choose WebContainer to load it all the same.',
      retryable: true,
    };
  }
  if (crashFlag?.raised()) {
    return {
      ok: false,
      code: 'crashed-before',
      message: 'The page was lost while a WebContainer was starting the last time.',
      help: 'Choose WebContainer to try it again.',
      retryable: true,
    };
  }
  return { ok: true };
}

// The container: one for the page, shared by its sandboxes.

let container: Promise<WebContainer> | undefined;
let attempts = 0;
/** The container that answers, and the guests in it: they all go when it goes. */
let current: WebContainer | undefined;
const residents = new Set<TerminalLink>();
/** The client's frame, in which the container lives. */
let containerFrame: HTMLIFrameElement | undefined;

/**
 * Drops the container, so that the next boot makes a new one: the only way to end a loop in it. Its frame is removed
 * instead of asked: `teardown()` never completes when the frame does not answer, and then every later boot hangs.
 */
function dropContainer(): void {
  container = undefined;
  current = undefined;
  for (const link of [...residents]) {
    residents.delete(link);
    link.onClosed?.({
      code: 'container-ended',
      message: 'The WebContainer was ended, because an example in it did not respond.',
      help: 'Your edits are kept. Run starts a new one.',
      retryable: true,
    });
  }
  containerFrame?.remove();
  containerFrame = undefined;
}

function bootContainer(
  options: WebContainerOptions,
  onProgress: (step: string) => void,
): Promise<WebContainer> {
  container ??= bootOnce(options, onProgress).then(
    (instance) => {
      current = instance;
      return instance;
    },
    (error) => {
      dropContainer();
      throw error;
    },
  );
  return container;
}

async function bootOnce(
  { apiKey, bootLimit = BOOT_LIMIT, crashFlag }: WebContainerOptions,
  onProgress: (step: string) => void,
): Promise<WebContainer> {
  onProgress('Loading the WebContainer client');
  // A new query is a new copy of the module: the one whose boot hung can never boot again.
  attempts++;
  crashFlag?.raise();
  const before = new Set(document.querySelectorAll('iframe'));
  try {
    const client = (await import(
      /* @vite-ignore */ `${clientUrl}?attempt=${attempts}`
    )) as typeof import('../webcontainer-client.ts');
    if (apiKey) client.configureAPIKey(apiKey);
    onProgress(`Contacting the WebContainer host (${hostName()})`);
    const booting = client.WebContainer.boot({ coep: 'require-corp', workdirName: 'portway' });
    return await within(bootLimit, booting);
  } catch (error) {
    throw error instanceof RuntimeError ? error : new RuntimeError(bootFailed(error));
  } finally {
    crashFlag?.lower();
    containerFrame = [...document.querySelectorAll('iframe')].find(
      (frame) => !before.has(frame) && frame.src.startsWith(hostOrigin()),
    );
  }
}

/** Where the client looks for its host: its own rule. */
function hostOrigin(): string {
  const setting = (globalThis as { WEBCONTAINER_API_IFRAME_URL?: string })
    .WEBCONTAINER_API_IFRAME_URL;
  return new URL(setting ?? 'https://stackblitz.com').origin;
}

function hostName(): string {
  return new URL(hostOrigin()).host;
}

function hostSilent(limit: number): Failure {
  return {
    code: 'host-silent',
    message: `The WebContainer host (${hostName()}) did not answer within ${Math.round(limit / 1000)} seconds. It may be unreachable, blocked by a network or by settings for third-party storage.`,
    help: HELP,
    retryable: true,
  };
}

function bootFailed(error: unknown): Failure {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const cause = /memory/i.test(text)
    ? 'The browser did not give it enough memory'
    : /dynamically imported|fetch|could not be loaded/i.test(text)
      ? 'Its client could not be loaded'
      : 'It failed to start';
  return {
    code: 'boot-failed',
    message: `The WebContainer is not available. ${cause} (${text}).`,
    help: HELP,
    retryable: true,
  };
}

// The guest: one process for each sandbox.

let guests = 0;

async function startGuest(
  options: WebContainerOptions,
  { signal, onProgress }: BootOptions,
): Promise<Session> {
  const instance = await bootContainer(options, onProgress);
  signal.throwIfAborted();
  onProgress('Copying the gateway into the WebContainer');
  const folder = `guest-${++guests}`;
  const response = await fetch(guestUrl);
  if (!response.ok) {
    throw new RuntimeError(
      bootFailed(new Error(`the gateway could not be loaded: ${response.status}`)),
    );
  }
  const guest = await response.text();
  const limit = options.bootLimit ?? BOOT_LIMIT;
  try {
    const mounted = instance.mount({
      [folder]: {
        directory: {
          'guest.mjs': { file: { contents: guest } },
          'package.json': { file: { contents: '{"type":"module"}' } },
          node_modules: {
            directory: {
              portway: {
                directory: {
                  'package.json': {
                    file: { contents: '{"name":"portway","type":"module","exports":"./index.js"}' },
                  },
                  'index.js': { file: { contents: kitModule() } },
                },
              },
            },
          },
        },
      },
    });
    await within(limit, mounted);
    signal.throwIfAborted();
    onProgress('Starting Node in the WebContainer');
    const sid = crypto.randomUUID();
    const process = await within(
      limit,
      instance.spawn('node', [`${folder}/guest.mjs`, sid], { env: { NO_COLOR: '1' } }),
    );
    const link = await openTerminal(process, sid, signal, limit);
    residents.add(link);
    return new ContainerSession(link, sid, instance, folder);
  } catch (error) {
    // A guest that ended by itself says nothing against the container, in which others may be at work.
    const ended = error instanceof RuntimeError && error.failure.code === 'process-ended';
    if (signal.aborted || ended) throw error;
    if (current === instance) dropContainer();
    throw error instanceof RuntimeError ? error : new RuntimeError(bootFailed(error));
  }
}

/** Gives up what takes longer than `limit` milliseconds: a container that has stopped answering never rejects. */
async function within<T>(limit: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RuntimeError(hostSilent(limit))), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The module `portway` in the container: hands on what the guest carries, so that errors are the gateway's own. */
function kitModule(): string {
  const names = Object.keys(kit).join(', ');
  return `export const { ${names} } = globalThis[Symbol.for('portway.kit')];\n`;
}

/** Joins the terminal of a guest's process as a link, once the guest has said hello. */
function openTerminal(
  process: WebContainerProcess,
  sid: string,
  signal: AbortSignal,
  limit: number,
): Promise<TerminalLink> {
  const input = process.input.getWriter();
  const reader = new FrameReader();
  let noise: string[] = [];
  const link: TerminalLink = {
    post: (text) => void input.write(`${text}\n`).catch(() => {}),
    onText: undefined,
    onClosed: undefined,
    noise: undefined,
    close() {
      residents.delete(link);
      process.kill();
    },
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new RuntimeError(hostSilent(limit))), limit);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    const take = (envelope: Envelope) => {
      if (envelope.sid !== sid) return;
      if (envelope.kind === 'hello') {
        clearTimeout(timer);
        resolve(link);
      }
      link.onText?.(encode(envelope));
    };
    const read = process.output
      .pipeTo(
        new WritableStream({
          write(chunk) {
            const found = reader.push(chunk);
            for (const envelope of found.envelopes) take(envelope);
            // What the page wrote comes back as an echo: it is not the program's output.
            const printed = found.noise.filter((line) => !line.includes(sid));
            if (printed.length > 0) {
              noise = [...noise, ...printed].slice(-20);
              link.noise?.(printed);
            }
          },
        }),
      )
      .catch(() => {});
    process.exit.then(async (code) => {
      // The exit may overtake the output that explains it.
      await Promise.race([read, new Promise((done) => setTimeout(done, OUTPUT_GRACE))]);
      clearTimeout(timer);
      const last = noise.findLast((line) => /error/i.test(line)) ?? noise.at(-1);
      const failure: Failure = {
        code: 'process-ended',
        message: `The Node process in the WebContainer ended unexpectedly (exit code ${code}).${last ? ` It last printed: ${last}` : ''}`,
        help: 'Your edits are kept. Run starts a new one.',
        retryable: true,
      };
      reject(new RuntimeError(failure));
      residents.delete(link);
      link.onClosed?.(failure);
    });
  });
}

interface TerminalLink extends Link {
  /** Lines that the program wrote past the console, such as a crash of Node itself. */
  noise: ((lines: readonly string[]) => void) | undefined;
}

class ContainerSession extends LinkedSession {
  readonly runtime = 'webcontainer' as const;
  readonly #container: WebContainer;
  readonly #folder: string;
  #modules: Readonly<Record<string, Module>> = {};

  constructor(link: TerminalLink, sid: string, instance: WebContainer, folder: string) {
    super(link, sid);
    this.#container = instance;
    this.#folder = folder;
    link.noise = (lines) => {
      this.listener?.log(
        lines.map((text) => ({ level: 'log', text })),
        0,
      );
    };
  }

  async sync(files: Files, revision: number): Promise<void> {
    // A folder for each revision: Node keeps a module for ever under the path that it was loaded from.
    const root = `${this.#folder}/program-${revision}`;
    const modules = transpile(files, 'module');
    this.#modules = modules;
    const tree: Record<string, string> = {};
    for (const [path, { code }] of Object.entries(modules)) tree[scriptPath(path)] = code;
    for (const [path, text] of Object.entries(files))
      if (!Object.hasOwn(modules, path)) tree[path] = text;
    await this.#container.fs.mkdir(root, { recursive: true });
    for (const [path, text] of Object.entries(tree)) {
      const folder = path.split('/').slice(0, -1).join('/');
      if (folder) await this.#container.fs.mkdir(`${root}/${folder}`, { recursive: true });
      await this.#container.fs.writeFile(`${root}/${path}`, text);
    }
  }

  protected loadBody(entry: string, revision: number): NodeProgram {
    const sources = Object.entries(this.#modules).map(
      ([path, { columns }]) => [scriptPath(path), { path, columns }] as const,
    );
    return {
      file: `${this.#container.workdir}/${this.#folder}/program-${revision}/${scriptPath(entry)}`,
      sources: Object.fromEntries(sources),
    };
  }

  /** A process that loops hears no signal in a WebContainer: then the whole container goes. */
  override dispose(alive = true): void {
    super.dispose();
    if (!alive && this.#container === current) dropContainer();
  }
}
