// Which runs are kept, what they are called, and which two are compared.

import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { eventOf, traceOf } from '../trace/event.fixture.ts';
import { type Finished, Runs, sinceWords } from './runs.svelte.ts';

const original = { 'app.ts': 'a', 'pool.ts': 'b', 'requests.http': 'GET /' };
const finished = (more: Partial<Finished> = {}): Finished => ({
  events: traceOf({}),
  runtime: 'page',
  files: original,
  original,
  ...more,
});
const events = (count: number): readonly TraceEvent[] =>
  Array.from({ length: count }, () => eventOf());
const numbers = (runs: Runs) => runs.list.map(({ number }) => number);
const compared = (runs: Runs) =>
  runs.compared && [runs.compared.left.number, runs.compared.right.number];

describe('a run is called', () => {
  test('by its number, where it ran, and whether it was edited', () => {
    const runs = new Runs({ now: () => 5 });
    runs.keep(finished());
    runs.keep(finished({ runtime: 'webcontainer', files: { ...original, 'app.ts': 'x' } }));
    runs.keep(finished({ runtime: undefined }));
    expect(runs.list.map(({ label }) => label)).toEqual([
      'Run 1, in the page',
      'Run 2, WebContainer, edited',
      'Run 3',
    ]);
    expect(runs.list[0]).toMatchObject({ when: 5 });
  });

  test('with the files that are not as they were in the run before', () => {
    const runs = new Runs();
    const { 'pool.ts': _, ...without } = original;
    runs.keep(finished({ files: { ...original, 'app.ts': 'x' } }));
    runs.keep(finished({ files: { ...original, 'app.ts': 'x' } }));
    runs.keep(finished({ files: { ...original, 'app.ts': 'x', 'requests.http': 'GET /a' } }));
    runs.keep(finished({ files: { ...without, 'requests.http': 'GET /b', 'app.ts': 'y' } }));
    expect(runs.list.map(({ since }) => since)).toEqual([
      [],
      [],
      ['requests.http'],
      ['app.ts', 'pool.ts', 'requests.http'],
    ]);
    expect(runs.list.map(sinceWords)).toEqual([
      '',
      '',
      'requests.http is not as in the run before',
      'app.ts and 2 more are not as in the run before',
    ]);
  });
});

describe('compared are', () => {
  test('the last two, the trace that the page came with among them', () => {
    const runs = new Runs({ recorded: traceOf({}) });
    expect(runs.compared).toBeUndefined();
    runs.keep(finished());
    expect(compared(runs)).toEqual([0, 1]);
    runs.keep(finished());
    expect(compared(runs)).toEqual([1, 2]);
  });

  test('those that were chosen, until there is another run', () => {
    const runs = new Runs();
    for (let run = 0; run < 3; run++) runs.keep(finished());
    runs.compare(3, 1);
    expect(compared(runs)).toEqual([3, 1]);
    runs.compare(3, 9);
    expect(compared(runs)).toEqual([3, 1]);
    runs.keep(finished());
    expect(compared(runs)).toEqual([3, 4]);
  });
});

describe('kept are', () => {
  test('eight runs', () => {
    const runs = new Runs({ recorded: traceOf({}) });
    for (let run = 0; run < 10; run++) runs.keep(finished());
    expect(numbers(runs)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('200,000 events of all runs together, and the last two runs in any case', () => {
    const runs = new Runs();
    const [small, large] = [events(90_000), events(150_000)];
    runs.keep(finished({ events: small }));
    runs.keep(finished({ events: small }));
    runs.keep(finished());
    expect(numbers(runs)).toEqual([1, 2, 3]);
    runs.keep(finished({ events: large }));
    expect(numbers(runs)).toEqual([3, 4]);
    runs.keep(finished({ events: large }));
    expect(numbers(runs)).toEqual([4, 5]);
  });

  test('a recording that was made elsewhere, under its own name, until others take its place', () => {
    const runs = new Runs();
    runs.add('out.ndjson', traceOf({}));
    runs.keep(finished());
    expect(runs.compared?.left.label).toBe('out.ndjson');
    expect(runs.compared?.right.number).toBe(2);
    runs.add('empty.ndjson', []);
    expect(numbers(runs)).toEqual([1, 2]);
  });

  test('no run in which nothing happened', () => {
    const runs = new Runs();
    runs.keep(finished({ events: [] }));
    expect(runs.list).toEqual([]);
  });
});
