// Sets nested lists and maps as code: on one line where they fit, else one member a line. Knows no language.

/** Brackets around members. */
export interface Group {
  readonly open: string;
  readonly close: string;
  readonly members: readonly Piece[];
  /** A blank inside the brackets when they stand on one line. */
  readonly spaced?: boolean;
  /** What follows the only member of a group on one line, such as the comma of a Python tuple. */
  readonly single?: string;
  /** Whether it is always one member a line, so that a change of a member is a change of a line. */
  readonly broken?: boolean;
}

/** Code that is not broken, brackets, or pieces one after the other. */
export type Piece = string | Group | readonly Piece[];

export interface Page {
  readonly width: number;
  /** Columns that the inside of brackets is moved to the right. */
  readonly step: number;
}

/**
 * Sets a piece that begins at `column` of a line that is indented by `indent`.
 * `after` is the room to leave behind it, for a comma or a semicolon.
 */
export function layout(piece: Piece, page: Page, indent = 0, column = indent, after = 0): string {
  if (typeof piece === 'string') return piece;
  const line = flat(piece);
  if (line !== undefined && column + line.length + after <= page.width) return line;
  if (isGroup(piece)) {
    if (piece.members.length === 0) return piece.open + piece.close;
    const inner = indent + page.step;
    const members = piece.members.map(
      (member) => `${' '.repeat(inner)}${layout(member, page, inner, inner, 1)},\n`,
    );
    return `${piece.open}\n${members.join('')}${' '.repeat(indent)}${piece.close}`;
  }
  let text = '';
  for (const [index, part] of piece.entries()) {
    const last = text.slice(text.lastIndexOf('\n') + 1);
    const at = text.includes('\n') ? last.length : column + last.length;
    const rest = piece.slice(index + 1).every((next) => typeof next === 'string')
      ? piece.slice(index + 1).join('').length
      : 0;
    text += layout(part, page, indent, at, rest + after);
  }
  return text;
}

/** All on one line; undefined where something in it insists on lines of its own. */
function flat(piece: Piece): string | undefined {
  if (typeof piece === 'string') return piece;
  if (!isGroup(piece)) return joined(piece, '');
  const { open, close, members, spaced, single = '', broken } = piece;
  if (members.length === 0) return open + close;
  if (broken) return undefined;
  const inside = joined(members, ', ');
  if (inside === undefined) return undefined;
  const blank = spaced ? ' ' : '';
  return open + blank + inside + (members.length === 1 ? single : '') + blank + close;
}

function joined(pieces: readonly Piece[], separator: string): string | undefined {
  const lines = pieces.map(flat);
  return lines.every((line) => line !== undefined) ? lines.join(separator) : undefined;
}

function isGroup(piece: Piece): piece is Group {
  return typeof piece === 'object' && 'members' in piece;
}

/** Prose in lines of at most `width` characters. Paragraphs and words that are too long stay whole. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(/ +/)) {
      const last = lines.at(-1) ?? '';
      if (last === '') lines[lines.length - 1] = word;
      else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}
