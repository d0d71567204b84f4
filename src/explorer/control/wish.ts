// What a reader asks of Control, as values: what is to be stopped before, what a key does, and all of it in words. Knows
// no elements, and runs nothing.

import { EVENTS } from '../../interface/index.ts';
import {
  type Arming,
  type Condition,
  type EventOfApplication,
  meets,
  type Standing,
} from '../../sandbox/control.ts';
import { isBusy, type SandboxState } from '../../sandbox/state.ts';
import type { InjectedFault } from '../../trace/index.ts';

/** The fields of Control, as they are filled in. */
export interface Wish {
  /** Type of an event, in which `*` stands for anything; empty for none. */
  readonly pattern: string;
  readonly dir: '' | 'in' | 'out';
  /** Number of the conversation; 0 for any. */
  readonly conn: number;
  /** Whether the next run stops before its first event. */
  readonly paused: boolean;
}

/** Types of events before which a conversation can be held: a lifespan cannot. */
export const TYPES: readonly string[] = [
  ...Object.entries(EVENTS)
    .filter(([, { scope }]) => scope.some((type) => type !== 'lifespan'))
    .map(([type]) => type),
  'application.returns',
  'application.raises',
];

/** What is to be stopped before, if anything can be that is called so. */
export function conditionOf({ pattern, dir, conn }: Wish): Condition | undefined {
  const type = pattern.trim();
  if (type === '' || problemOf(type)) return undefined;
  return { type, ...(dir ? { dir } : {}), ...(conn > 0 ? { conn } : {}) };
}

export function armingOf(wish: Wish): Arming {
  const when = conditionOf(wish);
  return { ...(when ? { when } : {}), ...(wish.paused ? { paused: true } : {}) };
}

/** The fields for what is asked already. */
export function wishOf({ when, paused = false }: Arming): Wish {
  return { pattern: when?.type ?? '', dir: dirOf(when), conn: when?.conn ?? 0, paused };
}

function dirOf(when: Condition | undefined): Wish['dir'] {
  return when?.dir === 'in' || when?.dir === 'out' ? when.dir : '';
}

/** What is wrong with a pattern: nothing that can be held is called so. */
export function problemOf(pattern: string): string {
  const type = pattern.trim();
  if (type === '' || TYPES.some((known) => meets({ type }, { conn: 0, dir: 'in', type: known })))
    return '';
  return `No event is called ${type}. Write one of those that are offered, or a part of it with *, such as http.response.*`;
}

export type Action = 'pause' | 'step' | 'resume';

/** The keys of Control, while the focus is in it or in the trace and in no field. */
export const KEYS: Readonly<Record<string, Action>> = { p: 'pause', s: 'step', r: 'resume' };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export function actionOf({ key, ctrlKey, metaKey, altKey }: Key): Action | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const letter = key.toLowerCase();
  return Object.hasOwn(KEYS, letter) ? KEYS[letter] : undefined;
}

/** What is held, or what will be, and what is known of it. */
export function wordsFor({ control, phase }: SandboxState, arming: Arming): string {
  if (phase === 'paused' && control?.before) {
    const behind = control.held - 1;
    return [
      `Held: ${eventWords(control.before)}.`,
      ...(behind > 0 ? [`${behind} more ${behind === 1 ? 'waits' : 'wait'} behind it.`] : []),
      control.clock === 'all'
        ? 'The clock stands.'
        : 'The clock of gateway and client stands; that of the application goes on.',
    ].join(' ');
  }
  if (control && isBusy(phase)) {
    if (control.stepping) return 'Stops before the next event.';
    return arming.when
      ? `Stops before ${conditionWords(arming.when)}.`
      : 'Goes on until you press Pause.';
  }
  if (phase === 'running')
    return 'This run was started without control. Run again, and it can be held.';
  if (arming.paused) return 'Run stops before the first event.';
  if (arming.when) return `Run stops before ${conditionWords(arming.when)}.`;
  return 'Nothing is to be stopped before: Run goes on until you press Pause.';
}

function eventWords({ conn, dir, type }: EventOfApplication): string {
  if (dir === 'internal')
    return `the application of conversation ${conn} ${type === 'application.raises' ? 'raises an error' : 'returns'}, which the gateway has not seen`;
  return dir === 'out'
    ? `${type}, which the application of conversation ${conn} sends, and the gateway has not seen`
    : `${type}, which the gateway has given, and the application of conversation ${conn} has not seen`;
}

function conditionWords({ type, dir, conn }: Condition): string {
  const what = type === '*' ? 'every event' : type;
  const way = dir === 'in' ? ' that is received' : dir === 'out' ? ' that is sent' : '';
  return `${what}${way}${conn === undefined ? '' : ` in conversation ${conn}`}`;
}

/** Whose client a fault is done to: the one that was chosen, else the one that is held, else the last. */
export function targetOf(
  { open, before }: Standing,
  chosen: number | undefined,
): Standing['open'][number] | undefined {
  const find = (conn: number | undefined) => open.find((one) => one.conn === conn);
  return find(chosen) ?? find(before?.conn) ?? open.at(-1);
}

/** The faults, as buttons are called, and what each does. */
export const FAULT_WORDS: Readonly<Record<InjectedFault, readonly [name: string, does: string]>> = {
  disconnect: ['Disconnect', 'The client closes its connection in order'],
  reset: ['Reset', 'The client breaks its connection off'],
  stall: ['Stall', 'The client neither reads nor sends, until you let it go on'],
  slow: ['Slow', 'The client reads a small piece at a time'],
};
