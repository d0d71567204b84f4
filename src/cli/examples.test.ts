// Every example, and an application that does everything, on each transport: what the traces say is the same, every
// event is well formed, the trace is the one that is kept beside it, and what an example says that it breaks is what it
// breaks.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { faultsOf } from '../../tests/fixtures/trace-schema.ts';
import { normalise, type TraceEvent } from '../trace/index.ts';
import { runScenario, type ScenarioRun, type TransportName } from './check.ts';
import { runExample } from './example.ts';
import { formatGolden, GOLDEN } from './golden.ts';
import { loadApplication } from './load.ts';

const EXAMPLES = join(ROOT, 'content/examples');
const slugs = readdirSync(EXAMPLES).sort();

const FIXTURE = {
  entry: join(ROOT, 'tests/fixtures/apps/everything.ts'),
  scenario: join(ROOT, 'tests/fixtures/apps/requests.http'),
};

async function run(slug: string, transport: TransportName): Promise<ScenarioRun> {
  if (slug !== 'everything') return runExample(join(EXAMPLES, slug), transport);
  const { entry, scenario } = FIXTURE;
  return runScenario(
    await loadApplication(entry),
    readFileSync(scenario, 'utf8'),
    transport,
    entry,
  );
}

/** An event as it is read from a file of a trace. */
const written = (event: TraceEvent): unknown => JSON.parse(JSON.stringify(event));

test('there are examples', () => {
  expect(slugs).toContain('hello');
});

describe.each([...slugs, 'everything'])('%s', (slug) => {
  test('the traces over h1 and in memory are the same', async () => {
    const [h1, memory] = [await run(slug, 'h1'), await run(slug, 'memory')];
    expect(normalise(h1.events)).toEqual(normalise(memory.events));
    const summary = ({ results, faults }: ScenarioRun) => ({
      results: results.map(({ name, outcome, status, size }) => ({ name, outcome, status, size })),
      faults: faults.map(({ message, requirement }) => ({ message, requirement })),
    });
    expect(summary(h1)).toEqual(summary(memory));
  });

  test.each(['h1', 'memory'] as const)('every event over %s is well formed', async (transport) => {
    const { events } = await run(slug, transport);
    expect(events.length).toBeGreaterThan(5);
    for (const event of events) expect(faultsOf(written(event)), JSON.stringify(event)).toEqual([]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });
});

describe.each(slugs)('%s', (slug) => {
  const [, frontMatter = ''] = readFileSync(join(EXAMPLES, slug, 'example.md'), 'utf8').split(
    '---\n',
  );
  const { breaks, clauses, fails } = parse(frontMatter) as {
    breaks?: string;
    clauses: string[];
    fails?: boolean;
  };

  test.each(['h1', 'memory'] as const)(
    'the trace over %s is the one that is kept (`npm run golden`)',
    async (transport) => {
      const { events } = await run(slug, transport);
      expect(formatGolden(events)).toBe(readFileSync(join(EXAMPLES, slug, GOLDEN), 'utf8'));
    },
  );

  test('breaks what it says that it breaks, and nothing else', async () => {
    const { events, faults, results } = await run(slug, 'memory');
    const broken = events.flatMap(({ violation }) => (violation ? [violation.requirement] : []));
    expect([...new Set(broken)]).toEqual(breaks === undefined ? [] : [breaks]);
    const own = faults.filter(({ requirement }) => requirement === undefined);
    expect(own.length > 0).toBe(fails ?? false);
    expect(faults.filter(({ requirement }) => requirement !== (breaks ?? ''))).toEqual(own);
    expect(results.filter(({ outcome }) => outcome === 'timeout')).toEqual([]);
  });

  test('shows what it breaks, and each clause once', () => {
    if (breaks !== undefined) expect(clauses).toContain(breaks);
    expect(clauses).toEqual([...new Set(clauses)]);
  });
});

test('a violation has the line of the application that broke it', async () => {
  const { events } = await run('start-once', 'memory');
  const source = readFileSync(join(EXAMPLES, 'start-once/app.ts'), 'utf8').split('\n');
  const { src } = events.find(({ violation }) => violation) ?? {};
  expect(src?.file).toBe('app.ts');
  expect(source[(src?.line ?? 0) - 1]).toContain('status: 500');
});

test('everything: each path ends as it says', async () => {
  const { results, faults } = await run('everything', 'h1');
  expect(results.map(({ status, outcome }) => `${status} ${outcome}`)).toEqual([
    '200 complete',
    '204 complete',
    '200 aborted',
    '500 complete',
    '200 aborted',
    '200 complete',
    '500 complete',
    '500 complete',
    '200 aborted',
    'undefined closed',
    '200 complete',
    '200 complete',
    '200 complete',
    '200 complete',
    '200 complete',
    '413 complete',
    '200 complete',
    '404 complete',
    '400 complete',
  ]);
  expect(faults.map(({ message }) => message)).toEqual([
    'RangeError: on purpose',
    'Error: on purpose, late',
    'Error: on purpose, after the end',
    'RangeError: on purpose',
    'the application returned before its response was over',
    'the application returned before its response was over',
  ]);
});
