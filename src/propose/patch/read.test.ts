// That a patch which was written here, or by git, is read as it was meant, and that one which does not fit says where.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPatches, MOST, readPatches } from './read.ts';
import { anyText, BASE, PATH, TEXTS } from './testing.ts';
import { type PatchMail, writePatch } from './write.ts';

const MAIL: Omit<PatchMail, 'files'> = {
  ...BASE,
  author: { name: 'Zoë D’Arc, Jr', address: 'zoe@example.org' },
  subject: 'http.start-once: say “rejects” in a line that is long enough to be folded in a mail',
  body: 'The sentence did not say which.\n\nNormative.',
};

async function roundTrip(before: string | null, after: string) {
  const [read, ...more] = await readPatches(
    writePatch({ ...MAIL, files: [{ path: PATH, before, after }] }),
  );
  expect(more).toEqual([]);
  return { read, applied: applyPatches(read ? [read] : [], () => before ?? undefined) };
}

describe('what was written is read', () => {
  test('author, date, subject and message', async () => {
    const { read } = await roundTrip('a\n', 'b\n');
    expect(read).toMatchObject(MAIL);
  });

  test.each(TEXTS)('%s', async (_, before, after) => {
    const { applied } = await roundTrip(before, after);
    expect(applied).toEqual([{ path: PATH, before, after }]);
  });

  test('any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.option(anyText), anyText, async (before, after) => {
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
    ...MAIL,
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
    const made = writePatch({ ...MAIL, files: [{ path: PATH, before: null, after: 'new\n' }] });
    const [result] = applyPatches(await readPatches(made), () => 'old\n');
    expect(result).toMatchObject({ problem: expect.stringContaining('there is one') });
  });

  test('a file that is renamed: its old text is not taken for one of the new name', async () => {
    const renamed = 'diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n';
    const [result, ...others] = applyPatches(await readPatches(renamed), () => before);
    expect(result).toEqual({ path: 'y', problem: expect.stringContaining('renames x') });
    expect(others).toEqual([]);
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
