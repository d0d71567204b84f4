// What refers to a requirement: events, machines, records, features, other requirements and passages of the proposals.
import GithubSlugger from 'github-slugger';
import { toString as plainText } from 'mdast-util-to-string';
import { endOf, readDocument } from '../spec/document.ts';
import { clauseOf, namesIn, type PlacedEvent, type PlacedMachine } from './events.ts';
import { type PlacedRequirement, proposals, specification } from './specification.ts';

const REFERENCE = /\[([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+)\]/g;

/** A heading of a proposal under which a text refers to something. */
export interface Passage {
  readonly slug: string;
  readonly title: string;
  /** Fragment of the page; undefined above the first heading. */
  readonly anchor?: string;
  readonly times: number;
}

export interface Uses {
  /** Events that it governs. */
  readonly events: readonly PlacedEvent[];
  /** Events whose fields refer to it. */
  readonly fields: readonly PlacedEvent[];
  /** Events that its own sentence names. */
  readonly names: readonly PlacedEvent[];
  /** Machines with the numbers of the rows that it decides; none where it is only spoken of. */
  readonly machines: readonly {
    readonly machine: PlacedMachine;
    readonly rows: readonly number[];
  }[];
  /** Names of records, with the proposal that they stand in. */
  readonly records: readonly { readonly record: string; readonly slug: string }[];
  readonly features: readonly { readonly feature: string; readonly slug: string }[];
  /** Requirements whose sentences refer to it. */
  readonly requirements: readonly PlacedRequirement[];
  readonly passages: readonly Passage[];
}

/** Everything that refers to a requirement. */
export function usesOf(id: string): Uses {
  const { events, machines, records, features, requirements } = specification;
  const speaks = (block: object, parts: unknown) => referencesOf(block, parts).has(id);
  const own = namesIn(requirements.get(id)?.text ?? '');
  return {
    events: [...events.values()].filter(({ requirement }) => requirement === id),
    fields: [...events.values()].filter(
      (event) => event.requirement !== id && speaks(event, [event.summary, event.fields]),
    ),
    names: [...events.values()].filter(
      ({ type, requirement }) => own.has(type) && requirement !== id,
    ),
    machines: [...machines.values()].flatMap((machine) => {
      const rows = machine.transitions.flatMap((row, index) =>
        clauseOf(row) === id ? [index + 1] : [],
      );
      const { summary, states, triggers, guards, actions } = machine;
      return rows.length > 0 || speaks(machine, [summary, states, triggers, guards, actions])
        ? [{ machine, rows }]
        : [];
    }),
    records: [...records.values()].filter((one) => speaks(one, [one.summary, one.fields])),
    features: [...features.values()].filter(
      (one) => one.requirement === id || speaks(one, one.summary),
    ),
    requirements: [...requirements.values()].filter(
      (other) => other.id !== id && speaks(other, other.text),
    ),
    passages: passages().get(id) ?? [],
  };
}

const references = new WeakMap<object, ReadonlySet<string>>();

/** The ids that the texts of a block refer to. Read once: every requirement asks. */
function referencesOf(block: object, parts: unknown): ReadonlySet<string> {
  let found = references.get(block);
  if (!found) {
    const text = JSON.stringify(parts);
    found = new Set([...text.matchAll(REFERENCE)].map(([, id = '']) => id));
    references.set(block, found);
  }
  return found;
}

let found: ReadonlyMap<string, readonly Passage[]> | undefined;

/** Requirement id to the passages that refer to it, sentences of requirements left out. */
function passages(): ReadonlyMap<string, readonly Passage[]> {
  found ??= (() => {
    const all = new Map<string, Passage[]>();
    for (const { slug, source, proposal } of proposals) {
      const document = readDocument(source, proposal.file);
      const slugger = new GithubSlugger();
      // Every heading is counted, as the page counts them: the same title twice has two anchors. The page prints the
      // first itself.
      const headings = document.headings
        .filter(({ depth }) => depth > 1)
        .map(({ node, start }) => {
          const title = plainText(node);
          return { title, start, anchor: slugger.slug(title) };
        });
      const inRequirement = (at: number) =>
        document.marked.some(({ start, node }) => start <= at && at < endOf(node));
      for (const { text: id, start } of document.references) {
        if (inRequirement(start)) continue;
        const heading = headings.findLast((one) => one.start <= start);
        const list = all.get(id) ?? [];
        all.set(id, list);
        const same = list.findIndex((one) => one.slug === slug && one.anchor === heading?.anchor);
        const times = (list[same]?.times ?? 0) + 1;
        const passage: Passage = {
          slug,
          title: heading?.title ?? proposal.frontMatter.title,
          ...(heading === undefined ? {} : { anchor: heading.anchor }),
          times,
        };
        if (same < 0) list.push(passage);
        else list[same] = passage;
      }
    }
    return all;
  })();
  return found;
}
