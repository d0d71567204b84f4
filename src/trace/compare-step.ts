// What of one step counts when two traces are compared, and in what two steps differ. Knows nothing of conversations.

import type { TraceEvent } from './event.ts';
import { isHead } from './formats/conversations.ts';
import type { NormalisedStep } from './normalise.ts';

/** One thing in which two steps differ. A side that does not have it says nothing of it. */
export interface Change {
  readonly what:
    | 'state'
    | 'status'
    | 'size'
    | 'data'
    | 'text'
    | 'field'
    | 'order of fields'
    | 'requirement'
    | 'violation'
    | 'SHA-256';
  /** Of a field, in lower case. */
  readonly name?: string;
  readonly left?: string;
  readonly right?: string;
}

/** A step as it is judged. Steps with one `key` are the same; those with one `kind` can stand for one another. */
export interface Judged {
  readonly key: string;
  readonly kind: string;
  readonly step: NormalisedStep;
}

/** How a WebSocket was asked for: `connects` over HTTP/2 and later, where 200 accepts (RFC 8441 section 4). */
export interface Handshake {
  readonly connects: boolean;
}

/** Whether the event is the head of a request that asks for a WebSocket, in any version of HTTP. */
export function isHandshake(event: TraceEvent): boolean {
  if (!isHead(event)) return false;
  const { preview, fields = [] } = event.payload ?? { preview: '' };
  return (
    /^CONNECT \//.test(preview) ||
    fields.some(([name, value]) => name.toLowerCase() === 'upgrade' && /^websocket$/i.test(value))
  );
}

/** A step without its conversation's number, and without what a version of HTTP writes in its own way. */
export function judged(step: NormalisedStep, handshake: Handshake | undefined): Judged {
  const plain = inNoVersion({ ...step, conn: 0 }, handshake);
  const fields = plain.fields?.map(([name, value]): [string, string] => [
    name.toLowerCase(),
    value,
  ]);
  const whole = { ...plain, ...(fields ? { fields } : {}) };
  return { key: JSON.stringify(whole), kind: whole.type, step: whole };
}

function inNoVersion(step: NormalisedStep, handshake: Handshake | undefined): NormalisedStep {
  const isRequest = isHead(step);
  const text =
    isRequest || step.type === 'http.refused-request'
      ? step.text?.replace(/ HTTP\/[\d.]+(?=\)?$)/, '')
      : step.text;
  const plain = text === undefined ? step : { ...step, text };
  if (!handshake) return plain;
  if (isRequest)
    return withoutUpgrade({ ...plain, text: text?.replace(/^\S+/, 'WEBSOCKET') ?? '' });
  const accepted = step.status === 101 || (step.status === 200 && handshake.connects);
  if (step.type !== 'client.response' || !accepted) return plain;
  const { status: _, ...rest } = plain;
  return withoutUpgrade({ ...rest, text: 'accepted' });
}

function withoutUpgrade({ fields = [], ...step }: NormalisedStep): NormalisedStep {
  const kept = fields.filter(([name]) => name.toLowerCase() !== 'upgrade');
  return kept.length > 0 ? { ...step, fields: kept } : step;
}

/** In what two steps differ that can stand for one another. */
export function changesBetween(
  left: Judged & { readonly events: readonly TraceEvent[] },
  right: Judged & { readonly events: readonly TraceEvent[] },
): Change[] {
  const [one, other] = [left.step, right.step];
  if (left.key === right.key) return contentsBetween(left.events, right.events);
  const isData = one.size !== undefined || other.size !== undefined;
  const shown = ({ text, status }: NormalisedStep) =>
    status !== undefined && text === String(status) ? undefined : text;
  const plain: [Change['what'], string | number | undefined, string | number | undefined][] = [
    ['status', one.status, other.status],
    ['state', one.state, other.state],
    ['violation', one.violation, other.violation],
    ['requirement', one.requirement, other.requirement],
    ['size', one.size, other.size],
    [isData ? 'data' : 'text', shown(one), shown(other)],
  ];
  return [
    ...plain.flatMap(([what, was, is]) => (was === is ? [] : [change(what, was, is)])),
    ...fieldsBetween(one.fields ?? [], other.fields ?? []),
  ];
}

function change(
  what: Change['what'],
  left: string | number | undefined,
  right: string | number | undefined,
  name?: string,
): Change {
  return {
    what,
    ...(name === undefined ? {} : { name }),
    ...(left === undefined ? {} : { left: String(left) }),
    ...(right === undefined ? {} : { right: String(right) }),
  };
}

type Fields = readonly (readonly [string, string])[];

function fieldsBetween(left: Fields, right: Fields): Change[] {
  const names = [...new Set([...left, ...right].map(([name]) => name))];
  const valuesOf = (fields: Fields, wanted: string) =>
    fields.flatMap(([name, value]) => (name === wanted ? [value] : []));
  const changes = names.flatMap((name) => {
    const [was, is] = [valuesOf(left, name), valuesOf(right, name)];
    if (was.length === is.length && was.every((value, at) => value === is[at])) return [];
    const joined = (values: readonly string[]) =>
      values.length > 0 ? values.join(', ') : undefined;
    return [change('field', joined(was), joined(is), name)];
  });
  const order = (fields: Fields) => fields.map(([name]) => name).join(', ');
  return changes.length > 0 || order(left) === order(right)
    ? changes
    : [change('order of fields', order(left), order(right))];
}

/** Data of the same beginning and size may differ behind it: their hashes tell, where both are of one piece. */
function contentsBetween(left: readonly TraceEvent[], right: readonly TraceEvent[]): Change[] {
  const [one, ...more] = left;
  const [other, ...others] = right;
  const [was, is] = [one?.payload?.ref, other?.payload?.ref];
  if (more.length + others.length > 0 || was === undefined || is === undefined) return [];
  return was === is ? [] : [change('SHA-256', was, is)];
}
