// The conformance suite over the reference gateway: every case over every driver of this process. `portway conformance`
// runs the same cases.

import { describe, test } from 'vitest';
import { loadAreas } from './cases.ts';
import { DRIVERS } from './names.ts';
import { runCase, skipped } from './run.ts';
import { inProcess } from './target.ts';

const areas = await loadAreas();

for (const { title, cases } of areas) {
  // Many cases wait for a limit of time: they wait together.
  describe.concurrent(title, () => {
    for (const one of cases) {
      for (const target of DRIVERS.map((driver) => inProcess(driver))) {
        if (skipped(one, target) !== undefined) continue;
        test(`${one.requirement}: ${one.title} [${target.driver}]`, async () => {
          const { outcome, message } = await runCase(one, target);
          if (outcome !== 'pass') throw new Error(`${outcome}: ${message}`);
        });
      }
    }
  });
}
