// The command line as people meet it: help, commands that there are not, and `spec generate`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkout } from '../../tests/fixtures/folder.ts';
import { portway } from '../../tests/fixtures/portway.ts';

const COMMANDS = [
  'serve',
  'dev',
  'replay',
  'check',
  'conformance',
  'trace convert',
  'trace diff',
  ...['new', 'lint', 'status', 'publish', 'diff', 'show'].map((name) => `proposal ${name}`),
  'spec generate',
  'spec export',
];

test.concurrent.each(['--help', '-h', 'help'])(
  'portway %s lists every command',
  async (argument) => {
    const { code, stdout, stderr } = await portway([argument]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
  },
);

test.concurrent('portway without a command shows the help, and is wrong usage', async () => {
  const { code, stdout } = await portway([]);
  expect(code).toBe(2);
  expect(stdout).toContain('Usage: portway <command>');
});

test.concurrent.each(COMMANDS)('portway %s --help describes the command', async (name) => {
  const { code, stdout, stderr } = await portway([...name.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`Usage: portway ${name}`);
});

test.concurrent.each([['serv'], ['toString'], ['constructor'], ['__proto__'], ['--version'], ['']])(
  'portway %s %s is one line and exit 2',
  async (...args) => {
    const { code, stdout, stderr } = await portway(args.filter((arg) => arg !== undefined));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `portway: there is no command \`${args[0]}\`. \`portway --help\` lists them.\n`,
    );
  },
);

test.concurrent.each(['generat', 'toString', ''])(
  'portway spec %s is one line and exit 2',
  async (name) => {
    expect(await portway(['spec', name])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `portway: there is no command \`spec ${name}\`. \`portway spec --help\` lists them.\n`,
    });
  },
);

test.concurrent.each(['spec', 'proposal', 'trace'])(
  'portway %s lists what there is',
  async (name) => {
    const { code, stdout } = await portway([name]);
    expect({ code, stdout: stdout.split('\n')[0] }).toEqual({
      code: 2,
      stdout: `portway ${name}: commands`,
    });
    expect(await portway([name, '--help'])).toMatchObject({ code: 0, stdout });
  },
);

describe('spec generate', () => {
  test.concurrent('--check: what is checked in is up to date', async () => {
    expect(await portway(['spec', 'generate', '--check'])).toMatchObject({ code: 0, stderr: '' });
  });

  test.concurrent('--check names what is stale and what nobody generates; without it both are put right', async () => {
    const root = checkout();
    const file = (name: string) => join(root, 'src/interface', name);
    const before = readFileSync(file('events.generated.ts'), 'utf8');
    writeFileSync(file('events.generated.ts'), 'stale');
    writeFileSync(file('orphan.generated.ts'), 'orphan');
    expect(await portway(['spec', 'generate', '--check'], { root })).toMatchObject({
      code: 1,
      stderr:
        'portway spec generate: src/interface/events.generated.ts, src/interface/orphan.generated.ts differ from the proposals. Run `npm run spec`.\n',
    });
    expect(readFileSync(file('events.generated.ts'), 'utf8')).toBe('stale');
    expect((await portway(['spec', 'generate'], { root })).code).toBe(0);
    expect(readFileSync(file('events.generated.ts'), 'utf8')).toBe(before);
    expect(() => readFileSync(file('orphan.generated.ts'))).toThrow();
  });

  test.concurrent('a folder without a draft is one clear line', async () => {
    const root = checkout();
    mkdirSync(join(root, 'proposals/0042-doors'));
    expect(await portway(['spec', 'generate'], { root })).toMatchObject({
      code: 1,
      stderr: 'portway spec generate: proposals/0042-doors has no draft.md.\n',
    });
  });

  test.concurrent('an unknown option is wrong usage', async () => {
    const { code, stderr } = await portway(['spec', 'generate', '--force']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^portway spec generate: Unknown option '--force'.* See `portway spec generate --help`\.\n$/,
    );
  });
});
