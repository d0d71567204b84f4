// The claim of the project, tried out: change one row of a table in a proposal, generate, and the gateway behaves
// otherwise, with no other edit.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from './fixtures/folder.ts';
import { portway, ROOT } from './fixtures/portway.ts';

const DRAFT = 'proposals/0003-http/draft.md';
const MACHINES = 'src/interface/machines.generated.ts';

function replaceRow(root: string, row: string, by: string): void {
  const file = join(root, DRAFT);
  const text = readFileSync(file, 'utf8');
  expect(text.split(row), `one row that reads ${row}`).toHaveLength(2);
  writeFileSync(file, text.replace(row, by));
}

const check = (root: string, example: string) =>
  portway(['check', `content/examples/${example}/app.ts`], { root });
const generate = (root: string) => portway(['spec', 'generate'], { root });
const lines = (root: string) => readFileSync(join(root, MACHINES), 'utf8').split('\n');

test.each<[what: string, example: string, row: string, by: string, before: number, after: number]>([
  [
    'a second start that the table lets pass is no longer Misuse',
    'start-once',
    '  - {on: http.response.start, from: [committed, ended], misuse: http.start-once}',
    '  - {on: http.response.start, from: [committed, ended], stay: true}',
    1,
    0,
  ],
  [
    'a body that the table forbids becomes Misuse',
    'hello',
    '  - {on: http.response.body, from: committed, to: committed, do: body, requirement: http.duplex}',
    '  - {on: http.response.body, from: committed, misuse: http.body-before-start}',
    0,
    1,
  ],
])(
  'one row of a proposal drives the gateway: %s',
  async (_, example, row, by, before, after) => {
    const [root, untouched] = [checkout(), checkout()];
    replaceRow(root, row, by);

    expect(await check(root, example), 'the text alone changes nothing').toMatchObject({
      code: before,
    });
    const [changed, unchanged] = await Promise.all([generate(root), generate(untouched)]);
    // The tables in TypeScript and those in Python.
    expect(changed).toMatchObject({ code: 0, stdout: '6 files from the proposals, 2 changed\n' });
    expect(unchanged).toMatchObject({ code: 0, stdout: '6 files from the proposals, 0 changed\n' });
    const [driven, undriven] = await Promise.all([check(root, example), check(untouched, example)]);
    expect(driven).toMatchObject({ code: after });
    expect(undriven).toMatchObject({ code: before });
    expect(lines(root).filter((line, index) => line !== lines(untouched)[index])).toHaveLength(1);
    // Six programs one after the other, each as long as the machine lets it take.
  },
  120_000,
);

test('a row that names what nobody defined is reported where it stands, and nothing is written', async () => {
  const root = checkout();
  replaceRow(
    root,
    '  - {on: http.response.start, from: [committed, ended], misuse: http.start-once}',
    '  - {on: http.response.start, from: [committed, ended], misuse: http.start-thrice}',
  );
  const text = readFileSync(join(root, DRAFT), 'utf8').split('\n');
  const line = text.findIndex((row) => row.includes('http.start-thrice')) + 1;
  const { code, stdout, stderr } = await portway(['spec', 'generate'], { root });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('1 problem in the proposals, nothing written:');
  expect(stderr).toContain(`${DRAFT}:${line}:65 reference-exists: `);
  expect(stderr).not.toContain('    at ');
  expect(lines(root)).toEqual(lines(ROOT));
});
