// When something was, in words.

const FORMAT = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS: readonly [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `2 hours ago`; the day itself where that is longer ago than a month. `time` as `Date` reads it. */
export function ago(time: string, now = Date.now()): string {
  const seconds = (now - Date.parse(time)) / 1000;
  if (!Number.isFinite(seconds)) return '';
  if (seconds > 30 * 86_400) return time.slice(0, 10);
  for (const [unit, length] of STEPS)
    if (seconds >= length) return FORMAT.format(-Math.floor(seconds / length), unit);
  return 'just now';
}
