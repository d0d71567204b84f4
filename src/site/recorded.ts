// The traces that pages show before anything runs: each example's own scenario, run through the gateway in memory when
// the page is built. Never written by hand.
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

async function record(
  slug: string,
  scenario: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly TraceEvent[]> {
  const load = applications[`../../content/examples/${slug}/app.ts`];
  if (!load) return [];
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
