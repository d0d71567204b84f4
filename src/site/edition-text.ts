// Makes one document of the texts of an edition: each rendered as on its page, then made a chapter, whose headings stand a
// level lower under ids of their own and whose links to other chapters stay inside. Knows nothing of pages.

import {
  attribute,
  classesOf,
  elementsOf,
  readHtml,
  setAttribute,
  type TreeElement,
  type TreeNode,
  textIn,
  writeHtml,
} from '../render/redline-tree.ts';
import { type Chapter, type Edition, editionSpecification } from './editions.ts';
import { errataOf, errataOfRevision, renderErrata, withErrata } from './errata.ts';
import { proposalHref } from './href.ts';
import { renderPublished } from './markdown/render.ts';
import { withoutSandboxes } from './without-sandboxes.ts';

/** A chapter as its page has it. */
export interface ChapterHtml {
  /** Four digits. */
  readonly slug: string;
  readonly revision: number;
  readonly html: string;
}

/** A heading of the second or third level, by its id on the page of the chapter. */
export interface Section {
  readonly depth: number;
  readonly id: string;
  readonly title: string;
}

export interface JoinedChapter {
  readonly html: string;
  readonly sections: readonly Section[];
}

export interface ChapterText extends JoinedChapter {
  readonly chapter: Chapter;
}

const HEADING = /^h([1-6])$/;
/** Attributes that name ids of the same document. */
const NAMING_IDS = ['aria-labelledby', 'aria-describedby', 'for'] as const;

const texts = new Map<string, Promise<readonly ChapterText[]>>();

/** The chapters of an edition as parts of one document. Made once. @throws SpecError where one cannot be rendered */
export function editionText(edition: Edition): Promise<readonly ChapterText[]> {
  const text = texts.get(edition.name) ?? make(edition);
  texts.set(edition.name, text);
  return text;
}

async function make(edition: Edition): Promise<readonly ChapterText[]> {
  const specification = editionSpecification(edition);
  const rendered: ChapterHtml[] = [];
  for (const { slug, text } of edition.chapters) {
    const { parts, headings } = await renderPublished(text.document, specification);
    const { revision } = text.proposal.frontMatter;
    const errata = errataOfRevision(errataOf(slug)?.errata ?? [], revision);
    const noted = withErrata(parts, headings, slug, await renderErrata(slug, errata));
    rendered.push({ slug, revision, html: withoutSandboxes(noted) });
  }
  const joined = joinChapters(rendered);
  return edition.chapters.map((chapter, index) => ({
    chapter,
    ...(joined[index] ?? { html: '', sections: [] }),
  }));
}

/** The id of a section in the document: sections of chapters have the same names. */
export function sectionId(chapter: string, section: string): string {
  return `${chapter}-${section}`;
}

/**
 * Each chapter as a part of one document. Sections are renamed, and so is what belongs to a footnote; requirements, events,
 * machines, records and features keep the ids that they have on every page.
 */
export function joinChapters(chapters: readonly ChapterHtml[]): JoinedChapter[] {
  const read = chapters.map(({ slug, revision, html }) => {
    const nodes = readHtml(html);
    return { slug, revision, nodes, sections: sectionsIn(nodes), ...idsIn(slug, nodes) };
  });
  const bySlug = new Map(read.map((chapter) => [chapter.slug, chapter]));
  const [above = '', below = ''] = proposalHref('\0').split('\0');

  /** Where an address leads in the document; undefined for one outside of it. */
  const inside = (address: string, slug: string): string | undefined => {
    const [path = '', fragment] = address.split('#');
    const [, other, revision] =
      path === ''
        ? ['', slug]
        : path.startsWith(above) && path.endsWith(below)
          ? (/^(\d{4})(?:\/v(\d+))?$/.exec(path.slice(above.length, -below.length)) ?? [])
          : [];
    const chapter = other === undefined ? undefined : bySlug.get(other);
    if (!chapter || (revision !== undefined && Number(revision) !== chapter.revision))
      return undefined;
    if (fragment === undefined || fragment === '') return `#${chapter.slug}`;
    const id = decodeURIComponent(fragment);
    if (!chapter.kept.has(id) && !chapter.renamed.has(id)) return undefined;
    return `#${chapter.renamed.get(id) ?? id}`;
  };

  const labels = read.flatMap(({ nodes }) => [...elementsOf(nodes)].flatMap(labelOf));
  const counts = Map.groupBy(labels, (label) => label);

  return read.map(({ slug, nodes, renamed, sections }) => {
    for (const one of elementsOf(nodes)) {
      const [label] = labelOf(one);
      if (label !== undefined && (counts.get(label)?.length ?? 0) > 1)
        setAttribute(one, 'aria-label', `${label}, chapter ${Number(slug)}`);
      const id = attribute(one, 'id');
      if (id !== undefined) setAttribute(one, 'id', renamed.get(id) ?? id);
      for (const name of NAMING_IDS) {
        const ids = attribute(one, name)?.split(/\s+/);
        if (ids) setAttribute(one, name, ids.map((id) => renamed.get(id) ?? id).join(' '));
      }
      const address = one.tagName === 'a' ? attribute(one, 'href') : undefined;
      const target = address === undefined ? undefined : inside(address, slug);
      if (target !== undefined) setAttribute(one, 'href', target);
      lower(one);
    }
    return { html: writeHtml(nodes), sections };
  });
}

/** The headings of a chapter, but those of cards: they name what the card is about. */
function headingsIn(nodes: readonly TreeNode[]): TreeElement[] {
  const outside = elementsOf(nodes, (one) => !classesOf(one).includes('card'));
  return [...outside].filter(({ tagName }) => HEADING.test(tagName));
}

function sectionsIn(nodes: readonly TreeNode[]): Section[] {
  return headingsIn(nodes).flatMap((one) => {
    const [depth, id] = [Number(one.tagName[1]), attribute(one, 'id')];
    return id === undefined || depth > 3 ? [] : { depth, id, title: textIn(one.childNodes) };
  });
}

/** The ids of a chapter: those that it keeps, and what the others are in the document. */
function idsIn(slug: string, nodes: readonly TreeNode[]) {
  const [kept, renamed] = [new Set<string>(), new Map<string, string>()];
  const headings = new Set(headingsIn(nodes));
  for (const one of elementsOf(nodes)) {
    const id = attribute(one, 'id');
    if (id === undefined) continue;
    if (headings.has(one) || id.startsWith('user-content-')) renamed.set(id, sectionId(slug, id));
    else kept.add(id);
  }
  return { kept, renamed };
}

/** What a region is called, if one is given: of several in a document, each has a name of its own. */
function labelOf(one: TreeElement): string[] {
  const label = one.tagName === 'section' ? attribute(one, 'aria-label') : undefined;
  return label === undefined ? [] : [label];
}

/** Moves a heading down a level: above it is the title of the chapter. */
function lower(one: TreeElement): void {
  const [, level] = HEADING.exec(one.tagName) ?? [];
  if (level === undefined) return;
  one.tagName = `h${Math.min(Number(level) + 1, 6)}`;
  one.nodeName = one.tagName;
}
