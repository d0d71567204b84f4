// The sections that every proposal has, and cutting a document into them.

import { type HeadingText, type ProposalDocument, startOf } from './document.ts';

/** Headings of the second level, in order. */
export const SECTIONS = [
  'Summary',
  'Motivation',
  'Specification',
  'Rationale',
  'Rejected alternatives',
  'Compatibility',
  'Security considerations',
  'Open issues',
  'Change log',
] as const;

export interface Section {
  readonly heading: HeadingText;
  /** Offset at which the next section begins, or the text ends. */
  readonly end: number;
  /** Whether anything but headings and comments stands in it. */
  readonly empty: boolean;
}

/** The sections of the second level, as they stand. */
export function sectionsOf(document: ProposalDocument): Section[] {
  const headings = document.headings.filter(({ depth, index }) => depth === 2 && index >= 0);
  return headings.map((heading, at) => {
    const next = headings[at + 1];
    const nodes = document.tree.children.slice(heading.index + 1, next?.index);
    return {
      heading,
      end: next?.start ?? document.source.length,
      empty: nodes.every((node) => node.type === 'heading' || node.type === 'html'),
    };
  });
}

/** The stretch of the section with this heading, or undefined where there is none. */
export function sectionSpan(
  document: ProposalDocument,
  name: string,
): readonly [start: number, end: number] | undefined {
  const section = sectionsOf(document).find(({ heading }) => heading.text === name);
  return section && [startOf(section.heading.node), section.end];
}
