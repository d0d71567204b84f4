import { describe, expect, test } from 'vitest';
import { checksum } from '../../checksum.ts';
import { formatRegister } from '../../register.ts';
import { draftOf, libraryOf } from '../library.ts';
import { lint } from '../lint.ts';
import type { Register } from '../rule.ts';
import { FILE, found, passes, proposal } from '../testing.ts';
import { registerCurrent } from './register-current.ts';

const OPENS = 'The gateway MUST open the Tür 🚪.';
const SHUTS = 'The application MAY shut the door.';
const TEXT = proposal(`r[door.opens]\n${OPENS}\n\nr[door.shuts]\n${SHUTS}`);
const GOOD: Register = {
  'door.opens': {
    level: 'MUST',
    role: 'gateway',
    proposal: '0042',
    since: null,
    changed: null,
    checksum: checksum(OPENS),
  },
  'door.shuts': {
    level: 'MAY',
    role: 'application',
    proposal: '0042',
    since: null,
    changed: null,
    checksum: checksum(SHUTS),
  },
};
const registered = (value: Register) => ({
  register: { file: 'proposals/requirements.json', value, text: formatRegister(value) },
});
const all = (text: string, value: Register) =>
  found(registerCurrent, text, registered(value)).map(
    ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );
const at = 'proposals/requirements.json';
const { 'door.opens': opens = {}, 'door.shuts': shuts = {} } = GOOD;

describe('register-current', () => {
  test.each<[what: string, text: string, value: Register, problem: string]>([
    [
      'a level that was changed',
      TEXT,
      { ...GOOD, 'door.shuts': { ...shuts, level: 'MUST' } },
      '3:3 the register is not what the proposals say of `door.shuts`',
    ],
    [
      'a word of the text',
      TEXT.replace('Tür', 'Tor'),
      GOOD,
      '2:3 the register is not what the proposals say of `door.opens`',
    ],
    [
      'a requirement that is new',
      TEXT,
      { 'door.shuts': shuts },
      '1:1 the register is not what the proposals say of `door.opens`',
    ],
    [
      'one that is gone',
      TEXT.replace(`r[door.shuts]\n${SHUTS}`, ''),
      GOOD,
      '3:3 the register is not what the proposals say of `door.shuts`',
    ],
    [
      'one that was renamed',
      TEXT.replace('door.shuts', 'door.closes'),
      GOOD,
      '3:3 the register is not what the proposals say of `door.closes`, `door.shuts`',
    ],
    [
      'an alias',
      TEXT,
      { ...GOOD, 'door.opens': { ...opens, aliases: ['door.opened'] } },
      '2:3 the register is not what the proposals say of `door.opens`',
    ],
    [
      'a requirement in an empty register',
      TEXT,
      {},
      '1:1 the register is not what the proposals say of `door.opens`, `door.shuts`',
    ],
  ])('%s', (_, text, value, problem) => {
    expect(all(text, value)).toEqual([`${at}:${problem}`]);
    const [found1] = found(registerCurrent, text, registered(value));
    expect(found1?.hint).toBe('Run `npm run spec`.');
  });

  test('many are counted', () => {
    const more = Object.fromEntries(['a.b', 'c.d', 'e.f', 'g.h', 'i.j'].map((id) => [id, opens]));
    expect(all(TEXT, { ...more, ...GOOD })).toEqual([
      `${at}:2:3 the register is not what the proposals say of \`a.b\`, \`c.d\`, \`e.f\` and 2 others`,
    ]);
  });

  test('a publication is entered', () => {
    const beside = [['proposals/0042-doors/v1.md', TEXT] as const];
    expect(found(registerCurrent, TEXT, { beside, ...registered(GOOD) })).toHaveLength(1);
    const entered = Object.fromEntries(
      Object.entries(GOOD).map(([id, entry]) => [
        id,
        { ...entry, since: '0042/v1', changed: '0042/v1' },
      ]),
    );
    passes(registerCurrent, TEXT, { beside, ...registered(entered) });
  });

  test.each<[what: string, text: string]>([
    ['what the proposals say', TEXT],
    ['sentences that are wrapped otherwise', TEXT.replace('open the', 'open\nthe')],
    ['line ends from Windows', TEXT.replaceAll('\n', '\r\n')],
    ['changes outside of requirements', TEXT.replace('Doors are known.', 'Windows are known.')],
    [
      'requirements in another order',
      proposal(`r[door.shuts]\n${SHUTS}\n\nr[door.opens]\n${OPENS}`),
    ],
  ])('near miss: %s', (_, text) => passes(registerCurrent, text, registered(GOOD)));

  test('near miss: a register that is written on one line', () => {
    const register = { ...registered(GOOD).register, text: JSON.stringify(GOOD) };
    passes(registerCurrent, TEXT, { register });
  });

  test('without a register, with one that cannot be read, and without published texts: silent', () => {
    passes(registerCurrent, TEXT);
    passes(registerCurrent, TEXT, { register: { file: at, text: '{', error: 'it is not JSON' } });
    const alone = libraryOf([draftOf([FILE, TEXT])], registered({}));
    expect(lint(alone, [registerCurrent])).toEqual([]);
  });
});
