import type { DraftRule } from '../rule.ts';

export const lineEnds: DraftRule = {
  id: 'line-ends',
  group: 'text',
  severity: 'error',
  summary: 'Lines end with LF, as on Unix.',
  why: 'Published texts are held to a checksum of their octets, and a text with other line ends is another text. `--fix` mends it; `git config core.autocrlf input` keeps an editor from bringing them back.',
  wrong: 'one line␍␊another',
  right: 'one line␊another',
  fixes: true,
  errata: true,
  *checkDraft({ document }) {
    if (document.oversize) return;
    const ends = [...document.source.matchAll(/\r\n?/g)];
    const [first] = ends;
    if (!first) return;
    yield {
      at: first.index,
      message: `${ends.length === 1 ? 'a line ends' : `${ends.length} lines end`} with CR or CRLF instead of LF`,
      hint: 'Run `portway proposal lint --fix`, or tell your editor to use Unix line ends.',
      fix: ends.map(({ 0: end, index }) => ({ start: index, end: index + end.length, text: '\n' })),
    };
  },
};
