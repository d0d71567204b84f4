// Turns an `event` block into a card: who sends it, what it takes to send it, which clause governs it, its fields and an
// example.
import type { Node, Root, RootContent } from 'mdast';
import type { EventBlock } from '../../spec/blocks.ts';
import { exampleOf } from '../../spec/generate/literal.ts';
import { eventAnchor, featureAnchor } from '../../spec/paths.ts';
import { highlight } from '../highlight.ts';
import { DIRECTIONS, listed } from '../words.ts';
import { replaceBlocks } from './block.ts';
import type { MarkdownContext, SourceFile } from './context.ts';
import { code, element, inline, rawHtml, reference } from './elements.ts';
import { fieldTable } from './fields.ts';

export function events(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('event', tree, file, context, async (event, node, depth) =>
      element(
        'section',
        { className: ['card', 'event'], dataDirection: event.direction },
        element(
          'header',
          {},
          element(
            `h${depth}`,
            { id: eventAnchor(event.type) },
            element(
              'a',
              {
                href: context.hasPage('event', event.type)
                  ? context.addresses.eventHref(event.type)
                  : `#${eventAnchor(event.type)}`,
              },
              event.type,
            ),
          ),
          element('p', { className: ['direction'] }, DIRECTIONS[event.direction]),
        ),
        element('p', {}, inline(event.summary, node)),
        event.feature === undefined ? undefined : needs(event.feature, context),
        Object.keys(event.fields).length === 0
          ? element('p', { className: ['none'] }, 'It has no fields besides its type.')
          : fieldTable(event.fields, `Fields of ${event.type}`, context, node, event.direction),
        event.exactly_one && choice(event.exactly_one),
        rawHtml(await highlight(exampleOf(event), 'ts')),
        governed(event, node),
      ),
    );
}

/** The badge of an event that is legal only where a feature is accepted. */
function needs(feature: string, context: MarkdownContext): RootContent {
  const known = context.specification.features.get(feature);
  return element(
    'p',
    { className: ['needs'] },
    'Needs the feature ',
    known
      ? element(
          'a',
          { href: context.addresses.proposalHref(known.slug, featureAnchor(feature)) },
          code(feature),
        )
      : code(feature),
  );
}

function choice(fields: readonly string[]): RootContent {
  return element(
    'p',
    { className: ['choice'] },
    'Exactly one of ',
    listed(fields.map(code)),
    ' is there.',
  );
}

/** Which clause a block is governed by. */
export function governed({ requirement }: Pick<EventBlock, 'requirement'>, at: Node): RootContent {
  return element('p', { className: ['governed'] }, 'Governed by ', reference(requirement, at));
}
