// Comparing revisions of proposals: what the rest of Portway uses.

export type { BlockPart } from './block-values.ts';
export {
  type FormatOptions,
  fenced,
  formatRedline,
  inlineCode,
  type MarkdownOptions,
  redlineToMarkdown,
} from './format.ts';
export { formatSummary, summaryToMarkdown } from './format-summary.ts';
export { visible } from './marks.ts';
export type * from './model.ts';
export { type RedlineOptions, redline, sideOf, textOfSide } from './redline.ts';
export type { Aliases } from './retired.ts';
export {
  type BlockChange,
  type BlockChangeKind,
  type KnownRequirements,
  REQUIREMENT_CHANGES,
  type RequirementChange,
  type RequirementChangeKind,
  type RequirementState,
  type SourceText,
  type Summary,
  type SummaryOptions,
  type SummaryPlace,
  summarise,
} from './summary.ts';
