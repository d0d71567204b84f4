import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { roleReadable } from './role-readable.ts';

const message = '`door.opens` does not begin by naming whom it binds';

describe('role-readable', () => {
  test('its words', () => keepsItsWord(roleReadable));

  test.each([
    ['another subject', 'The door MUST open.'],
    ['a subject that comes later', 'When asked, the gateway MUST open.'],
    ['a subject that only begins alike', 'The gateways MUST open.'],
    ['without its article', 'Gateways MUST open.'],
    ['in lowercase', 'the gateway MUST open.'],
    ['an article too many', 'The middleware MUST pass.'],
    ['another article', 'An application MUST öffnen.'],
    ['a negation', 'No gateway MUST open.'],
    ['a peer', 'The peer MAY push.'],
  ])('%s', (_, sentence) => {
    const text = proposal(`r[door.opens]\n⌖${sentence}`);
    expect(finds(roleReadable, text, message).hint).toBe(
      'Begin with “The gateway”, “The application” or “Middleware”.',
    );
    finds(roleReadable, crlf(text), message);
  });

  test('each of them, on the first lines and on the last', () => {
    findsAll(roleReadable, 'r[door.opens]\n⌖It MUST open.\n\nr[door.shuts]\n⌖It MUST shut.', [
      message,
      '`door.shuts` does not begin by naming whom it binds',
    ]);
  });

  test.each([
    'The gateway MUST open.',
    "The gateway's worker MUST open.",
    'The application SHOULD NOT push.',
    'Middleware that adapts MAY pass.',
    '*The gateway* MUST open.',
    'The `gateway` MUST open.',
  ])('near miss: %s', (sentence) => {
    passes(roleReadable, proposal(`r[door.opens]\n${sentence}`));
    passes(roleReadable, crlf(proposal(`r[door.opens]\n${sentence}`)));
  });

  test.each([
    ['without a keyword', 'r[door.opens]\nIt opens.'],
    ['with two keywords', 'r[door.opens]\nIt MUST open and MAY ring.'],
    ['with what is no id', 'r[Door]\nIt MUST open.'],
    ['without an id', 'It MUST open.'],
  ])('near miss: a sentence %s is another mistake', (_, text) =>
    passes(roleReadable, proposal(text)),
  );
});
