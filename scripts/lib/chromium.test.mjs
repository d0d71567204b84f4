import { expect, test } from 'vitest';
import { findChromium } from './chromium.mjs';

const machine = (platform, env, ...existing) => ({
  platform,
  env,
  runs: (path) => existing.includes(path),
});

test('PORTWAY_CHROMIUM comes before what is on PATH', () => {
  const env = { PORTWAY_CHROMIUM: '/opt/mine', PATH: '/usr/bin' };
  expect(findChromium(machine('linux', env, '/usr/bin/chromium', '/opt/mine'))).toBe('/opt/mine');
});

test('a PORTWAY_CHROMIUM that does not run is an error, not a reason to take another', () => {
  const env = { PORTWAY_CHROMIUM: '/opt/gone', PATH: '/usr/bin' };
  expect(() => findChromium(machine('linux', env, '/usr/bin/chromium'))).toThrow(
    /PORTWAY_CHROMIUM is \/opt\/gone/,
  );
});

test('names are tried in order, each along the whole PATH', () => {
  const env = { PATH: '/a:/b' };
  expect(findChromium(machine('linux', env, '/a/google-chrome', '/b/chromium'))).toBe(
    '/b/chromium',
  );
});

test('a browser that is there but does not run is passed over', () => {
  const env = { PATH: '/usr/bin' };
  const withStub = machine('linux', env, '/usr/bin/google-chrome-stable');
  expect(findChromium(withStub)).toBe('/usr/bin/google-chrome-stable');
});

test('application bundles are found on macOS only', () => {
  const bundle = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  expect(findChromium(machine('darwin', { PATH: '/bin' }, bundle))).toBe(bundle);
  expect(findChromium(machine('linux', { PATH: '/bin' }, bundle))).toBeUndefined();
});
