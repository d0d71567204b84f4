import type { DraftRule } from '../rule.ts';
import { blockFindings } from '../subjects.ts';

export const blockYaml: DraftRule = {
  id: 'block-yaml',
  group: 'blocks',
  severity: 'error',
  summary: 'The YAML of a block can be read.',
  why: 'Blocks are read by programs: types, tables and pages are made from them. YAML that does not parse gives nothing at all. The usual cause is a value that contains `: ` or begins with a backtick, and wants quotes.',
  wrong: 'summary: `x`: y',
  right: 'summary: "`x`: y"',
  language: 'yaml',
  essential: true,
  checkDraft: (draft) => blockFindings(draft, 'block-yaml'),
};
