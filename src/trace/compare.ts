// Compares two traces, conversation by conversation: which steps both have, which one has alone, and what differs in the
// rest. Judges what `normalise` compares, and shows the events themselves. Says nothing of how it is shown.

import { type Aligned, align } from './compare-align.ts';
import { type Change, changesBetween, isHandshake, type Judged, judged } from './compare-step.ts';
import type { Lane, TraceEvent } from './event.ts';
import {
  conversationsOf,
  type Conversation as Recorded,
  requestLineOf,
} from './formats/conversations.ts';
import { type ComparableStep, comparableSteps } from './normalise.ts';

export type { Change } from './compare-step.ts';

export type Side = 'left' | 'right';
export type Sides<T> = Readonly<Record<Side, T>>;

/** A step where one of the traces has it. */
export interface Place {
  /** Its events: several where data came in pieces. */
  readonly events: readonly [TraceEvent, ...TraceEvent[]];
  /** Milliseconds from the beginning of its conversation to its first event. Shown, and never judged. */
  readonly t: number;
  /** Milliseconds that a call waited with it, where one did and the trace has both ends. */
  readonly waited?: number;
}

interface Alone {
  readonly changes: readonly [];
}
/** A step of a conversation: on both sides alike, on both with changes, or on one alone. */
export type ComparedStep =
  | ({ readonly kind: 'same' } & Sides<Place> & Alone)
  | ({
      readonly kind: 'changed';
      readonly changes: readonly [Change, ...Change[]];
    } & Sides<Place>)
  | ({ readonly kind: 'left'; readonly left: Place; readonly right?: undefined } & Alone)
  | ({ readonly kind: 'right'; readonly right: Place; readonly left?: undefined } & Alone);

/** Which conversation of a trace it is. */
export interface Conversation {
  /** Its number in its run; 0 is the lifespan. */
  readonly conn: number;
  readonly run: string;
  /** “GET /echo”, as far as the trace tells. */
  readonly title: string;
  /** “HTTP/2”, where the gateway told; not judged. */
  readonly version: string;
  readonly events: number;
  /** From its first event to its last; shown, and never judged. */
  readonly ms: number;
}

/** A conversation of both traces, or of one alone. */
export interface ComparedConversation {
  readonly left?: Conversation;
  readonly right?: Conversation;
  /** In the order of the left side; what the right side has alone stands behind what comes before it there. */
  readonly steps: readonly ComparedStep[];
  /** Steps that are not the same; of a conversation that one trace has alone, 1. */
  readonly differences: number;
  /** Place among the steps of the first that is not the same. */
  readonly first: number | undefined;
}

export interface Comparison {
  /** In the order of the left side, then those that the right side has alone. */
  readonly conversations: readonly ComparedConversation[];
  readonly differences: number;
  /** Conversations with differences. */
  readonly differing: number;
  /** Events that a trace had and has not kept: where numbers are missing. */
  readonly missing: Sides<number>;
  /** Parties that one trace has recorded and the other has not: of them nothing can be said. */
  readonly unrecorded: readonly Lane[];
}

/** Compares two traces. Linear in their events where few differ. */
export function compareTraces(
  left: readonly TraceEvent[],
  right: readonly TraceEvent[],
): Comparison {
  const lanes = { left: lanesOf(left), right: lanesOf(right) };
  const both = new Set([...lanes.left].filter((lane) => lanes.right.has(lane)));
  const unrecorded = [...new Set([...lanes.left, ...lanes.right])].filter(
    (lane) => !both.has(lane),
  );
  const conversations = pairsOf(conversationsOf(left), conversationsOf(right)).map((pair) =>
    compareConversations(pair.left, pair.right, both),
  );
  return {
    conversations,
    differences: conversations.reduce((sum, { differences }) => sum + differences, 0),
    differing: conversations.filter(({ differences }) => differences > 0).length,
    missing: { left: missingFrom(left), right: missingFrom(right) },
    unrecorded: unrecorded.sort(),
  };
}

/** Compares two conversations of which it is known that they are one, but for the parties that are not named. */
export function compareConversations(
  left: Recorded | undefined,
  right: Recorded | undefined,
  lanes: ReadonlySet<Lane>,
): ComparedConversation {
  const sides = {
    ...(left ? { left: conversationOf(left) } : {}),
    ...(right ? { right: conversationOf(right) } : {}),
  };
  if (!left || !right) return { ...sides, steps: [], differences: 1, first: undefined };
  const groups = { left: groupsOf(left, lanes), right: groupsOf(right, lanes) };
  const steps = inOrder(
    [...new Set([...groups.left.keys(), ...groups.right.keys()])].flatMap((key) =>
      compareSteps(groups.left.get(key) ?? [], groups.right.get(key) ?? []),
    ),
  );
  const first = steps.findIndex(({ kind }) => kind !== 'same');
  return {
    ...sides,
    steps,
    differences: steps.filter(({ kind }) => kind !== 'same').length,
    first: first < 0 ? undefined : first,
  };
}

/** The parties that were recorded. A gateway records its application too, which may have had nothing to do. */
export function lanesOf(events: readonly TraceEvent[]): ReadonlySet<Lane> {
  const lanes = new Set(events.map(({ lane }) => lane));
  return lanes.has('gateway') || lanes.has('app') ? new Set([...lanes, 'gateway', 'app']) : lanes;
}

function conversationOf({ conn, run, title, events }: Recorded): Conversation {
  const { version } = requestLineOf(events);
  const ms = span(events[0]?.t ?? 0, events.at(-1)?.t ?? 0);
  return { conn, run, title, version, events: events.length, ms };
}

// Which conversation is which.

interface Pair {
  readonly left?: Recorded;
  readonly right?: Recorded;
}

/** By number where both traces number the same requests alike, else by request line, in the order in which they began. */
function pairsOf(left: readonly Recorded[], right: readonly Recorded[]): Pair[] {
  const byNumber = paired(left, right, ({ conn }) => String(conn));
  const sameScenario =
    oneRun(left) &&
    oneRun(right) &&
    byNumber.some(({ left, right }) => left && right && left.conn > 0) &&
    byNumber.every(({ left, right }) => mayBeOne(left, right));
  return sameScenario ? byNumber : paired(left, right, lineOf);
}

/** Several workers number for themselves. */
function oneRun(conversations: readonly Recorded[]): boolean {
  return conversations.every(({ run }) => run === conversations[0]?.run);
}

function mayBeOne(left: Recorded | undefined, right: Recorded | undefined): boolean {
  const [one, other] = [left, right].map((side) => (side ? lineOf(side) : NO_REQUEST));
  return one === other || one === NO_REQUEST || other === NO_REQUEST;
}

const NO_REQUEST = 'no request';

/** The request line, which for a WebSocket does not depend on the version of HTTP. */
function lineOf({ title, events }: Recorded): string {
  return events.some(isHandshake) ? title.replace(/^\S+/, 'WEBSOCKET') : title;
}

/** The first that has a key with the first that has it on the other side, the second with the second, and so on. */
function paired(
  left: readonly Recorded[],
  right: readonly Recorded[],
  keyOf: (conversation: Recorded) => string,
): Pair[] {
  const waiting = groupedBy(right, keyOf);
  const pairs = left.map((one): Pair => {
    const other = waiting.get(keyOf(one))?.shift();
    return other ? { left: one, right: other } : { left: one };
  });
  const rest = new Set([...waiting.values()].flat());
  return [...pairs, ...right.filter((one) => rest.has(one)).map((one) => ({ right: one }))];
}

function groupedBy<T>(members: readonly T[], keyOf: (member: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const member of members) {
    const group = groups.get(keyOf(member));
    if (group) group.push(member);
    else groups.set(keyOf(member), [member]);
  }
  return groups;
}

/** Numbers that are missing, also before the first. */
function missingFrom(events: readonly TraceEvent[]): number {
  const runs = groupedBy(events, ({ run }) => run);
  return [...runs.values()].reduce(
    (sum, run) => sum + Math.max(0, (run.at(-1)?.seq ?? 0) - run.length),
    0,
  );
}

// Which step is which.

interface Step extends Judged {
  readonly events: readonly TraceEvent[];
  readonly place: Place;
}

/** The steps of a conversation by party and direction: how these interleave is no difference. */
function groupsOf({ events }: Recorded, lanes: ReadonlySet<Lane>): Map<string, Step[]> {
  const began = events[0]?.t ?? 0;
  const { method } = requestLineOf(events);
  const socket = events.some(isHandshake);
  const waits = waitsOf(events);
  const groups = comparableSteps(events.filter(({ lane }) => lanes.has(lane)));
  return new Map(
    groups.map((group) => {
      const [{ lane, dir }] = (group[0] as ComparableStep).events as [TraceEvent];
      return [
        `${lane} ${dir}`,
        group.map(({ step, events }) => ({
          ...judged(step, socket ? { connects: method === 'CONNECT' } : undefined),
          events,
          place: placeOf(events as [TraceEvent, ...TraceEvent[]], began, waits),
        })),
      ];
    }),
  );
}

function placeOf(
  events: readonly [TraceEvent, ...TraceEvent[]],
  began: number,
  waits: ReadonlyMap<number, number>,
): Place {
  const told = events.flatMap(({ seq }) => waits.get(seq) ?? []);
  return {
    events,
    t: span(began, events[0].t),
    ...(told.length === 0
      ? {}
      : {
          waited: span(
            0,
            told.reduce((sum, wait) => sum + wait, 0),
          ),
        }),
  };
}

/** Milliseconds between two times, to a microsecond, as a trace has them. */
function span(from: number, to: number): number {
  return Math.round((to - from) * 1000) / 1000;
}

/** Milliseconds by the number of the event that was sent, or that came: of the waits of which both ends are there. */
function waitsOf(events: readonly TraceEvent[]): ReadonlyMap<number, number> {
  const begun = new Map<number, TraceEvent>();
  const waits = new Map<number, number>();
  for (const event of events) {
    const { phase, span: wait } = event;
    if (wait === undefined) continue;
    const since = begun.get(wait);
    if (phase === 'B') begun.set(wait, event);
    else if (phase === 'E' && since)
      waits.set(since.type === 'send' ? (since.cause ?? 0) : event.seq, span(since.t, event.t));
  }
  return waits;
}

function compareSteps(left: readonly Step[], right: readonly Step[]): ComparedStep[] {
  return align(left, right).map((aligned) => comparedStep(aligned, left, right));
}

function comparedStep(
  { left: atLeft, right: atRight }: Aligned,
  left: readonly Step[],
  right: readonly Step[],
): ComparedStep {
  const one = atLeft === undefined ? undefined : left[atLeft];
  const other = atRight === undefined ? undefined : right[atRight];
  if (one && other) {
    const places = { left: one.place, right: other.place };
    const [change, ...more] = changesBetween(one, other);
    if (change) return { kind: 'changed', ...places, changes: [change, ...more] };
    return { kind: 'same', ...places, changes: [] };
  }
  if (one) return { kind: 'left', left: one.place, changes: [] };
  return { kind: 'right', right: (other as Step).place, changes: [] };
}

/** All groups as one list, in the order of the left side as far as there is one. */
function inOrder(steps: readonly ComparedStep[]): ComparedStep[] {
  const seqOf = (place: Place | undefined) => place?.events[0].seq ?? 0;
  const left = steps
    .filter((step) => step.left !== undefined)
    .sort((a, b) => seqOf(a.left) - seqOf(b.left));
  const right = steps
    .filter((step) => step.right !== undefined)
    .sort((a, b) => seqOf(a.right) - seqOf(b.right));
  const placed = new Set<ComparedStep>();
  const ordered: ComparedStep[] = [];
  const place = (step: ComparedStep) => {
    placed.add(step);
    ordered.push(step);
  };
  let at = 0;
  const placeAlone = () => {
    for (; at < right.length; at++) {
      const step = right[at] as ComparedStep;
      if (step.kind === 'right') place(step);
      else if (!placed.has(step)) return;
    }
  };
  for (const step of left) {
    if (step.kind !== 'left') placeAlone();
    place(step);
  }
  placeAlone();
  return ordered;
}
