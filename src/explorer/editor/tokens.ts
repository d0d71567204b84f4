// Cuts TypeScript into strings, comments, names and signs: as much as is needed to know what a cursor is on. It is no
// parser, and a regular expression with a quote in it misleads it until the end of its line.

export interface Token {
  readonly kind: 'word' | 'string' | 'comment' | 'sign';
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
  /** Of a string, without its quotes. */
  readonly text: string;
}

const TOKEN =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\[\s\S])*`?)|(?<word>[\p{ID_Start}$_][\p{ID_Continue}$]*)|(?<sign>[^\s])/gu;

/** The tokens of a program. */
export function tokens(source: string): Token[] {
  return [...source.matchAll(TOKEN)].map(({ 0: text, index, groups = {} }) => {
    const kind =
      groups.comment !== undefined
        ? 'comment'
        : groups.string !== undefined
          ? 'string'
          : groups.word !== undefined
            ? 'word'
            : 'sign';
    const start = index ?? 0;
    const closed = text.length > 1 && text.at(-1) === text[0];
    return {
      kind,
      start,
      end: start + text.length,
      text: kind === 'string' ? text.slice(1, closed ? -1 : undefined) : text,
    };
  });
}

const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Of an object literal `{ type: 'x', name: … }`: the `type` that stands beside the name at `at`, an index of `list`.
 * Undefined where the name is no key of such a literal.
 */
export function typeBeside(list: readonly Token[], at: number): string | undefined {
  if (!isKey(list, at)) return undefined;
  let depth = 0;
  let from = at - 1;
  for (; from >= 0; from--) {
    const { kind, text } = list[from] as Token;
    if (kind !== 'sign') continue;
    if (CLOSING.includes(text)) depth++;
    else if (OPENING.includes(text) && depth-- === 0) break;
  }
  if (list[from]?.text !== '{') return undefined;
  depth = 0;
  for (let index = from + 1; index < list.length; index++) {
    const { kind, text } = list[index] as Token;
    if (kind === 'sign' && OPENING.includes(text)) depth++;
    else if (kind === 'sign' && CLOSING.includes(text) && depth-- === 0) return undefined;
    else if (kind === 'word' && text === 'type' && depth === 0 && list[index + 1]?.text === ':') {
      const value = list[index + 2];
      return value?.kind === 'string' ? value.text : undefined;
    }
  }
  return undefined;
}

/** Whether a name stands where a key does: behind `{` or `,`, before `:`, `,` or `}`. */
function isKey(list: readonly Token[], at: number): boolean {
  const around = (step: 1 | -1) => {
    let index = at + step;
    while (list[index]?.kind === 'comment') index += step;
    return list[index]?.text ?? '';
  };
  return (
    list[at]?.kind === 'word' &&
    ['{', ','].includes(around(-1)) &&
    [':', ',', '}'].includes(around(1))
  );
}
