// The traces that pages show before anything runs are those that are kept beside the examples.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { formatGolden, GOLDEN } from '../cli/golden.ts';
import { recordTrace } from './recorded.ts';

const EXAMPLES = join(ROOT, 'content/examples');

test.each(readdirSync(EXAMPLES).sort())('%s is recorded as it is kept', async (slug) => {
  const names = readdirSync(join(EXAMPLES, slug)).filter((name) => name !== '__pycache__');
  const files = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(EXAMPLES, slug, name), 'utf8')]),
  );
  const events = await recordTrace(slug, files['requests.http'] ?? '', files);
  expect(formatGolden(events)).toBe(files[GOLDEN]);
});
