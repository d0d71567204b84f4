// The traces that pages show before anything runs: each example's own scenario, run through the gateway in memory when
// the page is built. Never written by hand.
import { parseScenario, runRequest } from '../client/index.ts';
import { dialMemory } from '../client/memory.ts';
import { createGateway } from '../gateway/index.ts';
import type { Application } from '../interface/index.ts';
import { createRecorder, type TraceEvent } from '../trace/index.ts';

const applications = import.meta.glob<Application>('../../content/examples/*/app.ts', {
  import: 'default',
});

/** Runs an example's scenario and gives its trace. */
export async function recordTrace(slug: string, scenario: string): Promise<readonly TraceEvent[]> {
  const load = applications[`../../content/examples/${slug}/app.ts`];
  if (!load) return [];
  const events: TraceEvent[] = [];
  const recorder = createRecorder({
    run: 'recorded',
    now: () => performance.now(),
    emit: (event) => events.push(event),
  });
  const gateway = createGateway(await load(), { tap: recorder.tap });
  await gateway.start();
  for (const [index, request] of parseScenario(scenario).entries()) {
    await runRequest(request, {
      dial: dialMemory(gateway),
      conn: index + 1,
      tap: recorder.tap,
    });
  }
  return events;
}
