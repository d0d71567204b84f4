// The filter of a trace: its grammar, what it matches, and what can be written next. Knows nothing of how it is shown.
//
//   filter = all *( "OR" all )            all = 1*term                    term = [ "-" ] ( word | key ":" value )
//   word   = "violation" | "fault" | text text, value = run without spaces and quotes | '"' anything, `\"` for a quote '"'
//   key    = "type" | "lane" | "dir" | "conn" | "state" | "req" | "phase" | "fault" | "wait" | "buffered"
//   `*` in the values of type, state, req and fault stands for anything. Those of conn, wait and buffered are numbers:
//   number = n | n ".." n | ( ">" | ">=" | "<" | "<=" ) n                 conn has the first two alone

import { FAULTS, type TraceEvent } from '../../trace/index.ts';
import { Growth } from './growth.ts';

/** `waited`: the length of the wait that the event begins or ends, in milliseconds. */
type Test = (event: TraceEvent, waited: number | undefined) => boolean;

interface Term {
  readonly negated: boolean;
  readonly test: Test;
}

/** One of the alternatives must hold; an alternative holds where all of its terms do. */
export interface Filter {
  readonly alternatives: readonly (readonly Term[])[];
  /** Whether a term asks for waits, of which a later event may tell. */
  readonly waits: boolean;
}

export interface FilterError {
  /** Where in the text, from 0. */
  readonly position: number;
  readonly message: string;
  readonly hint: string;
}

export interface Completions {
  /** The part of the text that each option stands for. */
  readonly from: number;
  readonly to: number;
  readonly options: readonly string[];
}

interface Token {
  readonly at: number;
  readonly end: number;
  readonly negated: boolean;
  readonly key: string | undefined;
  readonly value: string;
  readonly valueAt: number;
  readonly quoted: boolean;
  readonly closed: boolean;
}

interface Key {
  /** What an event has under the key, for completions. */
  readonly of?: (event: TraceEvent) => string | undefined;
  /** The test, or what the value should have been. */
  readonly test: (value: string) => Test | string;
}

const PHASES: readonly string[] = ['B', 'E', 'i'];
const LANES: readonly string[] = ['client', 'gateway', 'app'];
const DIRECTIONS: readonly string[] = ['in', 'out', 'internal'];

/** Most names whose result a pattern remembers. */
const KNOWN = 1000;
/** Most options that are offered at once. */
const OPTIONS = 16;

const oneOf =
  (names: readonly string[], of: (event: TraceEvent) => string): Key['test'] =>
  (value) => {
    const name = value.toLowerCase();
    return names.includes(name)
      ? (event) => of(event) === name
      : `Write one of ${names.join(', ')}.`;
  };

const pattern =
  (of: (event: TraceEvent) => string | undefined): Key['test'] =>
  (value) => {
    const glob = globOf(value);
    // Of many events there are few types: each is looked at once.
    const known = new Map<string, boolean>();
    return (event) => {
      const found = of(event);
      if (found === undefined) return false;
      let holds = known.get(found);
      if (holds === undefined) {
        holds = glob.test(found);
        if (known.size < KNOWN) known.set(found, holds);
      }
      return holds;
    };
  };

/** Decimal, with any number of digits after the point. */
const NUMBER = String.raw`(\d{1,15}(?:\.\d{1,15})?)`;
const RANGE = new RegExp(`^${NUMBER}(?:\\.\\.${NUMBER})?$`);
const COMPARED = new RegExp(`^([<>]=?)${NUMBER}$`);

/** A test of a number; an event that has none never passes. */
const amounts =
  (of: (event: TraceEvent, waited: number | undefined) => number | undefined, help: string) =>
  (value: string): Test | string => {
    const holds = comparison(value);
    if (!holds) return help;
    return (event, waited) => {
      const found = of(event, waited);
      return found !== undefined && holds(found);
    };
  };

function comparison(value: string): ((found: number) => boolean) | undefined {
  const compared = COMPARED.exec(value);
  if (compared) {
    const than = Number(compared[2]);
    switch (compared[1]) {
      case '>':
        return (found) => found > than;
      case '>=':
        return (found) => found >= than;
      case '<':
        return (found) => found < than;
      default:
        return (found) => found <= than;
    }
  }
  const range = RANGE.exec(value);
  if (!range) return undefined;
  const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
  return (found) => found >= from && found <= to;
}

/** Buffers and waits are asked for by bounds: these are offered. */
const BOUNDS: Readonly<Record<string, readonly string[]>> = {
  wait: ['>0', '>1', '>10', '>100', '>1000'],
  buffered: ['>0', '>1000', '>16000', '>64000'],
};

const conversations: Key['test'] = (value) => {
  const range = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(value);
  if (!range) return 'Write a number as in conn:2, or a range as in conn:2..5.';
  const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
  return ({ conn }) => conn >= from && conn <= to;
};

const typeOf = ({ type }: TraceEvent) => type;
const stateOf = ({ state }: TraceEvent) => state;
const requirementOf = ({ violation, requirement }: TraceEvent) =>
  violation?.requirement ?? requirement;

const faultOf = ({ fault }: TraceEvent) => fault;

const phases: Key['test'] = (value) => {
  const wanted = PHASES.find((phase) => phase.toLowerCase() === value.toLowerCase());
  return wanted === undefined
    ? 'Write B for the beginning of a wait, E for its end, or i for what happens at once.'
    : ({ phase }) => phase === wanted;
};

const faults: Key['test'] = (value) =>
  value.includes('*') ? pattern(faultOf)(value) : oneOf(FAULTS, ({ fault = '' }) => fault)(value);

const KEYS: Readonly<Record<string, Key>> = {
  type: { of: typeOf, test: pattern(typeOf) },
  lane: { of: ({ lane }) => lane, test: oneOf(LANES, ({ lane }) => lane) },
  dir: { of: ({ dir }) => dir, test: oneOf(DIRECTIONS, ({ dir }) => dir) },
  conn: { of: ({ conn }) => String(conn), test: conversations },
  state: { of: stateOf, test: pattern(stateOf) },
  req: { of: requirementOf, test: pattern(requirementOf) },
  phase: { of: ({ phase }) => phase, test: phases },
  fault: { of: faultOf, test: faults },
  wait: {
    test: amounts(
      (_, waited) => waited,
      'Write milliseconds as in wait:>100, or a range as in wait:10..50.',
    ),
  },
  buffered: {
    test: amounts(
      ({ buffered }) => buffered,
      'Write octets as in buffered:>1000, or a range as in buffered:1..65536.',
    ),
  },
};

/** Words that stand for what an event is, where they are not in quotes. */
const WORDS: Readonly<Record<string, Test>> = {
  violation: ({ violation }) => violation !== undefined,
  fault: ({ fault }) => fault !== undefined,
};

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** `*` for anything; upper and lower case alike. */
function globOf(value: string): RegExp {
  return new RegExp(`^${value.split(/\*+/).map(escaped).join('[^]*')}$`, 'i');
}

/** Whether a text is anywhere in what an event is and carries. */
function textTest(text: string): Test {
  const sought = new RegExp(escaped(text), 'i');
  return ({ type, payload, violation, requirement, state, src, fault }) =>
    sought.test(type) ||
    (fault !== undefined && sought.test(fault)) ||
    (payload !== undefined &&
      (sought.test(payload.preview) ||
        payload.fields?.some(([name, value]) => sought.test(`${name}: ${value}`)) === true)) ||
    (requirement !== undefined && sought.test(requirement)) ||
    (violation !== undefined &&
      (sought.test(violation.requirement) || sought.test(violation.message))) ||
    (state !== undefined && sought.test(state)) ||
    (src !== undefined && sought.test(src.file));
}

function tokensOf(text: string): Token[] {
  const shape = /(-?)(?:([A-Za-z]+):)?(?:"((?:\\"|[^"])*)("?)|([^\s"]*))/y;
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text[at] as string)) at++;
    if (at >= text.length) return tokens;
    shape.lastIndex = at;
    // It matches at least one character of anything that is neither space nor quote, and a quote by the first branch.
    const [whole, minus, key, quotation, close, run] = shape.exec(text) as RegExpExecArray;
    const end = at + (whole as string).length;
    tokens.push({
      at,
      end,
      negated: minus === '-',
      key: key?.toLowerCase(),
      value: quotation?.replaceAll('\\"', '"') ?? run ?? '',
      valueAt: at + (minus?.length ?? 0) + (key === undefined ? 0 : key.length + 1),
      quoted: quotation !== undefined,
      closed: quotation === undefined || close === '"',
    });
    at = end;
  }
}

const isOr = (token: Token) =>
  token.value === 'OR' && !token.quoted && !token.negated && token.key === undefined;

/** The filter that a text says, or what is wrong with it. An empty text matches every event. */
export function parseFilter(text: string): Filter | FilterError {
  const alternatives: Term[][] = [[]];
  let waits = false;
  let or: Token | undefined;
  for (const token of tokensOf(text)) {
    const terms = alternatives.at(-1) as Term[];
    if (isOr(token)) {
      if (terms.length === 0)
        return {
          position: token.at,
          message: 'OR has nothing before it.',
          hint: 'Write a term on both sides, as in lane:app OR violation.',
        };
      or = token;
      alternatives.push([]);
      continue;
    }
    const term = termOf(token);
    if ('message' in term) return term;
    terms.push(term);
    waits ||= token.key === 'wait';
  }
  if (or && alternatives.at(-1)?.length === 0)
    return {
      position: or.at,
      message: 'OR has nothing after it.',
      hint: 'Write a term on both sides, as in lane:app OR violation.',
    };
  return { alternatives, waits };
}

function termOf({ negated, key, value, at, valueAt, quoted, closed }: Token): Term | FilterError {
  if (!closed)
    return {
      position: valueAt,
      message: 'The quote is not closed.',
      hint: 'End the text with ". Within it, write a quote as \\".',
    };
  if (key !== undefined) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (!known)
      return {
        position: at,
        message: `There is no key “${key}”.`,
        hint: `The keys are ${Object.keys(KEYS).join(', ')}. Put a text with a colon in quotes: "${key}:${value}".`,
      };
    if (value === '')
      return {
        position: valueAt,
        message: `“${key}:” has no value.`,
        hint: 'Write it right after the colon, without a space.',
      };
    const test = known.test(value);
    return typeof test === 'string'
      ? { position: valueAt, message: `“${value}” is no ${key}.`, hint: test }
      : { negated, test };
  }
  if (value === '')
    return {
      position: at,
      message: quoted ? 'There is no text in the quotes.' : 'There is nothing after “-”.',
      hint: quoted ? 'Write what to look for.' : 'Write what to leave out, as in -lane:client.',
    };
  const word = !quoted && Object.hasOwn(WORDS, value) ? WORDS[value] : undefined;
  return { negated, test: word ?? textTest(value) };
}

export function isFilterError(parsed: Filter | FilterError): parsed is FilterError {
  return 'message' in parsed;
}

/** Whether an event passes; `waited` is the length of the wait that it begins or ends, in milliseconds. */
export function matches({ alternatives }: Filter, event: TraceEvent, waited?: number): boolean {
  return alternatives.some((terms) =>
    terms.every(({ negated, test }) => test(event, waited) !== negated),
  );
}

/** What can stand where the cursor is: keys, and for a key what the events have. `at` counts from 0. */
export function completions(
  text: string,
  at: number,
  events: readonly TraceEvent[],
  vocabulary = new Vocabulary(),
): Completions {
  const token = tokensOf(text).find((one) => one.at <= at && at <= one.end);
  if (token?.quoted) return { from: at, to: at, options: [] };
  const [from, to] = token ? [token.valueAt, token.end] : [at, at];
  const written = text.slice(from, at).toLowerCase();
  const key = token?.key;
  const known =
    key === undefined
      ? [
          ...Object.keys(KEYS).map((name) => `${name}:`),
          ...Object.keys(WORDS),
          ...(from > 0 ? ['OR'] : []),
        ]
      : vocabulary.values(key, events);
  const options = known
    .filter((option) => option.toLowerCase().startsWith(written) && option !== text.slice(from, to))
    .slice(0, OPTIONS);
  return { from, to, options };
}

/** Most values of a key that are remembered: what is offered are a few. */
const VALUES = 500;

/** What the events of a trace have under the keys; looks at each event once, and only for keys that are asked for. */
export class Vocabulary {
  readonly #keys = new Map<string, { growth: Growth<TraceEvent>; values: Set<string> }>();

  /** The values under a key, in order, and for names with dots the groups first. */
  values(name: string, events: readonly TraceEvent[]): string[] {
    if (Object.hasOwn(BOUNDS, name)) return [...(BOUNDS[name] ?? [])];
    const of = Object.hasOwn(KEYS, name) ? KEYS[name]?.of : undefined;
    if (!of) return [];
    const known = this.#keys.get(name) ?? { growth: new Growth(), values: new Set() };
    this.#keys.set(name, known);
    const from = known.growth.from(events);
    if (from === 0) known.values.clear();
    for (let place = from; place < events.length && known.values.size < VALUES; place++) {
      const value = of(events[place] as TraceEvent);
      if (value !== undefined && /^[^\s"]+$/.test(value)) known.values.add(value);
    }
    return inOrder(known.values, name === 'type' || name === 'req');
  }
}

function inOrder(values: ReadonlySet<string>, grouped: boolean): string[] {
  const groups = new Map<string, number>();
  if (grouped)
    for (const value of values) {
      const group = /^[^.]+(?=\.)/.exec(value)?.[0];
      if (group) groups.set(group, (groups.get(group) ?? 0) + 1);
    }
  const several = [...groups].filter(([, count]) => count > 1).map(([group]) => `${group}.*`);
  const { compare } = ORDER;
  return [...several.sort(compare), ...[...values].sort(compare)];
}

const ORDER = new Intl.Collator('en', { numeric: true });
