// What the page for proposing says of a change has to be what the command says of it.

import { resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readLibrary } from '../cli/proposal/repository.ts';
import { AnswerSheet } from '../propose/answers.ts';
import type { Change } from '../propose/change.ts';
import type { Answers, Questions } from '../propose/engine-messages.ts';
import type { LibraryData } from '../propose/library.ts';
import { draftOf, libraryOf } from '../spec/lint/library.ts';
import { lint } from '../spec/lint/lint.ts';
import type { Library } from '../spec/lint/rule.ts';
import { RULES } from '../spec/lint/rules.ts';
import { libraryData } from './propose-library.ts';

let data: LibraryData;
let command: Library;
let sheet: AnswerSheet;

beforeAll(async () => {
  data = await libraryData();
  command = await readLibrary(resolve('.'), { examples: true });
  sheet = new AnswerSheet(data, {
    base: '/',
    today: command.today ?? '',
    now: () => new Date('2026-11-23T10:00:00Z'),
    traceOf: () => Promise.reject(new Error('every figure of the drafts has its trace')),
  });
});

async function ask<K extends keyof Questions>(
  kind: K,
  question: Questions[K],
): Promise<Answers[K]> {
  return (await sheet.answer({ kind, ...question } as never)) as Answers[K];
}

async function edited(slug: string, edit: (text: string) => string): Promise<Change> {
  const change = await ask('edit', { slug });
  return {
    ...change,
    files: change.files.map((file) => ({ ...file, after: edit(file.after) })),
  };
}

test('every proposal of the repository can be changed, and its revisions are known', async () => {
  const { proposals, next } = await ask('contents', {});
  expect(proposals.map(({ slug }) => slug)).toEqual(
    command.drafts.filter(({ template }) => !template).map(({ folder }) => folder.slice(0, 4)),
  );
  expect(proposals.find(({ slug }) => slug === '0003')?.revisions).toContain(1);
  expect(Number(next)).toBe(proposals.length + 1);
});

test('in texts as the repository has them nothing is found, and nothing is changed', async () => {
  for (const { slug } of (await ask('contents', {})).proposals) {
    const found = await ask('findings', { change: await ask('edit', { slug }) });
    expect(found.problems).toEqual([]);
    expect(found.elsewhere).toEqual([]);
    expect(found.faults).toEqual([]);
    expect(found.proposals).toEqual([]);
  }
});

/** What an author may do to a text, well or badly. */
const EDITS: readonly (readonly [name: string, edit: (text: string) => string])[] = [
  ['a key word is left out', (text) => text.replace(' MUST ', ' does ')],
  [
    'a second key word is added',
    (text) => text.replace(/(\n(?:The|Middleware) [^\n]*) MUST /, '$1 MUST and SHOULD '),
  ],
  ['an id is lost', (text) => text.replace(/^r\[[^\]]*\]\n/m, '')],
  ['a link leads nowhere', (text) => `${text}\n[nowhere](../0099-nothing/draft.md)\n`],
  [
    'a reference leads nowhere',
    (text) => text.replace('\n## Motivation\n', '\nSee [no.such-id].\n\n## Motivation\n'),
  ],
  ['a section is left out', (text) => text.replace(/\n## Security considerations\n/, '\n')],
  [
    'a field of the front matter is unknown',
    (text) => text.replace('\nstatus:', '\nstate: good\nstatus:'),
  ],
  ['a status is skipped', (text) => text.replace(/\nstatus: .*/, '\nstatus: final')],
  ['a block is no YAML', (text) => text.replace(/```event\n/, '```event\n{{{\n')],
  [
    'spaces stand at the end of a line',
    (text) => text.replace('\n## Motivation\n', '\n## Motivation  \n'),
  ],
  ['the text is empty', () => ''],
];

test.each(EDITS)('where %s, the page finds what the command finds', async (_, edit) => {
  for (const { document, folder } of command.drafts) {
    // One with everything in it, one without events, one that no program is tested against.
    if (!/^00(?:03|10|01)-/.test(folder)) continue;
    const change = await edited(folder.slice(0, 4), edit);
    const [file] = change.files;
    const after = libraryOf(
      command.drafts.map((draft) =>
        draft.document.file === document.file ? draftOf([document.file, file?.after ?? '']) : draft,
      ),
      command,
    );
    const expected = lint(after, RULES).filter((problem) => problem.file === document.file);
    expect((await ask('findings', { change })).problems).toEqual(expected);
  }
});

test('a weaker requirement is named, with the pull request that it would be', async () => {
  const change = await edited('0003', (text) =>
    text.replace(
      'The gateway MUST reject a second `http.response.start`',
      'The gateway SHOULD reject a second `http.response.start`',
    ),
  );
  const { pullRequest, proposals } = await ask('findings', { change });
  expect(proposals[0]?.summary.requirements).toMatchObject([
    { id: 'http.start-once', kinds: ['weakened'] },
  ]);
  expect(pullRequest.title).toBe('Weaken http.start-once (0003 HTTP)');
  expect(pullRequest.labels).toContain('normative');
});

test('an id that is lost is missed where others refer to it', async () => {
  const change = await edited('0003', (text) =>
    text.replaceAll('http.hop-by-hop', 'http.end-to-end'),
  );
  const { problems, elsewhere } = await ask('findings', { change });
  expect(problems.map(({ rule }) => rule)).toContain('published-id-lost');
  expect(elsewhere.map(({ file }) => file)).not.toContain('proposals/0003-http/draft.md');
  expect(elsewhere.length).toBeGreaterThan(0);
});

test('what is mechanical is mended, and nothing else', async () => {
  const change = await edited('0006', (text) =>
    text.replace(/\n## Motivation\n/, '\n## Motivation   \n'),
  );
  const path = change.files[0]?.path ?? '';
  expect(await ask('mend', { path, change })).toBe(change.files[0]?.before);
});

test('a proposal that is not there is named with those that are', async () => {
  await expect(ask('edit', { slug: '0099' })).rejects.toThrow('There is no proposal 0099.');
  await expect(ask('edit', { slug: 'x' })).rejects.toThrow('0001');
});

test('headings and requirements are found by the fragment of the page', async () => {
  const change = await ask('edit', { slug: '0003' });
  const path = change.files[0]?.path ?? '';
  const { places } = await ask('preview', { path, change });
  const text = (change.files[0]?.after ?? '').split('\n');
  const line = places.find(({ anchor }) => anchor === 'http.start-once')?.line ?? 0;
  expect(text[line - 1]).toBe('r[http.start-once]');
  expect(text[(places.find(({ anchor }) => anchor === 'motivation')?.line ?? 0) - 1]).toBe(
    '## Motivation',
  );
});

test('an erratum begins with the words of the requirement that it is about, and only what is to be filled in is missing', async () => {
  const change = await ask('erratum', {
    slug: '0003',
    revision: 1,
    anchor: 'http.start-once',
    says: '',
    by: 'A. Reader',
  });
  const [file] = change.files;
  expect(file?.path).toBe('proposals/0003-http/errata.md');
  expect(file?.after).toContain('- at: http.start-once');
  expect(file?.after).toContain('> The gateway MUST reject a second `http.response.start`');
  const { problems, pullRequest } = await ask('findings', { change });
  // What is wrong, what it is to say, and why.
  expect(new Set(problems.map(({ rule }) => rule))).toEqual(
    new Set(['erratum-form', 'template-text']),
  );
  expect(pullRequest.kind).toBe('editorial');
});

test('of a section, an erratum begins with the paragraph that has the words', async () => {
  const says = 'The gateway owns framing; the application owns meaning';
  const change = await ask('erratum', {
    slug: '0003',
    revision: 1,
    anchor: 'summary',
    says,
    by: '',
  });
  expect(change.files[0]?.after).toContain('- at: Summary');
  expect(change.files[0]?.after).toMatch(
    /^> .*The gateway owns framing; the application owns meaning/m,
  );
  const none = await ask('erratum', {
    slug: '0003',
    revision: 1,
    anchor: 'motivation',
    says: 'words that it does not have',
    by: '',
  });
  expect(none.files[0]?.after).toContain('- at: Motivation');
});
