// That what is checked in is what the proposals say, and that whatever they say makes files that do not clash.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DOORS, doors } from '../../../tests/fixtures/doors.ts';
import { DOOR_RULES, draft, FILE } from '../../../tests/fixtures/proposal.ts';
import { SpecError } from '../problem.ts';
import { assemble } from '../specification.ts';
import { generate } from './index.ts';

const root = new URL('../../../', import.meta.url);

test('generated files are what the proposals say', () => {
  const drafts = readdirSync(new URL('proposals/', root))
    .filter((name) => /^\d{4}-/.test(name) && !name.startsWith('0000-'))
    .sort()
    .map((name): [string, string] => [
      `proposals/${name}/draft.md`,
      readFileSync(new URL(`proposals/${name}/draft.md`, root), 'utf8'),
    ]);
  const files = generate(assemble(drafts));
  expect([...files.keys()].filter((path) => path.startsWith('src/interface/')).sort()).toEqual(
    readdirSync(new URL('src/interface/', root))
      .filter((name) => name.includes('.generated.'))
      .map((name) => `src/interface/${name}`)
      .sort(),
  );
  for (const [path, text] of files)
    expect(readFileSync(new URL(path, root), 'utf8'), path).toBe(text);
});

test('Windows line ends in the proposals change nothing in the code', () => {
  const windows = assemble([[FILE, draft(DOORS).replaceAll('\n', '\r\n')]]);
  expect(generate(windows)).toEqual(generate(doors()));
});

test('generating twice gives the same', () => {
  expect(generate(doors())).toEqual(generate(doors()));
});

describe('two definitions that would be types of one name are reported where the second stands', () => {
  const record = (name: string, body = 'fields: {}') =>
    `\n\`\`\`record\nrecord: ${name}\nsummary: x\n${body}\n\`\`\`\n`;
  const event = (type: string) =>
    `\n\`\`\`event\ntype: ${type}\ndirection: receive\nscope: [gate]\nsummary: x\nrequirement: door.opens\nfields: {}\nexample: {type: ${type}}\n\`\`\`\n`;

  test.each([
    ['an event and a record', record('door_ajar') + event('door.ajar'), 'DoorAjar'],
    ['two events', event('door.wide_open') + event('door.wide.open'), 'DoorWideOpen'],
    ['a record and a name of the generated files', record('fields'), 'Fields'],
    ['a record and a name of Python', record('literal'), 'Literal'],
    ['an event and a union', event('gate.receive_event'), 'GateReceiveEvent'],
  ])('%s', (_, body, name) => {
    const generating = () => generate(assemble([[FILE, draft(DOOR_RULES + body)]]));
    expect(generating).toThrow(SpecError);
    expect(generating).toThrow(`would be named \`${name}\``);
  });
});
