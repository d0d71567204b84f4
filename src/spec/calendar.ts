// Days as texts and facts have them. Knows no clock.

/** Whether a value is a day of the calendar, written `YYYY-MM-DD`. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // `2026-02-30` is read as the second of March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
