// Where the columns of transformed code stand in its source. The transforms of a program keep its lines; columns move
// with what is taken out of a line or put into it.

/** For each line its tokens, as pairs of columns from 0: in the code, in the source. Empty where nothing moved. */
export type Columns = readonly (readonly number[])[];

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Reads the `mappings` of a source map (ECMA-426) whose lines are those of its one source. */
export function readColumns(mappings: string): Columns {
  let source = 0;
  return mappings.split(';').map((line) => {
    let code = 0;
    return line
      .split(',')
      .filter(Boolean)
      .flatMap((segment) => {
        const [codeStep = 0, , , sourceStep = 0] = readNumbers(segment);
        code += codeStep;
        source += sourceStep;
        return [code, source];
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

/** The columns of code that was made in two steps. */
export function through(second: Columns, first: Columns): Columns {
  return second.map((line, index) =>
    line.map((column, at) => (at % 2 ? sourceColumn(first, index + 1, column + 1) - 1 : column)),
  );
}

/** The same without the lines in which nothing moved. */
export function moved(columns: Columns): Columns {
  return columns.map((line) =>
    line.some((column, at) => at % 2 && column !== line[at - 1]) ? line : [],
  );
}

/**
 * The column in the source, from 1, of the token that is at a place in the code. Line and column count from 1. A place
 * within a token is its beginning, unless `exact`: then tokens must be the same in the code and in the source.
 */
export function sourceColumn(
  columns: Columns,
  line: number,
  column: number,
  exact = false,
): number {
  const tokens = columns[line - 1] ?? [];
  for (let at = tokens.length - 2; at >= 0; at -= 2) {
    const [code = 0, source = 0] = tokens.slice(at, at + 2);
    if (code < column) return source + 1 + (exact ? column - 1 - code : 0);
  }
  return column;
}
