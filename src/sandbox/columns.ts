// Where the columns of transformed code stand in its source. The transforms of a program keep its lines; columns move
// with what is taken out of a line or put into it.

/** For each line its tokens, as columns from 0: in the code, and in the source. */
export type Columns = readonly (readonly Token[])[];

interface Token {
  readonly code: number;
  readonly source: number;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Reads the `mappings` of a source map (ECMA-426) whose lines are those of its one source. */
export function readColumns(mappings: string): Columns {
  let source = 0;
  return mappings.split(';').map((line) => {
    let code = 0;
    return line
      .split(',')
      .filter(Boolean)
      .map((segment) => {
        const [codeStep = 0, , , sourceStep = 0] = readNumbers(segment);
        code += codeStep;
        source += sourceStep;
        return { code, source };
      });
  });
}

/** Base64 VLQ: five bits a digit, the lowest first; the sixth says that more follow, and the lowest of all is the sign. */
function readNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

/**
 * Puts spaces where something was taken out, so that what follows stands where it does in the source. Not within the
 * text of a template, which begins after a backquote or a brace and ends with a backquote or `${`.
 */
export function align(code: string, columns: Columns): string {
  return code
    .split('\n')
    .map((line, index) => {
      let aligned = '';
      let from = 0;
      for (const token of columns[index] ?? []) {
        aligned += line.slice(from, token.code);
        from = token.code;
        const inTemplate = /[`}]$/.test(aligned) || /^(?:`|\$\{)/.test(line.slice(from, from + 2));
        if (!inTemplate) aligned = aligned.padEnd(token.source);
      }
      return aligned + line.slice(from);
    })
    .join('\n');
}

/** The column in the source, from 1, of the token at a place in the code. Line and column count from 1. */
export function sourceColumn(columns: Columns, line: number, column: number): number {
  const token = columns[line - 1]?.findLast(({ code }) => code < column);
  return token ? token.source + 1 : column;
}
