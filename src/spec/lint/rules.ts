// Every rule of the linter, in the order of its documentation.

import type { Rule } from './rule.ts';
import { authorForm } from './rules/author-form.ts';
import { blockPlace } from './rules/block-place.ts';
import { blockShape } from './rules/block-shape.ts';
import { blockYaml } from './rules/block-yaml.ts';
import { changeLog } from './rules/change-log.ts';
import { conditionalFields } from './rules/conditional-fields.ts';
import { dataFiles } from './rules/data-files.ts';
import { dateValid } from './rules/date-valid.ts';
import { discussionForm } from './rules/discussion-form.ts';
import { editionComplete } from './rules/edition-complete.ts';
import { encoding } from './rules/encoding.ts';
import { erratumForm } from './rules/erratum-form.ts';
import { erratumMended } from './rules/erratum-mended.ts';
import { erratumPlace } from './rules/erratum-place.ts';
import { eventExample } from './rules/event-example.ts';
import { eventFeatureKnown } from './rules/event-feature-known.ts';
import { eventGoverned } from './rules/event-governed.ts';
import { eventScopeKnown } from './rules/event-scope-known.ts';
import { exampleExists } from './rules/example-exists.ts';
import { examplePasses } from './rules/example-passes.ts';
import { fenceClosed } from './rules/fence-closed.ts';
import { fenceLanguage } from './rules/fence-language.ts';
import { fieldTypeKnown } from './rules/field-type-known.ts';
import { fileSize } from './rules/file-size.ts';
import { finalNewline } from './rules/final-newline.ts';
import { frontMatter } from './rules/front-matter.ts';
import { headingLevels } from './rules/heading-levels.ts';
import { idRetired } from './rules/id-retired.ts';
import { imageAlt } from './rules/image-alt.ts';
import { keywordInExample } from './rules/keyword-in-example.ts';
import { keywordInNotes } from './rules/keyword-in-notes.ts';
import { lineEnds } from './rules/line-ends.ts';
import { linkResolves } from './rules/link-resolves.ts';
import { linkScheme } from './rules/link-scheme.ts';
import { lowercaseKeyword } from './rules/lowercase-keyword.ts';
import { machineActionKnown } from './rules/machine-action-known.ts';
import { machineActionUsed } from './rules/machine-action-used.ts';
import { machineEventKnown } from './rules/machine-event-known.ts';
import { machineGuardKnown } from './rules/machine-guard-known.ts';
import { machineGuardUsed } from './rules/machine-guard-used.ts';
import { machineNoDeadEnd } from './rules/machine-no-dead-end.ts';
import { machineReachable } from './rules/machine-reachable.ts';
import { machineRowTried } from './rules/machine-row-tried.ts';
import { machineStateKnown } from './rules/machine-state-known.ts';
import { machineTotal } from './rules/machine-total.ts';
import { metadataDuplicate } from './rules/metadata-duplicate.ts';
import { metadataOrder } from './rules/metadata-order.ts';
import { metadataRequired } from './rules/metadata-required.ts';
import { metadataUnknown } from './rules/metadata-unknown.ts';
import { metadataValue } from './rules/metadata-value.ts';
import { noControlCharacters } from './rules/no-control-characters.ts';
import { noHtml } from './rules/no-html.ts';
import { numberMatchesFolder } from './rules/number-matches-folder.ts';
import { oneKeyword } from './rules/one-keyword.ts';
import { oneTitle } from './rules/one-title.ts';
import { publishedIdLost } from './rules/published-id-lost.ts';
import { publishedKept } from './rules/published-kept.ts';
import { publishedListed } from './rules/published-listed.ts';
import { publishedNumbered } from './rules/published-numbered.ts';
import { publishedUnchanged } from './rules/published-unchanged.ts';
import { recordExtendsKnown } from './rules/record-extends-known.ts';
import { referenceExists } from './rules/reference-exists.ts';
import { registerCurrent } from './rules/register-current.ts';
import { replacesSymmetric } from './rules/replaces-symmetric.ts';
import { requirementId } from './rules/requirement-id.ts';
import { requirementPlace } from './rules/requirement-place.ts';
import { requirementSection } from './rules/requirement-section.ts';
import { requirementTested } from './rules/requirement-tested.ts';
import { requiresAcyclic } from './rules/requires-acyclic.ts';
import { requiresExists } from './rules/requires-exists.ts';
import { requiresStable } from './rules/requires-stable.ts';
import { retiredTarget } from './rules/retired-target.ts';
import { revisionNext } from './rules/revision-next.ts';
import { roleReadable } from './rules/role-readable.ts';
import { sectionEmpty } from './rules/section-empty.ts';
import { sectionsKnown } from './rules/sections-known.ts';
import { sectionsOrder } from './rules/sections-order.ts';
import { sectionsRequired } from './rules/sections-required.ts';
import { sequenceShown } from './rules/sequence-shown.ts';
import { statusStep } from './rules/status-step.ts';
import { summaryLength } from './rules/summary-length.ts';
import { summarySentence } from './rules/summary-sentence.ts';
import { tableCaption } from './rules/table-caption.ts';
import { templateText } from './rules/template-text.ts';
import { termOnce } from './rules/term-once.ts';
import { termsDefined } from './rules/terms-defined.ts';
import { titleLength } from './rules/title-length.ts';
import { trailingSpace } from './rules/trailing-space.ts';
import { unique } from './rules/unique.ts';
import { untestedKnown } from './rules/untested-known.ts';

/** What keeps a single text from being read. */
export const READING: readonly Rule[] = [
  fileSize,
  noControlCharacters,
  frontMatter,
  metadataRequired,
  metadataValue,
  requirementId,
  requirementPlace,
  oneKeyword,
  roleReadable,
  blockYaml,
  blockShape,
  blockPlace,
];

/** What keeps texts that can be read from being one specification. */
export const JOINING: readonly Rule[] = [
  unique,
  referenceExists,
  fieldTypeKnown,
  recordExtendsKnown,
  eventExample,
  eventFeatureKnown,
  eventGoverned,
  machineStateKnown,
  machineEventKnown,
  machineGuardKnown,
  machineActionKnown,
  machineTotal,
  machineRowTried,
  machineReachable,
];

/** What is wrong in a specification that can be read and joined. */
export const KEEPING: readonly Rule[] = [
  encoding,
  changeLog,
  machineGuardUsed,
  machineActionUsed,
  machineNoDeadEnd,
  lineEnds,
  finalNewline,
  trailingSpace,
  metadataUnknown,
  metadataDuplicate,
  metadataOrder,
  numberMatchesFolder,
  titleLength,
  summaryLength,
  summarySentence,
  dateValid,
  authorForm,
  discussionForm,
  conditionalFields,
  revisionNext,
  statusStep,
  requiresExists,
  replacesSymmetric,
  requiresAcyclic,
  requiresStable,
  editionComplete,
  sectionsRequired,
  sectionsKnown,
  sectionsOrder,
  sectionEmpty,
  oneTitle,
  headingLevels,
  templateText,
  tableCaption,
  imageAlt,
  requirementSection,
  keywordInNotes,
  keywordInExample,
  lowercaseKeyword,
  termOnce,
  termsDefined,
  idRetired,
  publishedIdLost,
  retiredTarget,
  requirementTested,
  untestedKnown,
  linkScheme,
  noHtml,
  linkResolves,
  fenceLanguage,
  fenceClosed,
  exampleExists,
  examplePasses,
  sequenceShown,
  eventScopeKnown,
  publishedUnchanged,
  publishedListed,
  publishedKept,
  publishedNumbered,
  erratumForm,
  erratumPlace,
  erratumMended,
  dataFiles,
  registerCurrent,
];

export const RULES: readonly Rule[] = [...READING, ...JOINING, ...KEEPING];
