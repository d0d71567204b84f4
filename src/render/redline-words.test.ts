import { expect, test } from 'vitest';
import { proposal } from '../spec/lint/testing.ts';
import { summarise } from '../spec/redline/index.ts';
import { changeDetails, changeGroups } from './redline-words.ts';

const FILE = 'proposals/0042-doors/draft.md';
const groups = (before: string, after: string) =>
  changeGroups(
    summarise(
      [[FILE, proposal(`r[door.opens]\n${before}`)]],
      [[FILE, proposal(`r[door.opens]\n${after}`)]],
    ),
  ).map(({ name, found }) => [name, ...found.map(changeDetails)]);

const MUST = 'The gateway MUST open the door.';
test.each<[string, string, string, string, string]>([
  ['another level', MUST, 'The gateway SHOULD open the door.', 'Weakened', 'MUST → SHOULD'],
  ['other words', MUST, 'The gateway MUST open each door.', 'Reworded', 'MUST'],
  ['no keyword', MUST, 'The gateway must open the door.', 'Without a level', 'MUST → no level'],
  ['a second one', MUST, `${MUST} It MAY ring.`, 'Without a level', 'MUST → no level'],
  ['one again', 'The gateway opens.', MUST, 'Without a level', 'no level → MUST'],
])('%s', (_, before, after, name, details) => {
  expect(groups(before, after)).toEqual([[name, details]]);
});
