// Stands in for the WebContainer host page where there is no internet: the real `@webcontainer/api`
// client boots against an intercepted `https://stackblitz.com/headless`, and what it spawns runs as
// local Node processes. Its modes are worse than life on purpose: byte chunks, echo, kills ignored.
//
// What a pass here cannot prove: that the real host does the same, nor Node parity inside a real
// WebContainer. Here Node is the local one, with real sockets, ports, signals, workers, memory and
// timing; stdin and output are pipes (`isTTY` unset, no control characters, an echo never inside a
// line); there is no jsh, npm, preview, service worker, licence check or storage rule of a browser.

import { fileURLToPath } from 'node:url';
import type { BrowserContext, Frame, Page, Route } from '@playwright/test';
import { build as bundle } from 'esbuild';
import type { HostBehaviour } from './behaviour.ts';
import type { Answer, Command, HostCalls } from './bridge.ts';
import { Container, PREVIEW_DOMAIN, TORN_DOWN } from './container.ts';

export type { HostBehaviour } from './behaviour.ts';

export interface WebContainerHost {
  /** How many builds were asked for. */
  readonly boots: number;
  /** Live processes. */
  readonly processes: number;
  /** Replaces the behaviour; counts from the next boot and the next output on. */
  set(behaviour: HostBehaviour): void;
  /** Kills every process as if the container died in the middle of a run; exits are 137. */
  killAll(): void;
  /** Commands and output of all processes so far, before any damage; for failure messages. */
  readonly log: string;
  /** Ends every process and removes every folder. */
  dispose(): Promise<void>;
}

/** Which frame calls through the binding. */
interface BindingSource {
  page: Page;
  frame: Frame;
}

type BuildAnswer = Awaited<ReturnType<HostCalls['build']>>;

const HOST_PAGE = 'https://stackblitz.com/headless**';
const PREVIEWS = `https://*.${PREVIEW_DOMAIN}/**`;
const OUT_OF_MEMORY =
  'WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance';

let installed = 0;
let script: Promise<string> | undefined;

/** Emulates the host for every page of the context, until disposed. */
export async function installWebContainerHost(
  target: BrowserContext,
  behaviour: HostBehaviour = {},
): Promise<WebContainerHost> {
  const host = new EmulatedHost(behaviour);
  const bridgeName = `__webcontainerHost${++installed}`;
  const answerPage = async (route: Route) => host.answerPage(route, bridgeName);
  const refuse = (route: Route) => route.abort('connectionrefused');

  const binding = await target.exposeBinding(
    bridgeName,
    (source, method: string, ...args: unknown[]) => host.answer(source, method, args),
  );
  await target.route(HOST_PAGE, answerPage);
  await target.route(PREVIEWS, refuse);
  host.onDispose = async () => {
    // A context that was closed before has nothing left to take back.
    const takenBack = [
      target.unroute(HOST_PAGE, answerPage),
      target.unroute(PREVIEWS, refuse),
      binding.dispose(),
    ];
    await Promise.allSettled(takenBack);
  };
  return host;
}

class EmulatedHost implements WebContainerHost {
  boots = 0;
  log = '';
  onDispose: () => Promise<void> = async () => {};
  #behaviour: HostBehaviour;
  #built = 0;
  // Ended ones stay, because their last events may not be fetched yet.
  readonly #containers = new Map<number, Container>();
  // Detached process groups outlive a test runner that exits early.
  readonly #lastResort = () => this.killAll();

  constructor(behaviour: HostBehaviour) {
    this.#behaviour = behaviour;
    process.once('exit', this.#lastResort);
  }

  get processes(): number {
    return [...this.#containers.values()].reduce((sum, container) => sum + container.processes, 0);
  }

  set(behaviour: HostBehaviour): void {
    this.#behaviour = behaviour;
  }

  killAll(): void {
    for (const container of this.#containers.values()) container.killAll();
  }

  async dispose(): Promise<void> {
    process.off('exit', this.#lastResort);
    await this.onDispose();
    await Promise.all([...this.#containers.values()].map((container) => container.destroy()));
  }

  async answerPage(route: Route, bridgeName: string): Promise<void> {
    switch (this.#behaviour.host) {
      case 'absent':
        return route.abort('internetdisconnected');
      case 'refused':
        return route.fulfill({
          status: 403,
          contentType: 'text/html',
          body: '<!doctype html><p>Blocked by policy',
        });
    }
    const silent = this.#behaviour.host === 'no-init';
    const coep = new URL(route.request().url()).searchParams.get('coep');
    await route.fulfill({
      contentType: 'text/html',
      headers: {
        // Without both, a cross-origin-isolated page may not embed it.
        'Cross-Origin-Embedder-Policy':
          coep === 'credentialless' ? 'credentialless' : 'require-corp',
        'Cross-Origin-Resource-Policy': 'cross-origin',
      },
      body: `<!doctype html>${silent ? '' : `<script data-bridge="${bridgeName}">${await pageScript()}</script>`}`,
    });
  }

  async answer(source: BindingSource, method: string, args: unknown[]): Promise<Answer> {
    try {
      // Every frame of the context sees the binding; only ours may start processes with it.
      if (!source.frame.url().startsWith('https://stackblitz.com/headless')) {
        throw new Error('Only the host page may use the bridge.');
      }
      if (method === 'build')
        return { value: await this.#build(source, args[0] as string | undefined) };
      return { value: await this.#call(method, args) };
    } catch (error) {
      const { name, message, code } = error as NodeJS.ErrnoException;
      return { error: { name, message, code } };
    }
  }

  async #build({ page, frame }: BindingSource, workdirName?: string): Promise<BuildAnswer> {
    this.boots++;
    const { host = 'ok' } = this.#behaviour;
    if (host === 'boot-error') throw new RangeError(OUT_OF_MEMORY);
    // Also a page that was loaded before the host went away gets no answer.
    if (host !== 'ok') return new Promise(() => {});
    const number = ++this.#built;
    const container = await Container.create(
      workdirName ?? `container-${number}`,
      () => this.#behaviour,
      (text) => {
        this.log += text;
      },
    );
    this.#containers.set(number, container);
    onceFrameGone(page, frame, () => void container.destroy());
    return { container: number, path: container.path, cwd: container.workdir };
  }

  async #call(method: string, [number, ...args]: unknown[]): Promise<unknown> {
    const container = this.#containers.get(number as number);
    if (!container) throw new Error(`There is no container ${number}.`);
    if (method === 'events') return container.events();
    await container.turn();
    if (container.ended) throw new Error(TORN_DOWN);
    switch (method as keyof HostCalls) {
      case 'readdir':
        return container.readdir(...(args as [string]));
      case 'readFile':
        return container.readFile(...(args as [string, string]));
      case 'writeFile':
        return container.writeFile(...(args as [string, string, string]));
      case 'mkdir':
        return container.mkdir(...(args as [string, boolean]));
      case 'rm':
        return container.rm(...(args as [string, { force?: boolean; recursive?: boolean }]));
      case 'rename':
        return container.rename(...(args as [string, string]));
      case 'mount':
        return container.mount(...(args as [string, string?]));
      case 'run':
        return container.run(...(args as [number, Command]));
      case 'write':
        return container.write(...(args as [number, string]));
      case 'kill':
        return container.kill(...(args as [number]));
      case 'teardown':
        return container.destroy();
      default:
        throw new Error(`The emulated host has no call "${method}".`);
    }
  }
}

function onceFrameGone(page: Page, frame: Frame, gone: () => void): void {
  const events = ['framedetached', 'framenavigated', 'close'] as const;
  const check = (subject: Frame | Page) => {
    if (subject !== frame && subject !== page) return;
    for (const event of events) page.off(event as 'close', check);
    gone();
  };
  for (const event of events) page.on(event as 'close', check);
}

/** page.ts with the client's own vendored Comlink: a newer Comlink speaks another dialect. */
function pageScript(): Promise<string> {
  script ??= bundle({
    entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
    alias: {
      'vendored-comlink': fileURLToPath(
        import.meta.resolve('@webcontainer/api').replace(/index\.js$/, 'vendor/index.js'),
      ),
    },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return script;
}
