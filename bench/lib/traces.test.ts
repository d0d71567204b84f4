// The traces that are measured with: well formed, with all that a viewer has to show, and the same each time.

import { expect, test } from 'vitest';
import { faultsOf } from '../../tests/fixtures/trace-schema.ts';
import { busyTrace } from './traces.ts';

test('busy trace: each event is well formed, and numbers and times rise', () => {
  const events = busyTrace(3000);
  expect(events).toHaveLength(3000);
  expect(events.flatMap((event) => faultsOf(event))).toEqual([]);
  for (let i = 1; i < events.length; i++) {
    expect(events[i]?.seq).toBeGreaterThan(events[i - 1]?.seq as number);
    expect(events[i]?.t).toBeGreaterThanOrEqual(events[i - 1]?.t as number);
  }
});

test('busy trace: it is the same each time, and a longer one begins with a shorter', () => {
  expect(busyTrace(500)).toEqual(busyTrace(1000).slice(0, 500));
});

test('busy trace: there are waits, levels, causes, violations, injected faults, and numbers that are missing', () => {
  const events = busyTrace(20_000);
  for (const key of ['span', 'buffered', 'cause', 'violation', 'fault', 'src'] as const)
    expect(events.some((event) => event[key] !== undefined)).toBe(true);
  expect(events.at(-1)?.seq).toBeGreaterThan(events.length);
});
