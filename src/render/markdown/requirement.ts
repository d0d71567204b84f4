// Turns a paragraph that begins with `r[id]` into a block with a permanent address, its level and its role in words.
import type { Paragraph, Root, RootContent } from 'mdast';
import { requirementMarker, stripMarker } from '../../spec/proposal.ts';
import type { MarkdownContext } from './context.ts';
import { element } from './elements.ts';

export function requirements(context: MarkdownContext) {
  return async (tree: Root): Promise<void> => {
    const children = tree.children.map(async (node) => {
      const id = requirementMarker(node);
      const requirement = id === undefined ? undefined : context.specification.requirements.get(id);
      if (node.type !== 'paragraph' || !requirement) return node;
      const { level, role } = requirement;
      skipMarker(node);
      markKeyword(node, level);
      const link = await exampleLink(requirement.id, context);
      return element(
        'section',
        { className: ['requirement'], id: requirement.id, dataLevel: level, dataRole: role },
        element(
          'p',
          { className: ['requirement-head'] },
          element(
            'a',
            { className: ['requirement-id'], href: `#${requirement.id}` },
            requirement.id,
          ),
          ' ',
          element('span', { className: ['requirement-level'] }, level),
          ' ',
          element('span', { className: ['requirement-role'] }, role),
          element(
            'span',
            { className: ['requirement-links'], dataPagefindIgnore: 'all' },
            link,
            ' ',
            element(
              'a',
              {
                href: context.addresses.requirementPageHref(requirement.id),
                ariaLabel: `About ${requirement.id}`,
              },
              'About',
            ),
          ),
        ),
        node,
      );
    });
    tree.children = await Promise.all(children);
  };
}

/** To the event in an example's trace that shows a requirement; where no trace has one, to the example about it. */
async function exampleLink(id: string, context: MarkdownContext) {
  const slugs = context.examplesShowing(id);
  for (const slug of slugs)
    if (await context.traceShows(slug, id))
      return element(
        'a',
        { href: `${context.addresses.exampleHref(slug)}#t=${id}`, ariaLabel: `Show me ${id}` },
        'Show me',
      );
  const [slug] = slugs;
  return slug === undefined
    ? undefined
    : element(
        'a',
        { href: context.addresses.exampleHref(slug), ariaLabel: `Try it: ${id}` },
        'Try it',
      );
}

/** Takes the marker line off, and moves the position of the text down with it, so that errors keep their line. */
function skipMarker(paragraph: Paragraph): void {
  stripMarker(paragraph);
  const first = paragraph.children[0];
  if (first?.type !== 'text' || !first.position) return;
  const start = { ...first.position.start, line: first.position.start.line + 1, column: 1 };
  first.position = { start, end: first.position.end };
}

function markKeyword(paragraph: Paragraph, level: string): void {
  const children: RootContent[] = [];
  for (const child of paragraph.children) {
    const at = child.type === 'text' ? child.value.indexOf(level) : -1;
    if (child.type !== 'text' || at < 0) {
      children.push(child);
      continue;
    }
    children.push(
      { ...child, value: child.value.slice(0, at) },
      element('strong', { className: ['keyword'] }, level),
      { ...child, value: child.value.slice(at + level.length) },
    );
  }
  paragraph.children = children as Paragraph['children'];
}
