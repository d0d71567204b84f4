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

/** A name in a target: `?token=…`. */
const parameterOf = (names: ReadonlySet<string>) =>
  new RegExp(`([?&](?:${[...names].map(escaped).join('|')})=)[^&#\\s]*`, 'gi');

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');

/**
 * A function that gives an event with a mark in the place of such values, or the event itself where it has none.
 * @param more names of fields, and of parameters in targets, whose values are secret as well
 * @param usual whether the values of authorization, cookie and the like are
 */
export function maskingOf(
  more: Iterable<string> = [],
  usual = true,
): (event: TraceEvent) => TraceEvent {
  const own = new Set([...more].map((name) => name.toLowerCase()));
  const secret = new Set([...(usual ? SECRET : []), ...own]);
  const parameter = own.size > 0 ? parameterOf(own) : undefined;
  const clean = (text: string) => {
    const rest = usual ? withoutSecrets(text) : text;
    return parameter ? rest.replace(parameter, `$1${MARK}`) : rest;
  };
  return (event) => {
    const { payload, violation } = event;
    const fields = payload?.fields?.some(([name]) => secret.has(name.toLowerCase()))
      ? payload.fields.map(
          ([name, value]) => [name, secret.has(name.toLowerCase()) ? MARK : value] as const,
        )
      : undefined;
    const preview = payload && clean(payload.preview);
    const message = violation && clean(violation.message);
    if (!fields && preview === payload?.preview && message === violation?.message) return event;
    return {
      ...event,
      ...(payload && preview !== undefined
        ? { payload: { ...payload, preview, ...(fields ? { fields } : {}) } }
        : {}),
      ...(violation && message !== undefined ? { violation: { ...violation, message } } : {}),
    };
  };
}

/** The same for the names that are always secret. */
export const maskSecrets = maskingOf();

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
