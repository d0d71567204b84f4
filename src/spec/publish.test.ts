// Publishing on a small library: what comes to be, what changes, and when nothing does.

import { describe, expect, test } from 'vitest';
import { sha256 } from './checksum.ts';
import { draftOf, libraryOf, publishedOf, type SourceFile } from './lint/library.ts';
import { lint } from './lint/lint.ts';
import type { Library } from './lint/rule.ts';
import { RULES } from './lint/rules.ts';
import { proposal } from './lint/testing.ts';
import { isChanged, type Publication, publication, type Refusal } from './publish.ts';

const DOORS = 'proposals/0042-doors/draft.md';
const WINDOWS = 'proposals/0043-windows/draft.md';
const RULE = 'r[door.opens]\nThe gateway MUST open the door.';
const review = { status: 'review' };
const doors = proposal(RULE, review);
const windows = proposal('r[window.opens]\nThe application MAY open the window.', {
  ...review,
  proposal: '43',
  title: 'Windows',
  requires: '[42]',
});

function library(files: readonly SourceFile[]): Library {
  const text = (name: string) => files.find(([file]) => file === `proposals/${name}`)?.[1];
  const data = (name: string) => {
    const found = text(name);
    return found === undefined
      ? undefined
      : { file: `proposals/${name}`, value: JSON.parse(found) };
  };
  const [hashes, editions, register] = ['published', 'editions', 'requirements'].map((name) =>
    data(`${name}.json`),
  );
  return libraryOf(files.filter(([file]) => file.endsWith('/draft.md')).map(draftOf), {
    published: files.flatMap((file) => publishedOf(file) ?? []),
    ...(hashes ? { hashes } : {}),
    ...(editions ? { editions } : {}),
    ...(register ? { register } : {}),
    today: '2026-11-22',
  });
}

function published(result: Publication | Refusal): Publication {
  if ('refused' in result) throw new Error(`${result.refused} ${JSON.stringify(result.problems)}`);
  return result;
}

function refused(result: Publication | Refusal): Refusal {
  if ('refused' in result) return result;
  throw new Error(`published ${result.revisions.join(', ')}`);
}

/** The files after a publication. */
const afterwards = (
  files: readonly SourceFile[],
  { files: written }: Publication,
): SourceFile[] => [...files.filter(([file]) => !written.has(file)), ...written];

const ONE: SourceFile[] = [[DOORS, doors]];
const BOTH: SourceFile[] = [...ONE, [WINDOWS, windows]];

describe('a first publication', () => {
  const before = library(ONE);
  const result = published(publication(before, before.drafts));
  const file = (name: string) => result.files.get(`proposals/${name}`) ?? '';

  test('copies the draft to v1.md, octet for octet', () => {
    expect(result.revisions).toEqual(['0042/v1']);
    expect(file('0042-doors/v1.md')).toBe(doors);
  });

  test('records its SHA-256', () => {
    expect(JSON.parse(file('published.json'))).toEqual({ '0042-doors/v1.md': sha256(doors) });
  });

  test('enters its requirements into the register', () => {
    expect(JSON.parse(file('requirements.json'))).toEqual({
      'door.opens': {
        level: 'MUST',
        role: 'gateway',
        proposal: '0042',
        since: '0042/v1',
        changed: '0042/v1',
        checksum: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    });
  });

  test('makes the draft the next revision, which has changed nothing yet', () => {
    expect(file('0042-doors/draft.md')).toBe(
      doors
        .replace('revision: 1', 'revision: 2')
        .replace('- Revision 1', '- Revision 2: no change yet.\n- Revision 1'),
    );
  });

  test('writes texts before their hashes, and the draft last', () => {
    expect([...result.files.keys()]).toEqual([
      'proposals/0042-doors/v1.md',
      'proposals/published.json',
      'proposals/requirements.json',
      DOORS,
    ]);
  });

  test('leaves nothing for the linter to say', () => {
    expect(lint(library(afterwards(ONE, result)), RULES)).toEqual([]);
  });

  test('cannot be made twice', () => {
    const again = library(afterwards(ONE, result));
    expect(refused(publication(again, again.drafts)).refused).toBe(
      'proposal 0042 says what its last published revision says',
    );
  });
});

describe('an edition', () => {
  const before = library(BOTH);
  const result = published(publication(before, before.drafts, '0.1'));
  const files = afterwards(BOTH, result);

  test('publishes what is given, and names the last revision of each', () => {
    expect(result.revisions).toEqual(['0042/v1', '0043/v1']);
    expect(JSON.parse(result.files.get('proposals/editions.json') ?? '')).toEqual({
      '0.1': { '0042': 1, '0043': 1 },
    });
    expect(lint(library(files), RULES)).toEqual([]);
  });

  test('takes over the revisions that have not changed', () => {
    const later = files.map(
      ([file, text]): SourceFile => [
        file,
        file === WINDOWS
          ? text.replace('MAY open', 'SHOULD open').replace('no change yet.', 'a window opens.')
          : text,
      ],
    );
    const second = library(later);
    const changed = second.drafts.filter((draft) => isChanged(draft, second));
    const next = published(publication(second, changed, '0.2'));
    expect(next.revisions).toEqual(['0043/v2']);
    expect(JSON.parse(next.files.get('proposals/editions.json') ?? '')).toEqual({
      '0.1': { '0042': 1, '0043': 1 },
      '0.2': { '0042': 1, '0043': 2 },
    });
    expect(JSON.parse(next.files.get('proposals/requirements.json') ?? '')).toMatchObject({
      'door.opens': { since: '0042/v1', changed: '0042/v1' },
      'window.opens': { level: 'SHOULD', since: '0043/v1', changed: '0043/v2' },
    });
  });

  test('is recorded once', () => {
    const again = library(files);
    expect(refused(publication(again, [], '0.1')).refused).toContain('editions never change');
  });

  test('leaves out a proposal that was given up', () => {
    const given = windows
      .replace('status: review', 'status: withdrawn')
      .replace('revision: 1', 'revision: 1\nwithdrawn-reason: Nobody wants windows.');
    const some = library([...ONE, [WINDOWS, given]]);
    const { files } = published(publication(some, some.drafts.slice(0, 1), '0.1'));
    expect(JSON.parse(files.get('proposals/editions.json') ?? '')).toEqual({
      '0.1': { '0042': 1 },
    });
  });

  test('is refused where a text requires one that is not in it', () => {
    const draft = doors.replace('status: review', 'status: draft');
    const some = library([
      [DOORS, draft],
      [WINDOWS, windows],
    ]);
    const { problems } = refused(publication(some, some.drafts.slice(1), '0.1'));
    expect(problems?.map(({ rule }) => rule)).toContain('requires-stable');
  });
});

describe('nothing is published', () => {
  const refusal = (files: readonly SourceFile[], edition?: string) => {
    const before = library(files);
    return refused(publication(before, before.drafts, edition));
  };

  test('in the status draft', () => {
    expect(refusal([[DOORS, proposal(RULE)]]).refused).toContain(
      'proposal 0042 is `draft`, and is published from `review` on',
    );
  });

  test('with a problem of the linter, a warning included, in whichever proposal', () => {
    const { refused: why, problems } = refusal([
      [DOORS, doors],
      [WINDOWS, windows.replace('Walls', 'Walls ').replace('Nothing', 'x').replace(/\n$/, '')],
    ]);
    expect(why).toBe('the linter finds problems');
    expect(problems?.map(({ rule, file }) => [rule, file])).toEqual([['final-newline', WINDOWS]]);
  });

  test('over a published revision that was changed', () => {
    const before = library(ONE);
    const first = afterwards(ONE, published(publication(before, before.drafts)));
    const doctored = first.map(
      ([file, text]): SourceFile => [
        file,
        file.endsWith('v1.md')
          ? text.replace('open the door', 'open a door')
          : file === DOORS
            ? text.replace('MUST', 'SHOULD').replace('no change yet.', 'a door may stay shut.')
            : text,
      ],
    );
    expect(refusal(doctored).problems?.map(({ rule }) => rule)).toContain('published-unchanged');
  });

  test('of the template', () => {
    const template: SourceFile = [
      'proposals/0000-template/draft.md',
      proposal('x', { ...review, proposal: '0' }),
    ];
    expect(refusal([template]).refused).toContain('template');
  });
});
