// What the proposals have to do with each other: what each requires, what it refers to and who refers to it, with the
// clause or the section on both sides, and the drawing of it. Knows nothing of pages.

import { DRAWING_TEXT, drawn } from '../render/markdown/diagram.ts';
import type { ProposalDocument } from '../spec/document.ts';
import { cut } from '../spec/redline/cut.ts';
import { proposalSlug, type Specification } from '../spec/specification.ts';
import { proposalHref } from './href.ts';
import { proposals, specification } from './specification.ts';

/** A place in a proposal: a clause by its id, or a section by its heading. */
export interface Place {
  readonly anchor: string;
  readonly name: string;
  readonly isClause: boolean;
}

/** One proposal speaks of another. */
export interface Mention {
  readonly from: string;
  readonly to: string;
  readonly at: Place;
  /** The clause that is spoken of; undefined where it is the proposal as a whole. */
  readonly clause?: string;
}

/** A proposal as relations need it. */
export interface RelatedText {
  readonly slug: string;
  readonly document: ProposalDocument;
}

/** `../0003-http/draft.md#the-scope` */
const LINK = /^\.\.\/(\d{4})-[a-z0-9-]+\/(?:draft|v\d+)\.md/;
/** `proposal 6`, `proposals 4, 5 and 8` */
const IN_WORDS = /\bproposals?\s+(\d{1,4}(?:(?:,\s*|,?\s+and\s+)\d{1,4})*)/gi;

/** Every place where one of the texts speaks of another, in the order of the texts. Each pair of places once. */
export function mentionsIn(
  texts: readonly RelatedText[],
  specification: Specification,
): readonly Mention[] {
  const known = new Set(texts.map(({ slug }) => slug));
  return texts.flatMap(({ slug: from, document }) => {
    const places = cut(document.source);
    const found: { offset: number; to: string; clause?: string }[] = [
      ...document.references.flatMap(({ text, start }) => {
        const target = specification.requirements.get(text);
        return target ? [{ offset: start, to: target.slug, clause: text }] : [];
      }),
      ...document.links.flatMap(({ url, position }) => {
        const to = LINK.exec(url)?.[1];
        return to === undefined ? [] : [{ offset: position?.start.offset ?? 0, to }];
      }),
      ...[...document.prose, ...document.marked].flatMap(({ text, start }) =>
        [...text.matchAll(IN_WORDS)].flatMap(({ 1: numbers = '', index }) =>
          (numbers.match(/\d+/g) ?? []).map((number) => ({
            offset: start + index,
            to: proposalSlug(Number(number)),
          })),
        ),
      ),
    ];
    const mentions = found
      .filter(({ to }) => to !== from && known.has(to))
      .sort((a, b) => a.offset - b.offset)
      .map(({ offset, to, clause }): Mention => {
        const { line } = document.place(offset);
        const block = places.find((one) => one.line <= line && line <= one.endLine);
        const isClause = block?.type === 'requirement' && block.name !== undefined;
        const at: Place = {
          anchor: block?.anchor ?? '',
          name: isClause ? (block.name ?? '') : (block?.section.path.at(-1) ?? ''),
          isClause,
        };
        return { from, to, at, ...(clause !== undefined && { clause }) };
      });
    return [...new Map(mentions.map((one) => [JSON.stringify(one), one])).values()];
  });
}

let all: readonly Mention[] | undefined;

/** Where the drafts of this repository speak of each other. Read once. */
export function mentions(): readonly Mention[] {
  all ??= mentionsIn(proposals, specification);
  return all;
}

/** A proposal in the drawing. */
export interface RelatedProposal {
  readonly slug: string;
  readonly title: string;
  readonly requires: readonly string[];
}

/** Every proposal of this repository, by its four digits. Texts do not change while pages are made. */
export const relatedProposals: ReadonlyMap<string, RelatedProposal> = new Map(
  proposals.map(({ slug, proposal: { frontMatter } }) => [
    slug,
    {
      slug,
      title: frontMatter.title,
      requires: frontMatter.requires?.map(proposalSlug) ?? [],
    },
  ]),
);

/** Slugs of those that stand in a relation to one, in order of number. */
export interface Relations {
  readonly requires: readonly string[];
  readonly requiredBy: readonly string[];
  /** Without those that it requires. */
  readonly refersTo: readonly string[];
  /** Without those that require it. */
  readonly referredToBy: readonly string[];
}

export function relationsOf(
  slug: string,
  proposals: readonly RelatedProposal[],
  mentions: readonly Mention[],
): Relations {
  const requires = proposals.find((one) => one.slug === slug)?.requires ?? [];
  const requiredBy = proposals.filter((one) => one.requires.includes(slug)).map((one) => one.slug);
  const others = (ends: readonly string[], known: readonly string[]) =>
    [...new Set(ends)].filter((one) => !known.includes(one)).sort();
  return {
    requires: [...requires].sort(),
    requiredBy,
    refersTo: others(
      mentions.filter(({ from }) => from === slug).map(({ to }) => to),
      requires,
    ),
    referredToBy: others(
      mentions.filter(({ to }) => to === slug).map(({ from }) => from),
      requiredBy,
    ),
  };
}

/** Others in a drawing at most: of more, nobody sees which line leads where. */
const DRAWN = 40;

/** Those that stand in any relation, the closest first, and those of them that are drawn. */
export function endsOf({ requires, requiredBy, refersTo, referredToBy }: Relations) {
  const all = [...new Set([...requires, ...requiredBy, ...refersTo, ...referredToBy])];
  return { all, drawn: all.slice(0, DRAWN) };
}

/** SVG of what one proposal stands in relation to. The lists beside it say the same. */
export function relationsDrawing(
  slug: string,
  relations: Relations,
  proposals: readonly RelatedProposal[],
): Promise<string> {
  const shown = new Set([slug, ...endsOf(relations).drawn]);
  const isShown = (one: string) => shown.has(one);
  const requires = relations.requires.filter(isShown);
  const requiredBy = relations.requiredBy.filter(isShown);
  const refersTo = relations.refersTo.filter(isShown);
  const referredToBy = relations.referredToBy.filter(isShown);
  const title = (one: string) => proposals.find((other) => other.slug === one)?.title ?? one;
  const solid = (tail: string, head: string) => ({ tail, head, attributes: { class: 'requires' } });
  // A reference in either direction does not decide where a proposal stands.
  const dashed = (tail: string, head: string, both: boolean) => ({
    tail,
    head,
    attributes: { class: 'refers', style: 'dashed', ...(both ? { dir: 'both' } : {}) },
  });
  const graph = {
    graphAttributes: {
      rankdir: 'LR',
      bgcolor: 'transparent',
      nodesep: 0.14,
      ranksep: 0.7,
      pad: 0.05,
    },
    nodeAttributes: {
      ...DRAWING_TEXT,
      shape: 'box',
      style: 'rounded',
      height: 0.34,
      margin: '0.14,0.05',
    },
    edgeAttributes: { arrowsize: 0.7 },
    nodes: [...shown].map((one) => ({
      name: one,
      attributes: {
        label: `${one} ${wrapped(title(one))}`,
        class: one === slug ? 'state this' : 'state',
        href: proposalHref(one),
      },
    })),
    edges: [
      ...requires.map((one) => solid(slug, one)),
      ...requiredBy.map((one) => solid(one, slug)),
      ...refersTo
        .filter((one) => !requiredBy.includes(one))
        .map((one) => dashed(slug, one, referredToBy.includes(one))),
      ...referredToBy
        .filter((one) => !requires.includes(one) && !refersTo.includes(one))
        .map((one) => dashed(one, slug, false)),
    ],
  };
  return drawn(graph, {
    id: 'relations',
    title: `Relations of proposal ${slug}`,
    description: relationsInWords(relations, title),
  });
}

/** Titles are long, and boxes stand in columns. */
function wrapped(title: string): string {
  const lines: string[] = [''];
  for (const word of title.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length > 0 && line.length + word.length > 20) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

const RELATION_WORDS: readonly (readonly [keyof Relations, string])[] = [
  ['requires', 'Requires'],
  ['requiredBy', 'Is required by'],
  ['refersTo', 'Refers to'],
  ['referredToBy', 'Is referred to by'],
];

/** `Requires Application model. Is required by HTTP, WebSocket.` */
export function relationsInWords(relations: Relations, title: (slug: string) => string): string {
  const said = RELATION_WORDS.flatMap(([kind, words]) =>
    relations[kind].length === 0 ? [] : [`${words} ${relations[kind].map(title).join(', ')}.`],
  );
  return said.length === 0 ? 'It stands by itself.' : said.join(' ');
}
