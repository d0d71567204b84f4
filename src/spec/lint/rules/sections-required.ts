import { SECTIONS, sectionsOf } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';
import { counted } from '../subjects.ts';

export const sectionsRequired: DraftRule = {
  id: 'sections-required',
  group: 'structure',
  severity: 'error',
  summary: `A proposal has nine sections: ${SECTIONS.join(', ')}.`,
  why: 'Readers look for the reasons, the costs and the dangers of a proposal in the same places. A section that has nothing to say says so: “None.”',
  wrong: SECTIONS.filter((name) => name !== 'Rationale')
    .map((name) => `## ${name}`)
    .join('\n\n'),
  right: SECTIONS.map((name) => `## ${name}`).join('\n\n'),
  *checkDraft({ document }) {
    if (document.oversize) return;
    const sections = sectionsOf(document);
    const names = new Set(sections.map(({ heading }) => heading.text));
    const [first, ...others] = SECTIONS.filter((name) => !names.has(name));
    if (first === undefined) return;
    // Where the first that is missing belongs: before the next one that is there.
    const later: readonly string[] = SECTIONS.slice(SECTIONS.indexOf(first) + 1);
    const next = sections.find(({ heading }) => later.includes(heading.text))?.heading;
    yield {
      at: next?.start ?? document.source.trimEnd().length,
      message: `the proposal lacks ${counted(others.length + 1, 'section')}: ${[first, ...others].join(', ')}`,
      hint: `Add \`## ${first}\` ${next ? `before \`## ${next.text}\`` : 'at the end'}. If there is nothing to say, say “None.”`,
    };
  },
};
