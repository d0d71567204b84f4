// What is said of a trace beside its events: how much there is, what is missing, how long a wait was, what an injected
// fault did, how much waits in a buffer.

import type { InjectedFault } from '../../trace/index.ts';
import type { Conversation, Survey } from './conversations.ts';
import { spanWords } from './span-words.ts';
import type { WaitEnd } from './waits.ts';

const grouped = new Intl.NumberFormat('en');

/** “1,234 events” */
export const counted = (count: number, one: string): string =>
  `${grouped.format(count)} ${one}${count === 1 ? '' : 's'}`;

/**
 * “12 events, 1 violation, 2 conversations”, of how many where a filter leaves fewer, and what was injected or is
 * missing where anything was or is.
 */
export function summary(
  total: number,
  shown: number,
  { conversations, violations, faults, missing }: Survey,
): string {
  const events =
    shown === total
      ? counted(total, 'event')
      : `${grouped.format(shown)} of ${counted(total, 'event')}`;
  const asked = conversations.size - (conversations.has(0) ? 1 : 0);
  return [
    events,
    counted(violations, 'violation'),
    counted(asked, 'conversation'),
    ...(faults > 0 ? [counted(faults, 'injected fault')] : []),
    ...(missing > 0 ? [`${grouped.format(missing)} not kept`] : []),
  ].join(', ');
}

/** A folded conversation in words. */
export function foldWords({ conn, title, events, violations }: Conversation): string {
  const broken = violations > 0 ? `, ${counted(violations, 'violation')}` : '';
  const name = [conn === 0 ? '' : `Conversation ${conn}`, title].filter(Boolean).join(': ');
  return `${name}, ${counted(events, 'event')}${broken}`;
}

/** What stands where events are missing; where none are, another run begins. */
export function breakWords(missing: number): string {
  if (missing === 0) return 'Another run begins.';
  return `${counted(missing, 'event')} ${missing === 1 ? 'was' : 'were'} not kept`;
}

/** How long an event waits, or had waited. */
export function waitWords({ is, ms }: WaitEnd): string {
  if (is === 'beginning')
    return ms === undefined ? 'waits, without an end' : `waited ${spanWords(ms)}`;
  return ms === undefined ? 'after a wait' : `after ${spanWords(ms)}`;
}

/** “1 octet”, “65,536 octets” */
export const octets = (size: number): string => counted(size, 'octet');

/** Octets, as short as they can be read: “640 B”, “64 kB”. */
export function octetsShort(size: number): string {
  if (size < 1000) return `${size} B`;
  const [unit, by] = size < 999_500 ? ['kB', 1e3] : ['MB', 1e6];
  const value = size / (by as number);
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** What an injected fault does. */
export const FAULT_WORDS: Readonly<Record<InjectedFault, string>> = {
  disconnect: 'the client leaves',
  reset: 'the client breaks the connection off',
  stall: 'the client stops reading and sending',
  slow: 'the client reads slowly',
};
