import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR, DOOR_EVENT, DOOR_RECORD, doorMachine } from '../testing-blocks.ts';
import { requirementSection } from './requirement-section.ts';

const REQUIREMENT = 'r[door.opens]\nThe gateway MUST open the door.';
const FEATURE =
  '```feature\nfeature: door.loud\nrevision: 1\nsummary: Ä.\nrequirement: door.opens\ndefault: false\n```';
/** A good proposal with a text in its section Rationale. */
const rationale = (text: string) => proposal('Text.').replace('Doors are known.', text);
const message = '`door.opens` stands outside of the section Specification';

describe('requirement-section', () => {
  test('its words', () => keepsItsWord(requirementSection, (text) => text));

  test.each([
    ['behind it', rationale(`⌖${REQUIREMENT}`)],
    ['before it', proposal('Text.').replace('Walls', `⌖${REQUIREMENT}\n\nWalls`)],
    ['at the end', `${proposal('Text.')}\n⌖${REQUIREMENT}`],
    ['under a heading like it', rationale(`### Specification\n\n⌖${REQUIREMENT}`)],
  ])('a requirement %s', (_, text) => {
    const problem = finds(requirementSection, text, message);
    expect(problem).toMatchObject({ endColumn: 14, hint: 'Move it there.' });
    finds(requirementSection, crlf(text), message);
  });

  test.each([
    ['event', DOOR_EVENT],
    ['record', DOOR_RECORD],
    ['machine', doorMachine()],
    ['feature', FEATURE],
  ])('a block of the kind %s', (kind, block) => {
    finds(
      requirementSection,
      rationale(block.replace('```', '⌖```')),
      `this ${kind} block stands outside of the section Specification`,
    );
  });

  test('a block that cannot be read is at a wrong place all the same', () => {
    finds(
      requirementSection,
      rationale('⌖```event\n: [\n```'),
      'this event block stands outside of the section Specification',
    );
  });

  test('each of them', () => {
    findsAll(requirementSection, rationale(`⌖${REQUIREMENT}\n\n⌖r[b.c]\nText.\n\n⌖${FEATURE}`), [
      message,
      '`b.c` stands outside of the section Specification',
      'this feature block stands outside of the section Specification',
    ]);
  });

  test.each([
    ['everything in its section', proposal(DOOR)],
    ['under a heading of the third level', proposal(`### Doors\n\n${DOOR}`)],
    ['in the last section', `## Specification\n\n${DOOR}`],
    ['a sandbox elsewhere', rationale('```try\nexample: hello\ncaption: Hello.\n```')],
    ['ids that end elsewhere', rationale('```retired\n- {id: a.b, tombstone: Gone.}\n```')],
    ['exemptions elsewhere', rationale('```untested\n- {requirement: a.b, reason: Dark.}\n```')],
    ['code elsewhere', rationale('```yaml\ntype: door.push\n```')],
    ['a reference elsewhere', rationale('By [door.opens] it opens.')],
  ])('near miss: %s', (_, text) => passes(requirementSection, text));

  test('without a section Specification, it is that which is missing', () => {
    passes(requirementSection, `## Rationale\n\n${REQUIREMENT}`);
  });

  test('the template', () => {
    passes(requirementSection, rationale(REQUIREMENT), {
      file: 'proposals/0000-template/draft.md',
    });
  });
});
