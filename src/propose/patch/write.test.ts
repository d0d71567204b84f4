// That git itself applies what is written: every text, author and message, octet by octet.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyText, BASE, PATH, TEXTS } from './testing.ts';
import { authorProblem, blobName, type PatchMail, writePatch } from './write.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portway-patch-'));
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Reviewer');
  git('config', 'user.email', 'reviewer@example.org');
  git('config', 'core.autocrlf', 'false');
  git('commit', '-q', '--allow-empty', '-m', 'begin');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): string {
  const ran = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout;
}

/** Puts the files of a change as they were before, and lets git apply its mail. */
function applied(mail: PatchMail): { files: (string | null)[]; log: string } {
  git('checkout', '-q', '--orphan', 'next');
  git('rm', '-rfq', '--ignore-unmatch', '.');
  for (const { path, before } of mail.files) {
    if (before === null) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), before);
  }
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'before');
  git('branch', '-M', 'main');
  const file = join(folder, '.git', 'change.patch');
  writeFileSync(file, writePatch(mail));
  git('am', '-q', file);
  return {
    files: mail.files.map(({ path }) => readFileSync(join(folder, path), 'utf8')),
    log: git('log', '-1', '--format=%an%n%ae%n%aI%n%B'),
  };
}

describe('git applies', () => {
  test('a changed line, with author, date, subject and message', () => {
    const { files, log } = applied({
      ...BASE,
      body: 'The sentence did not say which.\n\nNormative.',
      files: [{ path: PATH, before: 'one\ntwo\nthree\n', after: 'one\n2\nthree\n' }],
    });
    expect(files).toEqual(['one\n2\nthree\n']);
    expect(log.split('\n').slice(0, 8)).toEqual([
      'Ana Ruiz',
      'ana@example.org',
      '2026-11-23T10:00:00+00:00',
      'http.start-once: name the error',
      '',
      'The sentence did not say which.',
      '',
      'Normative.',
    ]);
  });

  test.each(TEXTS)('%s', (_, before, after) => {
    expect(applied({ ...BASE, files: [{ path: PATH, before, after }] }).files).toEqual([after]);
  });

  test('two files at once', () => {
    const files = [
      { path: PATH, before: 'a\n', after: 'b\n' },
      { path: 'proposals/0014-new/draft.md', before: null, after: 'new\n' },
    ];
    expect(applied({ ...BASE, files }).files).toEqual(['b\n', 'new\n']);
  });

  test('any text', () => {
    fc.assert(
      fc.property(fc.option(anyText), anyText, (before, after) => {
        fc.pre(before !== after && !(before === null && after === ''));
        expect(applied({ ...BASE, files: [{ path: PATH, before, after }] }).files).toEqual([after]);
      }),
      { numRuns: 30 },
    );
    // Eight programs for each.
  }, 120_000);

  test('any message leaves author and text as they are', () => {
    const line = fc.constantFrom(
      '',
      'From: Someone Else <else@example.org>',
      'Subject: another',
      'Date: Mon, 1 Jan 2001 00:00:00 +0000',
      '---',
      '--- a/x',
      'diff --git a/x b/x',
      'Index: x',
      'From a Mon Sep 17 00:00:00 2001',
      '-- >8 --',
      'Größe = maß',
      'prose',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const { files, log } = applied({
          ...BASE,
          body: lines.join('\n'),
          files: [{ path: PATH, before: 'a\n', after: 'b\n' }],
        });
        expect(files).toEqual(['b\n']);
        expect(log.split('\n').slice(0, 4)).toEqual([
          'Ana Ruiz',
          'ana@example.org',
          '2026-11-23T10:00:00+00:00',
          BASE.subject,
        ]);
        for (const one of lines) expect(log).toContain(one);
      }),
      { numRuns: 15 },
    );
    // Eight programs for each.
  }, 120_000);

  test.each([
    'Zoë D’Arc',
    "Miles O'Brien",
    'J. R. Ruiz, Jr',
    'Ruiz "Ana" Marie',
    '李雷',
    'A \\ B',
    'x=?UTF-8?q?y?=z',
    'Ana    Ruiz',
  ])('the author %s', (name) => {
    const { log } = applied({
      ...BASE,
      author: { name, address: 'a.b+c@example.org' },
      files: [{ path: PATH, before: 'a\n', after: 'b\n' }],
    });
    expect(log.split('\n').slice(0, 2)).toEqual([name.replace(/\s+/g, ' '), 'a.b+c@example.org']);
  });

  test.each([
    'Größe des Puffers: sagen, in welcher Einheit sie steht, und was bei null geschieht, in einer langen Zeile',
    `${'word '.repeat(40).trim()}`,
    'a=?utf-8?q?b?= c',
    'x'.repeat(200),
  ])('the subject %s', (subject) => {
    const { log } = applied({
      ...BASE,
      subject,
      files: [{ path: PATH, before: 'a\n', after: 'b\n' }],
    });
    expect(log.split('\n')[3]).toBe(subject);
  });

  test('a change beside another that came since, with three-way merging', () => {
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
    const before = `${lines.join('\n')}\n`;
    const mail = writePatch({
      ...BASE,
      files: [{ path: PATH, before, after: before.replace('line 4', 'four') }],
    });
    applied({ ...BASE, files: [{ path: PATH, before: 'x\n', after: before }] });
    // The context of the change is another now, so only the blob's name leads to what it was made from.
    writeFileSync(join(folder, PATH), before.replace('line 2', 'two'));
    git('commit', '-qam', 'since');
    const file = join(folder, '.git', 'late.patch');
    writeFileSync(file, mail);
    git('am', '-q', '-3', file);
    expect(readFileSync(join(folder, PATH), 'utf8')).toBe(
      before.replace('line 2', 'two').replace('line 4', 'four'),
    );
  });
});

test('the name of a blob is that of git', () => {
  writeFileSync(join(folder, 'blob'), 'größe\n');
  expect(blobName('größe\n')).toBe(git('hash-object', 'blob').trim());
});

describe('what cannot be written is said', () => {
  const files = [{ path: PATH, before: 'a\n', after: 'b\n' }];
  test.each<[string, Partial<PatchMail>, RegExp]>([
    ['no name', { author: { name: ' ', address: 'a@b.cd' } }, /needs the name/],
    ['an address for a name', { author: { name: 'a@b.cd', address: 'a@b.cd' } }, /no `@`/],
    ['a long name', { author: { name: 'é'.repeat(31), address: 'a@b.cd' } }, /60 octets/],
    [
      'quotes beside umlauts',
      { author: { name: 'Zoë "Z" D', address: 'a@b.cd' } },
      /quotation marks/,
    ],
    ['a name of two lines', { author: { name: 'a\nBcc: x', address: 'a@b.cd' } }, /one line/],
    ['no address', { author: { name: 'Ana', address: 'ana' } }, /not one of mail/],
    ['no domain', { author: { name: 'Ana', address: 'ana@example' } }, /not one of mail/],
    ['half a domain', { author: { name: 'Ana', address: 'ana@example..org' } }, /not one of mail/],
    [
      'an address with a line',
      { author: { name: 'Ana', address: 'a@b.cd\nX: y' } },
      /not one of mail/,
    ],
    ['no subject', { subject: '  ' }, /needs a subject/],
    ['a subject in brackets', { subject: '[http] x' }, /brackets/],
    ['a subject of two lines', { subject: 'a\nb' }, /one line/],
    [
      'nothing changed',
      { files: [{ path: PATH, before: 'a\n', after: 'a\n' }] },
      /Nothing is changed/,
    ],
    ['a path upwards', { files: [{ path: '../x', before: null, after: 'b\n' }] }, /not the path/],
    ['a NUL', { files: [{ path: PATH, before: 'a\n', after: 'b\0\n' }] }, /NUL/],
    [
      'half a character',
      { files: [{ path: PATH, before: 'a\n', after: '\ud800\n' }] },
      /surrogate/,
    ],
  ])('%s', (_, more, words) => {
    expect(() => writePatch({ ...BASE, files, ...more })).toThrow(words);
  });

  test('any author that is not refused arrives as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (name) => {
        const author = { name, address: 'ana@example.org' };
        fc.pre(authorProblem(author) === undefined);
        const { log } = applied({ ...BASE, author, files });
        // A dot at the end is lost, as in `Jr.`: git drops it from every name.
        expect(log.split('\n')[0]).toBe(name.trim().replace(/\s+/g, ' ').replace(/\.+$/, ''));
      }),
      { numRuns: 20 },
    );
    // Eight programs for each.
  }, 120_000);
});
