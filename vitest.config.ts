// Unit tests: beside their sources, in Node, without a browser.
import { readFileSync } from 'node:fs';
import { compileModule } from 'svelte/compiler';
import { defineConfig } from 'vitest/config';

const WORKFLOW_PARSER = '@actions/workflow-parser';

export default defineConfig({
  plugins: [
    {
      name: 'no-maps-of-missing-sources',
      load: (id) =>
        id.includes(`/${WORKFLOW_PARSER}/`) && id.endsWith('.js')
          ? readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')
          : undefined,
    },
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
    // It imports JSON as bundlers do, which Node refuses.
    server: { deps: { inline: [WORKFLOW_PARSER] } },
    // Two busy cores: a property test takes longer than the usual 5 s.
    testTimeout: 20_000,
    // Nor may a wait give up after the usual second: a process that the machine has not let run is not one that hangs.
    expect: { poll: { timeout: 15_000 } },
  },
});
