// The runtime for Python with its real guest: Pyodide, and the package `portway` as it stands in src/python. The page is
// played: a thread of Node is the Worker in its frame.

import { afterAll, beforeAll, vi } from 'vitest';
import { PYTHON } from '../../src/sandbox/runtimes/contract.python.ts';
import { runtimeContract } from '../../src/sandbox/runtimes/contract.suite.ts';
import { bundles } from '../../src/site/bundles.ts';
import { endThreads, playPage } from './played-page.ts';

vi.mock('virtual:portway/guest-python', () => ({ default: '/guest-python' }));
vi.mock('virtual:portway/portway-python', () => ({ default: '/portway-python' }));
vi.mock('virtual:portway/python-interpreter', () => ({ default: '/python-interpreter' }));
vi.mock('virtual:portway/python-library', () => ({ default: '/python-library' }));

beforeAll(() => {
  playPage();
  vi.stubGlobal('fetch', async (url: string) => new Response(await bundles[url.slice(1)]?.make()));
});

afterAll(async () => {
  await endThreads();
  vi.unstubAllGlobals();
});

runtimeContract(
  'the runtime for Python',
  async () => {
    const { pythonRuntime } = await import('../../src/sandbox/runtimes/python.ts');
    const runtime = pythonRuntime({ frameUrl: '/sandbox/frame.html' });
    return {
      boot: () => runtime.boot({ signal: new AbortController().signal, onProgress() {} }),
      close: async () => {},
    };
  },
  { language: PYTHON },
);
