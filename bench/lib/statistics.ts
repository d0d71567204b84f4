// The little arithmetic of measurements: medians, ratios of rounds, and slopes that one outlier does not move.

/** Of an even number, the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** `ours` to `theirs`, round by round: what disturbs a round disturbs both, and mostly cancels out. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** The slope of the points by Theil and Sen: the median of the slopes of all pairs. 0 for fewer than two. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], index) =>
    points.slice(index + 1).flatMap(([x2, y2]) => (x2 === x ? [] : [(y2 - y) / (x2 - x)])),
  );
  return slopes.length === 0 ? 0 : median(slopes);
}

export interface Flatness {
  readonly flat: boolean;
  /** Growth in the unit of the values over the span that was looked at. */
  readonly growth: number;
  readonly perMinute: number;
  /** What growth would have been let pass. */
  readonly allowed: number;
}

/**
 * Whether values stay where they are. The first third is warm-up, and not looked at. A heap breathes: growth of less than
 * 5 % of the median, or of `tolerance`, is none.
 * @param samples time in ms and value
 */
export function flatness(
  samples: readonly (readonly [ms: number, value: number])[],
  tolerance: number,
): Flatness {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const perMs = slope(settled);
  const span = (settled.at(-1)?.[0] ?? 0) - (settled[0]?.[0] ?? 0);
  const growth = perMs * span;
  const allowed = Math.max(0.05 * median(settled.map(([, value]) => value)), tolerance);
  return { flat: growth <= allowed, growth, perMinute: perMs * 60_000, allowed };
}
