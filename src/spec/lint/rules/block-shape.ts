import type { DraftRule } from '../rule.ts';
import { blockFindings } from '../subjects.ts';

export const blockShape: DraftRule = {
  id: 'block-shape',
  group: 'blocks',
  severity: 'error',
  summary: 'A block has the keys of its kind, with values of theirs.',
  why: 'Types, tables and pages are made from blocks. `proposals/README.md` lists the kinds, and proposal 3 has an example of most.',
  wrong: 'direction: sideways',
  right: 'direction: send',
  language: 'yaml',
  essential: true,
  checkDraft: (draft) => blockFindings(draft, 'block-shape'),
};
