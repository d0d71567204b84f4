// A project has what it needs to run, takes nothing of the reader's away, and is a zip that others can read. That it
// runs is tested where the package is made (src/site/package-bundle.test.ts).

import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type PortwayPackage, projectFiles, zipFiles } from './zip.ts';

const PORTWAY: PortwayPackage = {
  files: { 'package.json': '{}', 'dist/cli/main.js': 'export {};' },
  libraries: { hono: '4.0.0' },
  node: '>=22.18',
};
const PROJECT = { slug: 'hello', title: 'Hello', summary: 'A head, a body.', entry: 'app.ts' };
const FILES = { 'app.ts': 'export default 1;', 'requests.http': 'GET /\n' };

function filesOf(files: Record<string, string>): Record<string, string> {
  return projectFiles({ ...PROJECT, files }, PORTWAY);
}
function manifestOf(files: Record<string, string>) {
  return JSON.parse(filesOf(files)['package.json'] ?? '');
}

test('a project has the program, the package, and what npm, TypeScript and people need', () => {
  expect(Object.keys(filesOf(FILES)).sort()).toEqual([
    '.gitignore',
    'README.md',
    'app.ts',
    'package.json',
    'requests.http',
    'tsconfig.json',
    'vendor/portway/dist/cli/main.js',
    'vendor/portway/package.json',
  ]);
  expect(manifestOf(FILES)).toMatchObject({
    name: 'portway-hello',
    type: 'module',
    engines: { node: '>=22.18' },
    scripts: { dev: 'portway dev app.ts' },
    dependencies: { portway: 'file:vendor/portway' },
  });
  expect(filesOf(FILES)['README.md']).toMatch(/^# Hello\n.*npx portway dev app\.ts/s);
});

test.each([
  ["import { Hono } from 'hono';", { hono: '4.0.0' }],
  ['import { Hono } from "hono";', { hono: '4.0.0' }],
  ['// hono is a library', {}],
])('a library is a dependency where a file imports it: %s', (text, libraries) => {
  expect(manifestOf({ ...FILES, 'other.ts': text }).dependencies).toEqual({
    portway: 'file:vendor/portway',
    ...libraries,
  });
});

test("the program's own README and tsconfig stay, and its package.json gains what it needs", () => {
  const files = filesOf({
    ...FILES,
    'README.md': 'Mine',
    'tsconfig.json': '{"mine":1}',
    'package.json': '{"name":"mine","scripts":{"dev":"mine"},"dependencies":{"x":"1.0.0"}}',
  });
  expect(files['README.md']).toBe('Mine');
  expect(files['tsconfig.json']).toBe('{"mine":1}');
  expect(JSON.parse(files['package.json'] ?? '')).toMatchObject({
    name: 'mine',
    scripts: { dev: 'mine', start: 'portway serve app.ts' },
    dependencies: { x: '1.0.0', portway: 'file:vendor/portway' },
  });
});

test.each(['', '{', '[]', 'null', '"text"', '{"scripts":[],"dependencies":1}'])(
  'a package.json that is none does not keep the project from running: %s',
  (text) => {
    expect(manifestOf({ ...FILES, 'package.json': text })).toMatchObject({
      scripts: { dev: 'portway dev app.ts' },
      dependencies: { portway: 'file:vendor/portway' },
    });
  },
);

test('any files come out of the zip as they went in', async () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9/_.-]{0,20}[a-z]$/);
  const texts = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(texts, async (files) => {
      const unzipped = unzipSync(await zipFiles('folder', files, new Date(2026, 0, 1)));
      const back = Object.entries(unzipped).map(([path, data]) => [
        path,
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(data),
      ]);
      expect(Object.fromEntries(back)).toEqual(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [`folder/${path}`, text])),
      );
    }),
    { numRuns: 50 },
  );
});
