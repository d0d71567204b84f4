// What pages offer beside themselves is what they say it is.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { dataLink } from './alternates.ts';
import { textsOf } from './redline-comparisons.ts';
import { markdown } from './responses.ts';
import { proposals } from './specification.ts';

const texts = proposals.flatMap(({ slug }) => textsOf(slug));

test.each(texts)(
  '$file is offered octet for octet, and published ones fit their checksum',
  async ({ file, source, checksum }) => {
    const octets = Buffer.from(await markdown(source).arrayBuffer());
    expect(octets.equals(readFileSync(`${ROOT}${file}`))).toBe(true);
    if (checksum !== undefined)
      expect(createHash('sha256').update(octets).digest('hex')).toBe(checksum);
  },
);

test('data is of the type that its name ends with', () => {
  expect(dataLink('/api/requirements.csv').type).toBe('text/csv');
  expect(dataLink('/api/requirements.json').type).toBe('application/json');
});
