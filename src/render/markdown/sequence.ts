// Turns a `sequence` block into a figure: a drawing of what an example's recorded trace has, its caption, and the same
// as a table. Nothing in it is drawn by hand.
import type { Code, Root, RootContent } from 'mdast';
import type { SequenceBlock } from '../../spec/blocks.ts';
import { eventAnchor } from '../../spec/paths.ts';
import { SpecError } from '../../spec/problem.ts';
import { clausesOf, shownSteps } from '../../spec/sequence.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { count } from '../words.ts';
import { replaceBlocks } from './block.ts';
import { fileName, type MarkdownContext, type SourceFile } from './context.ts';
import { code, element, inline, rawHtml } from './elements.ts';
import { type FigureRow, figureRows, figureSvg, type Named } from './sequence-figure.ts';
import { scroller } from './table.ts';

export function sequences(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('sequence', tree, file, context, async (block, node) => {
      const { example, caption } = block;
      const title = context.examples.get(example);
      if (title === undefined) {
        throw wrong('example-exists', `there is no example \`${example}\``, file, node);
      }
      const events = await context.traceOf(example);
      const rows = rowsOf(block, events, context);
      if (rows.length === 0) {
        throw wrong(
          'sequence-shown',
          `the trace of \`${example}\` has no event that this block asks for`,
          file,
          node,
        );
      }
      return element(
        'div',
        { className: ['recorded'] },
        element(
          'figure',
          {},
          element(
            'div',
            {
              className: ['diagram'],
              role: 'group',
              tabIndex: 0,
              ariaLabel: `Sequence of ${count(rows.length, 'event')}, as a drawing. The table below it has the same in words.`,
            },
            rawHtml(figureSvg(events, rows)),
          ),
          element(
            'figcaption',
            {},
            inline(caption, node),
            ' ',
            element(
              'a',
              { href: context.addresses.exampleHref(example) },
              `Recorded from the example “${title}”: run it`,
            ),
          ),
        ),
        element(
          'details',
          {},
          element('summary', {}, 'The same as a table'),
          scroller(table(rows)),
        ),
      );
    });
}

/** The rows of a figure: each requirement stands at the first event that shows it. */
function rowsOf(
  block: SequenceBlock,
  events: readonly TraceEvent[],
  context: MarkdownContext,
): FigureRow[] {
  const named = new Set<string>();
  return figureRows(events, shownSteps(block, events), {
    eventOf(type) {
      const event = context.specification.events.get(type);
      return event && context.addresses.proposalHref(event.slug, eventAnchor(type));
    },
    clausesOf: (event) =>
      clausesOf(event).flatMap((id): Named[] => {
        if (named.has(id) || block.show?.includes(id) === false) return [];
        named.add(id);
        const requirement = context.specification.requirements.get(id);
        return [{ text: id, href: requirement && context.addresses.requirementHref(requirement) }];
      }),
  });
}

function table(rows: readonly FigureRow[]): RootContent {
  const head = (name: string) => element('th', { scope: 'col' }, name);
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ['Who', 'Event', 'Clause'].map(head))),
    element(
      'tbody',
      {},
      rows.map(({ who, name, detail, clauses }) =>
        element(
          'tr',
          {},
          element('td', {}, who),
          element('td', {}, named(name, [code(name.text)]), detail && ` ${detail}`),
          element(
            'td',
            {},
            clauses.map((clause, index) => [
              index > 0 ? ' ' : undefined,
              named(clause, clause.text, 'reference'),
            ]),
          ),
        ),
      ),
    ),
  );
}

function named({ href }: Named, content: string | RootContent[], className?: string) {
  const classes = className === undefined ? {} : { className: [className] };
  return href === undefined ? content : element('a', { ...classes, href }, content);
}

function wrong(rule: string, message: string, file: SourceFile, { position }: Code): SpecError {
  const line = (position?.start.line ?? 0) + 1;
  return new SpecError([{ rule, file: fileName(file), line, column: 1, message }]);
}
