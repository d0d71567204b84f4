// `portway spec generate` and `portway spec export` on a repository that holds one small proposal.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { DOORS } from '../../tests/fixtures/doors.ts';
import { checkout, folder } from '../../tests/fixtures/folder.ts';
import { portway } from '../../tests/fixtures/portway.ts';
import { draft } from '../../tests/fixtures/proposal.ts';

/** A repository with the proposal of doors alone. */
async function repository(text = draft(DOORS)): Promise<string> {
  const root = checkout();
  rmSync(join(root, 'proposals'), { recursive: true });
  await mkdir(join(root, 'proposals/0042-doors'), { recursive: true });
  writeFileSync(join(root, 'proposals/0042-doors/draft.md'), text);
  return root;
}

let root: string;
beforeAll(async () => {
  root = await repository();
});

describe('spec generate', () => {
  test('writes TypeScript and Python, then has nothing to do, and --check tells the difference', async () => {
    const python = join(root, 'src/python/portway/events.py');
    rmSync(join(root, 'src/python'), { recursive: true, force: true });
    expect(await portway(['spec', 'generate', '--check'], { root })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('src/python/portway/events.py'),
    });
    expect(existsSync(python)).toBe(false);
    expect(await portway(['spec', 'generate'], { root })).toMatchObject({
      code: 0,
      stdout: '6 files from the proposals, 6 changed\n',
    });
    expect(readFileSync(python, 'utf8')).toContain('class DoorRing(TypedDict):');
    expect(await portway(['spec', 'generate'], { root })).toMatchObject({
      stdout: '6 files from the proposals, 0 changed\n',
    });
    expect(await portway(['spec', 'generate', '--check'], { root })).toMatchObject({
      code: 0,
      stderr: '',
    });
    writeFileSync(python, readFileSync(python, 'utf8').replace('DoorRing', 'DoorRang'));
    expect(await portway(['spec', 'generate', '--check'], { root })).toMatchObject({
      code: 1,
      stderr:
        'portway spec generate: src/python/portway/events.py differ from the proposals. Run `npm run spec`.\n',
    });
  });

  test('an argument is wrong usage', async () => {
    expect(await portway(['spec', 'generate', 'python'], { root })).toMatchObject({
      code: 2,
      stderr:
        'portway spec generate: takes no arguments, and got `python`. See `portway spec generate --help`.\n',
    });
  });
});

describe('spec export', () => {
  test('writes every file to the folder that is named', async () => {
    const out = join(folder(), 'a/b');
    const { code, stdout, stderr } = await portway(['spec', 'export', '--out', out], { root });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^19 files in .*a\/b\n$/);
    const read = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8'));
    expect(read('proposals.json')).toMatchObject([{ number: 42, url: '/proposals/0042/' }]);
    expect(read('requirements.json')).toHaveLength(2);
    expect(read('features.json')).toMatchObject([{ feature: 'door.bell', revision: 2 }]);
    expect(read('machines.json')[0]).toMatchObject({ scope: ['gate', 'back'] });
    expect(read('machines/door.leaf.json')).toEqual(read('machines.json')[0]);
    expect(read('schema/door.ring.json')).toMatchObject({ $id: '/api/schema/door.ring.json' });
    expect(read('schema/records/card.json')).toMatchObject({ title: 'card' });
  });

  test('without a folder it makes one where it is called, and leaves other files alone', async () => {
    const cwd = folder({ 'portway-spec/mine.json': '1', 'portway-spec/events.json': 'old' });
    expect(await portway(['spec', 'export'], { root, cwd })).toMatchObject({
      code: 0,
      stdout: '19 files in portway-spec\n',
    });
    expect(readFileSync(join(cwd, 'portway-spec/mine.json'), 'utf8')).toBe('1');
    expect(readFileSync(join(cwd, 'portway-spec/events.json'), 'utf8')).toMatch(/^\[\n {2}\{/);
  });

  test.each([
    ['https://doors.example', 'https://doors.example/r/door.opens/'],
    ['https://doors.example/', 'https://doors.example/r/door.opens/'],
    ['https://doors.example/draft/', 'https://doors.example/draft/r/door.opens/'],
  ])('addresses begin with %s', async (url, expected) => {
    const out = folder();
    expect(await portway(['spec', 'export', '--out', out, '--url', url], { root })).toMatchObject({
      code: 0,
    });
    const [first] = JSON.parse(readFileSync(join(out, 'requirements.json'), 'utf8'));
    expect(first.page).toBe(expected);
  });

  test.each([
    [
      ['--url', 'doors.example'],
      '--url needs an http or https URL without query and fragment, not `doors.example`.',
    ],
    [
      ['--url', 'ftp://doors.example'],
      '--url needs an http or https URL without query and fragment, not `ftp://doors.example`.',
    ],
    [
      ['--url', 'https://doors.example/?a'],
      '--url needs an http or https URL without query and fragment, not `https://doors.example/?a`.',
    ],
    [['--out', ''], '--out needs the name of a folder.'],
    [['here'], 'takes no arguments, and got `here`. Name a folder with --out.'],
    [['--format', 'json'], expect.stringContaining("Unknown option '--format'")],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stdout, stderr } = await portway(['spec', 'export', ...args], { root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(
      stderr.replace(/^portway spec export: | See `portway spec export --help`\.\n$/g, ''),
    ).toEqual(message);
  });

  test('a place that cannot be written is one clear line', async () => {
    const cwd = folder({ 'portway-spec': 'a file' });
    const { code, stdout, stderr } = await portway(['spec', 'export'], { root, cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^portway spec export: cannot write .*portway-spec\/.*Choose another folder with --out\.\n$/,
    );
  });

  test('problems in the proposals end it, with file and line, and nothing is written', async () => {
    const broken = await repository(draft(`${DOORS}\n\`\`\`feature\nfeature: X\n\`\`\`\n`));
    const cwd = folder();
    const { code, stderr } = await portway(['spec', 'export'], { root: broken, cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /problems? in the proposals, nothing written:\nproposals\/0042-doors\/draft\.md:\d+/,
    );
    expect(existsSync(join(cwd, 'portway-spec'))).toBe(false);
  });
});
