// What two revisions of one proposal, or two states of all proposals, come to: which requirements were added, removed,
// moved, renamed, weakened or only reworded, and which events, records, machines and features changed in what.
// Judges by ids, keywords and text; whether a condition became wider or narrower is for a reader to see.

import { normalise } from '../checksum.ts';
import { isLevel, readDocument } from '../document.ts';
import { type Level, proposalSlug, type Role } from '../model.ts';
import { type BlockPart, comparable, compareValues } from './block-values.ts';
import { cut, type Element } from './cut.ts';
import { essence } from './essence.ts';
import { type Alignment, alignElements, renamesOf } from './redline.ts';
import { type Aliases, retirements } from './retired.ts';

/** In the order of what a reviewer wants to see first. */
export const REQUIREMENT_CHANGES = [
  'removed',
  'reversed',
  'weakened',
  'role-changed',
  'strengthened',
  'changed',
  'added',
  'renamed',
  'moved',
  'editorial',
] as const;
export type RequirementChangeKind = (typeof REQUIREMENT_CHANGES)[number];

/** Where something stands on one side. */
export interface SummaryPlace {
  /** Four digits where the front matter has a number, or else the file. */
  readonly proposal: string;
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  /** Headings above it, from the title down, as Markdown. */
  readonly section: readonly string[];
  readonly anchor: string;
}

/** A requirement on one side. Level and role are absent where they cannot be read off. */
export interface RequirementState extends SummaryPlace {
  readonly id: string;
  readonly text: string;
  readonly level?: Level;
  readonly role?: Role;
}

/** One requirement that is not as it was. It can be moved and weakened at once: then it has both kinds. */
export interface RequirementChange {
  /** Its id after, or before if it is no more. */
  readonly id: string;
  readonly kinds: readonly RequirementChangeKind[];
  readonly before?: RequirementState;
  readonly after?: RequirementState;
  /** Of one that was removed: the id that took its place, where that is not new, or why it is no more. */
  readonly alias?: string;
  readonly tombstone?: string;
  /** Of one that was added or removed: that of the other side with the same text. A renaming lacks its alias. */
  readonly sameTextAs?: string;
}

export type BlockChangeKind = 'removed' | 'changed' | 'added' | 'moved' | 'editorial';

/** An event, record, machine or feature that is not as it was. */
export interface BlockChange {
  readonly type: 'event' | 'record' | 'machine' | 'feature';
  readonly name: string;
  readonly kinds: readonly BlockChangeKind[];
  readonly before?: SummaryPlace;
  readonly after?: SummaryPlace;
  /** What of it changed. Empty where it cannot be read as YAML. */
  readonly parts: readonly BlockPart[];
}

/** Plain data. Changes are in the order of the text after; what was removed stands by its place before. */
export interface Summary {
  readonly requirements: readonly RequirementChange[];
  readonly blocks: readonly BlockChange[];
  /** How many requirements have each kind of change. */
  readonly counts: Readonly<Record<RequirementChangeKind, number>>;
  /** Requirements that are as they were. */
  readonly unchanged: number;
}

/** The part of the register of requirements (`proposals/requirements.json`) that is needed. */
export type KnownRequirements = Readonly<
  Record<string, { readonly aliases?: readonly string[]; readonly tombstone?: string }>
>;

export interface SummaryOptions {
  /** Former id to the id that took its place, besides those in `retired` blocks of the texts. */
  readonly aliases?: Aliases;
  readonly register?: KnownRequirements;
  /**
   * For two revisions of one proposal: the others, as they are when the second one holds. What is no more in this
   * one and stands in one of them has moved there. Nothing else is said of them.
   */
  readonly others?: readonly SourceText[];
}

/** File and text. Proposals are known by the number in their front matter, or else by their file. */
export type SourceText = readonly [file: string, text: string];

/** Compares one proposal with a revision of it, or all proposals of two moments. Never throws for what they say. */
export function summarise(
  before: string | readonly SourceText[],
  after: string | readonly SourceText[],
  options: SummaryOptions = {},
): Summary {
  const { others: elsewhereTexts = [], ...alone } = options;
  if (elsewhereTexts.length > 0) {
    // What stands elsewhere matters to what is no more here, and there may be much of it.
    const summary = summarise(before, after, alone);
    const removed = [...summary.requirements, ...summary.blocks].some(({ after }) => !after);
    if (!removed) return summary;
  }
  const old = readTexts(before);
  const main = readTexts(after);
  const others = readTexts(elsewhereTexts);
  const now = [...main, ...others];
  const known = knownRetirements([...old, ...now], options);
  const pairs = pairDocuments(old, main, typeof before === 'string' && typeof after === 'string');
  const sections = new Sections(pairs, known.aliases);
  const elsewhere = new Set(others.map(({ proposal, file }) => `${proposal} ${file}`));
  const concerned = (change: { before?: SummaryPlace; after?: SummaryPlace }) =>
    change.before !== undefined ||
    !elsewhere.has(`${change.after?.proposal} ${change.after?.file}`);

  const { changes, unchanged } = compareRequirements(old, now, sections, known);
  const requirements = changes.filter(concerned);
  const counts = Object.fromEntries(REQUIREMENT_CHANGES.map((kind) => [kind, 0])) as Record<
    RequirementChangeKind,
    number
  >;
  for (const { kinds } of requirements) for (const kind of kinds) counts[kind]++;
  return {
    requirements,
    blocks: compareBlocks(old, now, sections).filter(concerned),
    counts,
    unchanged,
  };
}

// Documents

interface SummarisedText {
  readonly file: string;
  readonly proposal: string;
  readonly elements: readonly Element[];
}

interface Found {
  readonly element: Element;
  readonly document: SummarisedText;
}

/** Whoever compares many revisions gives the same texts as others again. */
const read = new WeakMap<SourceText, SummarisedText>();

function readTexts(source: string | readonly SourceText[]): SummarisedText[] {
  const texts: readonly SourceText[] = typeof source === 'string' ? [['', source]] : source;
  return texts
    .map((given) => {
      const known = read.get(given);
      if (known) return known;
      const [file, text] = given;
      const elements = cut(text);
      const summarised = { file, proposal: numberOf(elements) ?? file, elements };
      read.set(given, summarised);
      return summarised;
    })
    .sort((a, b) => compare(a.proposal, b.proposal) || compare(a.file, b.file));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function numberOf(elements: readonly Element[]): string | undefined {
  const entry = elements.find(({ type, name }) => type === 'front-matter' && name === 'proposal');
  const number = /^[^:]*:[ \t]*(\d{1,9})[ \t]*$/.exec(entry?.text ?? '')?.[1];
  return number === undefined ? undefined : proposalSlug(Number(number));
}

function pairDocuments(
  old: readonly SummarisedText[],
  now: readonly SummarisedText[],
  single: boolean,
): (readonly [SummarisedText, SummarisedText])[] {
  if (single) return old[0] && now[0] ? [[old[0], now[0]]] : [];
  const left = [...old];
  return now.flatMap((document) => {
    const index = left.findIndex(({ proposal }) => proposal === document.proposal);
    return index < 0 ? [] : [[left.splice(index, 1)[0] as SummarisedText, document] as const];
  });
}

interface Known {
  readonly aliases: Aliases;
  readonly tombstones: Readonly<Record<string, string>>;
}

function knownRetirements(
  documents: readonly SummarisedText[],
  { aliases = {}, register = {} }: SummaryOptions,
): Known {
  // Which text is read last must not depend on which of them is the later one.
  const found = documents
    .map(({ elements }) => elements.filter(({ type }) => type === 'retired'))
    .filter((elements) => elements.length > 0)
    .sort((a, b) => compare(a.map(textOf).join('\n'), b.map(textOf).join('\n')))
    .map(retirements);
  const entries = Object.entries(register);
  return {
    aliases: Object.assign(
      Object.create(null),
      ...found.map((one) => one.aliases),
      Object.fromEntries(
        entries.flatMap(([id, { aliases: former = [] }]) => former.map((one) => [one, id])),
      ),
      aliases,
    ),
    tombstones: Object.assign(
      Object.create(null),
      ...found.map((one) => one.tombstones),
      Object.fromEntries(
        entries.flatMap(([id, { tombstone }]) =>
          tombstone === undefined ? [] : [[id, tombstone]],
        ),
      ),
    ),
  };
}

function textOf({ text }: Element): string {
  return text;
}

/** Which sections are the same. One that was renamed, or moved with what stands in it, is. */
class Sections {
  readonly #paired = new Map<
    SummarisedText,
    { other: SummarisedText; headings: Map<number, number> }
  >();

  constructor(pairs: readonly (readonly [SummarisedText, SummarisedText])[], aliases: Aliases) {
    for (const [old, now] of pairs) {
      const { entries }: Alignment = alignElements(old.elements, now.elements, { aliases });
      const headings = new Map([[-1, -1]]);
      for (const { before, after } of entries) {
        if (before === undefined || after === undefined) continue;
        if (old.elements[before]?.type === 'heading') headings.set(before, after);
      }
      this.#paired.set(old, { other: now, headings });
    }
  }

  moved(before: Found, after: Found): boolean {
    const pair = this.#paired.get(before.document);
    return (
      pair?.other !== after.document ||
      pair.headings.get(before.element.section.heading) !== after.element.section.heading
    );
  }
}

function placeOf({ element, document }: Found): SummaryPlace {
  const { line, endLine, section, anchor } = element;
  const { proposal, file } = document;
  return { proposal, file, line, endLine, section: section.path, anchor };
}

/** What has a name, in order, on one side. */
function findNamed(
  documents: readonly SummarisedText[],
  wanted: (element: Element) => boolean,
): Found[] {
  return documents.flatMap((document) =>
    document.elements
      .filter((element) => element.name !== undefined && wanted(element))
      .map((element) => ({ element, document })),
  );
}

/** Pairs by name; of several of one name, the first with the first. Then in the order of the text after. */
function pairFound(
  old: readonly Found[],
  now: readonly Found[],
  nameOf: (found: Found) => string,
): { before?: Found; after?: Found }[] {
  const waiting = new Map<string, Found[]>();
  for (const found of old) {
    const name = nameOf(found);
    const others = waiting.get(name);
    if (others) others.push(found);
    else waiting.set(name, [found]);
  }
  const pairs = now.map((after): { before?: Found; after?: Found } => {
    const before = waiting.get(nameOf(after))?.shift();
    return before ? { before, after } : { after };
  });
  const removed = [...waiting.values()].flat().map((before) => ({ before }));
  const rank = (pair: { before?: Found; after?: Found }) => {
    const { document, element } = (pair.after ?? pair.before) as Found;
    return { proposal: document.proposal, line: element.line };
  };
  return [...pairs, ...removed].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return compare(x.proposal, y.proposal) || x.line - y.line;
  });
}

// Requirements

function compareRequirements(
  old: readonly SummarisedText[],
  now: readonly SummarisedText[],
  sections: Sections,
  known: Known,
): { changes: RequirementChange[]; unchanged: number } {
  const isRequirement = ({ type }: Element) => type === 'requirement';
  const [before, after] = [findNamed(old, isRequirement), findNamed(now, isRequirement)];
  const ids = (side: readonly Found[]) => new Set(side.map(idOf));
  const [oldIds, newIds] = [ids(before), ids(after)];
  const renamed = renamesOf(oldIds, newIds, known.aliases);
  const changes: RequirementChange[] = [];
  let unchanged = 0;
  for (const pair of pairFound(before, after, (found) => renamed.get(idOf(found)) ?? idOf(found))) {
    const change = compareRequirement(pair, sections);
    if (change) changes.push(change);
    else unchanged++;
  }
  return { changes: withReasons(changes, known), unchanged };
}

function idOf({ element }: Found): string {
  return element.name ?? '';
}

function compareRequirement(
  { before, after }: { before?: Found; after?: Found },
  sections: Sections,
): RequirementChange | undefined {
  if (!before || !after) {
    const state = stateOf((after ?? before) as Found);
    return after
      ? { id: state.id, kinds: ['added'], after: state }
      : { id: state.id, kinds: ['removed'], before: state };
  }
  const kinds: RequirementChangeKind[] = [];
  if (idOf(before) !== idOf(after)) kinds.push('renamed');
  if (sections.moved(before, after)) kinds.push('moved');
  // Most are as they were, and reading them takes longer than all else.
  if (kinds.length === 0 && before.element.text === after.element.text) return undefined;
  const [was, is] = [stateOf(before), stateOf(after)];
  if (was.text !== is.text) kinds.push(...textChanges(was, is));
  if (kinds.length === 0) return undefined;
  kinds.sort((a, b) => REQUIREMENT_CHANGES.indexOf(a) - REQUIREMENT_CHANGES.indexOf(b));
  return { id: is.id, kinds, before: was, after: is };
}

function textChanges(was: RequirementState, is: RequirementState): RequirementChangeKind[] {
  const kinds: RequirementChangeKind[] = [];
  const level = was.level && is.level && levelChange(was.level, is.level);
  if (level) kinds.push(level);
  if (was.role && is.role && was.role !== is.role) kinds.push('role-changed');
  if (kinds.length > 0) return kinds;
  const same =
    was.level === is.level &&
    was.role === is.role &&
    (normalise(was.text) === normalise(is.text) || essence(was.text) === essence(is.text));
  return [same ? 'editorial' : 'changed'];
}

const STRENGTH: Readonly<Record<Level, number>> = {
  MUST: 2,
  SHOULD: 1,
  MAY: 0,
  'SHOULD NOT': -1,
  'MUST NOT': -2,
};

/** MAY binds nobody: from it and to it there is more or less, and no reversal. */
function levelChange(was: Level, is: Level): RequirementChangeKind | undefined {
  const [from, to] = [STRENGTH[was], STRENGTH[is]];
  if (from === to) return undefined;
  if (from * to < 0) return 'reversed';
  return Math.abs(to) < Math.abs(from) ? 'weakened' : 'strengthened';
}

const states = new WeakMap<Element, Omit<RequirementState, keyof SummaryPlace>>();

function stateOf(found: Found): RequirementState {
  const { element } = found;
  let read = states.get(element);
  if (!read) {
    read = readState(element);
    states.set(element, read);
  }
  return { ...read, ...placeOf(found) };
}

function readState({ name = '', text }: Element): Omit<RequirementState, keyof SummaryPlace> {
  const sentence = text.replace(/^[^\n]*\n?/, '');
  let marked: ReturnType<typeof readDocument>['marked'][number] | undefined;
  try {
    marked = readDocument(text, '').marked[0];
  } catch {
    // Nested beyond what the parser can hold: then it has no level.
  }
  const word = marked?.keywords.length === 1 ? marked.keywords[0]?.word : undefined;
  return {
    id: name,
    text: sentence,
    ...(isLevel(word) && { level: word }),
    ...(marked?.role && { role: marked.role }),
  };
}

/** Adds what became of a requirement that is no more, or where one that is new may come from. */
function withReasons(
  changes: readonly RequirementChange[],
  { aliases, tombstones }: Known,
): RequirementChange[] {
  const removed = new Map<string, string>();
  const added = new Map<string, string>();
  for (const { id, before, after } of changes) {
    if (before && after) continue;
    const [texts, { text }] = before ? [removed, before] : [added, after as RequirementState];
    if (!texts.has(normalise(text))) texts.set(normalise(text), id);
  }
  return changes.map((change) => {
    const { id, before, after } = change;
    if (before && after) return change;
    const alias = before && aliases[id];
    const tombstone = before && tombstones[id];
    const twin = (before ? added : removed).get(normalise((before ?? after)?.text ?? ''));
    return {
      ...change,
      ...(alias !== undefined && { alias }),
      ...(tombstone !== undefined && { tombstone }),
      ...(twin !== undefined && { sameTextAs: twin }),
    };
  });
}

// Blocks

const BLOCKS: readonly BlockChange['type'][] = ['event', 'record', 'machine', 'feature'];

function compareBlocks(
  old: readonly SummarisedText[],
  now: readonly SummarisedText[],
  sections: Sections,
): BlockChange[] {
  const isBlock = ({ type }: Element) => (BLOCKS as readonly string[]).includes(type);
  return pairFound(
    findNamed(old, isBlock),
    findNamed(now, isBlock),
    ({ element }) => `${element.type} ${element.name}`,
  ).flatMap((pair) => compareBlock(pair, sections) ?? []);
}

function compareBlock(
  { before, after }: { before?: Found; after?: Found },
  sections: Sections,
): BlockChange | undefined {
  const { element } = (after ?? before) as Found;
  const type = element.type as BlockChange['type'];
  const common = {
    type,
    name: element.name ?? '',
    ...(before && { before: placeOf(before) }),
    ...(after && { after: placeOf(after) }),
  };
  if (!before || !after) return { ...common, kinds: [after ? 'added' : 'removed'], parts: [] };
  const kinds: BlockChangeKind[] = [];
  let parts: readonly BlockPart[] = [];
  if (before.element.text !== after.element.text) {
    const [was, is] = [comparable(before.element.text), comparable(after.element.text)];
    if (was && is) parts = compareValues(was, is);
    kinds.push(parts.length > 0 || !was || !is ? 'changed' : 'editorial');
  }
  if (sections.moved(before, after)) kinds.push('moved');
  return kinds.length === 0 ? undefined : { ...common, kinds, parts };
}
