import { isLevel, REQUIREMENT_ID } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

const SAY = 'Say MUST, MUST NOT, SHOULD, SHOULD NOT or MAY.';

export const oneKeyword: DraftRule = {
  id: 'one-keyword',
  group: 'normative',
  severity: 'error',
  summary: 'A requirement has exactly one keyword: MUST, MUST NOT, SHOULD, SHOULD NOT or MAY.',
  why: 'One sentence with two keywords is two requirements with one id: a test cannot say which of them failed, and a change of one reads as a change of both. Of the synonyms of BCP 14, such as SHALL and REQUIRED, none is used, so that a search for a keyword finds all.',
  wrong: 'r[door.opens]\nThe gateway MUST open the door and SHOULD ring.',
  right:
    'r[door.opens]\nThe gateway MUST open the door.\n\nr[door.rings]\nThe gateway SHOULD ring when the door opens.',
  essential: true,
  *checkDraft({ document }) {
    for (const { id, start, bodyStart, plain, keywords } of document.marked) {
      if (!REQUIREMENT_ID.test(id)) continue;
      const [first, second] = keywords;
      if (first && !second && isLevel(first.word)) continue;
      const synonym = keywords.find(({ word }) => !isLevel(word));
      if (plain.trim() === '') {
        yield {
          at: start,
          end: start + id.length + 3,
          message: `\`${id}\` has no sentence`,
          hint: 'Write it on the next line, without an empty line between them.',
        };
      } else if (synonym) {
        yield {
          at: synonym.start,
          end: synonym.start + synonym.word.length,
          message: `\`${id}\` says ${synonym.word}, which is not one of the keywords`,
          hint: SAY,
        };
      } else if (second) {
        yield {
          at: second.start,
          end: second.start + second.word.length,
          message: `\`${id}\` has ${keywords.length} keywords (${keywords.map(({ word }) => word).join(', ')}), and needs exactly one`,
          hint: 'Split the sentence, one requirement each.',
        };
      } else {
        yield {
          at: bodyStart,
          message: `\`${id}\` has no keyword, and needs exactly one`,
          hint: SAY,
        };
      }
    }
  },
};
