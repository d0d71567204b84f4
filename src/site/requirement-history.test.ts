// What became of a requirement: each kind of change between revisions, and against the last edition.
import { expect, test } from 'vitest';
import {
  changedSinceEdition,
  historyOf,
  lastEdition,
  sinceEdition,
  stagesOf,
  type Witness,
} from './requirement-history.ts';
import { specification } from './specification.ts';

const sentence = {
  id: 'door.opens',
  level: 'MUST',
  role: 'gateway',
  text: 'The gateway MUST open the door.',
} as const;

/** Revisions 1, 2, … of one proposal, the last of them its draft. */
const revisions = (...found: readonly (Witness['found'] | undefined)[]): Witness[] =>
  found.map((one, index) => ({
    slug: '0099',
    revision: index + 1,
    draft: index === found.length - 1,
    editions: [],
    found: one,
  }));

test('a requirement is added once, and stays the same however its lines are broken', () => {
  const broken = { ...sentence, text: 'The gateway MUST\nopen the door.' };
  expect(
    stagesOf(revisions(undefined, sentence, broken)).map(({ revision, change }) => [
      revision,
      change,
    ]),
  ).toEqual([
    [2, 'added'],
    [3, 'same'],
  ]);
});

test('of a changed sentence the words that came and went are known, and with them both sentences', () => {
  const changed = { ...sentence, text: 'The gateway MUST shut the door.' };
  const [, stage] = stagesOf(revisions(sentence, changed));
  expect(stage?.change).toBe('changed');
  const side = (leftOut: 'ins' | 'del') =>
    stage?.segments
      .filter(({ op }) => op !== leftOut)
      .map(({ text }) => text)
      .join('');
  expect(side('ins')).toBe(sentence.text);
  expect(side('del')).toBe(changed.text);
  expect(stage?.segments.map(({ op }) => op)).toEqual(['same', 'del', 'ins', 'same']);
});

test('another level, role or name is a change, and is said', () => {
  const notes = (other: object) =>
    stagesOf(revisions(sentence, { ...sentence, ...other }))[1]?.notes;
  expect(notes({ level: 'SHOULD' })).toEqual(['level SHOULD, was MUST']);
  expect(notes({ role: 'middleware' })).toEqual(['binds middleware, was gateway']);
  expect(notes({ id: 'door.open' })).toEqual(['called door.open, was door.opens']);
});

test('a requirement that is taken out is removed, and added where it comes back', () => {
  expect(stagesOf(revisions(sentence, undefined, sentence)).map(({ change }) => change)).toEqual([
    'added',
    'removed',
    'added',
  ]);
});

test('against an edition a requirement is new, changed or the same, under its former id too', () => {
  const edition = new Map([[sentence.id, sentence]]);
  expect(sinceEdition(sentence, edition, [])).toBe('same');
  expect(sinceEdition({ ...sentence, level: 'MAY' }, edition, [])).toBe('changed');
  expect(sinceEdition({ ...sentence, id: 'door.open' }, edition, ['door.opens'])).toBe('changed');
  expect(sinceEdition({ ...sentence, id: 'door.open' }, edition, [])).toBe('added');
});

test('the history of every requirement ends with the draft that has it', () => {
  for (const [id, { slug, revision }] of specification.requirements)
    expect(historyOf(id).at(-1), id).toMatchObject({ slug, revision, draft: true });
});

test('what has changed since the last edition is what the history of it says', () => {
  expect(lastEdition).toBeDefined();
  const changed = new Set(changedSinceEdition().map(({ id }) => id));
  for (const id of specification.requirements.keys()) {
    const behind = historyOf(id);
    const at = behind.findIndex(({ editions }) => editions.includes(lastEdition ?? ''));
    const same = at >= 0 && behind.slice(at + 1).every(({ change }) => change === 'same');
    expect(changed.has(id), id).toBe(!same);
  }
});
