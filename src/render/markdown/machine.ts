// Turns a `machine` block into a figure: what its states mean, a diagram of its changes of state, and the whole table,
// which says the same in words and more.
import type { Code, Root, RootContent } from 'mdast';
import type { MachineBlock, TransitionRow } from '../../spec/blocks.ts';
import { eventAnchor, machineAnchor } from '../../spec/paths.ts';
import { count, listed } from '../words.ts';
import { replaceBlocks } from './block.ts';
import type { MarkdownContext, SourceFile } from './context.ts';
import { isDrawable, stateDiagram } from './diagram.ts';
import { code, element, inline, rawHtml, reference } from './elements.ts';
import { scroller } from './table.ts';

export function machines(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('machine', tree, file, context, async (machine, node, depth) => {
      const anchor = machineAnchor(machine.machine);
      return element(
        'section',
        { className: ['card', 'machine'] },
        element(
          'header',
          {},
          element(
            `h${depth}`,
            { id: anchor },
            element(
              'a',
              {
                href: context.hasPage('machine', machine.machine)
                  ? context.addresses.machineHref(machine.machine)
                  : `#${anchor}`,
              },
              machine.machine,
            ),
          ),
          element('p', { className: ['direction'] }, 'state machine'),
        ),
        element('p', {}, inline(machine.summary, node)),
        element(
          'p',
          { className: ['none'] },
          'It governs conversations of type ',
          listed(machine.scope.map(code)),
          '.',
        ),
        element(
          'figure',
          {},
          element(
            'section',
            { className: ['diagram'], tabIndex: 0, ariaLabel: `Diagram of ${machine.machine}` },
            isDrawable(machine)
              ? rawHtml(await stateDiagram(machine))
              : element('p', {}, 'It is too large to be drawn. The table has all of it.'),
          ),
        ),
        states(machine, node),
        element(
          'details',
          {},
          element('summary', {}, `Every transition: ${count(machine.transitions.length, 'row')}`),
          named('If', machine.guards, node),
          named('Does', machine.actions, node),
          scroller(table(machine, context, node), `Transitions of ${machine.machine}`),
        ),
      );
    });
}

/** Anchor of one state, which the diagram links to. */
export function stateAnchor(machine: string, state: string): string {
  return `${machineAnchor(machine)}-${state}`;
}

function states(machine: MachineBlock, at: Code): RootContent {
  return element(
    'dl',
    { className: ['states'] },
    Object.entries(machine.states).map(([state, text]) =>
      element(
        'div',
        { id: stateAnchor(machine.machine, state) },
        element(
          'dt',
          {},
          code(state),
          state === machine.initial ? element('span', {}, ' first') : undefined,
          machine.final.includes(state) ? element('span', {}, ' last') : undefined,
        ),
        element('dd', {}, inline(text, at)),
      ),
    ),
  );
}

/** Guards or actions with what they stand for. */
function named(
  word: string,
  meanings: Readonly<Record<string, string>>,
  at: Code,
): RootContent | undefined {
  const entries = Object.entries(meanings);
  if (entries.length === 0) return undefined;
  return element(
    'dl',
    { className: ['meanings'] },
    entries.map(([name, text]) =>
      element(
        'div',
        {},
        element('dt', {}, `${word} `, code(name)),
        element('dd', {}, inline(text, at)),
      ),
    ),
  );
}

function table(machine: MachineBlock, context: MarkdownContext, at: Code): RootContent {
  const heads = ['On', 'In', 'If', 'Then', 'Clause'];
  return element(
    'table',
    { className: ['transitions'] },
    element('caption', { className: ['sr-only'] }, `Transitions of ${machine.machine}`),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        heads.map((head) => element('th', { scope: 'col' }, head)),
      ),
    ),
    element(
      'tbody',
      {},
      machine.transitions.map((row) => {
        const clause = row.requirement ?? row.misuse ?? row.closed ?? row.never;
        return element(
          'tr',
          { dataOutcome: outcome(row) },
          element('td', {}, lines(row.on.map((name) => input(name, context)))),
          element('td', {}, lines(row.from.map(code))),
          element('td', {}, row.when === undefined ? '' : code(row.when)),
          element('td', {}, consequence(row)),
          element('td', {}, clause === undefined ? '' : reference(clause, at)),
        );
      }),
    ),
  );
}

function outcome(row: TransitionRow): string {
  return row.to !== undefined
    ? 'moves'
    : row.misuse !== undefined
      ? 'misuse'
      : row.closed !== undefined
        ? 'closed'
        : 'nothing';
}

function consequence(row: TransitionRow): RootContent[] {
  const text = (value: string): RootContent => ({ type: 'text', value });
  if (row.to !== undefined) {
    const same = row.from.length === 1 && row.from[0] === row.to;
    return [
      ...(same ? [text('stays '), code(row.to)] : [text('→ '), code(row.to)]),
      ...(row.do === undefined ? [] : [text(', does '), code(row.do)]),
    ];
  }
  if (row.misuse !== undefined) return [code('Misuse')];
  if (row.closed !== undefined) return [code('Closed')];
  return [text(row.never === undefined ? 'nothing changes' : 'cannot happen')];
}

/** An event that goes both ways is named with its direction: `send websocket.message`. */
function input(name: string, context: MarkdownContext): RootContent {
  const type = name.replace(/^(?:send|receive) /, '');
  const event = context.specification.events.get(type);
  return event
    ? element(
        'a',
        { href: context.addresses.proposalHref(event.slug, eventAnchor(type)) },
        code(name),
      )
    : code(name);
}

function lines(nodes: readonly RootContent[]): RootContent[] {
  return nodes.flatMap((node, index): RootContent[] =>
    index === 0 ? [node] : [{ type: 'break' }, node],
  );
}
