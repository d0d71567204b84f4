// Marks the definitions of a proposal as such, and leads from the first use of a term in each section to its definition.
// Only whole texts: a sentence on another page stays as it is.
import type { Nodes, Parents, PhrasingContent, Root, RootContent, Text } from 'mdast';
import { SKIP, visit } from 'unist-util-visit';
import { termAnchor } from '../../spec/paths.ts';
import { type PlacedTerm, placedTerms } from '../../spec/term-uses.ts';
import { isSameTerm, type TermUse, termFinder, termsIn } from '../../spec/terms.ts';
import { type MarkdownContext, proposalOf, type SourceFile } from './context.ts';
import { element, type SiteElement } from './elements.ts';

type File = SourceFile & { readonly value: unknown };

/** Emphasis that defines becomes `<dfn>`, with an address. */
export function definitions(context: MarkdownContext) {
  return (tree: Root, file: File): void => {
    const slug = wholeText(tree, file);
    if (slug === undefined) return;
    const found = termsIn(tree, String(file.value));
    if (found.length === 0) return;
    const own = placedTerms(context.specification).filter((term) => term.slug === slug);
    const defined = new Set<string>();
    visit(tree, 'emphasis', (node, index, parent) => {
      const term = found.find(({ start }) => start === node.position?.start.offset);
      if (!term || !parent || index === undefined) return;
      const key = own.find((one) => isSameTerm(one, term))?.key;
      // Of two definitions the first counts; and what informs only defines nothing.
      if (key === undefined || defined.has(key)) return;
      defined.add(key);
      parent.children[index] = element('dfn', { id: termAnchor(key) }, node.children);
      return SKIP;
    });
  };
}

/** The first use of a term in each section, of the second or the third level, becomes a link. */
export function termLinks(context: MarkdownContext) {
  return (tree: Root, file: File): void => {
    const slug = wholeText(tree, file);
    if (slug === undefined) return;
    const terms = context.linkedTerms(slug);
    if (terms.length === 0) return;
    const find = termFinder(terms);
    for (const section of sectionsOf(tree)) {
      // Where a term is defined, nobody has to be led to its definition.
      const done = new Set(idsIn(section));
      for (const node of section) {
        for (const { text, parent } of textsBelow(node, tree)) {
          const uses = find(text.value).filter(({ term: { key } }) => {
            const isFirst = !done.has(termAnchor(key));
            done.add(termAnchor(key));
            return isFirst;
          });
          if (uses.length > 0)
            parent.children.splice(
              parent.children.indexOf(text),
              1,
              ...linked(text, uses, context),
            );
        }
      }
    }
  };
}

function linked(
  text: Text,
  uses: readonly TermUse<PlacedTerm>[],
  context: MarkdownContext,
): PhrasingContent[] {
  let end = 0;
  const parts = uses.flatMap((use): PhrasingContent[] => {
    const before = text.value.slice(end, use.start);
    end = use.end;
    const link = element(
      'a',
      { className: ['term'], href: context.addresses.termHref(use.term) },
      text.value.slice(use.start, use.end),
    );
    return before === '' ? [link] : [{ ...text, value: before }, link];
  });
  const rest = text.value.slice(end);
  return rest === '' ? parts : [...parts, { ...text, value: rest }];
}

/** The proposal whose whole text is being rendered: it has its front matter. */
function wholeText(tree: Root, file: File): string | undefined {
  return tree.children[0]?.type === 'yaml' ? proposalOf(file) : undefined;
}

function sectionsOf(tree: Root): RootContent[][] {
  const sections: RootContent[][] = [[]];
  for (const node of tree.children) {
    if (node.type === 'heading' && node.depth <= 3) sections.push([]);
    else sections.at(-1)?.push(node);
  }
  return sections;
}

function idsIn(nodes: readonly RootContent[]): string[] {
  const ids: string[] = [];
  visit(
    { type: 'root', children: [...nodes] } satisfies Root,
    'siteElement',
    ({ data }: SiteElement) => {
      if (typeof data.hProperties.id === 'string') ids.push(data.hProperties.id);
    },
  );
  return ids;
}

interface PlacedText {
  readonly text: Text;
  readonly parent: { children: Nodes[] };
}

/** Running text: paragraphs, lists, quotations and the sentences of requirements. Tables and cards are for looking up. */
function textsBelow(node: RootContent, parent: Parents): PlacedText[] {
  switch (node.type) {
    case 'text':
      return [{ text: node, parent }];
    case 'paragraph':
    case 'list':
    case 'listItem':
    case 'blockquote':
    case 'emphasis':
      return node.children.flatMap((child) => textsBelow(child, node));
    case 'siteElement':
      return isRequirement(node)
        ? node.children
            .filter(({ type }) => type === 'paragraph')
            .flatMap((child) => textsBelow(child, node))
        : [];
    default:
      return [];
  }
}

function isRequirement({ data: { hProperties } }: SiteElement): boolean {
  return String(hProperties.className) === 'requirement';
}
