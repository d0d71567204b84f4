// Turns an `event` block into a card: who sends it, which clause governs it, its fields and an example.
import type { Root } from 'mdast';
import type { EventBlock } from '../../spec/blocks.ts';
import { highlight } from '../highlight.ts';
import { eventAnchor } from '../href.ts';
import { DIRECTIONS } from '../words.ts';
import { replaceBlocks } from './block.ts';
import type { MarkdownContext } from './context.ts';
import { element, inline, rawHtml, reference } from './elements.ts';
import { fieldTable } from './fields.ts';
import { literal } from './literal.ts';

export function events(context: MarkdownContext) {
  return (tree: Root, file: { cwd: string; path?: string }): Promise<void> =>
    replaceBlocks('event', tree, file, async (event, node, depth) =>
      element(
        'section',
        { className: ['card', 'event'], dataDirection: event.direction },
        element(
          'header',
          {},
          element(
            `h${depth}`,
            { id: eventAnchor(event.type) },
            element('a', { href: `#${eventAnchor(event.type)}` }, event.type),
          ),
          element('p', { className: ['direction'] }, DIRECTIONS[event.direction]),
        ),
        element('p', {}, inline(event.summary, node)),
        Object.keys(event.fields).length === 0
          ? element('p', { className: ['none'] }, 'It has no fields besides its type.')
          : fieldTable(event.fields, `Fields of ${event.type}`, context, node),
        rawHtml(await highlight(exampleOf(event), 'ts')),
        element(
          'p',
          { className: ['governed'] },
          'Governed by ',
          reference(event.requirement, node),
        ),
      ),
    );
}

/** The example as an application writes it, where the octets of a body are made from text. */
function exampleOf(event: EventBlock): string {
  return literal(event.example, (value, key) =>
    event.fields[key]?.type === 'bytes' && typeof value === 'string'
      ? `utf8(${literal(value)})`
      : undefined,
  );
}
