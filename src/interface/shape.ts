// Checks what an application sends before any machine is asked, against the catalogue of events (event.check-order).

import { EVENTS, type EventDescription, type FieldDescription, Misuse } from './index.ts';

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
  if (!sendable(description, scope)) {
    const why =
      description.direction === 'receive'
        ? 'is only received'
        : `does not belong to the scope type \`${scope}\``;
    throw new Misuse('event.unknown-type-misuse', `\`${type}\` ${why}`);
  }
  const { feature } = description;
  if (feature !== undefined && !features.has(feature)) {
    throw new Misuse(
      'feature.only-accepted',
      `\`${type}\` belongs to the feature \`${feature}\`, which is not in force here`,
    );
  }
  const values = understood(event as Readonly<Record<string, unknown>>, description, type);
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
  const { exactlyOne } = description;
  if (exactlyOne && exactlyOne.filter((name) => values[name] !== undefined).length !== 1) {
    throw new Misuse(
      'event.shape',
      `\`${type}\` has exactly one of the fields ${exactlyOne.map((name) => `\`${name}\``).join(' and ')}`,
    );
  }
  return values;
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
    if (!key.startsWith('!')) continue;
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

function fits(field: FieldDescription, value: unknown): boolean {
  if (value === null) return field.nullable === true;
  switch (field.type) {
    case 'bytes':
      return isBytes(value);
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
      return isListOf(value, isField);
    case 'octets':
      return isOctets(value);
    case 'strings':
      return isListOf(value, isString);
    case 'octets_list':
      return isListOf(value, isOctets);
    case 'bytes_list':
      return isListOf(value, isBytes);
    case 'feature_choice':
      return isMapOf(value, Number.isSafeInteger);
    case 'feature_map':
      return isMapOf(value, (revisions) => isListOf(revisions, Number.isSafeInteger));
    case 'state':
      return isMapOf(value, () => true);
    case 'data':
      return true;
    default:
      return isString(value);
  }
}

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
