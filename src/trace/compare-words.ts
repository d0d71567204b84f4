// A comparison of two traces in words, for a terminal and for a page. Knows neither.

import type {
  Change,
  ComparedConversation,
  ComparedStep,
  Comparison,
  Place,
  Sides,
} from './compare.ts';
import { carried, milliseconds, printable, who } from './words.ts';

const counted = (count: number, one: string) =>
  `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** “3 differences in 2 conversations”, “no differences in 4 conversations”. */
export function summaryWords({ differences, differing, conversations }: Comparison): string {
  return differences === 0
    ? `no differences in ${counted(conversations.length, 'conversation')}`
    : `${counted(differences, 'difference')} in ${counted(differing, 'conversation')}`;
}

/** What a reader has to know before trusting a comparison; nothing if there is nothing. */
export function cautionWords(
  { missing, unrecorded }: Comparison,
  names: Sides<string>,
): readonly string[] {
  const lost = (['left', 'right'] as const).flatMap((side) =>
    missing[side] === 0
      ? []
      : `${counted(missing[side], 'event')} of ${names[side]} ${missing[side] === 1 ? 'was' : 'were'} not kept: what differs around them may be no difference.`,
  );
  const parties = { client: 'client', gateway: 'gateway', app: 'application' } as const;
  return [
    ...lost,
    ...unrecorded.map(
      (lane) => `Only one of the two has recorded the ${parties[lane]}: of it nothing is compared.`,
    ),
  ];
}

/** “conversation 2, GET /echo”; with both numbers where they differ. */
export function conversationWords({ left, right }: ComparedConversation): string {
  const one = left ?? right;
  if (!one) return '';
  if (one.conn === 0) return 'the lifespan';
  const numbers =
    left && right && left.conn !== right.conn ? `${left.conn} | ${right.conn}` : one.conn;
  return `conversation ${numbers}, ${printable(one.title)}`;
}

/** “over HTTP/1.1 and HTTP/2” where the two differ in that, which is no difference. */
export function versionWords({ left, right }: ComparedConversation): string {
  const [one = '', other = ''] = [left?.version, right?.version];
  return one === other || one === '' || other === '' ? '' : `over ${one} and ${other}`;
}

/** “2 differences”, “the same”, “only in B: 12 events”. */
export function outcomeWords(conversation: ComparedConversation, names: Sides<string>): string {
  const { left, right, differences } = conversation;
  if (left && right) return differences === 0 ? 'the same' : counted(differences, 'difference');
  const [side, one] = left ? (['left', left] as const) : (['right', right] as const);
  return `only in ${names[side]}: ${counted(one?.events ?? 0, 'event')}`;
}

/** What a change is of: “status”, or the name of a field. */
export function subjectWords({ what, name }: Change): string {
  return what === 'field' ? printable(name ?? '') : what;
}

/** “status: 200 → 404”, “content-type: text/plain, only in B”. */
export function changeWords(change: Change, names: Sides<string>): string {
  const { left, right } = change;
  const subject = subjectWords(change);
  const shown = (value: string) => (value === '' ? '(empty)' : printable(value));
  if (left === undefined) return `${subject}: ${shown(right ?? '')}, only in ${names.right}`;
  if (right === undefined) return `${subject}: ${shown(left)}, only in ${names.left}`;
  return `${subject}: ${shown(left)} → ${shown(right)}`;
}

/** Numbers of the events of a step: “12”, or “12…15” where data came in pieces. */
export function numbersOf(place: Place | undefined): string {
  const [first, last] = [place?.events[0], place?.events.at(-1)];
  if (!first || !last) return '';
  return first === last ? String(first.seq) : `${first.seq}…${last.seq}`;
}

/** “app sends http.response.start”. */
export function stepWords(step: ComparedStep): string {
  const [event] = (step.left ?? step.right).events;
  return `${who(event)} ${printable(event.type)}`;
}

/** What it carried, in one line; of data in pieces, all of them in brief. */
export function carriedWords({ events }: Place): string {
  const [event, ...more] = events;
  if (more.length === 0) return printable(carried(event));
  const size = events.reduce((sum, { payload }) => sum + (payload?.size ?? 0), 0);
  const preview = events.map(({ payload }) => payload?.preview.replace(/…$/, '') ?? '').join('');
  const shown = preview.length > LONGEST ? `${preview.slice(0, LONGEST)}…` : preview;
  return printable(`${shown} · ${counted(size, 'octet')} in ${counted(events.length, 'piece')}`);
}

/** Characters of joined data that are shown. */
const LONGEST = 120;

/** The requirements of a step, those that it broke first; each once. */
export function requirementsOf({ left, right }: ComparedStep): readonly string[] {
  const events = [left, right].flatMap((place) => (place ? [place.events[0]] : []));
  return [
    ...new Set([
      ...events.flatMap(({ violation }) => violation?.requirement ?? []),
      ...events.flatMap(({ requirement }) => requirement ?? []),
    ]),
  ];
}

/** How long a conversation took: “41 | 38 ms”. */
export function durationWords({ left, right }: ComparedConversation): string {
  return `${[left, right].flatMap((one) => (one ? milliseconds(one.ms) : [])).join(' | ')} ms`;
}
