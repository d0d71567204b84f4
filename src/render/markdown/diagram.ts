// Draws a state machine as SVG. The drawing has no colours of its own: the style sheet gives
// them for both themes. It shows changes of state and what is done in place; refusals are in the table only.
// Other graphs of the site are drawn the same way: `drawn`.
import type { Graph, Viz } from '@viz-js/viz';
import type { MachineBlock } from '../../spec/blocks.ts';
import { machineAnchor } from '../../spec/paths.ts';

/** Font that Graphviz measures with: its widths are those of any monospaced font at this size. */
const FONT = 'Courier';
const SIZE = 11;
/** Pixels to a point: the size of the letters on the page. */
const SCALE = 1.15;

let viz: Promise<Viz> | undefined;

/** What a graph is called on its page, and what it says in words. `id` begins the ids of both. */
export interface DrawingWords {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** What nodes and edges are written in: pass it on, so that labels fit. */
export const DRAWING_TEXT = { fontname: FONT, fontsize: SIZE } as const;

/** SVG of a graph, without colours and fonts of its own. */
export async function drawn(graph: Graph, words: DrawingWords): Promise<string> {
  // A megabyte, which a text without a machine does not need.
  viz ??= import('@viz-js/viz').then(({ instance }) => instance());
  return tidy((await viz).renderString(graph, { format: 'svg', engine: 'dot' }), words);
}

/** Beyond these, layout takes minutes, and nobody can read the drawing. */
const MOST = { states: 60, edges: 240, letters: 12_000 } as const;

/** Whether a machine is of a size that can be laid out. */
export function isDrawable(machine: MachineBlock): boolean {
  const drawn = edges(machine);
  const letters = [...Object.keys(machine.states), ...drawn.flatMap(({ inputs }) => [...inputs])];
  return (
    Object.keys(machine.states).length <= MOST.states &&
    drawn.length <= MOST.edges &&
    letters.join('').length <= MOST.letters
  );
}

/** `edgeHref`: where what stands beside an edge leads to; without it, edges are no links. */
export function stateDiagram(
  machine: MachineBlock,
  edgeHref?: (from: string, to: string) => string,
): Promise<string> {
  return drawn(graph(machine, edgeHref), {
    id: machineAnchor(machine.machine),
    title: `State diagram of ${machine.machine}`,
    description: description(machine),
  });
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly inputs: Set<string>;
}

/** One edge for each pair of states, with everything that leads from one to the other. */
export function edges(machine: MachineBlock): Edge[] {
  const found = new Map<string, Edge>();
  for (const row of machine.transitions) {
    if (row.to === undefined) continue;
    for (const from of row.from) {
      const key = `${from} ${row.to}`;
      const edge = found.get(key) ?? { from, to: row.to, inputs: new Set() };
      for (const input of row.on) edge.inputs.add(input);
      found.set(key, edge);
    }
  }
  return [...found.values()];
}

function graph(
  machine: MachineBlock,
  edgeHref: ((from: string, to: string) => string) | undefined,
) {
  const text = DRAWING_TEXT;
  return {
    graphAttributes: { bgcolor: 'transparent', nodesep: 0.3, ranksep: 0.5, pad: 0.05 },
    nodeAttributes: { ...text, shape: 'box', style: 'rounded', height: 0.36, margin: '0.16,0.06' },
    edgeAttributes: { ...text, fontsize: SIZE - 1, arrowsize: 0.7 },
    nodes: [
      {
        name: '(start)',
        attributes: { shape: 'circle', label: '', width: 0.13, height: 0.13, class: 'start' },
      },
      ...Object.keys(machine.states).map((state) => ({
        name: state,
        attributes: {
          label: state,
          class: machine.final.includes(state) ? 'state final' : 'state',
          peripheries: machine.final.includes(state) ? 2 : 1,
          href: `#${machineAnchor(machine.machine)}-${state}`,
        },
      })),
    ],
    edges: [
      { tail: '(start)', head: machine.initial, attributes: {} },
      ...edges(machine).map(({ from, to, inputs }) => ({
        tail: from,
        head: to,
        // A line break after each label keeps them apart from the line that they stand beside.
        attributes: {
          label: [...inputs].map((input) => ` ${input} `).join('\n'),
          ...(edgeHref ? { labelhref: edgeHref(from, to) } : {}),
        },
      })),
    ],
  };
}

/** What changes the state, from where to where, for those who cannot see the drawing. */
export function description(machine: MachineBlock): string {
  const moves = edges(machine)
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, inputs }) => `${from} to ${to} on ${[...inputs].join(' or ')}`);
  return `Begins in ${machine.initial}. ${moves.join('; ')}.`;
}

/** Takes out of Graphviz's SVG what the page gives: colours, fonts, identifiers, titles of single shapes. */
function tidy(drawn: string, { id, title, description }: DrawingWords): string {
  const width = Math.round(Number(/width="([\d.]+)pt"/.exec(drawn)?.[1] ?? 0) * SCALE);
  return drawn
    .slice(drawn.indexOf('<svg'))
    .replace(/<!--[\s\S]*?-->\s*/g, '')
    .replace(/<title>[\s\S]*?<\/title>\s*/g, '')
    .replace(/ (xlink:title|xml:space)="[^"]*"/g, '')
    .replaceAll(' xlink:href=', ' href=')
    .replace(/ xmlns(:xlink)?="[^"]*"/g, '')
    .replace(/ id="[^"]*"/g, '')
    .replace(/ font-(family|size)="[^"]*"/g, '')
    .replace(/ (fill|stroke)="(black|transparent)"/g, '')
    .replace(/>\s+</g, '><')
    .replace(
      /<svg width="[^"]*" height="[^"]*"/,
      `<svg width="${width}" role="group" aria-labelledby="${id}-title ${id}-description"`,
    )
    .replace(
      />/,
      () =>
        `><title id="${id}-title">${escaped(title)}</title>` +
        `<desc id="${id}-description">${escaped(description)}</desc>`,
    );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
