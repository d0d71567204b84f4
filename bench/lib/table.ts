// How measurements are judged and shown: one line a comparison, with figure, ratio, target and verdict.

import { median, type Ratio } from './statistics.ts';

/** A bound on a ratio or a figure: at least or at most so much. */
export interface Target {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One comparison that was made, or why it was not. */
export type Line = { readonly row: string; readonly against?: string } & (
  | {
      readonly ours: string;
      readonly theirs?: string;
      readonly ratio?: Ratio;
      /** The same ratio by CPU time for each request. */
      readonly byCpu?: number;
      /** A server did not have its core to itself, or not enough to do: then rates tell little, and CPU time decides. */
      readonly disturbed?: boolean;
      readonly target: Target;
      /** What the target is about, if not the ratio. */
      readonly value?: number;
    }
  | { readonly skipped: string }
  | { readonly failed: string }
);

export type Verdict =
  | 'met'
  | 'missed'
  | 'met by CPU'
  | 'missed by CPU'
  | 'skipped'
  | 'FAILED'
  | '–';

export function verdictOf(line: Line): Verdict {
  if ('skipped' in line) return 'skipped';
  if ('failed' in line) return 'FAILED';
  const byCpu = line.disturbed === true && line.byCpu !== undefined;
  const value = byCpu ? line.byCpu : (line.value ?? line.ratio?.median);
  if (line.target.atLeast === undefined && line.target.atMost === undefined) return '–';
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = line.target;
  // What is no number is no measurement, and meets nothing.
  const met = value !== undefined && value >= atLeast && value <= atMost;
  return `${met ? 'met' : 'missed'}${byCpu ? ' by CPU' : ''}`;
}

const HEAD = ['', 'portway', 'against', 'its figure', 'ratio', 'by CPU', 'target', ''];

/** The lines as a table, and below it the reason of each that was skipped or failed. */
export function tableOf(lines: readonly Line[]): string {
  const measured = lines.filter((line) => 'ours' in line);
  const cells = measured.map((line) => [
    line.row,
    line.ours,
    line.against ?? '',
    line.theirs ?? '',
    line.ratio ? describeRatio(line.ratio) : '',
    line.byCpu === undefined ? '' : line.byCpu.toFixed(2),
    describeTarget(line.target),
    verdictOf(line),
  ]);
  const rows = [HEAD, ...cells];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const others = lines.flatMap((line) => {
    const what = line.against === undefined ? line.row : `${line.row}, against ${line.against}`;
    if ('skipped' in line) return [`skipped: ${what}: ${line.skipped}`];
    return 'failed' in line ? [`FAILED: ${what}: ${line.failed}`] : [];
  });
  return [...(measured.length > 0 ? table : []), ...others].join('\n');
}

function describeRatio({ median, least, most }: Ratio): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function describeTarget({ atLeast, atMost }: Target): string {
  const bound = (value: number) => value.toLocaleString('en');
  if (atLeast === undefined && atMost === undefined) return '–';
  return atLeast === undefined ? `≤ ${bound(atMost ?? Number.NaN)}` : `≥ ${bound(atLeast)}`;
}

/** The median as text with its unit, such as `12,345 req/s`. */
export function figure(values: readonly number[], unit: string): string {
  const value = median(values);
  const digits = Math.abs(value) < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}
