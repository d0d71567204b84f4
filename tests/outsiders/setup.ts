// Before these tests: which programs of others are here. Installs what can be, and says why the rest is left out.

import type { TestProject } from 'vitest/node';
import { ensureTried } from '../../scripts/lib/tried.mjs';

export default async function setup(project: TestProject): Promise<void> {
  const known = process.env.PORTWAY_OUTSIDERS;
  const { missing, chromium } = known ? JSON.parse(known) : await ensureTried();
  for (const reason of Object.values(missing)) console.log(`Not tried: ${reason}`);
  project.provide('missing', missing);
  project.provide('chromium', chromium ?? '');
}
