// What a page that is only read costs before the first touch: what its first visit transfers, compressed as static hosts
// compress it.

import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';

/** Octets by kind, compressed with gzip where that helps. */
interface Weight {
  readonly script: number;
  readonly all: number;
  readonly parts: Readonly<Record<string, number>>;
}

async function weigh(page: Page, path: string): Promise<Weight> {
  const parts: Record<string, number> = {};
  const reading: Promise<void>[] = [];
  page.on('response', (response) => {
    const kind = response.request().resourceType();
    reading.push(
      response.body().then((body) => {
        parts[kind] = (parts[kind] ?? 0) + Math.min(body.length, gzipSync(body).length);
      }),
    );
  });
  await page.goto(path, { waitUntil: 'networkidle' });
  await Promise.all(reading);
  // What is written into the page itself is part of the document, and is script all the same.
  const inline = await page
    .locator('script:not([src]):not([type="application/json"]):not([type="application/ld+json"])')
    .allTextContents();
  return {
    script: (parts.script ?? 0) + gzipSync(inline.join('\n')).length,
    all: Object.values(parts).reduce((sum, size) => sum + size, 0),
    parts,
  };
}

for (const path of ['/', '/proposals/0003/', '/examples/hello/', '/examples/', '/playground/']) {
  test(`${path} transfers at most 15 kB of script, and 60 kB in all, before a touch`, async ({
    page,
  }) => {
    const weight = await weigh(page, path);
    expect(weight.parts.document).toBeGreaterThan(0);
    expect(weight.script).toBeLessThanOrEqual(15_000);
    expect(weight.all).toBeLessThanOrEqual(60_000);
  });
}
