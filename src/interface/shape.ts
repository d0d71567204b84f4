// Checks what an application sends before any machine is asked, against the catalogue of events (event.check-order).

import { EVENTS, type EventDescription, type FieldDescription, Misuse } from './index.ts';
import { inputOf } from './machine.ts';

/**
 * Checks an event for a conversation of type `scope` in which `features` are in force.
 * @returns the event, with the marks taken off the keys that are understood (feature.marked-keys)
 * @throws Misuse event.unknown-type-misuse, feature.only-accepted, event.must-understand, event.shape
 */
export function checkEvent(
  event: unknown,
  scope: string,
  features: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return checkFields(event, sentEvent(event, scope), features);
}

/** What an application can send, with how its fields are checked. */
export interface SentEvent {
  readonly type: string;
  /** Its number in the tables of machines. */
  readonly input: number;
  readonly description: EventDescription;
  readonly fields: readonly CheckedField[];
}

/** The first half of `checkEvent`: what this is. @throws Misuse event.shape, event.unknown-type-misuse */
export function sentEvent(event: unknown, scope: string): SentEvent {
  if (typeof event !== 'object' || event === null) {
    throw new Misuse('event.shape', `an event is an object with a \`type\`, not ${inWords(event)}`);
  }
  const { type } = event as { type?: unknown };
  if (typeof type !== 'string') {
    throw new Misuse('event.shape', `an event needs a \`type\`; this one has ${inWords(type)}`);
  }
  const sent = sentEvents(scope)?.get(type);
  if (sent === undefined) throw notSendable(type, scope);
  return sent;
}

/** The second half: whether it is well formed. @throws Misuse feature.only-accepted, event.must-understand, event.shape */
export function checkFields(
  event: unknown,
  { type, description, fields }: SentEvent,
  features: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const { feature, exactlyOne } = description;
  if (feature !== undefined && !features.has(feature)) {
    throw new Misuse(
      'feature.only-accepted',
      `\`${type}\` belongs to the feature \`${feature}\`, which is not in force here`,
    );
  }
  const values = understood(event as Readonly<Record<string, unknown>>, description, type);
  for (let i = 0; i < fields.length; i++) {
    const { name, field, check } = fields[i] as CheckedField;
    const value = values[name];
    if (value === undefined) {
      if (field.required)
        throw new Misuse(
          'event.shape',
          `\`${type}\` needs the field \`${name}\` (${expected(field)})`,
        );
    } else if (value === null ? field.nullable !== true : !check(value, field)) {
      throw new Misuse(
        'event.shape',
        `\`${name}\` of \`${type}\` must be ${expected(field)}, not ${inWords(value)}`,
      );
    }
  }
  if (exactlyOne && exactlyOne.filter((name) => values[name] !== undefined).length !== 1) {
    throw new Misuse(
      'event.shape',
      `\`${type}\` has exactly one of the fields ${exactlyOne.map((name) => `\`${name}\``).join(' and ')}`,
    );
  }
  return values;
}

function notSendable(type: string, scope: string): Misuse {
  const description = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
  if (!description) {
    return new Misuse(
      'event.unknown-type-misuse',
      `there is no event \`${type}\`${suggestion(type, scope)}`,
    );
  }
  const why =
    description.direction === 'receive'
      ? 'is only received'
      : `does not belong to the scope type \`${scope}\``;
  return new Misuse('event.unknown-type-misuse', `\`${type}\` ${why}`);
}

function sendable({ direction, scope: scopes }: EventDescription, scope: string): boolean {
  return direction !== 'receive' && scopes.includes(scope);
}

/** The event without marks on its keys. @throws Misuse event.must-understand if a marked key is not the event's own */
function understood(
  event: Readonly<Record<string, unknown>>,
  { fields }: EventDescription,
  type: string,
): Readonly<Record<string, unknown>> {
  let plain: Record<string, unknown> | undefined;
  for (const key in event) {
    if (key.charCodeAt(0) !== MARK) continue;
    const name = key.slice(1);
    if (!Object.hasOwn(fields, name)) {
      throw new Misuse(
        'event.must-understand',
        `\`${type}\` has the key \`${key}\`, which this gateway does not understand`,
      );
    }
    plain ??= { ...event };
    plain[name] = event[key];
  }
  return plain ?? event;
}

type Check = (value: unknown, field: FieldDescription) => boolean;

/** By the type of the field; every other type is a string. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['bytes', isBytes],
  [
    'integer',
    (value, { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }) =>
      Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
  ],
  ['boolean', (value) => typeof value === 'boolean'],
  ['enum', (value, { values }) => values?.includes(value as string) === true],
  ['fields', (value) => isListOf(value, isField)],
  ['octets', isOctets],
  ['strings', (value) => isListOf(value, isString)],
  ['octets_list', (value) => isListOf(value, isOctets)],
  ['bytes_list', (value) => isListOf(value, isBytes)],
  ['feature_choice', (value) => isMapOf(value, Number.isSafeInteger)],
  [
    'feature_map',
    (value) => isMapOf(value, (revisions) => isListOf(revisions, Number.isSafeInteger)),
  ],
  ['state', (value) => isMapOf(value, () => true)],
  ['data', () => true],
]);

export interface CheckedField {
  readonly name: string;
  readonly field: FieldDescription;
  readonly check: Check;
}

/** What an application can send, by type of scope and of event: looked up once for each event, not field by field. */
const SENT_EVENTS = new Map<string, Map<string, SentEvent>>();
for (const [type, description] of Object.entries(EVENTS)) {
  if (description.direction === 'receive') continue;
  const fields = Object.entries(description.fields).map(([name, field]) => ({
    name,
    field,
    check: CHECKS.get(field.type) ?? isString,
  }));
  // Those that both sides have stand in the tables under two names.
  const input = inputOf(description.direction === 'both' ? `send ${type}` : type);
  for (const scope of description.scope) {
    const events = SENT_EVENTS.get(scope) ?? new Map<string, SentEvent>();
    SENT_EVENTS.set(scope, events.set(type, { type, input, description, fields }));
  }
}

let known: ReadonlyMap<string, SentEvent> | undefined;
let knownScope: string | undefined;

/** Most conversations are of the type of the last one. */
function sentEvents(scope: string): ReadonlyMap<string, SentEvent> | undefined {
  if (scope !== knownScope) {
    known = SENT_EVENTS.get(scope);
    knownScope = scope;
  }
  return known;
}

/** The `!` before a key that has to be understood. */
const MARK = 0x21;

/** Without unpaired surrogates (binding.field-types). */
function isString(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed();
}

/** `instanceof` alone takes an object that has only the prototype. */
function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array && ArrayBuffer.isView(value);
}

function isOctets(value: unknown): boolean {
  return typeof value === 'string' && /^[\0-\xff]*$/.test(value);
}

/** By index, because `every` passes over holes. */
function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!fits(value[i])) return false;
  return true;
}

/** Not an instance of a class, such as `Map`: its properties are not what it holds (binding.no-coercion). */
function isMapOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Plain objects of another realm have another `Object.prototype`.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(value).every(fits);
}

function isField(pair: unknown): boolean {
  return (
    Array.isArray(pair) &&
    pair.length === 2 &&
    typeof pair[0] === 'string' &&
    typeof pair[1] === 'string'
  );
}

function expected(field: FieldDescription): string {
  const orNull = field.nullable ? ' or null' : '';
  switch (field.type) {
    case 'bytes':
      return `a Uint8Array${orNull}`;
    case 'integer': {
      const { minimum, maximum } = field;
      if (minimum !== undefined && maximum !== undefined)
        return `a whole number from ${minimum} to ${maximum}${orNull}`;
      return minimum === undefined
        ? `a whole number${orNull}`
        : `a whole number of at least ${minimum}${orNull}`;
    }
    case 'boolean':
      return `true or false${orNull}`;
    case 'enum':
      return `one of ${field.values?.join(', ')}${orNull}`;
    case 'fields':
      return `a list of [name, value] pairs of strings${orNull}`;
    case 'octets':
      return `a string of octets${orNull}`;
    case 'strings':
      return `a list of strings without unpaired surrogates${orNull}`;
    case 'octets_list':
      return `a list of strings of octets${orNull}`;
    case 'bytes_list':
      return `a list of Uint8Arrays${orNull}`;
    case 'feature_choice':
      return `a map of features to one revision each${orNull}`;
    case 'feature_map':
      return `a map of features to lists of revisions${orNull}`;
    case 'state':
      return `a map${orNull}`;
    default:
      return `a string without unpaired surrogates${orNull}`;
  }
}

function inWords(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'a list of another form';
  if (
    value === undefined ||
    value === null ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  )
    return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name !== 'string' || name === 'Object') return 'a map';
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** The nearest name that may be sent, if it is near enough to be what was meant. */
function suggestion(type: string, scope: string): string {
  const words = new Set(type.split('.'));
  let best: string | undefined;
  let most = 1;
  for (const [name, description] of Object.entries(EVENTS)) {
    if (!sendable(description, scope)) continue;
    const shared = name.split('.').filter((word) => words.has(word)).length;
    if (shared > most) [best, most] = [name, shared];
  }
  return best ? `; did you mean \`${best}\`?` : '';
}
