// How much a text may hold to be read at all. Readers of Markdown take more than proportionally longer for what is
// nested or full of marks, and nothing can stop them midway: it is counted before. Knows nothing of what a text means.

/** Texts beyond this are not read: a proposal is for people. Octets would do as well; these are code units. */
export const SIZE_LIMIT = 1_000_000;

/** Many times what any proposal has. */
export const READING_LIMITS = {
  lines: 20_000,
  /** Quotations and items inside each other on one line, and columns that a line of a list stands in. */
  depth: 50,
  indentation: 100,
  /** Cells of tables. */
  cells: 20_000,
  /** All marks below together. */
  marks: 50_000,
  /** Without an empty line between them. */
  together: { lines: 2_000, emphasis: 2_000, brackets: 4_000, code: 4_000 },
} as const;

const LEADING = /^(?:[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))+/;
const CONTAINER = />|[-+*]|\d{1,9}[.)]/g;
const INDENTED = /^[ \t]*(?=[-+*>]|\d{1,9}[.)])/;

/** What a text has too much of. */
export interface Excess {
  /** Such as `the text` or `line 3`. */
  readonly what: string;
  readonly found: number;
  readonly of: string;
  readonly most: number;
}

/** `the text has 2,000,000 characters, and 1,000,000 are the most` */
export function excessWords({ what, found, of, most }: Excess): string {
  return `${what} has ${found.toLocaleString('en')} ${of}, and ${most.toLocaleString('en')} are the most`;
}

/** Why a text is not read; undefined for one that is. */
export function excessIn(source: string): Excess | undefined {
  if (source.length > SIZE_LIMIT)
    return excess('the text', source.length, 'characters', SIZE_LIMIT);
  const lines = source.split(/\r\n?|\n/);
  if (lines.length > READING_LIMITS.lines)
    return excess('the text', lines.length, 'lines', READING_LIMITS.lines);
  const { depth, indentation, cells, marks, together } = READING_LIMITS;
  let allCells = 0;
  let allMarks = 0;
  let here = { line: 1, lines: 0, emphasis: 0, brackets: 0, code: 0 };
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      here = { line: index + 2, lines: 0, emphasis: 0, brackets: 0, code: 0 };
      continue;
    }
    const at = `line ${index + 1}`;
    const inside = LEADING.exec(line)?.[0].match(CONTAINER)?.length ?? 0;
    if (inside > depth) return excess(at, inside, 'quotations and lists inside each other', depth);
    const column = columnsOf(INDENTED.exec(line)?.[0] ?? '');
    if (column > indentation) return excess(at, column, 'columns before an item', indentation);

    const emphasis = count(line, /[*_~]/g);
    const brackets = count(line, /[[\]<&!]/g);
    const code = count(line, /`/g);
    here.lines++;
    here.emphasis += emphasis;
    here.brackets += brackets;
    here.code += code;
    allMarks += emphasis + brackets + code;
    allCells += count(line, /\|/g);

    const from = `what begins in line ${here.line}`;
    if (here.lines > together.lines)
      return excess(from, here.lines, 'lines without an empty one', together.lines);
    if (here.emphasis > together.emphasis)
      return excess(from, here.emphasis, 'marks of emphasis', together.emphasis);
    if (here.brackets > together.brackets)
      return excess(from, here.brackets, 'brackets', together.brackets);
    if (here.code > together.code) return excess(from, here.code, 'backticks', together.code);
    if (allCells > cells) return excess('the text', allCells, 'cells of tables', cells);
    if (allMarks > marks) return excess('the text', allMarks, 'marks', marks);
  }
  return undefined;
}

function excess(what: string, found: number, of: string, most: number): Excess {
  return { what, found, of, most };
}

function count(line: string, mark: RegExp): number {
  return line.match(mark)?.length ?? 0;
}

function columnsOf(space: string): number {
  return [...space].reduce((column, sign) => column + (sign === '\t' ? 4 : 1), 0);
}
