// That a patch which was written here, or by git, is read as it was meant, and that one which does not fit says where.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPatches, MOST, readPatches } from './read.ts';
import { type PatchMail, writePatch } from './write.ts';

const BASE: Omit<PatchMail, 'files'> = {
  author: { name: 'Zoë D’Arc, Jr', address: 'zoe@example.org' },
  date: new Date('2026-11-23T10:00:00Z'),
  subject: 'http.start-once: say “rejects” in a line that is long enough to be folded in a mail',
  body: 'The sentence did not say which.\n\nNormative.',
};
const PATH = 'proposals/0003-http/draft.md';

async function roundTrip(before: string | null, after: string) {
  const [read, ...more] = await readPatches(
    writePatch({ ...BASE, files: [{ path: PATH, before, after }] }),
  );
  expect(more).toEqual([]);
  return { read, applied: applyPatches(read ? [read] : [], () => before ?? undefined) };
}

describe('what was written is read', () => {
  test('author, date, subject and message', async () => {
    const { read } = await roundTrip('a\n', 'b\n');
    expect(read).toMatchObject(BASE);
  });

  test.each([
    ['a new file', null, 'first\nsecond\n'],
    ['a new file without an end of line', null, 'first'],
    ['lines that end with CR LF', 'one\r\ntwo\r\n', 'one\r\n2\r\n'],
    ['a last line that loses its end', 'one\ntwo\n', 'one\ntwo'],
    ['many scripts', 'größe\n', 'größe 尺寸 גודל 𝒮𝒾𝓏𝑒\n'],
    ['a line longer than mail allows', 'one\n', `${'long '.repeat(600)}\n`],
    [
      'lines like those of a mail',
      'a\n',
      'From me Mon Sep 17 00:00:00 2001\n---\n-- \ndiff --git a/x b/x\n',
    ],
    ['a last line like a signature', 'a\n', 'b\n-- \nname\n'],
  ])('%s', async (_, before, after) => {
    const { applied } = await roundTrip(before, after);
    expect(applied).toEqual([{ path: PATH, before, after }]);
  });

  test('any text', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom(
        '',
        ' ',
        '-- ',
        '---',
        '+',
        '-',
        '@@ -1 +1 @@',
        '=3D',
        'From 0',
        'x\r',
        '\ufeff',
      ),
    );
    const text = fc
      .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
      .map(([lines, ends]) => lines.join('\n').replaceAll('\0', '') + (ends ? '\n' : ''));
    await fc.assert(
      fc.asyncProperty(fc.option(text), text, async (before, after) => {
        fc.pre(before !== after && !(before === null && after === ''));
        const { applied } = await roundTrip(before, after);
        expect(applied).toEqual([{ path: PATH, before, after }]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what git writes is read', () => {
  test('two commits in one file, of which the second builds on the first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portway-read-'));
    try {
      const git = (...args: string[]) => {
        const ran = spawnSync(
          'git',
          ['-c', 'user.name=Anã Ruiz', '-c', 'user.email=ana@example.org', ...args],
          {
            cwd: folder,
            encoding: 'utf8',
          },
        );
        if (ran.status !== 0) throw new Error(ran.stderr);
        return ran.stdout;
      };
      const state = (text: string, message: string) => {
        writeFileSync(join(folder, 'draft.md'), text);
        git('add', '-A');
        git('commit', '-qm', message);
      };
      git('init', '-q', '-b', 'main');
      const first = 'größe\ntwo\nthree\n';
      state(first, 'begin');
      state('größe\n2\nthree\n', 'Ändere zwei\n\nWeil.');
      state('größe\n2\nthree\nfour\n', 'Add four');
      const patches = await readPatches(git('format-patch', '--stdout', '-2'));
      expect(patches.map(({ subject, body, author }) => [subject, body, author?.name])).toEqual([
        ['Ändere zwei', 'Weil.', 'Anã Ruiz'],
        ['Add four', undefined, 'Anã Ruiz'],
      ]);
      expect(applyPatches(patches, () => first)).toEqual([
        { path: 'draft.md', before: first, after: 'größe\n2\nthree\nfour\n' },
      ]);
      const plain = await readPatches(git('diff', 'HEAD~2', 'HEAD'));
      expect(applyPatches(plain, () => first)).toEqual([
        { path: 'draft.md', before: first, after: 'größe\n2\nthree\nfour\n' },
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('what does not fit is said', () => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n';
  const mail = writePatch({
    ...BASE,
    files: [{ path: PATH, before, after: before.replace('six', '6') }],
  });

  test.each<[string, string | undefined, RegExp]>([
    ['another text', 'quite\nanother\n', /does not apply at line 3.*“six”/],
    ['no such file', undefined, /no file proposals\/0003-http\/draft.md here/],
  ])('%s', async (_, text, words) => {
    const [result] = applyPatches(await readPatches(mail), () => text);
    expect(result).toMatchObject({ path: PATH, problem: expect.stringMatching(words) });
  });

  test('a new file where there is one', async () => {
    const made = writePatch({ ...BASE, files: [{ path: PATH, before: null, after: 'new\n' }] });
    const [result] = applyPatches(await readPatches(made), () => 'old\n');
    expect(result).toMatchObject({ problem: expect.stringContaining('there is one') });
  });

  test('a text that moved down by lines is found', async () => {
    const [result] = applyPatches(await readPatches(mail), () => `zero\n\n${before}`);
    expect(result).toMatchObject({ after: `zero\n\n${before}`.replace('six', '6') });
  });

  test.each([
    ['', /no patch/],
    ['hello', /no patch/],
    ['# A Markdown file\n\nwith text\n', /no patch/],
    ['x'.repeat(MOST + 1), /at most 4,000,000/],
    ['--- a/x\n+++ b/x\n@@ -1,5 +1,2 @@\n a\n', /cannot be read/],
  ])('%#', async (text, words) => {
    await expect(readPatches(text)).rejects.toThrow(words);
  });

  test('no text makes it fail in another way than by an error in words', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            mail,
            '--- a/x\n',
            '+++ b/x\n',
            '@@ -1 +1 @@\n',
            '-a\n',
            '+b\n',
            '\0',
            'diff --git a/x b/x\n',
            'rename from x\n',
            'Binary files a/x and b/x differ\n',
            'deleted file mode 100644\n',
            'From: a\n',
            '\n',
            'Content-Transfer-Encoding: base64\n',
          ),
          { maxLength: 10 },
        ),
        async (parts) => {
          const text = parts.join('');
          const read = await readPatches(text).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Error);
            expect((error as Error).name).toBe('Error');
            return [];
          });
          for (const result of applyPatches(read, () => before)) expect(result.path).not.toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });
});
