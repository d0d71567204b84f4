import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { requirementId } from './requirement-id.ts';

const sentence = 'The gateway MUST open the door.';

describe('requirement-id', () => {
  test('its words', () => keepsItsWord(requirementId));

  test.each([
    ['capitals', 'Door.opens'],
    ['one word', 'door'],
    ['nothing', ''],
    ['a space', 'door opens'],
    ['a final dot', 'door.'],
    ['two dots', 'door..opens'],
    ['an underscore', 'door.opens_once'],
    ['a digit first', '2door.opens'],
    ['a path', '../door.opens'],
    ['a letter of another alphabet', 'tür.öffnet'],
  ])('%s', (_, id) => {
    const text = proposal(`⌖r[${id}]\n${sentence}`);
    const problem = finds(requirementId, text, `\`${id}\` is not a requirement id`);
    expect(problem).toMatchObject({ endColumn: id.length + 4 });
    finds(requirementId, crlf(text), `\`${id}\` is not a requirement id`);
  });

  test('each of them, on the first line and on the last', () => {
    findsAll(requirementId, `⌖r[Door]\n${sentence}\n\nText.\n\n⌖r[]`, [
      '`Door` is not a requirement id',
      '`` is not a requirement id',
    ]);
  });

  test.each(['door.opens', 'door-opens', 'door.opens-once', 'http2.door', 'door-2.opens.at-once'])(
    'near miss: %s',
    (id) => passes(requirementId, proposal(`r[${id}]\n${sentence}`)),
  );

  test('near miss: spaces behind the marker', () => {
    passes(requirementId, proposal(`r[door.opens] \t\n${sentence}`));
  });

  test('near miss: a marker that is no marker', () => {
    passes(requirementId, proposal('`r[Door]` and r[Door] in a sentence.'));
  });
});
