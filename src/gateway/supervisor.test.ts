// The first process of several: which of them drain, which are replaced, and what status all of it comes to.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Supervisor, supervise, type WorkerEvents } from './supervisor.ts';

const LIMITS = { drain_ms: 30_000, shutdown_ms: 5000 };

/** A process of the test: what it was told, and what it tells. */
class FakeWorker implements WorkerEvents {
  readonly told: string[] = [];
  readonly ready: () => void;
  readonly draining: () => void;
  readonly failed: (what: 'start' | 'listen') => void;
  readonly ended: (status: number | null) => void;
  constructor({ ready, draining, failed, ended }: WorkerEvents) {
    this.ready = ready;
    this.draining = draining;
    this.failed = failed;
    this.ended = ended;
  }
  drain = () => void this.told.push('drain');
  hurry = () => void this.told.push('hurry');
  kill = () => void this.told.push('kill');
}

let started: FakeWorker[];
let lines: string[];
let supervisor: Supervisor;
let status: number | undefined;

function run(workers: number): void {
  started = [];
  lines = [];
  status = undefined;
  supervisor = supervise({
    workers,
    limits: LIMITS,
    start: (_, events) => {
      const worker = new FakeWorker(events);
      started.push(worker);
      return worker;
    },
    report: (_, line) => void lines.push(line),
    now: () => performance.now(),
  });
  supervisor.status.then((value) => (status = value));
}

const worker = (index: number) => started[index] as FakeWorker;
const drained = () => started.map(({ told }) => told.includes('drain'));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function turn(milliseconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** Two processes that are ready. */
function two(): void {
  run(2);
  worker(0).ready();
  worker(1).ready();
}

test('lifespan.per-process: as many processes as were asked for, and ready when all are', async () => {
  run(3);
  expect(started).toHaveLength(3);
  let ready: boolean | undefined;
  supervisor.ready.then((value) => (ready = value));
  worker(2).ready();
  worker(0).ready();
  await turn();
  expect(ready).toBeUndefined();
  worker(1).ready();
  await turn();
  expect(ready).toBe(true);
});

describe('drain.begins', () => {
  test.each<[what: string, happens: () => void, drains: boolean[]]>([
    ['the operator asks', () => supervisor.drain(), [true, true]],
    ['a process cannot listen', () => worker(1).failed('listen'), [true, true]],
    ['a lifespan ends early', () => worker(1).draining(), [false, false]],
    ['a process is gone', () => worker(1).ended(1), [false, false]],
  ])('drain.begins: %s', async (_, happens, drains) => {
    two();
    happens();
    await turn();
    expect(drained()).toEqual(drains);
  });

  test('drain.begins: a start fails before every process has been ready once', async () => {
    run(3);
    worker(0).ready();
    worker(1).failed('start');
    expect(drained()).toEqual([true, true, true]);
    expect(await supervisor.ready).toBe(false);
    worker(0).ended(0);
    worker(1).ended(3);
    await turn();
    expect(status).toBeUndefined();
    worker(2).ended(0);
    await turn();
    expect(status).toBe(3);
  });

  test('drain.begins: a start fails later, while another process is ready', async () => {
    two();
    worker(1).ended(1);
    await turn(1000);
    worker(2).failed('start');
    worker(2).ended(3);
    expect(drained()).toEqual([false, false, false]);
    await turn(2000);
    expect(started, 'and is tried again').toHaveLength(4);
  });

  test('drain.begins: a start fails later, while no process is ready', async () => {
    run(1);
    worker(0).ready();
    worker(0).ended(1);
    await turn(1000);
    worker(1).failed('start');
    worker(1).ended(3);
    await turn();
    expect(status).toBe(3);
  });

  test('drain.begins: a process that is gone before it was ready has not started', async () => {
    run(2);
    worker(0).ready();
    worker(1).ended(null);
    expect(drained()[0]).toBe(true);
    worker(0).ended(0);
    await turn();
    expect(status).toBe(3);
  });

  test('drain.begins: a second reason changes nothing', async () => {
    two();
    supervisor.drain();
    supervisor.drain();
    worker(0).failed('listen');
    expect(started.map(({ told }) => told)).toEqual([['drain'], ['drain']]);
  });

  test('drain.begins: on purpose, the new process first, and then the old one', async () => {
    run(1);
    worker(0).ready();
    supervisor.replace();
    expect(started).toHaveLength(2);
    expect(drained()).toEqual([false, false]);
    worker(1).ready();
    expect(drained()).toEqual([true, false]);
    worker(0).ended(1);
    await turn(120_000);
    expect(started, 'nothing takes the place of the old one again').toHaveLength(2);
    supervisor.drain();
    worker(1).ended(0);
    await turn();
    expect(status, 'a process that was replaced does not count').toBe(0);
  });

  test('a replacement that is overtaken by another never takes over', async () => {
    run(1);
    worker(0).ready();
    supervisor.replace();
    supervisor.replace();
    expect(drained()).toEqual([false, true, false]);
    worker(1).ready();
    expect(drained()).toEqual([false, true, false]);
    worker(2).ready();
    expect(drained()).toEqual([true, true, false]);
  });

  test('lifespan.replace: the old process goes while its replacement starts, and there is no third', async () => {
    run(1);
    worker(0).ready();
    supervisor.replace();
    worker(0).ended(1);
    await turn(120_000);
    expect(started).toHaveLength(2);
    worker(1).ready();
    supervisor.drain();
    worker(1).ended(0);
    await turn();
    expect(status).toBe(0);
  });
});

describe('lifespan.replace', () => {
  test('worker.restart-wait: 1 s, then twice as long after each end in a row, up to 60 s', async () => {
    run(2);
    worker(0).ready();
    const waits: number[] = [];
    let last = 1;
    for (let i = 0; i < 8; i++) {
      worker(last).ready();
      worker(last).ended(1);
      const before = started.length;
      let waited = 0;
      while (started.length === before) {
        await turn(500);
        waited += 500;
      }
      waits.push(waited / 1000);
      last = started.length - 1;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    worker(last).ready();
    await turn(60_000);
    worker(last).ended(1);
    await turn(0);
    expect(started.length, 'at once after a minute of service').toBe(last + 2);
    worker(last + 1).ready();
    worker(last + 1).ended(1);
    await turn(999);
    expect(started.length).toBe(last + 2);
    await turn(1);
    expect(started.length, 'and then from the beginning').toBe(last + 3);
  });

  test('a drain starts nothing more', async () => {
    two();
    worker(0).ended(1);
    supervisor.drain();
    worker(1).ended(0);
    await turn(120_000);
    expect(started).toHaveLength(2);
    expect(status, 'and the process that was not replaced counts').toBe(1);
  });
});

describe('drain.exit-status', () => {
  test.each<[what: string, happens: () => Promise<void> | void, status: number]>([
    [
      'all end as asked',
      () => {
        supervisor.drain();
        worker(0).ended(0);
        worker(1).ended(0);
      },
      0,
    ],
    [
      'a clean-up with a fault',
      () => {
        supervisor.drain();
        worker(0).ended(0);
        worker(1).ended(1);
      },
      1,
    ],
    [
      'a process that was killed while it drained',
      () => {
        supervisor.drain();
        worker(0).ended(0);
        worker(1).ended(null);
      },
      1,
    ],
    [
      'a fault in a process that was replaced',
      async () => {
        worker(1).ended(1);
        await turn(1000);
        worker(2).ready();
        supervisor.drain();
        worker(0).ended(0);
        worker(2).ended(0);
      },
      0,
    ],
    [
      'an early end that the drain of all overtakes',
      () => {
        worker(1).draining();
        supervisor.drain();
        worker(0).ended(0);
        worker(1).ended(1);
      },
      1,
    ],
    [
      'an end that nobody asked for, with 0',
      () => {
        worker(1).ended(0);
        supervisor.drain();
        worker(0).ended(0);
      },
      1,
    ],
    [
      'an address that is taken',
      () => {
        worker(0).failed('listen');
        worker(0).ended(1);
        worker(1).ended(0);
      },
      1,
    ],
  ])('drain.exit-status: %s', async (_, happens, expected) => {
    two();
    await happens();
    await turn();
    expect(status).toBe(expected);
  });

  test('drain.exit-status: an address that the first process to be ready cannot have is no failed start', async () => {
    run(1);
    worker(0).failed('listen');
    worker(0).ended(1);
    await turn();
    expect(status).toBe(1);
  });

  test('drain.during-startup: a start that a drain cuts short is no failed one', async () => {
    run(1);
    supervisor.drain();
    worker(0).failed('start');
    worker(0).ended(0);
    await turn();
    expect(status).toBe(0);
  });
});

describe('drain.signals-below', () => {
  test('drain.signals-below: a process that does not follow is ended, after the times that it has', async () => {
    two();
    supervisor.drain();
    worker(0).ended(0);
    await turn(30_000 + 2 * 5000 + 999);
    expect(worker(1).told).toEqual(['drain']);
    await turn(1);
    expect(worker(1).told).toEqual(['drain', 'kill']);
    expect(worker(0).told).toEqual(['drain']);
    worker(1).ended(null);
    await turn();
    expect(status).toBe(1);
  });

  test('drain.second-signal: every process is told once, and has twice `shutdown_ms`', async () => {
    two();
    supervisor.drain();
    await turn(10_000);
    supervisor.hurry();
    supervisor.hurry();
    expect(worker(1).told).toEqual(['drain', 'hurry']);
    await turn(2 * 5000 + 1000);
    expect(worker(1).told).toEqual(['drain', 'hurry', 'kill']);
  });

  test('a process that drains by itself is ended too, when it does not end', async () => {
    two();
    worker(1).draining();
    await turn(41_000);
    expect(started.map(({ told }) => told)).toEqual([[], ['kill']]);
    worker(1).ended(null);
    await turn(1000);
    expect(started, 'and replaced').toHaveLength(3);
  });
});
