// The way from proposals to TypeScript: that types say what blocks say, and that no text of theirs breaks the code.

import { stripTypeScriptTypes } from 'node:module';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { doors, NASTY } from '../../../tests/fixtures/doors.ts';
import {
  DOOR_EVENT,
  DOOR_RULES,
  doorMachine,
  draft,
  FILE,
} from '../../../tests/fixtures/proposal.ts';
import { assemble } from '../specification.ts';
import { generateTypeScript } from './typescript.ts';

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
      `  ${member}\n`,
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

test('ranges and defaults, which types cannot say, are in the comment', () => {
  expect(
    events(field('x: {type: integer, minimum: 1, maximum: 9, default: 3, text: How far.}')),
  ).toContain('  /** How far. From 1 to 9. By default `3`. */\n  readonly x?: number;\n');
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

/** The value of a constant of a generated file. */
async function constantOf(file: string, name: string): Promise<unknown> {
  const text = generateTypeScript(doors()).get(file) ?? '';
  const code = stripTypeScriptTypes(text);
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`))[name];
}

describe('the catalogue', () => {
  test('says what is required, of whom sends or receives it', async () => {
    const catalogue = (await constantOf('catalogue.generated.ts', 'EVENTS')) as Record<
      string,
      object
    >;
    expect(catalogue['door.push']).toEqual({
      direction: 'send',
      scope: ['gate', 'back'],
      requirement: 'door.opens',
      fields: {
        force: { type: 'integer', required: true, minimum: 1, maximum: 9 },
        hinge: {
          type: 'enum',
          required: false,
          nullable: true,
          values: ['left', 'right', "it's"],
        },
        fields: { type: 'fields', required: false, default: [] },
        noise: { type: 'bytes', required: false },
      },
    });
    expect(catalogue['door.knock']).toMatchObject({
      direction: 'both',
      fields: { times: { required: false, default: 1 }, rhythm: { default: '' } },
    });
    expect(catalogue['door.moved']).toMatchObject({
      fields: { by: { required: true, default: null }, card: { required: false } },
    });
  });

  test('says which feature an event needs, and of which fields exactly one is there', async () => {
    expect(await constantOf('catalogue.generated.ts', 'EVENTS')).toMatchObject({
      'door.ring': { feature: 'door.bell' },
      'door.word': { exactlyOne: ['said', 'written'] },
    });
  });

  test('lists features with the revision of their block, not of the proposal', async () => {
    expect(await constantOf('catalogue.generated.ts', 'FEATURES')).toEqual({
      'door.bell': {
        revisions: [2],
        default: true,
        requirement: 'door.shuts',
        summary: 'A bell beside the door.',
      },
    });
  });
});

test('a machine says which types of conversations it governs', async () => {
  expect(await constantOf('machines.generated.ts', 'DOOR_LEAF')).toMatchObject({
    scope: ['gate', 'back'],
  });
});

describe('what an author writes is held to the blocks', () => {
  const types = generateTypeScript(doors()).get('events.generated.ts') ?? '';

  const allowed: Readonly<Record<string, string>> = {
    'one of the fields': "const e: E.GateSendEvent = { type: 'door.word', said: 'x' };",
    'a default left out': "const e: E.GateSendEvent = { type: 'door.knock' };",
    'a default that is there for the receiver':
      'const times = (e: E.DoorKnockReceived): number => e.times;',
    'the choice narrowed by asking for one field':
      'const f = (e: E.DoorWord): number => (e.said !== undefined ? e.said : e.written).length;',
    'the choice narrowed within all that is received':
      "const f = (e: E.GateReceiveEvent): string => e.type === 'door.word' ? (e.said ?? String(e.written.length)) : e.type === 'door.knock' ? e.rhythm : '';",
    'a state of the author':
      'interface Mine { db: string }\nconst f = (s: E.GateScope<Mine>): string => s.local.state.db;',
    'any state without one': "const f = (s: E.GateScope): unknown => s.local.state['db'];",
    'a scope where its base is asked for': 'const f = (s: E.GateScope): E.BaseScope => s;',
    'an event of two scopes in both':
      "const e: E.GateSendEvent & E.BackSendEvent = { type: 'door.push', force: 1 };",
  };
  const refused: Readonly<Record<string, string>> = {
    'both of the fields':
      "const e: E.GateSendEvent = { type: 'door.word', said: 'x', written: new Uint8Array() };",
    'none of the fields': "const e: E.GateSendEvent = { type: 'door.word' };",
    'an event of another scope': "const e: E.GateSendEvent = { type: 'door.ring' };",
    'an event that is only received':
      "const e: E.BackSendEvent = { type: 'door.moved', from: 1, by: null, offers: {} };",
    'a value that the enum has not':
      "const e: E.GateSendEvent = { type: 'door.push', force: 1, hinge: 'top' };",
    'changing the state':
      "interface Mine { db: string }\nconst f = (s: E.GateScope<Mine>) => { s.local.state.db = ''; };",
  };

  /** What the compiler says of each program that uses the generated types, by its name. */
  function complaints(): ReadonlyMap<string, readonly string[]> {
    const programs = Object.entries({ ...allowed, ...refused });
    const path = (name: string) => `/${name.replaceAll(' ', '-')}.ts`;
    const files = new Map([
      ['/events.ts', types],
      ...programs.map(([name, program]): [string, string] => [
        path(name),
        `import type * as E from './events.ts';\n${program}`,
      ]),
    ]);
    const options: ts.CompilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ESNext,
      lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'],
      types: [],
    };
    const host = ts.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (name) => files.get(name) ?? readFile(name);
    host.fileExists = (name) => files.has(name) || fileExists(name);
    const program = ts.createProgram([...files.keys()], options, host);
    const said = (name: string) =>
      ts
        .getPreEmitDiagnostics(program, program.getSourceFile(name))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    return new Map([
      ['the types themselves', said('/events.ts')],
      ...programs.map(([name]): [string, string[]] => [name, said(path(name))]),
    ]);
  }
  const found = complaints();

  test.each(['the types themselves', ...Object.keys(allowed)])('%s: allowed', (name) => {
    expect(found.get(name)).toEqual([]);
  });
  test.each(Object.keys(refused))('%s: refused', (name) => {
    expect(found.get(name)).toHaveLength(1);
  });
});

test('a comment holds the text, the requirement, the feature and the example', () => {
  const types = generateTypeScript(doors()).get('events.generated.ts') ?? '';
  expect(types).toContain(`/**
 * The bell rings.
 *
 * Needs the feature \`door.bell\`. Governed by \`door.shuts\`.
 *
 * @example
 * { type: 'door.ring' }
 */
export interface DoorRing {`);
  expect(types).toContain(` * ${`Somebody pushes. ${NASTY}`.replaceAll('*/', '*\\/')}\n`);
});

test('the example of what is received has the defaults', () => {
  const types = generateTypeScript(doors()).get('events.generated.ts') ?? '';
  expect(types).toContain(
    " * { type: 'door.knock', times: 1, rhythm: '' }\n */\nexport interface DoorKnockReceived {",
  );
});
