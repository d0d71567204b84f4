// Texts that are hard to carry in a patch, and a mail around them, for the tests of writing and of reading.

import fc from 'fast-check';
import type { PatchMail } from './write.ts';

export const PATH = 'proposals/0003-http/draft.md';

export const BASE: Omit<PatchMail, 'files'> = {
  author: { name: 'Ana Ruiz', address: 'ana@example.org' },
  date: new Date('2026-11-23T10:00:00Z'),
  subject: 'http.start-once: name the error',
};

/** What a file was, null where it is new, and what it is. */
export const TEXTS: readonly (readonly [name: string, before: string | null, after: string])[] = [
  ['a new file', null, 'first\nsecond\n'],
  ['a new file without an end of line', null, 'first'],
  ['lines that end with CR LF', 'one\r\ntwo\r\n', 'one\r\n2\r\n'],
  ['ends of line that change', 'one\ntwo\n', 'one\r\ntwo\r\n'],
  ['a last line that loses its end', 'one\ntwo\n', 'one\ntwo'],
  ['a last line that gets its end', 'one\ntwo', 'one\ntwo\n'],
  ['a byte order mark', 'one\n', '\ufeffone\n'],
  ['a text that is emptied', 'one\n', ''],
  ['a text that was empty', '', 'one\n'],
  ['many scripts', 'größe\n', 'größe 尺寸 גודל 𝒮𝒾𝓏𝑒\n'],
  ['a line longer than mail allows', 'one\n', `${'long '.repeat(600)}\n`],
  [
    'lines like those of a mail',
    'a\n',
    'From me Mon Sep 17 00:00:00 2001\n---\n-- \ndiff --git a/x b/x\n',
  ],
  ['a last line like a signature', 'a\n', 'b\n-- \nname\n'],
  ['white space at ends of lines', 'a \n\t\n', 'a\t\n \n'],
];

const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 25 }),
  fc.constantFrom(
    '',
    ' ',
    '-- ',
    '---',
    '+',
    '-',
    '@@ -1 +1 @@',
    'From a@b Mon Sep 17 00:00:00 2001',
    'From 0',
    '=3D',
    '\\ No newline at end of file',
    '\t',
    'GIT binary patch',
    '.',
    'x\r',
    '\ufeff',
  ),
);

/** Any text that git takes for one. */
export const anyText = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, eol, ends]) => lines.join(eol).replaceAll('\0', '') + (ends ? eol : ''));
