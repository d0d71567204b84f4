// What rules ask of a library again and again: blocks of a kind with the places inside them, words for rows.

import GithubSlugger from 'github-slugger';
import { isMap, isNode, isSeq, parseDocument } from 'yaml';
import type { BlockKind, TransitionRow } from '../blocks.ts';
import {
  type BlockText,
  type Entry,
  endOf,
  type ProposalDocument,
  REQUIREMENT_ID,
} from '../document.ts';
import { frontMatterOf } from '../join.ts';
import type { Specification } from '../model.ts';
import { slugOf } from './library.ts';
import type { DataFile, Draft, Finding, Library, Published } from './rule.ts';

type ReadBlock<K extends BlockKind> = Extract<BlockText, { kind: K }> & {
  readonly value: NonNullable<Extract<BlockText, { kind: K }>['value']>;
};

/** The blocks of one kind whose YAML is in order. */
export function* blocks<K extends BlockKind>(draft: Draft, kind: K): Generator<ReadBlock<K>> {
  for (const block of draft.document.blocks) {
    if (block.kind === kind && block.value !== undefined) yield block as unknown as ReadBlock<K>;
  }
}

/** The blocks that name an example, in the order of the text. */
export function embeddings(draft: Draft): (ReadBlock<'try'> | ReadBlock<'sequence'>)[] {
  return [...blocks(draft, 'try'), ...blocks(draft, 'sequence')].sort(
    (one, other) => one.start - other.start,
  );
}

/**
 * Offset of a value inside a block, such as `['transitions', 3]`; of a key where the last step is `{ key }`. The
 * nearest place that exists, if there is no such value; the block itself, if there is none.
 */
export function inBlock(
  { source }: ProposalDocument,
  block: BlockText,
  path: readonly (string | number | { readonly key: string })[],
): number {
  const { base, contents } = yamlOf(source, block);
  if (base === undefined) return block.start;
  let node = contents;
  let at = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const step of path) {
    const name = typeof step === 'object' ? step.key : step;
    if (isSeq(node)) node = typeof name === 'number' ? node.items[name] : undefined;
    else if (isMap(node)) {
      const pair = node.items.find(
        ({ key }) => isNode(key) && String(key.toJSON()) === String(name),
      );
      node = typeof step === 'object' ? pair?.key : (pair?.value ?? pair?.key);
    } else node = undefined;
    if (!isNode(node)) break;
    at = node.range?.[0] ?? at;
  }
  return base + at;
}

interface BlockYaml {
  /** Offset of the YAML in the file; undefined where its lines are indented, and offsets cannot be told. */
  readonly base?: number;
  readonly contents: unknown;
}

const yamls = new WeakMap<BlockText, BlockYaml>();

/** The YAML of a block with its offsets. Read once, however many places in it are asked for. */
function yamlOf(source: string, block: BlockText): BlockYaml {
  let yaml = yamls.get(block);
  if (!yaml) {
    const whole = source.slice(block.start, endOf(block.node));
    const first = /\r\n?|\n/.exec(whole);
    if (!first || block.node.position?.start.column !== 1) yaml = { contents: undefined };
    else {
      const base = first.index + first[0].length;
      const text = whole.slice(base).replace(/(?:\r\n?|\n)[`~]{3,}[ \t]*$/, '');
      const { contents } = parseDocument(text, { logLevel: 'silent' });
      yaml = { base: block.start + base, contents };
    }
    yamls.set(block, yaml);
  }
  return yaml;
}

/** What reading the blocks of a draft reported under the name of a rule. */
export function* blockFindings({ document }: Draft, rule: string): Generator<Finding> {
  const { file, source, blocks } = document;
  let lines: readonly string[] | undefined;
  for (const block of blocks) {
    // Lines inside a fence lose the indentation that the fence has.
    const indent = (block.node.position?.start.column ?? 1) - 1;
    for (const problem of block.problems ?? []) {
      if (problem.rule !== rule) continue;
      lines ??= source.split(/\r\n?|\n/);
      const column = problem.column + indent;
      // An empty block has no places, and YAML counts other line ends than Markdown where a CR stands alone.
      const known =
        block.node.value !== '' && column <= (lines[problem.line - 1]?.length ?? -1) + 1;
      yield {
        at: known ? { file, line: problem.line, column } : block.start,
        // The library adds the place within the block, which is not that in the file.
        message: problem.message.replace(/ at line \d+, column \d+:$/, ''),
        ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      };
      // What follows the first mistake in YAML follows from it.
      if (rule === 'block-yaml') break;
    }
  }
}

/** A field of the front matter, where it stands. */
export function entryOf({ document }: Draft, key: string): Entry | undefined {
  return document.frontMatter.entries.find((entry) => entry.key === key);
}

/** Where one item of a list in the front matter stands; the value itself, if it is not a list. */
export function itemSpan(
  { document }: Draft,
  { valueStart, valueEnd }: Entry,
  index: number,
): { readonly at: number; readonly end: number } {
  // Spaces in front keep the first line of a list as far to the right as the others.
  const margin = document.place(valueStart).column - 1;
  const text = ' '.repeat(margin) + document.source.slice(valueStart, valueEnd);
  const { contents } = parseDocument(text, { logLevel: 'silent' });
  const item = isSeq(contents) ? contents.items[index] : undefined;
  const [start, end] = (isNode(item) ? item.range : undefined) ?? [margin, text.trimEnd().length];
  return { at: valueStart - margin + start, end: valueStart - margin + end };
}

/** A row as an author would look for it. */
export function rowLabel(row: TransitionRow): string {
  return `the row on \`${row.on.join(', ')}\` from \`${row.from.join(', ')}\``;
}

/** Drafts that are part of the specification: all but the template. */
export function proposalsOf(library: Library): readonly Draft[] {
  return library.drafts.filter(({ template }) => !template);
}

/** `1 keyword`, `2 keywords`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The name that is nearest to what was written, if it is near enough to be what was meant. */
export function nearest(written: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(written, name, least);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** Levenshtein distance, or `limit` once it cannot be less. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    }
    if (Math.min(...next) >= limit) return limit;
    row = next;
  }
  return row[b.length] ?? limit;
}

/** A value that is made once for a subject and kept as long as it. */
export function once<K extends object, V>(make: (subject: K) => V): (subject: K) => V {
  const made = new WeakMap<K, V>();
  return (subject) => {
    let value = made.get(subject);
    if (value === undefined) {
      value = make(subject);
      made.set(subject, value);
    }
    return value;
  };
}

/** The number of a draft: that of its folder where it has one, for the front matter may be wrong. */
export function numberOf(draft: Draft): number {
  return Number(slugOf(draft));
}

/** Drafts by their number. */
export const numbersOf = once(
  (library: Library): ReadonlyMap<number, Draft> =>
    new Map(proposalsOf(library).map((draft) => [numberOf(draft), draft])),
);

/** Whether the front matter of a draft can be read. If not, its values are only stand-ins, and nothing is known. */
export const isRead = once(({ document }: Draft) => frontMatterOf(document) !== undefined);

/** Drafts by their file, the template included: links lead to it too. */
export const documentsOf = once(
  (library: Library): ReadonlyMap<string, ProposalDocument> =>
    new Map(library.drafts.map(({ document }) => [document.file, document])),
);

/**
 * Every id that a draft gives to a requirement, whether or not the rest of the requirement is in order: a second
 * keyword in it is one mistake, not one in every text that refers to it.
 */
export const idsOf = once(
  (library: Library): ReadonlySet<string> =>
    new Set(
      proposalsOf(library).flatMap(({ document }) =>
        document.marked.map(({ id }) => id).filter((id) => REQUIREMENT_ID.test(id)),
      ),
    ),
);

const latest = once((library: Library): ReadonlyMap<string, Published> => {
  const found = new Map<string, Published>();
  for (const text of library.published ?? []) {
    if (text.revision > (found.get(text.slug)?.revision ?? 0)) found.set(text.slug, text);
  }
  return found;
});

/** The last published revision of a draft's proposal. */
export function latestOf(draft: Draft, library: Library): Published | undefined {
  return latest(library).get(slugOf(draft));
}

/** `0042-doors/v1.md` as `0042/v1`; undefined for what is no path of a published revision. */
function revisionOfPath(path: string): string | undefined {
  const [, slug, revision] = /^(\d{4})-[^/]*\/v(\d+)\.md$/.exec(path) ?? [];
  return slug === undefined ? undefined : `${slug}/v${revision}`;
}

/**
 * Revisions that the list of what is published or the register names, as `0042/v1`, and that are not there. While one
 * is missing, nothing else can be said of what is published.
 */
export const missingRevisions = once((library: Library): ReadonlySet<string> => {
  const present = new Set(
    (library.published ?? []).map((text) => `${text.slug}/v${text.revision}`),
  );
  const listed = Object.keys(library.hashes?.value ?? {}).map(revisionOfPath);
  const registered = Object.values(library.register?.value ?? {}).flatMap(({ since, changed }) => [
    since,
    changed,
  ]);
  return new Set(
    [...listed, ...registered].filter((name) => name != null && !present.has(name)) as string[],
  );
});

/** Each number that the front matter of a draft refers to, with its place among those of its field. */
export function* relationsOf(
  draft: Draft,
): Generator<{ key: string; number: number; entry: Entry; index: number }> {
  for (const key of ['requires', 'replaces', 'superseded-by']) {
    const entry = entryOf(draft, key);
    // Not `flat()`: a list can have a list in it, and even itself.
    const values: readonly unknown[] = Array.isArray(entry?.value) ? entry.value : [entry?.value];
    for (const [index, number] of values.entries()) {
      if (entry && typeof number === 'number') yield { key, number, entry, index };
    }
  }
}

/** The types of scope that records describe. */
export const scopeTypesOf = once(
  (specification: Specification): ReadonlySet<string> =>
    new Set([...specification.records.values()].flatMap(({ type }) => type ?? [])),
);

/** One entry of a `retired` or `untested` block, with its place. */
interface Listed {
  readonly file: string;
  readonly line: number;
  readonly block: BlockText;
  readonly index: number;
}

/** Every retired id, where it is retired first. */
export const retiredIn = once(
  (library: Library): ReadonlyMap<string, Listed & { alias?: string; tombstone?: string }> => {
    const retired = new Map<string, Listed & { alias?: string; tombstone?: string }>();
    for (const draft of proposalsOf(library)) {
      for (const block of blocks(draft, 'retired')) {
        for (const [index, { id, ...rest }] of block.value.entries()) {
          if (!retired.has(id))
            retired.set(id, { ...listed(draft, block, index), ...(rest as object) });
        }
      }
    }
    return retired;
  },
);

/** Every requirement that is exempt from testing, where it is exempt first. */
export const exemptIn = once(
  (library: Library): ReadonlyMap<string, Listed & { reason: string }> => {
    const exempt = new Map<string, Listed & { reason: string }>();
    for (const draft of proposalsOf(library)) {
      for (const block of blocks(draft, 'untested')) {
        for (const [index, { requirement, reason }] of block.value.entries()) {
          if (!exempt.has(requirement))
            exempt.set(requirement, { ...listed(draft, block, index), reason });
        }
      }
    }
    return exempt;
  },
);

function listed({ document }: Draft, block: BlockText, index: number): Listed {
  const { line } = document.place(inBlock(document, block, [index]));
  return { file: document.file, line, block, index };
}

/** Every id that a published revision defines, where it stands first. */
export const publishedIds = once(
  (library: Library): ReadonlyMap<string, { file: string; folder: string; line: number }> => {
    const ids = new Map<string, { file: string; folder: string; line: number }>();
    for (const { file, folder, proposal } of library.published ?? []) {
      for (const { id, line } of proposal.requirements) {
        if (!ids.has(id)) ids.set(id, { file, folder, line });
      }
    }
    return ids;
  },
);

/** The anchors of the headings of a text, as code hosts and the site make them. */
export const anchorsOf = once((document: ProposalDocument): ReadonlySet<string> => {
  const slugger = new GithubSlugger();
  return new Set(document.headings.map(({ text }) => slugger.slug(text)));
});

/** Where keys stand in a file of data, each behind the one before it: the place of the last one that is found. */
export function placeIn(
  { file, text = '' }: DataFile<unknown>,
  ...keys: readonly string[]
): { readonly file: string; readonly line: number; readonly column: number } {
  let at = 0;
  for (const key of keys) {
    const found = text.indexOf(`${JSON.stringify(key)}:`, at);
    if (found < 0) break;
    at = found;
  }
  const lines = text.slice(0, at).split('\n');
  return { file, line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
