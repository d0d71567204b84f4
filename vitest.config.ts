// Unit tests: beside their sources, in Node, without a browser.
import { compileModule } from 'svelte/compiler';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      name: 'runes-as-plain-values',
      transform: (code, id) =>
        id.endsWith('.svelte.ts') ? compileModule(code, { generate: 'server' }).js : undefined,
    },
  ],
  test: {
    environment: 'node',
    include: [
      'src/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.*',
      'tests/**/*.test.ts',
    ],
    // Those with programs of others are a step of their own: vitest.outsiders.config.ts.
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.spec.ts', 'tests/outsiders/**'],
    // Two busy cores: a property test takes longer than the usual 5 s.
    testTimeout: 20_000,
    // Nor may a wait give up after the usual second: a process that the machine has not let run is not one that hangs.
    expect: { poll: { timeout: 15_000 } },
  },
});
