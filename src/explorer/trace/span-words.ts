// A span of time in words.

/** A span of time, as short as it can be read. */
export function spanWords(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  if (ms >= 99.95) return `${Math.round(ms)} ms`;
  return `${ms < 9.995 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
}
