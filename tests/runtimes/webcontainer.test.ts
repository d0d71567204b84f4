// The runtime in a container with its real guest, bundled as for the site, on real Node processes; the container is the
// emulated one, at its best and at its worst. The real client package is under test in tests/webcontainer.spec.ts.

import { afterAll, beforeAll, vi } from 'vitest';
import { runtimeContract } from '../../src/sandbox/runtimes/contract.suite.ts';
import { bundles } from '../../src/site/bundles.ts';
import type { HostBehaviour } from '../webcontainer-host/behaviour.ts';
import { type InProcessHost, inProcessHost } from '../webcontainer-host/in-process.ts';

vi.mock('virtual:portway/guest-node', () => ({ default: '/guest-node' }));
vi.mock('virtual:portway/hono-module', () => ({ default: '/hono-module' }));
vi.mock('virtual:portway/hono-function', () => ({ default: '/hono-function' }));
vi.mock('virtual:portway/webcontainer-client', () => ({
  default:
    'data:text/javascript,export const WebContainer = { boot: () => globalThis.emulatedHost.boot() };//',
}));

let host: InProcessHost;
const texts = new Map<string, Promise<string | Uint8Array<ArrayBuffer>> | undefined>();

beforeAll(() => {
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('document', { querySelectorAll: () => [...host.frames] });
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  vi.stubGlobal('fetch', async (url: string) => {
    const text = texts.get(url) ?? bundles[url.slice(1)]?.make();
    texts.set(url, text);
    return new Response(await text);
  });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

const MODES: Readonly<Record<string, HostBehaviour>> = {
  'at its best': {},
  'octet by octet, with the line ends, echo and noise of a terminal': {
    chunks: 'byte',
    crlf: true,
    echo: true,
    ansi: true,
  },
  'cut anywhere, slow, and with a kill that does nothing': {
    chunks: 'random',
    slow: true,
    ignoreKill: true,
  },
};

for (const [mode, behaviour] of Object.entries(MODES)) {
  const start = async () => {
    const { webContainerRuntime } = await import('../../src/sandbox/runtimes/webcontainer.ts');
    const runtime = webContainerRuntime();
    const own = inProcessHost(behaviour);
    host = own;
    Object.assign(globalThis, { emulatedHost: own });
    return {
      boot: () => runtime.boot({ signal: new AbortController().signal, onProgress() {} }),
      log: () => own.log,
      ...(behaviour.ansi
        ? { noise: ['(node:7) Warning: noise of the terminal', 'notice noise between lines'] }
        : {}),
      exit: '(globalThis as any).process.exit(3);',
      async close() {
        await own.dispose();
        for (const frame of own.frames) frame.remove();
      },
    };
  };
  runtimeContract(`the runtime in a container ${mode}`, start, {
    brief: behaviour !== MODES['at its best'],
  });
}
