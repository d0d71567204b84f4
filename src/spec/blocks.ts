// The shapes of the fenced blocks that programs read out of a proposal: `event`, `record`, `machine`, `feature`, `try`,
// `sequence`, `retired` and `untested`. A block is YAML; this file says what it may hold and turns it into plain values
// with positions for errors.

import { z } from 'zod';
import type { Problem } from './problem.ts';
import { readYaml } from './yaml.ts';

const REQUIREMENT_ID = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+$/;
const EVENT_NAME = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/;
/** What a trace calls a step: an event, or what is no event of the interface, such as `receive` or `client.request`. */
const STEP_NAME = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/;
const FIELD_NAME = /^[a-z][a-z0-9_]*$/;
const FEATURE_NAME = /^[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*$/;

const requirementId = z
  .string()
  .regex(REQUIREMENT_ID, 'is not a requirement id such as `http.start-once`');

/** What a receiver finds where the sender left a field out. A list or a map is empty. */
type Default =
  | string
  | number
  | boolean
  | null
  | readonly never[]
  | Readonly<Record<string, never>>;

interface DefaultOf {
  readonly type: string;
  readonly values?: readonly string[] | undefined;
  readonly nullable?: boolean | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

/** Which defaults a field can have, and how to say it. */
function defaultFor({
  type,
  values = [],
  nullable,
  minimum = -Infinity,
  maximum = Infinity,
}: DefaultOf) {
  const own: { readonly words: string; fits(value: unknown): boolean } = (() => {
    switch (type) {
      case 'string':
        return { words: 'text', fits: (value) => typeof value === 'string' };
      case 'integer':
        return {
          words: 'a whole number in its range',
          fits: (value) =>
            Number.isSafeInteger(value) &&
            (value as number) >= minimum &&
            (value as number) <= maximum,
        };
      case 'boolean':
        return { words: '`true` or `false`', fits: (value) => typeof value === 'boolean' };
      case 'enum':
        return { words: 'one of its values', fits: (value) => values.includes(value as string) };
      case 'octets':
      case 'bytes':
        return { words: 'the empty text `""`', fits: (value) => value === '' };
      case 'fields':
      case 'strings':
      case 'octets_list':
      case 'bytes_list':
        return {
          words: 'the empty list `[]`',
          fits: (value) => Array.isArray(value) && value.length === 0,
        };
      case 'feature_map':
      case 'feature_choice':
        return {
          words: 'the empty map `{}`',
          fits: (value) =>
            typeof value === 'object' &&
            value !== null &&
            !Array.isArray(value) &&
            Object.keys(value).length === 0,
        };
      default:
        return { words: 'possible', fits: () => false };
    }
  })();
  return nullable
    ? { words: `${own.words} or null`, fits: (value: unknown) => value === null || own.fits(value) }
    : own;
}

const field = z
  .strictObject({
    type: z.string().regex(/^[a-z][a-z0-9_]*$/, 'is not a type name'),
    values: z.array(z.string()).min(1).optional(),
    text: z.string().min(1),
    nullable: z.boolean().optional(),
    optional: z.boolean().optional(),
    default: z.custom<Default>((value) => value !== undefined).optional(),
    minimum: z.int().optional(),
    maximum: z.int().optional(),
  })
  .refine((value) => (value.type === 'enum') === (value.values !== undefined), {
    message: 'needs `values` when its type is `enum`, and only then',
  })
  .refine(({ values = [] }) => new Set(values).size === values.length, {
    message: 'lists a value twice',
    path: ['values'],
  })
  .refine(
    ({ type, minimum, maximum }) =>
      type === 'integer' || (minimum === undefined && maximum === undefined),
    { message: 'has a `minimum` or `maximum`, which only an `integer` can have' },
  )
  .refine(({ minimum = -Infinity, maximum = Infinity }) => minimum <= maximum, {
    message: 'has a `minimum` above its `maximum`',
  })
  .refine((value) => value.default === undefined || !value.optional, {
    message: 'is `optional` and has a `default`: it is either absent or filled in',
  })
  .superRefine((value, { addIssue }) => {
    if (value.default === undefined) return;
    const wanted = defaultFor(value);
    if (wanted.fits(value.default)) return;
    const inside = Array.isArray(value.default) && value.default.length > 0 ? [0] : [];
    addIssue({
      code: 'custom',
      path: ['default', ...inside],
      message: `is not ${wanted.words}, as the default of ${/^[aeio]/.test(value.type) ? 'an' : 'a'} \`${value.type}\` has to be`,
    });
  });

const fields = z.record(z.string().regex(FIELD_NAME, 'is not a field name in snake_case'), field);

const eventBlock = z
  .strictObject({
    type: z.string().regex(EVENT_NAME, 'is not an event type such as `http.response.start`'),
    direction: z.enum(['send', 'receive', 'both']),
    scope: z.array(z.string()).min(1),
    feature: z.string().regex(FEATURE_NAME, 'is not a feature name').optional(),
    summary: z.string().min(1),
    requirement: requirementId,
    exactly_one: z.array(z.string()).min(2).optional(),
    fields,
    example: z.looseObject({ type: z.string() }),
  })
  .refine(
    ({ exactly_one = [], fields }) =>
      exactly_one.every((name) => Object.hasOwn(fields, name) && fields[name]?.optional === true),
    { message: 'names in `exactly_one` a field that is not declared as optional' },
  )
  .refine(({ exactly_one = [] }) => new Set(exactly_one).size === exactly_one.length, {
    message: 'names a field twice',
    path: ['exactly_one'],
  });

const recordBlock = z.strictObject({
  record: z.string().regex(FIELD_NAME),
  extends: z.string().optional(),
  type: z.string().optional(),
  summary: z.string().min(1),
  fields,
});

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (typeof v === 'string' ? [v] : v));

const outcomes = ['to', 'misuse', 'closed', 'never', 'stay'] as const;

const transition = z
  .strictObject({
    on: oneOrMore,
    from: oneOrMore,
    when: z.string().optional(),
    to: z.string().optional(),
    do: z.string().optional(),
    requirement: requirementId.optional(),
    misuse: requirementId.optional(),
    closed: requirementId.optional(),
    never: requirementId.optional(),
    stay: z.literal(true).optional(),
  })
  .refine((row) => outcomes.filter((key) => row[key] !== undefined).length === 1, {
    message: 'needs exactly one of `to`, `misuse`, `closed`, `never` and `stay`',
  })
  .refine((row) => row.do === undefined || row.to !== undefined, {
    message: 'has a `do` without a `to`: only a transition acts',
  })
  .refine((row) => row.to === undefined || row.requirement !== undefined, {
    message: 'has a `to` without the `requirement` that governs it',
  });

const named = z.record(z.string(), z.string().min(1));

const machineBlock = z.strictObject({
  machine: z.string().regex(EVENT_NAME, 'is not a machine name such as `http.response`'),
  summary: z.string().min(1),
  scope: oneOrMore,
  initial: z.string(),
  states: named,
  final: z.array(z.string()).min(1),
  triggers: named,
  guards: named,
  actions: named,
  transitions: z.array(transition).min(1),
});

const example = z.string().regex(/^[a-z][a-z0-9-]*$/);

const tryBlock = z.strictObject({ example, caption: z.string().min(1) });

const step = z.string().regex(STEP_NAME, 'is not the name of an event, such as `http.response`');

const eachOnce = (values: readonly string[]) => new Set(values).size === values.length;

const sequenceBlock = z.strictObject({
  example,
  conn: z.int().nonnegative().optional(),
  from: step.optional(),
  to: step.optional(),
  events: z.array(step).min(1).refine(eachOnce, 'lists a name twice').optional(),
  show: z.array(requirementId).min(1).refine(eachOnce, 'lists a requirement twice').optional(),
  caption: z.string().min(1),
});

const featureBlock = z.strictObject({
  feature: z.string().regex(FEATURE_NAME, 'is not a feature name such as `http.file`'),
  revision: z.int().positive(),
  summary: z.string().min(1),
  requirement: requirementId,
  default: z.boolean(),
});

const retiredBlock = z
  .array(
    z
      .strictObject({
        id: requirementId,
        alias: requirementId.optional(),
        tombstone: z.string().min(1).optional(),
      })
      .refine(({ alias, tombstone }) => (alias === undefined) !== (tombstone === undefined), {
        message: 'needs either the `alias` that took its place or a `tombstone` that says why',
      }),
  )
  .min(1);

const untestedBlock = z
  .array(z.strictObject({ requirement: requirementId, reason: z.string().min(1) }))
  .min(1);

const schemas = {
  event: eventBlock,
  record: recordBlock,
  machine: machineBlock,
  feature: featureBlock,
  try: tryBlock,
  sequence: sequenceBlock,
  retired: retiredBlock,
  untested: untestedBlock,
};

export type FieldBlock = z.infer<typeof field>;
export type EventBlock = z.infer<typeof eventBlock>;
export type RecordBlock = z.infer<typeof recordBlock>;
export type MachineBlock = z.infer<typeof machineBlock>;
export type TransitionRow = MachineBlock['transitions'][number];
export type FeatureBlock = z.infer<typeof featureBlock>;
export type TryBlock = z.infer<typeof tryBlock>;
export type SequenceBlock = z.infer<typeof sequenceBlock>;
export type RetiredBlock = z.infer<typeof retiredBlock>;
export type UntestedBlock = z.infer<typeof untestedBlock>;
export type BlockKind = keyof typeof schemas;
export type Block = { [K in BlockKind]: z.infer<(typeof schemas)[K]> };

/** Whether a fence of this language is read by programs. */
export function isBlockKind(language: string): language is BlockKind {
  return Object.hasOwn(schemas, language);
}

/**
 * Reads the YAML of one block.
 * `line` is the line of the first line *inside* the fence; problems are reported against the file.
 */
export function parseBlock<K extends BlockKind>(
  kind: K,
  source: string,
  file: string,
  line: number,
): { value: Block[K] } | { problems: Problem[] } {
  const result = readYaml<unknown>(
    { what: `${kind} block`, text: source, file, line },
    schemas[kind],
    { syntax: 'block-yaml', shape: 'block-shape' },
  );
  return 'problems' in result ? result : { value: result.value as Block[K] };
}
