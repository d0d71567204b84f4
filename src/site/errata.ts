// The known errors of published revisions, and where pages show them: as marked notes in the text, at the place that each
// is about. Knows nothing of pages.
import type { Part } from '../render/markdown/parts.ts';
import {
  attribute,
  element,
  elementsOf,
  readHtml,
  type TreeElement,
  type TreeNode,
  text,
  writeHtml,
} from '../render/redline-tree.ts';
import type { Heading } from '../render/renderer.ts';
import { ERRATUM_STATUS_NAMES } from '../render/words.ts';
import { REQUIREMENT_ID, readDocument } from '../spec/document.ts';
import { type Erratum, erratumAnchor, isMended, readErrata } from '../spec/errata.ts';
import { errataOf as fileOf } from '../spec/lint/library.ts';
import { renderDocument } from './markdown/render.ts';
import { aboutHref, dayInWords } from './redline-comparisons.ts';
import { withoutSandboxes } from './without-sandboxes.ts';

const texts = import.meta.glob<string>('../../proposals/*/errata.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface ErrataSource {
  /** Path in the repository. */
  readonly file: string;
  readonly source: string;
  readonly errata: readonly Erratum[];
}

const bySlug = new Map<string, ErrataSource>(
  Object.entries(texts).flatMap(([path, source]) => {
    const found = fileOf([path.replace(/^(\.\.\/)+/, ''), source]);
    return found
      ? [[found.slug, { file: found.file, source, errata: readErrata(source, found.file) }]]
      : [];
  }),
);

/** The errata of a proposal, in the order of their numbers; undefined where it has no such file. */
export function errataOf(slug: string): ErrataSource | undefined {
  return bySlug.get(slug);
}

/** Those that the page of a published revision shows in its text. */
export function errataOfRevision(errata: readonly Erratum[], revision: number): Erratum[] {
  return errata.filter(
    ({ revisions, status }) => status !== 'rejected' && revisions.includes(revision),
  );
}

/** Those that a draft has not answered yet. */
export function errataOfDraft(errata: readonly Erratum[], source: string, file: string): Erratum[] {
  const open = errata.filter(({ status }) => status !== 'rejected');
  if (open.length === 0) return [];
  const document = readDocument(source, file);
  return open.filter((erratum) => !isMended(document, erratum));
}

/** An erratum with what it quotes and says as HTML. */
export interface RenderedErratum {
  readonly erratum: Erratum;
  readonly says: string;
  readonly toSay: string;
  readonly why: string;
}

/** Renders what errata quote and say; their references are about the drafts, as the linter has it. */
export function renderErrata(slug: string, errata: readonly Erratum[]): Promise<RenderedErratum[]> {
  const file = errataOf(slug)?.file ?? '';
  const render = async (markdown: string) =>
    withoutIds(withoutSandboxes((await renderDocument(markdown, file)).parts));
  return Promise.all(
    errata.map(async (erratum) => ({
      erratum,
      says: await render(erratum.says),
      toSay: await render(erratum.toSay),
      why: await render(erratum.why),
    })),
  );
}

/** What is quoted has its ids where it stands, and not a second time. */
function withoutIds(html: string): string {
  const nodes = readHtml(html);
  for (const one of elementsOf(nodes)) one.attrs = one.attrs.filter(({ name }) => name !== 'id');
  return writeHtml(nodes);
}

/** `Erratum 1: A title. Verified; reported on 1 December 2026 by A. Reader.` and what it corrects. */
export function erratumNote(
  slug: string,
  { erratum, says, toSay, why }: RenderedErratum,
): TreeElement {
  const { number, title, status, reported, by } = erratum;
  const part = (name: string, html: string) => [
    element('p', { class: 'erratum-part' }, name),
    element('blockquote', {}, readHtml(html)),
  ];
  return element(
    'div',
    {
      class: 'erratum',
      role: 'note',
      'aria-label': `Erratum ${number} of proposal ${slug}`,
      'data-status': status,
      'data-pagefind-ignore': 'all',
    },
    element(
      'p',
      { class: 'erratum-head' },
      element('a', { href: `${aboutHref(slug)}#${erratumAnchor(number)}` }, `Erratum ${number}`),
      text(`: ${title}. `),
      element(
        'span',
        {},
        `${ERRATUM_STATUS_NAMES[status]}; reported on ${dayInWords(reported)} by ${by}.`,
      ),
    ),
    ...part('It says:', says),
    ...part('It is to say:', toSay),
    ...readHtml(why),
  );
}

/**
 * A text with notes of errata: behind the requirement or the heading that each is about, those about the whole before
 * everything else. `headings` are those of the text.
 */
export function withErrata(
  parts: readonly Part[],
  headings: readonly Heading[],
  slug: string,
  errata: readonly RenderedErratum[],
): readonly Part[] {
  if (errata.length === 0) return parts;
  const waiting = new Map(
    errata.map((one) => [anchorOf(one.erratum, headings), [] as RenderedErratum[]]),
  );
  for (const one of errata) waiting.get(anchorOf(one.erratum, headings))?.push(one);
  const marked = parts.map((part): Part => {
    if (!('html' in part)) return part;
    if (![...waiting.keys()].some((id) => id && part.html.includes(`id="${id}"`))) return part;
    const nodes = readHtml(part.html);
    return { html: writeHtml(insert(nodes)) };
  });
  const whole = waiting.get('') ?? [];
  return whole.length === 0
    ? marked
    : [{ html: writeHtml(whole.map((one) => erratumNote(slug, one))) }, ...marked];

  function insert(nodes: readonly TreeNode[]): TreeNode[] {
    return nodes.flatMap((node) => {
      const id = 'attrs' in node ? attribute(node, 'id') : undefined;
      const found = id === undefined ? undefined : waiting.get(id);
      if (found) waiting.delete(id ?? '');
      return [node, ...(found ?? []).map((one) => erratumNote(slug, one))];
    });
  }
}

/** The id on the page of what an erratum is about; empty for the whole text. */
function anchorOf({ at }: Erratum, headings: readonly Heading[]): string {
  const heading = headings.find(({ text: words }) => words === at);
  if (heading) return heading.slug;
  // The title is no heading of the text.
  return REQUIREMENT_ID.test(at) ? at : '';
}
