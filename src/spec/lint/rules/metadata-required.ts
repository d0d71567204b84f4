import { FRONT_MATTER_SHAPES } from '../../join.ts';
import type { DraftRule } from '../rule.ts';
import { counted } from '../subjects.ts';

const REQUIRED = Object.entries(FRONT_MATTER_SHAPES)
  .filter(([, shape]) => !shape.safeParse(undefined).success)
  .map(([key]) => key);

export const metadataRequired: DraftRule = {
  id: 'metadata-required',
  group: 'metadata',
  severity: 'error',
  summary: `The front matter has ${REQUIRED.map((key) => `\`${key}\``).join(', ')}.`,
  why: 'These say what the proposal is to everybody who finds it in a list. `proposals/0000-template/draft.md` has all of them.',
  wrong: '---\nproposal: 42\ntitle: Doors\n---',
  right:
    '---\nproposal: 42\ntitle: Doors\nsummary: How doors open.\nauthors: [A. Author]\nstatus: draft\ntype: standards\ncreated: 2026-11-22\ndiscussion: repository\nrevision: 1\n---',
  essential: true,
  *checkDraft({ document }) {
    const { span, entries } = document.frontMatter;
    if (!span || entries.length === 0) return;
    const missing = REQUIRED.filter((key) => !entries.some((entry) => entry.key === key));
    if (missing.length === 0) return;
    yield {
      at: span[0],
      message: `the front matter lacks ${counted(missing.length, 'field')}: ${missing.map((key) => `\`${key}\``).join(', ')}`,
      hint: `Add a line such as \`${missing[0]}: …\`.`,
    };
  },
};
