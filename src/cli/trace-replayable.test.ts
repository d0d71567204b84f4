// Every example's scenario, recorded in memory and written from its trace as a scenario again: what runs then has the
// same trace. Where a trace does not have what a client would have sent, that is named.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { recordedIn, replayableOf } from '../client/recorded.ts';
import { scenarioTextOf } from '../client/recorded-text.ts';
import { compareTraces } from '../trace/compare.ts';
import { summaryWords } from '../trace/compare-words.ts';
import { normalise, type TraceEvent } from '../trace/index.ts';
import { runRequests, runScenario } from './check.ts';
import { readExample, withApplication } from './example.ts';

const EXAMPLES = join(ROOT, 'content/examples');
const slugs = readdirSync(EXAMPLES).sort();

/** By example, the conversations that cannot be sent again, and why. */
const OMITTED: Readonly<Record<string, readonly (readonly [conn: number, why: string])[]>> = {
  // The client gave up what was left of its body when the response was over, and so it was never sent.
  discard: [
    [1, 'its body is not in the trace to the end'],
    [2, 'its body is not in the trace to the end'],
  ],
};

const entryOf = async (slug: string) => (await readExample(join(EXAMPLES, slug))).entry;

async function run(slug: string, scenario: string): Promise<readonly TraceEvent[]> {
  const entry = await entryOf(slug);
  return withApplication(
    entry,
    async (application) => (await runScenario(application, scenario, 'memory', entry)).events,
  );
}

/** The conversations that were sent again, by the numbers that they have now. */
function chosen(events: readonly TraceEvent[], conns: readonly number[]): TraceEvent[] {
  return events.flatMap((event) => {
    const at = conns.indexOf(event.conn);
    if (event.conn === 0) return [event];
    return at < 0 ? [] : [{ ...event, conn: at + 1 }];
  });
}

test.each(slugs)('%s: what is written from its trace runs to the same trace', async (slug) => {
  const scenario = readFileSync(join(EXAMPLES, slug, 'requests.http'), 'utf8');
  const recorded = await run(slug, scenario);
  const { text, conns, omitted } = scenarioTextOf(recorded);
  expect(omitted.map(({ conn, why }) => [conn, why])).toEqual(OMITTED[slug] ?? []);
  for (const { conn, title, why } of omitted)
    expect(text).toContain(`# Left out: conversation ${conn}, ${title}: ${why}.\n`);

  const before = chosen(recorded, conns);
  const now = await run(slug, text);
  expect(normalise(now)).toEqual(normalise(before));
  expect(summaryWords(compareTraces(before, now))).toMatch(/^no differences in /);

  // The exchanges by themselves, as `portway replay` sends them.
  const replayed = replayableOf(recordedIn(recorded), recorded);
  const exchanges = replayed.map(({ exchange }) => exchange);
  const entry = await entryOf(slug);
  const { events } = await withApplication(entry, (application) =>
    runRequests(application, exchanges, 'memory', entry),
  );
  expect(normalise(events)).toEqual(normalise(before));
});
