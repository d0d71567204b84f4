import { describe, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { termsDefined } from './terms-defined.ts';

const MESSAGE = 'the section “Terms” defines no term';

describe('terms-defined', () => {
  test('its words', () => keepsItsWord(termsDefined));

  test.each([
    ['no emphasis at all', 'A door is a hole that shuts.'],
    ['a word that is stressed', 'A **door** is a hole that shuts.'],
    ['a name', 'A `door` is a hole that shuts.'],
    ['nothing', ''],
    ['a definition that stands in the next section', '### Doors\n\nA *door* is a hole.'],
  ])('%s', (_, text) => {
    finds(termsDefined, proposal(`⌖### Terms\n\n${text}`), MESSAGE);
    finds(termsDefined, crlf(proposal(`⌖### Terms\n\n${text}`)), MESSAGE);
  });

  test.each([
    ['a word that the sentence ends with', '### Terms\n\nWhat shuts is called a *door*.'],
    ['a definition further down', '### Terms\n\nWords.\n\nA *door* shuts.'],
    ['another heading', '### Names\n\nA door shuts.'],
    ['a heading of a list', '- ### Terms'],
    ['in a fence', '```markdown\n### Terms\n```'],
  ])('near miss: %s', (_, text) => passes(termsDefined, proposal(text)));

  test('near miss: a section of another part of the text', () => {
    passes(termsDefined, proposal('Text.\n\n## Rationale\n\n### Terms\n\nOld ones.'));
  });

  test('a proposal that only informs defines nothing', () => {
    passes(termsDefined, proposal('### Terms\n\nA door.', { type: 'informational' }));
  });
});
