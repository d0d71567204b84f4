// Every example in a sandbox, on each runtime of its language with its real guest: the trace is the one that is kept beside
// the example, and what came of each exchange is what comes of it outside of a sandbox. The page is played, and the
// container is the emulated one.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runExample } from '../../src/cli/example.ts';
import { formatGolden, GOLDEN } from '../../src/cli/golden.ts';
import type { ClientResult } from '../../src/client/index.ts';
import type {
  Diagnosis,
  Program,
  RuntimeId,
  Sandbox,
  SandboxState,
} from '../../src/sandbox/index.ts';
import { bundles } from '../../src/site/bundles.ts';
import { ROOT } from '../fixtures/portway.ts';
import { type InProcessHost, inProcessHost } from '../webcontainer-host/in-process.ts';
import { endThreads, playPage } from './played-page.ts';

vi.mock('virtual:portway/guest-worker', () => ({ default: '/guest-worker' }));
vi.mock('virtual:portway/guest-python', () => ({ default: '/guest-python' }));
vi.mock('virtual:portway/portway-python', () => ({ default: '/portway-python' }));
vi.mock('virtual:portway/python-interpreter', () => ({ default: '/python-interpreter' }));
vi.mock('virtual:portway/python-library', () => ({ default: '/python-library' }));
vi.mock('virtual:portway/guest-node', () => ({ default: '/guest-node' }));
vi.mock('virtual:portway/hono-module', () => ({ default: '/hono-module' }));
vi.mock('virtual:portway/hono-function', () => ({ default: '/hono-function' }));
vi.mock('virtual:portway/webcontainer-client', () => ({
  default:
    'data:text/javascript,export const WebContainer = { boot: () => globalThis.emulatedHost.boot() };//',
}));

const EXAMPLES = join(ROOT, 'content/examples');
const slugs = readdirSync(EXAMPLES).sort();
/** What stands in an example's folder and is not of its program. */
const BESIDE = new Set(['example.md', 'requests.http', GOLDEN]);

let host: InProcessHost;
let sandbox: Sandbox;

beforeAll(async () => {
  playPage();
  Object.assign(document, { querySelectorAll: () => [...host.frames] });
  vi.stubGlobal('crossOriginIsolated', true);
  const made = new Map<string, Promise<string | Uint8Array<ArrayBuffer>> | undefined>();
  vi.stubGlobal('fetch', async (url: string) => {
    const text = made.get(url) ?? bundles[url.slice(1)]?.make();
    made.set(url, text);
    return new Response(await text);
  });
  host = inProcessHost();
  Object.assign(globalThis, { emulatedHost: host });
  const { pageRuntime, pythonRuntime, Sandbox, webContainerRuntime } = await import(
    '../../src/sandbox/index.ts'
  );
  const frameUrl = '/sandbox/frame.html';
  sandbox = new Sandbox({
    page: pageRuntime({ frameUrl }),
    webcontainer: webContainerRuntime(),
    python: pythonRuntime({ frameUrl }),
    onChange() {},
  });
});

afterAll(async () => {
  sandbox.dispose();
  await endThreads();
  await host.dispose();
  vi.unstubAllGlobals();
});

const entryOf = (slug: string) =>
  existsSync(join(EXAMPLES, slug, 'app.py')) ? 'app.py' : 'app.ts';

function programOf(slug: string): Program {
  const read = (name: string) => readFileSync(join(EXAMPLES, slug, name), 'utf8');
  const names = readdirSync(join(EXAMPLES, slug)).filter(
    (name) => !BESIDE.has(name) && name !== '__pycache__',
  );
  return {
    files: Object.fromEntries(names.map((name) => [name, read(name)])),
    entry: entryOf(slug),
    requests: read('requests.http'),
  };
}

async function run(program: Program, runtime: RuntimeId): Promise<SandboxState> {
  await sandbox.run(program, runtime === 'python' ? 'automatic' : runtime);
  expect(sandbox.state, JSON.stringify(sandbox.state.diagnoses)).toMatchObject({
    phase: 'ready',
    runtime,
    dropped: 0,
    lost: 0,
  });
  return sandbox.state;
}

/** What an exchange came to, without what it took: times, and fields that a transport writes. */
function outcome({
  name,
  kind,
  outcome,
  status,
  body,
  size,
  trailers,
  closed,
  attempts,
}: ClientResult) {
  const text = new TextDecoder().decode(body);
  return { name, kind, outcome, status, text, size, trailers, closed, attempts };
}

/** A violation is told once for each requirement; faults with their words. */
const said = (diagnoses: readonly Diagnosis[]) =>
  diagnoses.map(({ requirement, message }) => requirement ?? message);

test('there are examples', () => {
  expect(slugs).toContain('hello');
});

describe.each(['page', 'webcontainer', 'python'] as const)('in the sandbox, %s:', (runtime) => {
  const mine = slugs.filter((slug) => entryOf(slug).endsWith('.py') === (runtime === 'python'));
  test.each(mine)('%s gives the trace that is kept, and its outcomes', async (slug) => {
    const program = programOf(slug);
    const state = await run(program, runtime);
    expect(formatGolden(state.events)).toBe(readFileSync(join(EXAMPLES, slug, GOLDEN), 'utf8'));
    const transport = runtime === 'webcontainer' ? 'h1' : 'memory';
    const outside = await runExample(join(EXAMPLES, slug), transport);
    expect(state.results.map(outcome)).toEqual(outside.results.map(outcome));
    const broken = outside.events.flatMap(({ violation }) => violation?.requirement ?? []);
    const faults = outside.faults.map(({ requirement, message }) => requirement ?? message);
    expect(new Set(said(state.diagnoses))).toEqual(new Set([...broken, ...faults]));
  });
});
