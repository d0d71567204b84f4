// Tests of the gateway with programs of others: real processes on the loopback, so a step of their own (`npm test`).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/outsiders/**/*.test.ts'],
    globalSetup: 'tests/outsiders/setup.ts',
    // Most of the time they wait: for a limit to pass, or for a program to start.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
