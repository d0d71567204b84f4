import { expect, test } from 'vitest';
import { hashOf, installReason } from './install.mjs';

const lock = JSON.stringify({
  packages: {
    '': { name: 'portway' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/other-platform': { version: '2.0.0', optional: true },
  },
});
const tree = (packages) => JSON.stringify({ packages });
const complete = tree({ 'node_modules/a': { version: '1.0.0' } });
const facts = {
  lock,
  markedHash: hashOf(lock),
  installedTree: complete,
  nodeRuns: () => true,
};

test('nothing is installed when the marker is the hash of package-lock.json', () => {
  expect(installReason(facts)).toBeUndefined();
});

test('a fresh clone is installed', () => {
  const fresh = { ...facts, markedHash: undefined, installedTree: undefined };
  expect(installReason(fresh)).toMatch(/no packages/);
});

test('an install by hand, which leaves no marker, is accepted when it holds what the lock asks', () => {
  expect(installReason({ ...facts, markedHash: undefined })).toBeUndefined();
});

test('a changed lock is installed', () => {
  const newer = lock.replace('1.0.0', '1.0.1');
  expect(installReason({ ...facts, lock: newer })).toMatch(/has changed/);
});

test('an install that lacks a package is done again', () => {
  const interrupted = { ...facts, markedHash: undefined, installedTree: tree({}) };
  expect(installReason(interrupted)).toMatch(/has changed/);
});

test('packages are installed again where their Node does not run', () => {
  expect(installReason({ ...facts, nodeRuns: () => false })).toMatch(/does not run/);
});

test('Node is tried once at most, and not before the cheaper questions', () => {
  let tries = 0;
  const nodeRuns = () => Boolean(++tries);
  installReason({ ...facts, installedTree: undefined, nodeRuns });
  expect(tries).toBe(0);
  installReason({ ...facts, nodeRuns });
  expect(tries).toBe(1);
});
