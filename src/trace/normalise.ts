// Takes out of a trace what may differ between two faithful runs of one scenario, so that the rest can be compared.

import { PREVIEW_LENGTH, type TraceEvent } from './event.ts';

/** What is compared: everything but time, waits, levels, run, position in the code and the split of data into pieces. */
export interface NormalisedStep {
  readonly conn: number;
  readonly lane: string;
  readonly dir: string;
  readonly type: string;
  readonly state?: string;
  readonly status?: number;
  readonly size?: number;
  readonly text?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly requirement?: string;
  readonly violation?: string;
}

/** Fields that a transport or a client writes by itself; they say nothing of the conversation. */
const TRANSPORT_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'date',
  'host',
  'keep-alive',
  // Random, and what answers it.
  'sec-websocket-accept',
  'sec-websocket-key',
  'transfer-encoding',
  'user-agent',
]);

/** Whole by themselves, so that two of them are never one (websocket.message-whole). */
const MESSAGE = /websocket|datagram/;

/** What is left until a deadline is time, too. */
const TIME_LEFT = /\b(deadline_ms) \d+/g;

/** A comparable step and the events that it stands for: several where data came in pieces. */
export interface ComparableStep {
  readonly step: NormalisedStep;
  readonly events: readonly TraceEvent[];
}

/**
 * The comparable form of a trace: by conversation, lane and direction, then in order, with adjacent pieces of data
 * joined. How lanes and directions interleave is left out: it depends on how a transport cuts a body into pieces.
 */
export function normalise(events: readonly TraceEvent[]): NormalisedStep[] {
  return comparableSteps(events).flatMap((group) => group.map(({ step }) => step));
}

/** The same with the events behind each step: one group for each conversation, lane and direction. */
export function comparableSteps(events: readonly TraceEvent[]): ComparableStep[][] {
  const groups = new Map<string, { step: NormalisedStep; events: TraceEvent[] }[]>();
  for (const event of events) {
    if (isWait(event)) continue;
    const key = `${String(event.conn).padStart(6, '0')} ${event.lane} ${event.dir}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const step = normaliseOne(event);
    const before = group.at(-1);
    const last = before?.step;
    if (
      before &&
      step.size !== undefined &&
      !MESSAGE.test(step.type) &&
      last?.size !== undefined &&
      last.type === step.type &&
      last.dir === step.dir &&
      last.violation === step.violation
    ) {
      before.step = {
        ...step,
        size: last.size + step.size,
        text: `${last.text ?? ''}${step.text ?? ''}`.slice(0, PREVIEW_LENGTH),
      };
      before.events.push(event);
    } else group.push({ step, events: [event] });
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** Whether the event only says that a call waits, or has waited: whether one does depends on time. */
export function isWait({ type, phase }: TraceEvent): boolean {
  return phase !== 'i' && (type === 'send' || type === 'receive');
}

function normaliseOne(event: TraceEvent): NormalisedStep {
  const { payload, violation } = event;
  const fields = payload?.fields?.filter(([name]) => !TRANSPORT_FIELDS.has(name));
  const optional: [keyof NormalisedStep, unknown][] = [
    ['state', event.state],
    ['status', payload?.status],
    ['size', payload?.size],
    ['text', payload?.preview.replace(/…$/, '').slice(0, PREVIEW_LENGTH).replace(TIME_LEFT, '$1')],
    ['fields', fields?.length ? fields : undefined],
    ['requirement', event.requirement],
    ['violation', violation?.requirement],
  ];
  return {
    conn: event.conn,
    lane: event.lane,
    dir: event.dir,
    type: event.type,
    ...Object.fromEntries(optional.filter(([, value]) => value !== undefined)),
  };
}
