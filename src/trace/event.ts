// What a trace is: one flat event for everything that happened between client, gateway and application.

/** Where a source line is, if the recorder knows it. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What an event carried, cut to a preview. */
export interface Payload {
  /** Data and plain fields as one line; octets that are not printable ASCII are escaped as `\xHH`. */
  readonly preview: string;
  /** Size of the data in octets, for events that carry data. */
  readonly size?: number;
  /** Status code, where there is one. */
  readonly status?: number;
  /** Header or trailer fields, where there are any. */
  readonly fields?: readonly (readonly [string, string])[];
  /** Where the data is kept as a whole: SHA-256 of it in hexadecimal, its name in a store of bodies. */
  readonly ref?: string;
}

export interface Violation {
  /** Id of the requirement that was broken. */
  readonly requirement: string;
  readonly message: string;
}

export type Lane = 'client' | 'gateway' | 'app';

/** What can be done to a conversation from outside: its peer leaves, resets it, stops reading, or reads slowly. */
export const FAULTS = ['disconnect', 'reset', 'stall', 'slow'] as const;
export type InjectedFault = (typeof FAULTS)[number];

/**
 * One event of a trace, ordered by `seq`.
 * `lane` is who acted or saw it; `dir` is `in` towards that party, `out` from it, `internal` for what stays inside.
 */
export interface TraceEvent {
  readonly v: 1;
  readonly run: string;
  readonly seq: number;
  /** Milliseconds since the recording began. */
  readonly t: number;
  /** Milliseconds since 1970 at which the recording began: on the first event of a run, where the recorder has a date. */
  readonly timeOrigin?: number;
  /** The conversation, or the client's request, that this belongs to, counted from 1; 0 is the lifespan. */
  readonly conn: number;
  readonly lane: Lane;
  readonly dir: 'in' | 'out' | 'internal';
  readonly type: string;
  /**
   * `B`egin and `E`nd of a wait, or `i`nstant. That a `send` waits, and that it has waited, are steps of the type `send`
   * behind that of its event; a `receive` that waits begins with a step of the type `receive`, and ends with the event that
   * it gives.
   */
  readonly phase: 'B' | 'E' | 'i';
  /** Joins beginning and end of a wait; unique within its conversation. */
  readonly span?: number;
  /** `seq` of the event that brought this one about, where the recorder knows it. */
  readonly cause?: number;
  /** State of the machine after the event. */
  readonly state?: string;
  /**
   * Octets that wait after the event (proposal 6, “What the buffers count”): of output where the application or the
   * gateway sends or has sent, of input where something arrives or is received.
   */
  readonly buffered?: number;
  readonly payload?: Payload;
  /** The requirement that governs this step. */
  readonly requirement?: string;
  readonly violation?: Violation;
  readonly src?: SourcePosition;
  /** The fault that was injected here. */
  readonly fault?: InjectedFault;
}

/** What a tap is told; the recorder adds what it counts and times. */
export type TraceStep = Omit<TraceEvent, 'v' | 'run' | 'seq' | 't' | 'timeOrigin'>;

/**
 * Where steps go, with the data that one carries. Must not throw, and must not keep the data alive. Returns the number of
 * the event, for those that it causes, where there is one.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a tap that numbers nothing returns nothing
export type Tap = (step: TraceStep, data?: Uint8Array) => number | void;

/** Octets of data, and characters of a field's value, that are shown. */
export const PREVIEW_LENGTH = 120;

/** A preview of octets. */
export function previewBytes(data: Uint8Array): string {
  const shown = data.length > PREVIEW_LENGTH ? data.subarray(0, PREVIEW_LENGTH) : data;
  let text = '';
  for (let i = 0; i < shown.length; i++) text += SHOWN[shown[i] as number];
  return data.length > PREVIEW_LENGTH ? `${text}…` : text;
}

/** How each octet is shown. */
const SHOWN: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  if (octet === 0x0a) return '\\n';
  if (octet === 0x0d) return '\\r';
  if (octet >= 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\x${octet.toString(16).padStart(2, '0')}`;
});

/** Members of an object that are shown. */
const SHOWN_MEMBERS = 16;

/** A value as text, whatever it is: an application may put anything under a key of its own. */
function textOf(value: unknown): string {
  try {
    const text = isPlain(value) ? membersOf(value) : String(value);
    return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}…` : text;
  } catch {
    return '(no text)';
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The members of an object, and nothing within them: `{http.file: 1}`. */
function membersOf(value: Readonly<Record<string, unknown>>): string {
  const keys = keysOf(value);
  const members = keys.slice(0, SHOWN_MEMBERS).map((key) => {
    const member = valueAt(value, key);
    const shown = Array.isArray(member)
      ? `[${member.slice(0, SHOWN_MEMBERS).map(shortOf).join(', ')}]`
      : shortOf(member);
    return `${key}: ${shown}`;
  });
  if (keys.length > SHOWN_MEMBERS) members.push('…');
  return `{${members.join(', ')}}`;
}

function shortOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? '…' : String(value);
}

function valueAt(event: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return event[key];
  } catch {
    return '(cannot be read)';
  }
}

/** None where the event does not tell them: a proxy can do anything. */
function keysOf(event: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    return Object.keys(event);
  } catch {
    return [];
  }
}

/** The payload of any event of the interface: its fields but for `type`. Never throws. */
export function payloadOf(event: Readonly<Record<string, unknown>>): Payload | undefined {
  const parts: string[] = [];
  const fields: [string, string][] = [];
  let size: number | undefined;
  let status: number | undefined;
  for (const key of keysOf(event)) {
    if (key === 'type') continue;
    const value = valueAt(event, key);
    if (value === undefined || value === null) continue;
    // `instanceof` alone takes an object that has only the prototype, and no length.
    if (value instanceof Uint8Array && ArrayBuffer.isView(value)) {
      size = (size ?? 0) + value.length;
      parts.push(previewBytes(value));
    } else if (Array.isArray(value)) {
      for (const pair of value)
        if (Array.isArray(pair)) fields.push([textOf(pair[0]), textOf(pair[1])]);
    } else {
      if (key === 'status' && Number.isFinite(value)) status = value as number;
      parts.push(key === 'status' ? textOf(value) : `${key} ${textOf(value)}`);
    }
  }
  if (parts.length + fields.length === 0) return undefined;
  return {
    preview: parts.join(' · '),
    ...(size === undefined ? {} : { size }),
    ...(status === undefined ? {} : { status }),
    ...(fields.length === 0 ? {} : { fields }),
  };
}
