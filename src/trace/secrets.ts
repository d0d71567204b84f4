// Takes out of what is written down the values that nobody is to read there (security.trace-secrets).

import type { TraceEvent } from './event.ts';

/** What stands in the place of a value. */
export const MARK = '[secret]';

const SECRET = new Set(['authorization', 'cookie', 'proxy-authorization', 'set-cookie']);

/** What says of one of these fields that its value is broken also shows it. */
const SHOWN = new RegExp(
  `(the value of \`(?:${[...SECRET].join('|')})\` [^:]*: )"(?:[^"\\\\]|\\\\.)*"?`,
  'gi',
);

/** A text for a log, in which a field's value may be quoted. */
export function withoutSecrets(text: string): string {
  // Most texts show that they have none by having no quotation at all.
  return text.includes('`') ? text.replace(SHOWN, `$1${MARK}`) : text;
}

/** The event with a mark in the place of such values; the event itself where it has none. */
export function maskSecrets(event: TraceEvent): TraceEvent {
  const { payload, violation } = event;
  const fields = payload?.fields?.some(([name]) => SECRET.has(name.toLowerCase()))
    ? payload.fields.map(
        ([name, value]) => [name, SECRET.has(name.toLowerCase()) ? MARK : value] as const,
      )
    : undefined;
  const preview = payload && withoutSecrets(payload.preview);
  const message = violation && withoutSecrets(violation.message);
  if (!fields && preview === payload?.preview && message === violation?.message) return event;
  return {
    ...event,
    ...(payload && preview !== undefined
      ? { payload: { ...payload, preview, ...(fields ? { fields } : {}) } }
      : {}),
    ...(violation && message !== undefined ? { violation: { ...violation, message } } : {}),
  };
}

/** Whether an event has a value that `maskSecrets` would take out. */
export function hasSecret(event: TraceEvent): boolean {
  const { payload, violation } = event;
  return (
    (payload?.fields?.some(([name, value]) => value !== MARK && SECRET.has(name.toLowerCase())) ??
      false) ||
    (payload !== undefined && withoutSecrets(payload.preview) !== payload.preview) ||
    (violation !== undefined && withoutSecrets(violation.message) !== violation.message)
  );
}
