// The list of keys names what the scripts of the site bind, and the sandboxes keep their own.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KEYS as CONTROL } from '../explorer/control/wish.ts';
import { CONTROL_KEYS, keyGroups, TRACE_KEYS } from '../explorer/keys.ts';
import { siteKeys } from './keyboard.ts';
import { SELECTION_KEY } from './selection-key.ts';

const source = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const keysOf = (title: string) =>
  siteKeys(false)
    .filter((group) => group.title === title)
    .flatMap(({ rows }) => rows.flatMap(({ keys }) => keys.map((key) => key.toLowerCase())))
    .sort();

test('of a proposal, it has those that reading-walk.ts binds, and that of the selection', () => {
  const bound = [...source('reading-walk.ts').matchAll(/^ {4}(\w): /gm)].map(([, key]) => key);
  expect(keysOf('In a proposal')).toEqual([...bound, SELECTION_KEY].sort());
});

test('of a comparison, it has those that redline-walk.ts binds', () => {
  const bound = [...source('redline-walk.ts').matchAll(/key !== '(\w)'/g)].map(([, key]) => key);
  expect(keysOf('Where two revisions are compared')).toEqual(bound.sort());
});

test('of a run under control, it has those that Control binds', () => {
  const listed = CONTROL_KEYS.rows.flatMap(({ keys }) => keys.map((key) => key.toLowerCase()));
  expect(listed.sort()).toEqual(Object.keys(CONTROL).sort());
});

test.each([false, true])('on a Mac %j, the groups of a sandbox are its own', (mac) => {
  const own = [TRACE_KEYS, CONTROL_KEYS, ...keyGroups('monaco', mac)].map(({ rows }) => rows);
  const groups = siteKeys(mac);
  expect(groups.filter(({ single }) => !single).map(({ rows }) => rows)).toEqual(own);
  expect(new Set(groups.map(({ title }) => title)).size).toBe(groups.length);
});
