// Lays out the figure of a sequence: lanes, arrows and waits of a recorded trace, as SVG without colours, which the
// style sheet gives for both themes. It shows the order of events, not their times. Knows nothing of Markdown.
import { survey } from '../../explorer/trace/conversations.ts';
import { Layout, labelOf, type Mark, markOf, STEP } from '../../explorer/trace/sequence.ts';
import type { Lane, TraceEvent } from '../../trace/index.ts';
import { printable, who } from '../../trace/words.ts';

/** A link of the figure, or a name that leads nowhere. */
export interface Named {
  readonly text: string;
  readonly href?: string | undefined;
}

/** One event of the figure: what the drawing and the table both say of it. */
export interface FigureRow {
  /** Place of the event in the trace. */
  readonly place: number;
  readonly who: string;
  readonly name: Named;
  /** What it carried, in a few words; empty where that would not fit. */
  readonly detail: string;
  readonly clauses: readonly Named[];
  readonly mark: Mark;
  readonly violation: boolean;
}

/** Width of a letter of the labels and of the clauses, in pixels: those of any monospaced font at these sizes. */
const LETTER = 6.7;
const CLAUSE_LETTER = 6.1;
/** Letters of a label: what an event carried is left out where both are longer. */
const LABEL = 36;
/** Beside the outer lanes, for their names. */
const SIDE = 28;
const LEAST_GAP = 110;
/** Height of the names of the lanes. */
const HEAD = 24;
/** From one bar of a wait to the one beside it. */
const BESIDE = 9;
/** Width of the fullest buffer. */
const LEVEL = 26;

/** What governs a `send` that fails because the conversation is over. */
const ON_SEND = 'closed.on-send';
const REQUEST = /^(?:client|http)\.request$/;
/** What is left of a deadline is not the same in two runs. */
const TIME = /^deadline_ms /;

/** What a figure says of the events at some places of a trace. `clausesOf` gives those that stand beside one. */
export function figureRows(
  events: readonly TraceEvent[],
  places: readonly number[],
  { eventOf, clausesOf }: FigureLinks,
): FigureRow[] {
  // What arrives at the gateway has left the client in an event of its own: where that is left out, it begins there.
  const types = new Set(places.map((place) => events[place]?.type));
  const sent = (type: string) => types.has(type.replace(/^[^.]+/, 'client'));
  return places.map((place): FigureRow => {
    const event = events[place] as TraceEvent;
    const mark = markOf(event);
    const { name } = labelOf(event);
    return {
      place,
      who: who(event),
      name: { text: name, href: name === event.type ? eventOf(event.type) : undefined },
      detail: detailOf(event, LABEL - name.length - 1),
      clauses: clausesOf(event),
      mark: mark.kind === 'arrival' && !sent(event.type) ? { ...mark, kind: 'arrow' } : mark,
      violation: event.violation !== undefined,
    };
  });
}

export interface FigureLinks {
  /** Where the entry of an event is; undefined for what is no event of the interface. */
  eventOf(type: string): string | undefined;
  /** The requirements to name beside an event. Asked once for each, in order. */
  clausesOf(event: TraceEvent): readonly Named[];
}

/** What an event carried, in so many letters. */
function detailOf(event: TraceEvent, room: number): string {
  const { payload, requirement, type } = event;
  const words = () => {
    if (requirement === ON_SEND) return 'fails: Closed';
    if (!payload) return '';
    const { status, size, preview } = payload;
    if (REQUEST.test(type)) return preview.replace(/ HTTP\/[\d.]+$/, '');
    if (status !== undefined) return String(status);
    if (size !== undefined) return octets(size);
    const [first = ''] = preview.split(' · ');
    return TIME.test(first) ? '' : first;
  };
  const text = printable(words());
  return text.length <= room ? text : '';
}

const octets = (size: number) => `${size.toLocaleString('en')} ${size === 1 ? 'octet' : 'octets'}`;

/** The drawing of a figure's rows. `events` is the whole trace, because waits end outside of what is shown, too. */
export function figureSvg(events: readonly TraceEvent[], rows: readonly FigureRow[]): string {
  const timeless = events.map((event) => ({ ...event, t: 0 }));
  const surveyed = survey(timeless);
  const places = rows.map(({ place }) => place);
  const layout = new Layout().read(
    timeless,
    { rows: places, events: places.length, missing: new Map() },
    surveyed.waits,
  );
  const waiting = rows.some(({ place }) => isWaitToSend(events[place] as TraceEvent));
  const x = lanesOf(rows, waiting ? LEVEL : 0);
  const bars = layout.bars(places[0] as number, places.at(-1) as number);
  const columns = Math.max(0, ...bars.map(({ column }) => column + 1));
  const margin = x.app + 12 + Math.max(columns - 1, 0) * BESIDE;
  const longest = Math.max(0, ...rows.map(({ clauses }) => lettersOf(clauses)));
  const width = Math.ceil(
    longest === 0 ? Math.max(margin, x.app + SIDE) : margin + longest * CLAUSE_LETTER + 4,
  );
  const bottom = HEAD + layout.height;

  const drawn = new Map<string, string>();
  const draw = (kind: string, path: string) => drawn.set(kind, (drawn.get(kind) ?? '') + path);
  const texts: string[] = [];
  for (const [lane, at] of Object.entries(x)) {
    if (at === undefined) continue;
    draw('lanes', `M${at} ${HEAD}V${bottom}`);
    texts.push(`<text class="lane" x="${at}" y="10">${lane}</text>`);
  }
  for (const [index, row] of rows.entries()) {
    const y = HEAD + layout.y(index);
    const kind = row.violation ? 'bad' : events[row.place]?.lane === 'app' ? 'arrows' : 'quiet';
    const [path, at, anchor, above] = shape(row, x, y + 6);
    draw(kind, path);
    texts.push(
      `<text${anchor} x="${at}" y="${above ? y - 5 : y + 6}">${link(row.name)}${row.detail && ` ${escaped(row.detail)}`}</text>`,
    );
    if (row.clauses.length > 0)
      texts.push(
        `<text class="clause" x="${margin}" y="${y + 6}">${row.clauses.map(link).join(' ')}</text>`,
      );
    const level = layout.level(index).out;
    if (waiting && level > 0 && surveyed.most > 0) {
      const wide = round((LEVEL * level) / surveyed.most);
      draw('level', `M${x.gateway} ${y + 6}h-${wide}v${STEP}h${wide}z`);
    }
  }
  for (const { column, from, to } of bars) {
    const [begin, end] = [from, to].map(
      (place) => HEAD + Math.min(layout.yOf(place) + 6, layout.height),
    );
    draw('wait', `M${x.app - 3 + column * BESIDE} ${begin}h6V${end}h-6z`);
  }
  const paths = ['lanes', 'level', 'wait', 'quiet', 'arrows', 'bad'].flatMap((kind) => {
    const path = drawn.get(kind);
    return path === undefined ? [] : `<path class="${kind}" d="${path}"/>`;
  });
  return `<svg class="sequence" width="${width}" height="${bottom}" viewBox="0 0 ${width} ${bottom}">${paths.join('')}${texts.join('')}</svg>`;
}

type Lanes = Readonly<Partial<Record<Lane, number>>> & {
  readonly gateway: number;
  readonly app: number;
};

/** Where the lanes stand: as far from each other as the labels between them are long, and a level is wide. */
function lanesOf(rows: readonly FigureRow[], level: number): Lanes {
  const gap = (of: (row: FigureRow) => boolean) =>
    Math.ceil(Math.max(LEAST_GAP, ...rows.filter(of).map((row) => letters(row) * LETTER + 22)));
  const touches = (row: FigureRow, lane: Lane) =>
    row.mark.kind === 'point'
      ? row.mark.at === lane
      : row.mark.from === lane || row.mark.to === lane;
  // What is said of a point stands in its middle, half of it to the left.
  const half = (lane: Lane) =>
    Math.ceil(
      Math.max(
        SIDE,
        ...rows
          .filter(({ mark }) => mark.kind === 'point' && mark.at === lane)
          .map((row) => (letters(row) * LETTER) / 2),
      ),
    );
  const left = rows.some((row) => touches(row, 'client'));
  const client = half('client');
  const gateway = left
    ? Math.max(client + gap((row) => touches(row, 'client')) + 2 * level, half('gateway'))
    : half('gateway');
  const app = gateway + gap((row) => touches(row, 'app'));
  return left ? { client, gateway, app } : { gateway, app };
}

const letters = ({ name, detail }: FigureRow) =>
  name.text.length + (detail === '' ? 0 : detail.length + 1);

const lettersOf = (names: readonly Named[]) => names.map(({ text }) => text).join(' ').length;

/** Path of an arrow or a point; where its label stands, by what it is held, and whether above the line. */
function shape(
  { mark, violation }: FigureRow,
  x: Lanes,
  y: number,
): readonly [path: string, at: number, anchor: string, above: boolean] {
  if (mark.kind === 'point') {
    const at = x[mark.at] ?? x.gateway;
    const path = `M${at - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0z`;
    return mark.at === 'app' ? [path, at - 9, ' class="end"', false] : [path, at, '', true];
  }
  const [a, b] = [x[mark.from] ?? x.gateway, x[mark.to] ?? x.gateway];
  const towards = b > a ? -1 : 1;
  const begin = mark.kind === 'arrival' ? b + 28 * towards : a;
  const middle = round((a + b) / 2);
  const cross = violation ? `M${middle - 5} ${y - 5}l10 10m0-10l-10 10` : '';
  const path = `M${begin} ${y}H${b + 6 * towards}M${b} ${y}l${7 * towards}-4v8z${cross}`;
  return [path, middle, '', true];
}

function isWaitToSend({ type, phase }: TraceEvent): boolean {
  return type === 'send' && phase === 'B';
}

const round = (value: number) => Math.round(value * 10) / 10;

function link({ text, href }: Named): string {
  return href === undefined ? escaped(text) : `<a href="${escaped(href)}">${escaped(text)}</a>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
