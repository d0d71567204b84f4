// Which text of which proposal a page shows, and what part of it a place is in: where a link to words, a question and a
// proposal to edit begin. Reads the address and the page; knows nothing of how they are shown.
import { erratumHref, proposeHref } from './href.ts';

export interface ShownText {
  /** Four digits. */
  readonly slug: string;
  /** Of a published revision. */
  readonly revision?: number;
  /** `revision 1`, `the draft of revision 2`, `edition 0.1` */
  readonly name: string;
}

const PATH = /\/proposals\/(\d{4})\/(?:v(\d+)\/)?$/;
const EDITION = /\/spec\/([^/]+)\/$/;

/** The text that a place of the page belongs to; undefined on other pages. */
export function shownText(place: Node): ShownText | undefined {
  const { pathname } = location;
  const [, slug, revision] = PATH.exec(pathname) ?? [];
  if (slug !== undefined) {
    if (revision !== undefined)
      return { slug, revision: Number(revision), name: `revision ${revision}` };
    const next = document.querySelector<HTMLElement>('[data-revision]')?.dataset.revision;
    return { slug, name: `the draft${next === undefined ? '' : ` of revision ${next}`}` };
  }
  const [, edition] = EDITION.exec(pathname) ?? [];
  const chapter = edition === undefined ? undefined : before('.chapter[id]', place);
  if (!chapter) return undefined;
  const page = document.querySelector<HTMLAnchorElement>(
    `#${CSS.escape(chapter.id)} ~ .chapter-notes a`,
  );
  const [, , number] = PATH.exec(page?.pathname ?? '') ?? [];
  return {
    slug: chapter.id,
    ...(number !== undefined && { revision: Number(number) }),
    name: `edition ${edition}`,
  };
}

/** Where a change of a draft, or an erratum of a revision, begins. `anchor` is that of the page. */
export function changeHref({ slug, revision }: ShownText, anchor?: string): string {
  // Sections of an edition have their chapter in front of their name.
  const own = anchor?.startsWith(`${slug}-`) ? anchor.slice(slug.length + 1) : anchor;
  return revision === undefined ? proposeHref(slug, own) : erratumHref(slug, revision, own);
}

/** The last element of its kind that begins before a place or has it in it. */
function before(selector: string, place: Node): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>(selector)].findLast(
    (one) =>
      one.contains(place) || one.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
}

export interface Place {
  /** Its address on the page. */
  readonly anchor?: string;
  readonly requirement?: string;
  readonly section?: string;
}

/** The requirement that the first of the texts is in, or the first one among them; else the section. */
export function placeOf(texts: readonly Node[]): Place {
  for (const text of texts) {
    const requirement = text.parentElement?.closest('.requirement')?.id;
    if (requirement) return { anchor: requirement, requirement };
  }
  const [first] = texts;
  const heading = first && before('.sl-markdown-content :is(h2, h3, h4, h5)[id]', first);
  return heading
    ? {
        anchor: heading.id,
        section: heading.getAttribute('aria-label') ?? heading.textContent.trim(),
      }
    : {};
}
