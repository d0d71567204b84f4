// Checks the shape of what an application sends, against the catalogue of events (event.shape and its neighbours).

import {
  EVENTS,
  type EventDescription,
  type FieldDescription,
  Misuse,
} from '../../interface/index.ts';

/**
 * Checks an event for a conversation of type `scope`.
 * @returns the event's description
 * @throws Misuse event.unknown-type-misuse, event.must-understand, event.shape
 */
export function checkShape(event: unknown, scope: string): EventDescription {
  if (typeof event !== 'object' || event === null) {
    throw new Misuse('event.shape', `an event is an object with a \`type\`, not ${inWords(event)}`);
  }
  const { type } = event as { type?: unknown };
  if (typeof type !== 'string') {
    throw new Misuse('event.shape', `an event needs a \`type\`; this one has ${inWords(type)}`);
  }
  const description = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
  if (!description) {
    throw new Misuse(
      'event.unknown-type-misuse',
      `there is no event \`${type}\`${suggestion(type, scope)}`,
    );
  }
  if (description.direction !== 'send' || !description.scope.includes(scope)) {
    const why =
      description.direction === 'send'
        ? `does not belong to the scope type \`${scope}\``
        : 'is only received';
    throw new Misuse('event.unknown-type-misuse', `\`${type}\` ${why}`);
  }
  const values = event as Readonly<Record<string, unknown>>;
  for (const key in values) {
    if (key.startsWith('!') && !Object.hasOwn(description.fields, key)) {
      throw new Misuse(
        'event.must-understand',
        `\`${type}\` has the key \`${key}\`, which this gateway does not understand`,
      );
    }
  }
  for (const name in description.fields) {
    const field = description.fields[name] as FieldDescription;
    const value = values[name];
    if (value === undefined) {
      if (field.required)
        throw new Misuse(
          'event.shape',
          `\`${type}\` needs the field \`${name}\` (${expected(field)})`,
        );
    } else if (!fits(field, value)) {
      throw new Misuse(
        'event.shape',
        `\`${name}\` of \`${type}\` must be ${expected(field)}, not ${inWords(value)}`,
      );
    }
  }
  return description;
}

function fits(field: FieldDescription, value: unknown): boolean {
  if (value === null) return field.nullable === true;
  switch (field.type) {
    case 'bytes':
      return value instanceof Uint8Array;
    case 'integer':
      return (
        Number.isSafeInteger(value) &&
        (value as number) >= (field.minimum ?? Number.MIN_SAFE_INTEGER) &&
        (value as number) <= (field.maximum ?? Number.MAX_SAFE_INTEGER)
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'enum':
      return field.values?.includes(value as string) === true;
    case 'fields':
      return Array.isArray(value) && areFields(value);
    default:
      return typeof value === 'string';
  }
}

/** By index, because `every` passes over holes. */
function areFields(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) {
    const pair = list[i];
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    if (typeof pair[0] !== 'string' || typeof pair[1] !== 'string') return false;
  }
  return true;
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
    default:
      return `a string${orNull}`;
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
  for (const [name, { direction, scope: scopes }] of Object.entries(EVENTS)) {
    if (direction !== 'send' || !scopes.includes(scope)) continue;
    const shared = name.split('.').filter((word) => words.has(word)).length;
    if (shared > most) [best, most] = [name, shared];
  }
  return best ? `; did you mean \`${best}\`?` : '';
}
