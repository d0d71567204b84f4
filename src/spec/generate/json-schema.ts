// Describes events and records as JSON Schema 2020-12, in the JSON form that proposal 12 gives them: octets of a body
// are an object with `$base64`, and handles of a process are not in it. Every schema stands by itself.

import type { EventBlock, FieldBlock, RecordBlock } from '../blocks.ts';
import type { Specification } from '../model.ts';
import { eventSchemaPath, recordSchemaPath } from '../paths.ts';
import { exampleFor, isRequired, lineOf, type Way, waysOf } from './shape.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** Makes the address of a path, such as `/api/schema/http.refuse.json`. */
export type Address = (path: string) => string;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Base64 with padding (RFC 4648 section 4), and not with other characters. */
const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

/** Definitions that fields refer to. Only those that a schema needs are in it. */
const SHARED: Readonly<Record<string, JsonSchema>> = {
  octets: {
    description: 'Octets, one character each: the character of code point N stands for octet N.',
    type: 'string',
    pattern: '^[\\u0000-\\u00ff]*$',
  },
  bytes: {
    description:
      'Octets as base64 with padding (RFC 4648 section 4). In a frame of proposal 12, those that are the payload of an event are not in its JSON.',
    type: 'object',
    properties: { $base64: { type: 'string', contentEncoding: 'base64', pattern: BASE64 } },
    required: ['$base64'],
    additionalProperties: false,
  },
  fields: {
    description: 'Ordered pairs of lowercase field name and field value.',
    type: 'array',
    items: {
      type: 'array',
      prefixItems: [{ type: 'string' }, { $ref: '#/$defs/octets' }],
      items: false,
      minItems: 2,
    },
  },
  revisions: {
    description: 'Feature name to revisions, highest last.',
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'integer', minimum: 1 } },
  },
};

const INTEGER = {
  type: 'integer',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};

/** What a built-in type is in JSON. Handles have no JSON form. */
const TYPES: Readonly<Record<string, JsonSchema | undefined>> = {
  string: { type: 'string' },
  octets: { $ref: '#/$defs/octets' },
  bytes: { $ref: '#/$defs/bytes' },
  integer: INTEGER,
  boolean: { type: 'boolean' },
  fields: { $ref: '#/$defs/fields' },
  strings: { type: 'array', items: { type: 'string' } },
  octets_list: { type: 'array', items: { $ref: '#/$defs/octets' } },
  bytes_list: { type: 'array', items: { $ref: '#/$defs/bytes' } },
  feature_map: { $ref: '#/$defs/revisions' },
  feature_choice: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 } },
  data: {},
  cancel: undefined,
  state: undefined,
};

/** Whether a field is in the JSON form: not a handle, nor a record of nothing but handles. */
function isPlain(field: FieldBlock, specification: Specification): boolean {
  if (Object.hasOwn(TYPES, field.type) || field.type === 'enum')
    return field.type === 'enum' || TYPES[field.type] !== undefined;
  const record = specification.records.get(field.type);
  const fields = Object.values(record?.fields ?? {});
  return (
    fields.length === 0 ||
    fields.some((inner) => inner.type === field.type || isPlain(inner, specification))
  );
}

/** `number` with bounds, `null` where it is allowed, and what the field means. */
function fieldSchema(field: FieldBlock): JsonSchema {
  const { minimum, maximum, values = [], nullable, text } = field;
  const notes = {
    description: text,
    ...(field.default === undefined ? {} : { default: field.default }),
  };
  if (field.type === 'enum') return { ...notes, enum: nullable ? [...values, null] : values };
  const base: JsonSchema = {
    ...(TYPES[field.type] ?? { $ref: `#/$defs/${recordDefinition(field.type)}` }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
  if (!nullable || Object.keys(base).length === 0) return { ...notes, ...base };
  return typeof base.type === 'string'
    ? { ...notes, ...base, type: [base.type, 'null'] }
    : { ...notes, anyOf: [base, { type: 'null' }] };
}

function recordDefinition(name: string): string {
  return `record-${name}`;
}

interface Members {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** Keys with `!` in front have to be understood; all other keys that are not declared are ignored (proposal 2). */
function objectSchema({ properties, required }: Members): JsonSchema {
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    patternProperties: { '^!': false },
  };
}

function membersOf(
  fields: Readonly<Record<string, FieldBlock>>,
  ways: readonly Way[],
  specification: Specification,
): Members {
  const plain = Object.entries(fields).filter(([, field]) => isPlain(field, specification));
  return {
    properties: Object.fromEntries(plain.map(([name, field]) => [name, fieldSchema(field)])),
    required: plain
      .filter(([, field]) => ways.every((way) => isRequired(field, way)))
      .map(([name]) => name),
  };
}

function recordMembers(record: RecordBlock, specification: Specification): Members {
  const line = lineOf(record, specification);
  const fields: Record<string, FieldBlock> = Object.assign({}, ...line.map((each) => each.fields));
  const { properties, required } = membersOf(fields, ['receive'], specification);
  const type = line.findLast((each) => each.type !== undefined)?.type;
  if (type === undefined) return { properties, required };
  return {
    properties: { type: { description: 'The type of this scope.', const: type }, ...properties },
    required: ['type', ...required.filter((name) => name !== 'type')],
  };
}

/** Everything that a schema refers to, at any depth. */
function definitions(schema: JsonSchema, specification: Specification): JsonSchema {
  const found = new Map<string, JsonSchema>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { $ref } = value as { $ref?: unknown };
    const name = typeof $ref === 'string' ? $ref.slice('#/$defs/'.length) : undefined;
    if (name !== undefined && !found.has(name)) {
      const definition = definitionOf(name, specification);
      found.set(name, definition);
      visit(definition);
    }
    for (const member of Object.values(value)) visit(member);
  };
  visit(schema);
  const names = [...found.keys()].sort();
  return names.length === 0
    ? {}
    : { $defs: Object.fromEntries(names.map((name) => [name, found.get(name)])) };
}

function definitionOf(name: string, specification: Specification): JsonSchema {
  const shared = Object.hasOwn(SHARED, name) ? SHARED[name] : undefined;
  if (shared) return shared;
  const record = specification.records.get(name.slice('record-'.length));
  if (!record) throw new Error(`there is no record for the definition \`${name}\``);
  return { description: record.summary, ...objectSchema(recordMembers(record, specification)) };
}

/** The schema of one record. */
export function recordSchema(
  record: RecordBlock,
  specification: Specification,
  address: Address,
): JsonSchema {
  const body = {
    description: `${record.summary} Handles of a process are not in its JSON form.`,
    ...objectSchema(recordMembers(record, specification)),
  };
  return {
    $schema: DIALECT,
    $id: address(recordSchemaPath(record.record)),
    title: record.record,
    ...body,
    ...definitions(body, specification),
  };
}

/** The schema of one event. One that goes both ways is described as it is sent. */
export function eventSchema(
  event: EventBlock,
  specification: Specification,
  address: Address,
): JsonSchema {
  const { properties, required } = membersOf(event.fields, waysOf(event), specification);
  const body = {
    description: [
      event.summary,
      `It is ${DIRECTIONS[event.direction]} the application, in conversations of type ${event.scope.join(', ')}.`,
      event.feature ? `It needs the feature ${event.feature}.` : '',
      `Governed by ${event.requirement}.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    ...objectSchema({
      properties: { type: { const: event.type }, ...properties },
      required: ['type', ...required],
    }),
    ...(event.exactly_one
      ? { oneOf: event.exactly_one.map((name) => ({ required: [name] })) }
      : {}),
  };
  return {
    $schema: DIALECT,
    $id: address(eventSchemaPath(event.type)),
    title: event.type,
    ...body,
    examples: [jsonExample(event)],
    ...definitions(body, specification),
  };
}

const DIRECTIONS = {
  send: 'sent by',
  receive: 'received by',
  both: 'sent and received by',
} as const;

/** The example of an event in its JSON form. In proposals, octets of a body are written as text. */
export function jsonExample(event: EventBlock): Readonly<Record<string, unknown>> {
  const octets = (value: unknown) =>
    typeof value === 'string' ? { $base64: base64(value) } : value;
  return Object.fromEntries(
    Object.entries(exampleFor(event, waysOf(event)[0] ?? 'send')).map(([key, value]) => {
      const type = Object.hasOwn(event.fields, key) ? event.fields[key]?.type : undefined;
      if (type === 'bytes') return [key, octets(value)];
      return [key, type === 'bytes_list' && Array.isArray(value) ? value.map(octets) : value];
    }),
  );
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
