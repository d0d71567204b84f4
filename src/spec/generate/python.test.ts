// The Python module, as Python reads it: compiled with warnings as errors, imported, and asked for its types.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { doors, NASTY } from '../../../tests/fixtures/doors.ts';
import { folder } from '../../../tests/fixtures/folder.ts';
import { generatePython } from './python.ts';

const MODULE = generatePython(doors());

/** Runs Python on the module, in a folder of its own. @returns what it printed */
function python(args: readonly string[], text = MODULE): string {
  const root = folder({ 'events.py': text });
  return execFileSync('python3', args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: root, PYTHONPYCACHEPREFIX: join(root, 'cache') },
  });
}

/** Why Python cannot be asked, or undefined. */
function missing(): string | undefined {
  try {
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']);
    return undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    return code === 'ENOENT' ? 'there is no python3' : 'python3 is older than 3.9';
  }
}
const why = missing();

describe.skipIf(why !== undefined)(`Python reads it${why === undefined ? '' : ` (${why})`}`, () => {
  test('it compiles without a warning', () => {
    expect(python(['-W', 'error', '-m', 'py_compile', 'events.py'])).toBe('');
  });

  test('every example has the keys that its type requires, and no others', () => {
    const program = `
import json, typing, events

def keys(kind):
    forms = typing.get_args(kind) if typing.get_origin(kind) is typing.Union else (kind,)
    return [(sorted(form.__required_keys__), sorted(form.__required_keys__ | form.__optional_keys__),
             sorted(typing.get_type_hints(form))) for form in forms]

names = [n for n in vars(events) if n.endswith(('ReceiveEvent', 'SendEvent'))]
kinds = {}
for name in names:
    union = getattr(events, name)
    for form in typing.get_args(union) or (union,):
        type_ = typing.get_args(typing.get_type_hints(form)['type'])[0]
        kinds.setdefault(type_, {})[form.__name__] = form
found = {}
for type_, forms in kinds.items():
    example = events.EVENTS[type_]['example']
    fitting = []
    for name, form in forms.items():
        ((required, declared, hinted),) = keys(form)
        assert declared == hinted, (name, declared, hinted)
        if set(required) <= set(example) <= set(declared):
            fitting.append(name)
            form(**example)
    found[type_] = fitting
print(json.dumps(found))
`;
    expect(JSON.parse(python(['-W', 'error', '-c', program]))).toEqual({
      'door.push': ['DoorPush'],
      'door.word': ['DoorWordSaid'],
      'door.knock': ['DoorKnock'],
      'door.ring': ['DoorRing'],
      'door.moved': ['DoorMoved'],
    });
  });

  test('keys that are reserved words, extended records and keys that may be absent are there', () => {
    const program = `
import json, events
print(json.dumps({n: [sorted(getattr(events, n).__required_keys__), sorted(getattr(events, n).__optional_keys__)]
    for n in ('Card', 'BaseScope', 'HouseScope', 'GateScope', 'BackScope', 'DoorMoved', 'DoorKnockReceived')}))
`;
    expect(JSON.parse(python(['-c', program]))).toEqual({
      Card: [
        ['for', 'names'],
        ['from', 'seals'],
      ],
      BaseScope: [['local'], []],
      HouseScope: [['bolts', 'local', 'visitor'], []],
      GateScope: [['bolts', 'local', 'type', 'visitor'], []],
      BackScope: [['local', 'type'], []],
      DoorMoved: [
        ['by', 'from', 'offers', 'type'],
        ['card', 'chosen', 'more', 'state'],
      ],
      DoorKnockReceived: [['rhythm', 'times', 'type'], []],
    });
  });

  test('types are what the fields say', () => {
    const program = `
import json, typing, events
def hints(name): return {k: str(v).replace('typing.', '') for k, v in typing.get_type_hints(getattr(events, name)).items()}
print(json.dumps([hints('DoorPush'), hints('Card'), str(events.GateSendEvent == typing.Union[events.DoorPush, events.DoorWord, events.DoorKnock])]))
`;
    const [push, card, union] = JSON.parse(python(['-c', program]));
    expect(push).toMatchObject({
      type: "Literal['door.push']",
      force: "<class 'int'>",
      hinge: expect.stringContaining("Literal['left', 'right', \"it's\"]"),
      fields: 'Sequence[Tuple[str, bytes]]',
      noise: "<class 'bytes'>",
    });
    expect(card).toMatchObject({ from: "<class 'bytes'>", seals: 'Sequence[bytes]' });
    expect(union).toBe('True');
  });

  test('tables are the same as in TypeScript, and texts arrive as they are', () => {
    const program = `
import json, typing, events
push = events.EVENTS['door.push']
print(json.dumps([
    events.REQUIREMENTS['door.opens'], events.FEATURES, events.MACHINES['door.leaf'], push['fields'],
    events.EVENTS['door.word']['exactly_one'], events.EVENTS['door.ring']['feature'],
    push['example']['noise'].decode(), push['example']['fields'][0][1].decode('latin-1'), events.DoorPush.__doc__,
    {name: set(fields) >= set(typing.get_type_hints(getattr(events, name.title().replace('_', '')))) for name, fields in events.RECORDS.items()},
    events.RECORDS['card']['from'],
]))
`;
    const [requirement, features, leaf, fields, choice, feature, noise, sign, doc, records, from] =
      JSON.parse(python(['-c', program]));
    expect(requirement).toEqual(['MUST', 'gateway', 'The gateway MUST open the door.']);
    expect(features['door.bell']).toMatchObject({ revisions: [2], default: true });
    expect(leaf).toMatchObject({
      scope: ['gate', 'back'],
      initial: 'shut',
      transitions: [
        { on: ['wind'], from: ['shut', 'ajar'], stay: true },
        { misuse: 'door.opens', when: 'locked' },
        { to: 'ajar', do: 'creak' },
        { closed: 'door.shuts' },
      ],
    });
    expect(fields.force).toEqual({ type: 'integer', required: true, minimum: 1, maximum: 9 });
    expect(records).toMatchObject({ card: true });
    expect(Object.values(records)).not.toContain(false);
    expect(from).toMatchObject({ type: 'octets' });
    expect([choice, feature]).toEqual([['said', 'written'], 'door.bell']);
    expect([noise, sign]).toEqual(['grün', 'no "*/* entry']);
    expect(doc.replace(/\s+/g, ' ')).toContain(`Somebody pushes. ${NASTY}`.replace(/\s+/g, ' '));
  });

  test('a type that is wrong would not pass', () => {
    const broken = MODULE.replace('    names: Sequence[str]', '    names: Sequenze[str]');
    expect(broken).not.toBe(MODULE);
    const program = 'import typing, events; typing.get_type_hints(events.Card)';
    const silenced = () =>
      execFileSync('python3', ['-c', program], {
        cwd: folder({ 'events.py': broken }),
        stdio: 'pipe',
      });
    expect(silenced).toThrow("name 'Sequenze' is not defined");
  });
});

test('a line is at most 88 characters, but for rows of machines and what cannot be broken', () => {
  const long = MODULE.split('\n').filter(
    (line) => line.length > 88 && !/^ +\{"on": /.test(line) && !line.includes(NASTY.slice(-5)),
  );
  expect(long).toEqual([]);
});

test('each row of a machine is one line', () => {
  expect(MODULE.split('\n')).toContain(
    '            {"on": ["door.push"], "from": ["ajar"], "closed": "door.shuts"},',
  );
});

test('nothing of it needs more than Python 3.9', () => {
  expect(MODULE).not.toMatch(/NotRequired|Required\[| \| None|ReadOnly|typing_extensions|^type /m);
});
