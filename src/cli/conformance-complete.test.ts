// Whether every requirement is shown: by a case of the conformance suite, by another test that names it, or else excused
// by an `untested` block. Stands here because it reads the proposals as well as the suite.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { incompleteness } from '../conformance/completeness.ts';
import type { Report } from '../conformance/report.ts';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import { exemptIn } from '../spec/lint/subjects.ts';
import { ROOT } from './drafts.ts';
import { readLibrary } from './proposal/repository.ts';

const REPORT = new URL('../../content/conformance/report.json', import.meta.url);

test('every requirement is shown or excused', async () => {
  const library = await readLibrary(ROOT);
  const wrong = incompleteness({
    requirements: REQUIREMENTS,
    tested: new Set(library.tests?.keys()),
    untested: new Set(exemptIn(library).keys()),
  });
  expect(wrong.join('\n'), 'what to put right, by requirement').toBe('');
});

test('the report that the site shows is of the requirements that there are', () => {
  const report = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;
  expect(
    report.requirements.map(({ requirement }) => requirement),
    'run `npm run portway -- conformance --out content/conformance/report.json`',
  ).toEqual(Object.keys(REQUIREMENTS));
});
