// The way from the proposals to code: that what is checked in is what they say, and that no text of theirs breaks it.

import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { describe, expect, test } from 'vitest';
import { DOOR_EVENT, DOOR_RULES, doorMachine, draft, FILE } from '../../tests/fixtures/proposal.ts';
import { generateTypeScript } from './generate.ts';
import { assemble } from './specification.ts';

const root = new URL('../../', import.meta.url);
const folder = new URL('src/interface/', root);
const drafts = readdirSync(new URL('proposals/', root))
  .filter((name) => /^\d{4}-/.test(name) && !name.startsWith('0000-'))
  .sort()
  .map((name): [string, string] => [
    `proposals/${name}/draft.md`,
    readFileSync(new URL(`proposals/${name}/draft.md`, root), 'utf8'),
  ]);

test('generated files are what the proposals say', () => {
  const files = generateTypeScript(assemble(drafts));
  expect([...files.keys()].sort()).toEqual(
    readdirSync(folder)
      .filter((name) => name.includes('.generated.'))
      .sort(),
  );
  for (const [name, text] of files)
    expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(text);
});

test('Windows line ends in the proposals change nothing in the code', () => {
  const windows = drafts.map(([file, text]): [string, string] => [
    file,
    text.replaceAll('\n', '\r\n'),
  ]);
  expect(generateTypeScript(assemble(windows))).toEqual(generateTypeScript(assemble(drafts)));
});

test('generating twice gives the same', () => {
  expect(generateTypeScript(assemble(drafts))).toEqual(generateTypeScript(assemble(drafts)));
});

/** The files made from one proposal. */
function generate(body: string): ReadonlyMap<string, string> {
  return generateTypeScript(assemble([[FILE, draft(body)]]));
}

const field = (text: string, example = '') =>
  DOOR_EVENT.replace('fields: {}', `fields:\n  ${text}`).replace(
    'door.push}',
    `door.push${example}}`,
  );
const events = (event: string) =>
  generate(`${DOOR_RULES}${event}${doorMachine()}`).get('events.generated.ts') ?? '';

describe('types of events', () => {
  test.each([
    ['string', 'string', 'readonly x: string;'],
    ['octets', 'octets', 'readonly x: string;'],
    ['bytes', 'bytes', 'readonly x: Uint8Array;'],
    ['integer', 'integer', 'readonly x: number;'],
    ['boolean', 'boolean', 'readonly x: boolean;'],
    ['fields', 'fields', 'readonly x: Fields;'],
    ['an enum', 'enum, values: [a, b-c]', "readonly x: 'a' | 'b-c';"],
    ['one that may be null', 'integer, nullable: true', 'readonly x: number | null;'],
    ['one that may be absent', 'integer, optional: true', 'readonly x?: number;'],
    ['one with a default', 'fields, default: []', 'readonly x?: Fields;'],
  ])('%s', (_, type, member) => {
    expect(events(field(`x: {type: ${type}, text: What it is.}`, ', x: 1'))).toContain(
      `  /** What it is. */\n  ${member}\n`,
    );
  });

  test('an enum whose value has a quote is still code', () => {
    expect(
      events(field(`x: {type: enum, values: ["it's", 'a\\\\b'], text: x}`, ', x: 1')),
    ).toContain(`readonly x: 'it\\'s' | 'a\\\\\\\\b';`);
  });

  test('a default is no option for what is only received', () => {
    const received = field('x: {type: fields, default: [], text: x}').replace('send', 'receive');
    expect(events(received)).toContain('readonly x: Fields;');
  });

  test('a text cannot end the comment that it stands in', () => {
    expect(events(field('x: {type: integer, text: "x */ evil() /*"}', ', x: 1'))).toContain(
      '/** x *\\/ evil() /* */',
    );
  });
});

describe('what is generated is code, whatever the text says', () => {
  const nasty = `"quotes" 'and' \`ticks\` \${x} \\\\ "key": */ // <!-- \u2028 ä 💥`;
  const files = generate(`
r[door.opens]
The gateway MUST take ${nasty}.

r[door.shuts]
The gateway MUST shut
the door.
${field(`x: {type: integer, text: ${JSON.stringify(nasty)}}`, ', x: 1')}${doorMachine({ states: `{shut: ${JSON.stringify(nasty)}, ajar: x}` })}`);

  test.each([...files.keys()])('%s', (name) => {
    expect(() => stripTypeScriptTypes(files.get(name) ?? '')).not.toThrow();
  });

  test('the text of a requirement is kept, on one line', async () => {
    const code = stripTypeScriptTypes(files.get('requirements.generated.ts') ?? '');
    const { REQUIREMENTS } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(REQUIREMENTS['door.opens'].text).toBe(`The gateway MUST take ${nasty}.`);
    expect(REQUIREMENTS['door.shuts']).toEqual({
      level: 'MUST',
      role: 'gateway',
      proposal: '0042',
      text: 'The gateway MUST shut the door.',
    });
  });
});

test('each row of a machine is one line, so that a change of a row is a change of a line', () => {
  const text =
    generate(`${DOOR_RULES}${DOOR_EVENT}${doorMachine()}`).get('machines.generated.ts') ?? '';
  expect(text).toContain(
    'export const DOOR_LEAF: MachineTable<DoorLeafState, DoorLeafGuard, DoorLeafAction>',
  );
  expect(text).toContain(
    "export type DoorLeafState = 'shut' | 'ajar';\nexport type DoorLeafGuard = never;\n",
  );
  expect(text.split('\n')).toContain('    {"on":["door.push"],"from":["ajar"],"stay":true},');
});

test('the catalogue says what is required', () => {
  const text =
    generate(
      `${DOOR_RULES}${field('force: {type: integer, minimum: 1, maximum: 9, text: x}\n  note: {type: string, optional: true, nullable: true, text: x}', ', force: 1')}${doorMachine()}`,
    ).get('catalogue.generated.ts') ?? '';
  expect(
    JSON.parse(text.slice(text.indexOf('= {') + 2, -2).replace(/^(\s*)(\w+):/gm, '$1"$2":')),
  ).toEqual({
    'door.push': {
      direction: 'send',
      scope: ['door'],
      requirement: 'door.opens',
      fields: {
        force: { type: 'integer', required: true, minimum: 1, maximum: 9 },
        note: { type: 'string', required: false, nullable: true },
      },
    },
  });
});
