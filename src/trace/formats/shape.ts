// Holds a value to the schema of a trace event and says in words where it departs. Reads schema.json itself, so that
// there is one description; knows only the keywords that stand in it.

import type { TraceEvent } from '../event.ts';
import schema from '../schema.json' with { type: 'json' };

/** The version of the schema. */
export const VERSION: number = schema.properties.v.const;

/** What is wrong with a value, and at which path in it; nothing for what is as it should be. */
type Check = (value: unknown, path: string) => string | undefined;

type Node = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A fault, as Ajv words it. */
const at = (path: string, what: string) => `${path === '' ? 'it' : path} ${what}`;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: Number.isFinite,
  integer: Number.isInteger,
};

/** Says nothing of a value. */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$defs',
  'title',
  'description',
  // For strings, JSON Schema says of an encoding what it is, and asserts nothing.
  'contentEncoding',
]);

/** How a keyword is checked. Those that are for one type pass over values of another. */
const KEYWORDS: Readonly<Record<string, (argument: never) => Check>> = {
  type: (name: string) => {
    const is = TYPES[name];
    if (!is) throw new Error(`src/trace/schema.json has a type \`${name}\` that nothing checks.`);
    return (value, path) => (is(value) ? undefined : at(path, `must be ${name}`));
  },
  const: (wanted: unknown) => (value, path) =>
    value === wanted ? undefined : at(path, `must be ${JSON.stringify(wanted)}`),
  enum: (allowed: readonly unknown[]) => (value, path) =>
    allowed.includes(value) ? undefined : at(path, `must be one of ${allowed.join(', ')}`),
  required: (names: readonly string[]) => (value, path) => {
    const missing = isObject(value) && names.find((name) => !Object.hasOwn(value, name));
    return missing ? at(path, `must have required property '${missing}'`) : undefined;
  },
  properties: (properties: Readonly<Record<string, Node>>) => {
    const checks = new Map(Object.entries(properties).map(([name, node]) => [name, compile(node)]));
    return (value, path) => {
      if (!isObject(value)) return undefined;
      for (const name of Object.keys(value)) {
        const check = checks.get(name);
        // Every object of the schema is closed (`additionalProperties: false`).
        const fault = check
          ? check(value[name], `${path}/${name}`)
          : at(path, `must not have the property ${JSON.stringify(name)}`);
        if (fault) return fault;
      }
      return undefined;
    };
  },
  additionalProperties: (allowed: boolean) => {
    if (allowed) throw new Error('src/trace/schema.json has an open object.');
    return () => undefined;
  },
  minimum: (least: number) => (value, path) =>
    typeof value === 'number' && value < least ? at(path, `must be >= ${least}`) : undefined,
  minLength: (least: number) => (value, path) =>
    typeof value === 'string' && value.length < least ? at(path, 'must not be empty') : undefined,
  pattern: (source: string) => {
    const pattern = new RegExp(source, 'u');
    return (value, path) =>
      typeof value === 'string' && !pattern.test(value)
        ? at(path, `must match "${source}"`)
        : undefined;
  },
  minItems: (least: number) => (value, path) =>
    Array.isArray(value) && value.length < least
      ? at(path, `must have ${least} or more items`)
      : undefined,
  prefixItems: (nodes: readonly Node[]) => {
    const checks = nodes.map(compile);
    return (value, path) => {
      if (!Array.isArray(value)) return undefined;
      for (const [index, check] of checks.entries()) {
        const fault = index < value.length ? check(value[index], `${path}/${index}`) : undefined;
        if (fault) return fault;
      }
      return value.length > checks.length
        ? at(path, `must have no more than ${checks.length} items`)
        : undefined;
    };
  },
  items: (node: Node | false) => {
    // Behind `prefixItems`, which counts.
    if (node === false) return () => undefined;
    const check = compile(node);
    return (value, path) => {
      if (!Array.isArray(value)) return undefined;
      for (const [index, item] of value.entries()) {
        const fault = check(item, `${path}/${index}`);
        if (fault) return fault;
      }
      return undefined;
    };
  },
  $ref: (pointer: string) => compile(definition(pointer)),
};

function definition(pointer: string): Node {
  const name = pointer.replace(/^#\/\$defs\//, '');
  const node = (schema.$defs as Readonly<Record<string, Node>>)[name];
  if (!node) throw new Error(`src/trace/schema.json points to ${pointer}, which it does not have.`);
  return node;
}

function compile(node: Node): Check {
  const checks = Object.entries(node)
    .filter(([keyword]) => !ANNOTATIONS.has(keyword))
    .map(([keyword, argument]) => {
      const make = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
      if (!make) throw new Error(`src/trace/schema.json has \`${keyword}\`, which nothing checks.`);
      return make(argument as never);
    });
  return (value, path) => {
    for (const check of checks) {
      const fault = check(value, path);
      if (fault) return fault;
    }
    return undefined;
  };
}

const checkEvent = compile(schema);

/** The first departure of a value from the schema, in words (“/conn must be integer”); none for a trace event. */
export function faultOf(value: unknown): string | undefined {
  return checkEvent(value, '');
}

const checkBody = compile(definition('#/$defs/body'));

/** The first departure of a value from the form of a line that holds data, in words; none for such a line. */
export function bodyFaultOf(value: unknown): string | undefined {
  return checkBody(value, '');
}

/** Whether a value is a trace event. */
export function isTraceEvent(value: unknown): value is TraceEvent {
  return faultOf(value) === undefined;
}
