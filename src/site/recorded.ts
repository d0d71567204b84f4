// The traces that pages show before anything runs: each example's own scenario, run through the gateway in memory when
// the page is built. Never written by hand.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { joinLanes, parseScenario, runExchanges, runRequest } from '../client/index.ts';
import { dialMemory } from '../client/memory.ts';
import { createGateway } from '../gateway/index.ts';
import { filesInMemory } from '../gateway/transport/memory-files.ts';
import { GRACE, settle, windUp } from '../gateway/wind-up.ts';
import type { Application } from '../interface/index.ts';
import { createRecorder, type TraceEvent } from '../trace/index.ts';

const applications = import.meta.glob<Application>('../../content/examples/*/app.ts', {
  import: 'default',
});

/** An example is embedded in several pages, and its module keeps what it has counted: it is run once. */
const recordings = new Map<string, Promise<readonly TraceEvent[]>>();

/** The trace of an example's scenario. `files` are texts by name: they stand below `/app` for the application. */
export function recordTrace(
  slug: string,
  scenario: string,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly TraceEvent[]> {
  let recording = recordings.get(slug);
  if (!recording) {
    recording = record(slug, scenario, files);
    recordings.set(slug, recording);
  }
  return recording;
}

/** By a worker of CPython, as on a server. Where there is none, the page shows no trace until something is run. */
async function recordPython(slug: string): Promise<readonly TraceEvent[]> {
  const root = pathToFileURL(`${process.cwd()}/`);
  try {
    // As it stands, and not as a part of the build: it starts processes with files beside its own.
    const { runExample }: typeof import('../cli/example.ts') = await import(
      /* @vite-ignore */ new URL('src/cli/example.ts', root).href
    );
    const folder = fileURLToPath(new URL(`content/examples/${slug}`, root));
    const { events, notStarted } = await runExample(folder, 'memory');
    if (notStarted !== undefined) throw new Error(notStarted);
    return events;
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    console.warn(`The example \`${slug}\` has no trace: ${reason}`);
    return [];
  }
}

async function record(
  slug: string,
  scenario: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly TraceEvent[]> {
  const load = applications[`../../content/examples/${slug}/app.ts`];
  if (!load) return 'app.py' in files ? recordPython(slug) : [];
  const events: TraceEvent[] = [];
  const recorder = createRecorder({
    run: 'recorded',
    now: () => performance.now(),
    emit: (event) => events.push(event),
  });
  const lanes = joinLanes(recorder.tap);
  const gateway = createGateway(await load(), {
    tap: lanes.gateway,
    openFile: filesInMemory('/app', files),
    limits: { shutdown_ms: GRACE },
  });
  const { ready } = await gateway.start();
  if (ready) {
    const dial = dialMemory(gateway);
    await runExchanges(parseScenario(scenario), (exchange, index) =>
      runRequest(exchange, {
        dial,
        conn: index + 1,
        tap: lanes.client,
        drain: () => gateway.drain(),
      }),
    );
    await settle(gateway);
  }
  await windUp(gateway);
  return events;
}
