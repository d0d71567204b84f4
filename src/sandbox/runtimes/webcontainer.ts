// The runtime in a WebContainer: the guest is a real Node program there, and the client's requests are real HTTP on its
// loopback. One container a page; each sandbox has a process of its own in it.

import guestUrl from 'virtual:portway/guest-node';
import clientUrl from 'virtual:portway/webcontainer-client';
import type { FileSystemTree, WebContainer, WebContainerProcess } from '@webcontainer/api';
import * as kit from '../../app/index.ts';
import { type Envelope, encode, FrameReader } from '../envelope.ts';
import type { NodeProgram } from '../guest/node.ts';
import { fetchLibraries } from '../libraries.ts';
import type { Files } from '../program.ts';
import {
  type BootOptions,
  type Failure,
  FLOODED,
  type Link,
  LinkedSession,
  type Probe,
  Rate,
  type Runtime,
  RuntimeError,
  type Session,
} from '../runtime.ts';
import { type Module, scriptPath, transpile } from '../transpile.ts';
import { inTime, unless } from '../waiting.ts';

export interface WebContainerOptions {
  /** Key for sites that need one (commercial use). */
  readonly apiKey?: string;
  /** Milliseconds after which a step of the boot that says nothing is given up. Default 20 s. */
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
/** GiB of memory, as the browser rounds it, with which a container is not started unasked. */
const SMALL_MEMORY = 2;
/** Milliseconds that output may still take to arrive after its process has ended. */
const OUTPUT_GRACE = 500;
/** Characters that are kept of a line that was printed past the console. */
const LINE_LIMIT = 2000;
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
  if (deviceMemory !== undefined && deviceMemory <= SMALL_MEMORY) {
    return {
      ok: false,
      code: 'small-memory',
      message: `This device has little memory (${deviceMemory} GiB), so the WebContainer is not loaded by itself.`,
      help: 'Choose WebContainer to load it all the same.',
      retryable: true,
    };
  }
  if (flagOf(crashFlag).raised()) {
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

/** A crash flag that never throws: where storage is closed, nothing is remembered. */
function flagOf(flag: CrashFlag | undefined): CrashFlag {
  const attempt = (act: () => unknown): boolean => {
    try {
      return act() === true;
    } catch {
      return false;
    }
  };
  return {
    raised: () => attempt(() => flag?.raised()),
    raise: () => void attempt(() => flag?.raise()),
    lower: () => void attempt(() => flag?.lower()),
  };
}

// The container: one for the page, shared by its sandboxes.

interface Boot {
  readonly container: Promise<WebContainer>;
  /** The client's frame, in which the container lives. */
  frame: HTMLIFrameElement | undefined;
  /** Whoever waits for it. */
  readonly watchers: Set<BootOptions['onProgress']>;
  /** Aborted when it is dropped: no process in it will ever say that it has ended. */
  readonly gone: AbortController;
}

let current: Boot | undefined;
let attempts = 0;

const ENDED: Failure = {
  code: 'container-ended',
  message: 'The WebContainer was ended, because an example in it did not respond.',
  help: 'Your edits are kept. Run starts a new one.',
  retryable: true,
};

/**
 * Drops a container, so that the next boot makes a new one: the only way to end a loop in it. Its frame is removed
 * instead of asked: `teardown()` never completes when the frame does not answer, and then every later boot hangs.
 */
function drop(boot: Boot): void {
  if (current === boot) current = undefined;
  boot.frame?.remove();
  boot.gone.abort(new RuntimeError(ENDED));
}

/** The page's container, started if there is none. */
function bootContainer(options: WebContainerOptions, onProgress: BootOptions['onProgress']): Boot {
  if (current) {
    current.watchers.add(onProgress);
    return current;
  }
  const watchers = new Set([onProgress]);
  const tell = (step: string) => {
    for (const watcher of watchers) watcher(step);
  };
  const boot: Boot = {
    container: Promise.resolve().then(() => bootOnce(boot, options, tell)),
    frame: undefined,
    watchers,
    gone: new AbortController(),
  };
  boot.container.catch(() => drop(boot));
  current = boot;
  return boot;
}

async function bootOnce(
  boot: Boot,
  { apiKey, bootLimit = BOOT_LIMIT, crashFlag }: WebContainerOptions,
  tell: BootOptions['onProgress'],
): Promise<WebContainer> {
  const flag = flagOf(crashFlag);
  // A page that is left is no page that crashed.
  const left = () => flag.lower();
  tell('Loading the WebContainer client');
  addEventListener('pagehide', left);
  flag.raise();
  const before = new Set(document.querySelectorAll('iframe'));
  try {
    // A new query is a new copy of the module: the one whose boot hung can never boot again.
    const loading = import(/* @vite-ignore */ `${clientUrl}?attempt=${++attempts}`) as Promise<
      typeof import('../webcontainer-client.ts')
    >;
    const client = await inTime(loading, bootLimit, clientSilent(bootLimit));
    if (apiKey) client.configureAPIKey(apiKey);
    tell(`Contacting the WebContainer host (${hostName()})`);
    return await inTime(
      client.WebContainer.boot({ coep: 'require-corp', workdirName: 'portway' }),
      bootLimit,
      hostSilent(bootLimit),
    );
  } catch (error) {
    throw error instanceof RuntimeError ? error : new RuntimeError(bootFailed(error));
  } finally {
    removeEventListener('pagehide', left);
    flag.lower();
    boot.frame = [...document.querySelectorAll('iframe')].find(
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

function seconds(limit: number): string {
  return `${Math.round(limit / 1000)} seconds`;
}

function clientSilent(limit: number): Failure {
  return {
    code: 'client-silent',
    message: `The WebContainer client was not loaded within ${seconds(limit)}. The connection may be slow.`,
    help: HELP,
    retryable: true,
  };
}

function hostSilent(limit: number): Failure {
  return {
    code: 'host-silent',
    message: `The WebContainer host (${hostName()}) did not answer within ${seconds(limit)}. It may be unreachable, blocked by a network or by settings for third-party storage.`,
    help: HELP,
    retryable: true,
  };
}

/** A step of the guest's start that did not come to its end. `what` stands behind “The WebContainer”. */
function guestSilent(what: string, limit: number): Failure {
  return {
    code: 'guest-silent',
    message: `The WebContainer ${what} within ${seconds(limit)}.`,
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
  const limit = options.bootLimit ?? BOOT_LIMIT;
  const boot = bootContainer(options, onProgress);
  const wanted = AbortSignal.any([signal, boot.gone.signal]);
  try {
    const container = await unless(signal, boot.container);
    onProgress('Copying the gateway into the WebContainer');
    const guest = await unless(wanted, fetchGuest(limit));
    const place: Place = { boot, container, folder: `guest-${++guests}` };
    return await unless(wanted, install(place, guest, limit, { signal: wanted, onProgress }));
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = error instanceof RuntimeError ? error.failure : bootFailed(error);
    // A guest that ended by itself says nothing against the container, in which others may be at work.
    if (!['process-ended', 'guest-unavailable'].includes(failure.code)) drop(boot);
    throw new RuntimeError(failure);
  } finally {
    boot.watchers.delete(onProgress);
  }
}

/** Where a guest runs. */
interface Place {
  readonly boot: Boot;
  readonly container: WebContainer;
  readonly folder: string;
}

/** The guest's code, fetched once by the page. */
let guestCode: string | undefined;

async function fetchGuest(limit: number): Promise<string> {
  const unavailable = (why: string): Failure => ({
    code: 'guest-unavailable',
    message: `The gateway for the WebContainer could not be loaded (${why}).`,
    help: HELP,
    retryable: true,
  });
  const load = async () => {
    try {
      const response = await fetch(guestUrl);
      if (!response.ok) throw new Error(`${response.status} for ${guestUrl}`);
      return await response.text();
    } catch (error) {
      throw new RuntimeError(unavailable(error instanceof Error ? error.message : String(error)));
    }
  };
  guestCode ??= await inTime(load(), limit, unavailable(`nothing came within ${seconds(limit)}`));
  return guestCode;
}

async function install(
  { boot, container, folder }: Place,
  guest: string,
  limit: number,
  { signal, onProgress }: BootOptions,
): Promise<Session> {
  const step = <T>(work: Promise<T>, what: string) => inTime(work, limit, guestSilent(what, limit));
  await step(
    container.mount({ [folder]: { directory: guestFiles(guest) } }),
    'did not take the gateway’s files',
  );
  signal.throwIfAborted();
  onProgress('Starting Node in the WebContainer');
  const sid = crypto.randomUUID();
  const spawned = container.spawn('node', [`${folder}/guest.mjs`, sid], { env: { NO_COLOR: '1' } });
  // One that comes too late is of no use, and is not left running.
  let wanted = true;
  spawned.then(
    (process) => {
      if (!wanted) process.kill();
    },
    () => {},
  );
  let process: WebContainerProcess;
  try {
    process = await unless(signal, step(spawned, 'did not start Node'));
  } catch (error) {
    wanted = false;
    throw error;
  }
  const { link, hello } = openTerminal(process, sid, boot.gone.signal);
  try {
    onProgress('Starting the gateway in the WebContainer');
    await unless(signal, step(hello, 'did not start the gateway'));
  } catch (error) {
    link.close();
    throw error;
  }
  return new ContainerSession(link, sid, { boot, container, folder });
}

function guestFiles(guest: string): FileSystemTree {
  const file = (contents: string) => ({ file: { contents } });
  const portway = {
    'package.json': file(packageJson('portway')),
    'index.js': file(kitModule()),
  };
  return {
    'guest.mjs': file(guest),
    'package.json': file('{"type":"module"}'),
    node_modules: { directory: { portway: { directory: portway } } },
  };
}

function packageJson(name: string): string {
  return JSON.stringify({ name, type: 'module', exports: './index.js' });
}

/** The module `portway` in the container: hands on what the guest carries, so that errors are the gateway's own. */
function kitModule(): string {
  const names = Object.keys(kit).join(', ');
  return `export const { ${names} } = globalThis[Symbol.for('portway.kit')];\n`;
}

/** Joins the terminal of a guest's process as a link. `gone`: the container and all that is in it. */
function openTerminal(
  process: WebContainerProcess,
  sid: string,
  gone: AbortSignal,
): { readonly link: TerminalLink; readonly hello: Promise<void> } {
  const input = process.input.getWriter();
  const reader = new FrameReader();
  const noise: string[] = [];
  const link: TerminalLink = {
    post: (text) => void input.write(`${text}\n`).catch(() => {}),
    onText: undefined,
    onClosed: undefined,
    noise: undefined,
    damaged: undefined,
    close() {
      gone.removeEventListener('abort', lost);
      process.kill();
    },
  };
  let lost = () => {};
  const hello = new Promise<void>((resolve, reject) => {
    const rate = new Rate();
    const ended = (failure: Failure) => {
      gone.removeEventListener('abort', lost);
      reject(new RuntimeError(failure));
      link.onClosed?.(failure);
    };
    lost = () => ended(ENDED);
    gone.addEventListener('abort', lost);
    const take = (envelope: Envelope) => {
      if (envelope.sid !== sid) return;
      if (envelope.kind === 'hello') resolve();
      link.onText?.(encode(envelope));
    };
    const read = process.output
      .pipeTo(
        new WritableStream({
          write(chunk) {
            // Whole envelopes have a rate of their own; this is for what is printed past them.
            if (rate.takePart(chunk.length) === 'flood') {
              link.close();
              ended(FLOODED);
              return;
            }
            const before = reader.damaged;
            const found = reader.push(chunk);
            if (reader.damaged > before) link.damaged?.(reader.damaged - before);
            for (const envelope of found.envelopes) take(envelope);
            // What the page wrote comes back as an echo: it is not the program's output.
            const printed = found.noise.filter((line) => !line.includes(sid)).map(cut);
            if (printed.length === 0) return;
            noise.push(...printed);
            noise.splice(0, noise.length - 20);
            link.noise?.(printed);
          },
        }),
      )
      .catch(() => {});
    process.exit.then(
      async (code) => {
        // The exit may overtake the output that explains it.
        await Promise.race([read, new Promise((done) => setTimeout(done, OUTPUT_GRACE))]);
        const last = noise.findLast((line) => /error/i.test(line)) ?? noise.at(-1);
        ended(processEnded(`exit code ${code}`, last));
      },
      (error: unknown) => ended(processEnded(String(error), noise.at(-1))),
    );
  });
  // Nobody may be waiting for it any more.
  hello.catch(() => {});
  return { link, hello };
}

function cut(line: string): string {
  return line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)}…` : line;
}

function processEnded(how: string, last: string | undefined): Failure {
  return {
    code: 'process-ended',
    message: `The Node process in the WebContainer ended unexpectedly (${how}).${last ? ` It last printed: ${last}` : ''}`,
    help: 'Your edits are kept. Run starts a new one.',
    retryable: true,
  };
}

interface TerminalLink extends Link {
  /** Lines that the program wrote past the console, such as a crash of Node itself. */
  noise: ((lines: readonly string[]) => void) | undefined;
  /** Frames and lines that could not be read. */
  damaged: ((count: number) => void) | undefined;
}

class ContainerSession extends LinkedSession {
  readonly runtime = 'webcontainer' as const;
  /** The timers and the clocks of Node are the program's own. */
  readonly capabilities = { clock: 'gateway' } as const;
  readonly #place: Place;
  readonly #installed = new Set<string>();
  #modules: Readonly<Record<string, Module>> = {};

  constructor(link: TerminalLink, sid: string, place: Place) {
    super(link, sid);
    this.#place = place;
    link.noise = (lines) => {
      this.listener?.log(
        lines.map((text) => ({ level: 'log', text })),
        0,
      );
    };
    link.damaged = (count) => this.listener?.lost(count);
  }

  protected async put(files: Files, revision: number): Promise<void> {
    const modules = transpile(files, 'module');
    this.#modules = modules;
    const { fs } = this.#place.container;
    // A folder for each revision: Node keeps a module for ever under the path that it was loaded from.
    const root = `${this.#place.folder}/program-${revision}`;
    const tree = new Map<string, string>();
    for (const [path, text] of Object.entries(files)) {
      const code = Object.hasOwn(modules, path) ? modules[path]?.code : undefined;
      if (code === undefined) tree.set(`${root}/${path}`, text);
      else tree.set(`${root}/${scriptPath(path)}`, code);
      // Beside what is evaluated: all files by their own names, for `http.file`.
      tree.set(`${this.#filesOf(revision)}/${path}`, text);
    }
    const folders = [...tree.keys()].map((path) => path.slice(0, path.lastIndexOf('/')));
    for (const folder of new Set([root, ...folders]))
      await this.whileAlive(fs.mkdir(folder, { recursive: true }));
    const libraries = await this.whileAlive(fetchLibraries(modules, 'module'));
    for (const [name, code] of Object.entries(libraries)) await this.#install(name, code);
    for (const [path, text] of tree) await this.whileAlive(fs.writeFile(path, text));
  }

  /** The folder with a program's files as they are written. */
  #filesOf(revision: number): string {
    return `${this.#place.folder}/files-${revision}`;
  }

  /** Puts a library where Node looks for it, once. */
  async #install(name: string, code: string): Promise<void> {
    if (this.#installed.has(name)) return;
    const { fs } = this.#place.container;
    const root = `${this.#place.folder}/node_modules/${name}`;
    await this.whileAlive(fs.mkdir(root, { recursive: true }));
    await this.whileAlive(fs.writeFile(`${root}/package.json`, packageJson(name)));
    await this.whileAlive(fs.writeFile(`${root}/index.js`, code));
    this.#installed.add(name);
  }

  protected loadBody(entry: string, revision: number): NodeProgram {
    const { container, folder } = this.#place;
    const sources = Object.entries(this.#modules).map(
      ([path, { columns }]) => [scriptPath(path), { path, columns }] as const,
    );
    return {
      file: `${container.workdir}/${folder}/program-${revision}/${scriptPath(entry)}`,
      folder: `${container.workdir}/${this.#filesOf(revision)}`,
      sources: Object.fromEntries(sources),
    };
  }

  /** A process that loops hears no signal in a WebContainer: then the whole container goes. */
  override dispose(alive = true): void {
    super.dispose();
    if (!alive) drop(this.#place.boot);
  }
}
