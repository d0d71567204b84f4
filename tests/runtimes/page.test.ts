// The runtime in the page with its real guest, bundled as for the site. The page is played: a thread of Node is the
// Worker in its frame.

import { afterAll, beforeAll, vi } from 'vitest';
import { runtimeContract } from '../../src/sandbox/runtimes/contract.suite.ts';
import { bundles } from '../../src/site/bundles.ts';
import { endThreads, playPage } from './played-page.ts';

vi.mock('virtual:portway/guest-worker', () => ({ default: '/guest-worker' }));
vi.mock('virtual:portway/hono-module', () => ({ default: '/hono-module' }));
vi.mock('virtual:portway/hono-function', () => ({ default: '/hono-function' }));

beforeAll(() => {
  playPage();
  vi.stubGlobal('fetch', async (url: string) => new Response(await bundles[url.slice(1)]?.make()));
});

afterAll(async () => {
  await endThreads();
  vi.unstubAllGlobals();
});

runtimeContract('the runtime in the page', async () => {
  const { pageRuntime } = await import('../../src/sandbox/runtimes/page.ts');
  const runtime = pageRuntime({ frameUrl: '/sandbox/frame.html' });
  return {
    boot: () => runtime.boot({ signal: new AbortController().signal, onProgress() {} }),
    close: async () => {},
  };
});
