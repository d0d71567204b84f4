// What refers to a requirement: events, machines, records, features, other requirements and passages of the proposals.
import GithubSlugger from 'github-slugger';
import { toString as plainText } from 'mdast-util-to-string';
import { endOf } from '../spec/document.ts';
import { clauseOf, namesIn, type PlacedEvent, type PlacedMachine } from './events.ts';
import { grouped } from './grouped.ts';
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
  const { events, requirements } = specification;
  const { governed, fields, machines, records, features, sentences } = index();
  const own = namesIn(requirements.get(id)?.text ?? '');
  return {
    events: governed.get(id) ?? [],
    fields: fields.get(id) ?? [],
    names: [...events.values()].filter(
      ({ type, requirement }) => own.has(type) && requirement !== id,
    ),
    machines: (machines.get(id) ?? []).map((machine) => ({
      machine,
      rows: machine.transitions.flatMap((row, index) => (clauseOf(row) === id ? [index + 1] : [])),
    })),
    records: records.get(id) ?? [],
    features: features.get(id) ?? [],
    requirements: sentences.get(id) ?? [],
    passages: passages().get(id) ?? [],
  };
}

let indexed: ReturnType<typeof readIndex> | undefined;

function index() {
  indexed ??= readIndex();
  return indexed;
}

/** What refers to each requirement, by its id. */
function readIndex() {
  const { events, machines, records, features, requirements } = specification;
  const others = (own: string, ids: readonly string[]) => ids.filter((id) => id !== own);
  return {
    governed: grouped(events.values(), ({ requirement }) => [requirement]),
    fields: grouped(events.values(), ({ requirement, summary, fields }) =>
      others(requirement, referencesIn([summary, fields])),
    ),
    machines: grouped(machines.values(), (machine) => {
      const { summary, states, triggers, guards, actions, transitions } = machine;
      const clauses = transitions.flatMap((row) => clauseOf(row) ?? []);
      return [...clauses, ...referencesIn([summary, states, triggers, guards, actions])];
    }),
    records: grouped(records.values(), ({ summary, fields }) => referencesIn([summary, fields])),
    features: grouped(features.values(), ({ requirement, summary }) => [
      requirement,
      ...referencesIn(summary),
    ]),
    sentences: grouped(requirements.values(), ({ id, text }) => others(id, referencesIn(text))),
  };
}

/** The ids that texts refer to. */
function referencesIn(parts: unknown): string[] {
  return [...JSON.stringify(parts).matchAll(REFERENCE)].map(([, id = '']) => id);
}

let found: ReadonlyMap<string, readonly Passage[]> | undefined;

/** Requirement id to the passages that refer to it, sentences of requirements left out. */
function passages(): ReadonlyMap<string, readonly Passage[]> {
  found ??= (() => {
    const all = new Map<string, Passage[]>();
    for (const { slug, document, proposal } of proposals) {
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
