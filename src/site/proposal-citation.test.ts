// Citations: what stands in them, and that TeX reads them as they are meant.
import { expect, test } from 'vitest';
import { bibtex, type CitedText, plainCitation, requirementCitation } from './proposal-citation.ts';
import { dayInWords } from './redline-comparisons.ts';

const TEXT: CitedText = {
  slug: '0003',
  title: 'Fields & bodies_2',
  authors: ['Ada Lovelace', 'Plato'],
  revision: 'revision 1',
  name: 'v1',
  date: '2026-11-23',
  url: 'https://example.org/proposals/0003/v1/',
  series: 'Portway',
};

test('plain text', () => {
  expect(plainCitation(TEXT, dayInWords)).toBe(
    'Ada Lovelace, Plato, “Fields & bodies_2”, Portway proposal 0003, revision 1, 23 November 2026. https://example.org/proposals/0003/v1/',
  );
});

test('BibTeX: names are whole, and signs of TeX are escaped', () => {
  expect(bibtex(TEXT)).toBe(`@techreport{portway-0003-v1,
  author = {{Ada Lovelace} and Plato},
  title = {{Fields \\& bodies\\_2}},
  institution = {Portway},
  type = {Proposal},
  number = {0003},
  note = {revision 1},
  year = {2026},
  url = {https://example.org/proposals/0003/v1/},
  month = nov,
}`);
});

test('what is not known is left out', () => {
  const { date: _date, url: _url, ...text } = TEXT;
  expect(plainCitation(text, dayInWords)).toMatch(/revision 1\.$/);
  expect(bibtex(text)).not.toMatch(/year|month|url/);
});

test.each([
  [
    'with the day of the draft',
    '2026-11-23',
    'Portway 0003 (draft 2026-11-23), http.start-once: The gateway MUST end it as http.abort says.',
  ],
  [
    'without one, where the repository does not say',
    undefined,
    'Portway 0003 (draft), http.start-once: The gateway MUST end it as http.abort says.',
  ],
])('a requirement, %s', (_what, date, words) => {
  const text = 'The gateway MUST end `it` as [http.abort] says.';
  const cited = { series: 'Portway', slug: '0003', id: 'http.start-once', text };
  expect(requirementCitation({ ...cited, ...(date !== undefined && { date }) })).toBe(words);
});
