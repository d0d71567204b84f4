import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { encoding } from './encoding.ts';

describe('encoding', () => {
  test('its words', () => keepsItsWord(encoding));

  test.each([
    ['one character', 'Die T⌖\ufffdr öffnet.'],
    ['behind one that was read', 'Die 🚪 ist z⌖\ufffd.'],
    ['several: only the first', '- a⌖\ufffd\n- b\ufffd\ufffd\n\n> c\ufffd'],
    ['in code', '```text\nT⌖\ufffdr\n```'],
  ])('%s', (_, part) => {
    const problem = finds(encoding, proposal(part), 'a character could not be read');
    expect(problem.hint).toBe('Save the file as UTF-8.');
    expect(problem.endColumn).toBe(problem.column + 1);
    finds(encoding, crlf(proposal(part)), 'a character could not be read');
  });

  test('at the very beginning and the very end', () => {
    const good = proposal('Text.');
    finds(encoding, `⌖\ufffd\ufffd${good}`, 'a character could not be read');
    finds(encoding, `${good}⌖\ufffd`, 'a character could not be read');
  });

  test.each([
    ['other alphabets', 'Die Tür 🚪, 戸, дверь'],
    ['a byte order mark', '\ufeffText.'],
    ['its name, and its picture', 'U+FFFD, `\\ufffd`, �'.replace('�', '&#xFFFD;')],
    ['control characters, the subject of no-control-characters', 'a\0b'],
  ])('near miss: %s', (_, part) => passes(encoding, proposal(part)));

  test('a text that is too large is looked at as well', () => {
    finds(encoding, `${'x'.repeat(1_000_001)}⌖\ufffd`, 'a character could not be read');
  });
});
