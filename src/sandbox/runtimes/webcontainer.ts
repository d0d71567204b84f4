// The runtime in a WebContainer: the guest is a real Node program there, and the client's requests are real HTTP on its
// loopback. One container a page; each sandbox has a process of its own in it.

import guestUrl from 'virtual:portway/guest-node';
import clientUrl from 'virtual:portway/webcontainer-client';
import type { FileSystemTree, WebContainer, WebContainerProcess } from '@webcontainer/api';
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
  if (deviceMemory !== undefined && deviceMemory < 2) {
    return {
      ok: false,
      code: 'small-memory',
      message: 'This device has little memory, so the WebContainer is not loaded by itself.',
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
  const start = async () => {
    // A new query is a new copy of the module: the one whose boot hung can never boot again.
    const client = (await import(
      /* @vite-ignore */ `${clientUrl}?attempt=${++attempts}`
    )) as typeof import('../webcontainer-client.ts');
    if (apiKey) client.configureAPIKey(apiKey);
    tell(`Contacting the WebContainer host (${hostName()})`);
    return client.WebContainer.boot({ coep: 'require-corp', workdirName: 'portway' });
  };
  try {
    return await inTime(start(), bootLimit, hostSilent(bootLimit));
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

async function inTime<T>(work: Promise<T>, limit: number, failure: Failure): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RuntimeError(failure)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Work for as long as it is wanted. @throws the reason of the signal */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let aborted = () => {};
  const given = new Promise<never>((_, reject) => {
    aborted = () => reject(signal.reason);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
  try {
    return await Promise.race([given, work]);
  } finally {
    signal.removeEventListener('abort', aborted);
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

function guestSilent(limit: number): Failure {
  return {
    code: 'guest-silent',
    message: `The WebContainer did not start the gateway within ${Math.round(limit / 1000)} seconds.`,
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
    const guest = await unless(wanted, fetchGuest());
    const place: Place = { boot, container, folder: `guest-${++guests}` };
    const installed = install(place, guest, { signal: wanted, onProgress });
    return await unless(wanted, inTime(installed, limit, guestSilent(limit)));
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

async function fetchGuest(): Promise<string> {
  try {
    const response = await fetch(guestUrl);
    if (!response.ok) throw new Error(`${response.status} for ${guestUrl}`);
    return await response.text();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeError({
      code: 'guest-unavailable',
      message: `The gateway for the WebContainer could not be loaded (${reason}).`,
      help: HELP,
      retryable: true,
    });
  }
}

async function install(
  place: Place,
  guest: string,
  { signal, onProgress }: BootOptions,
): Promise<Session> {
  const { boot, container, folder } = place;
  await container.mount({ [folder]: { directory: guestFiles(guest) } });
  signal.throwIfAborted();
  onProgress('Starting Node in the WebContainer');
  const sid = crypto.randomUUID();
  const process = await container.spawn('node', [`${folder}/guest.mjs`, sid], {
    env: { NO_COLOR: '1' },
  });
  const { link, hello } = openTerminal(process, sid, boot.gone.signal);
  try {
    await unless(signal, hello);
  } catch (error) {
    link.close();
    throw error;
  }
  return new ContainerSession(link, sid, place);
}

function guestFiles(guest: string): FileSystemTree {
  const file = (contents: string) => ({ file: { contents } });
  const portway = {
    'package.json': file('{"name":"portway","type":"module","exports":"./index.js"}'),
    'index.js': file(kitModule()),
  };
  return {
    'guest.mjs': file(guest),
    'package.json': file('{"type":"module"}'),
    node_modules: { directory: { portway: { directory: portway } } },
  };
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
    close() {
      gone.removeEventListener('abort', lost);
      process.kill();
    },
  };
  let lost = () => {};
  const hello = new Promise<void>((resolve, reject) => {
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
            const found = reader.push(chunk);
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
}

class ContainerSession extends LinkedSession {
  readonly runtime = 'webcontainer' as const;
  readonly #place: Place;
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
  }

  async sync(files: Files, revision: number): Promise<void> {
    const modules = transpile(files, 'module');
    this.#modules = modules;
    const tree = new Map(
      Object.entries(files).map(([path, text]) => {
        const code = Object.hasOwn(modules, path) ? modules[path]?.code : undefined;
        return code === undefined ? [path, text] : [scriptPath(path), code];
      }),
    );
    const { fs } = this.#place.container;
    // A folder for each revision: Node keeps a module for ever under the path that it was loaded from.
    const root = `${this.#place.folder}/program-${revision}`;
    await this.whileAlive(fs.mkdir(root, { recursive: true }));
    for (const [path, text] of tree) {
      const folder = path.split('/').slice(0, -1).join('/');
      if (folder) await this.whileAlive(fs.mkdir(`${root}/${folder}`, { recursive: true }));
      await this.whileAlive(fs.writeFile(`${root}/${path}`, text));
    }
  }

  protected loadBody(entry: string, revision: number): NodeProgram {
    const { container, folder } = this.#place;
    const sources = Object.entries(this.#modules).map(
      ([path, { columns }]) => [scriptPath(path), { path, columns }] as const,
    );
    return {
      file: `${container.workdir}/${folder}/program-${revision}/${scriptPath(entry)}`,
      sources: Object.fromEntries(sources),
    };
  }

  /** A process that loops hears no signal in a WebContainer: then the whole container goes. */
  override dispose(alive = true): void {
    super.dispose();
    if (!alive) drop(this.#place.boot);
  }
}
