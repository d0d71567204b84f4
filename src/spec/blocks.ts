// The shapes of the fenced blocks that programs read out of a proposal: `event`, `record`, `machine` and `try`.
// A block is YAML; this file says what it may hold and turns it into plain values with positions for errors.

import { z } from 'zod';
import type { Problem } from './problem.ts';
import { readYaml } from './yaml.ts';

const REQUIREMENT_ID = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+$/;
const EVENT_NAME = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/;
const FIELD_NAME = /^[a-z][a-z0-9_]*$/;

const requirementId = z
  .string()
  .regex(REQUIREMENT_ID, 'is not a requirement id such as `http.start-once`');

const field = z
  .strictObject({
    type: z.string().regex(/^[a-z][a-z0-9_]*$/, 'is not a type name'),
    values: z.array(z.string()).min(1).optional(),
    text: z.string().min(1),
    nullable: z.boolean().optional(),
    optional: z.boolean().optional(),
    default: z.array(z.never()).optional(),
    minimum: z.int().optional(),
    maximum: z.int().optional(),
  })
  .refine((value) => (value.type === 'enum') === (value.values !== undefined), {
    message: 'needs `values` when its type is `enum`, and only then',
  });

const fields = z.record(z.string().regex(FIELD_NAME, 'is not a field name in snake_case'), field);

const eventBlock = z.strictObject({
  type: z.string().regex(EVENT_NAME, 'is not an event type such as `http.response.start`'),
  direction: z.enum(['send', 'receive']),
  scope: z.array(z.string()).min(1),
  summary: z.string().min(1),
  requirement: requirementId,
  fields,
  example: z.looseObject({ type: z.string() }),
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
  scope: z.string(),
  initial: z.string(),
  states: named,
  final: z.array(z.string()).min(1),
  triggers: named,
  guards: named,
  actions: named,
  transitions: z.array(transition).min(1),
});

const tryBlock = z.strictObject({
  example: z.string().regex(/^[a-z][a-z0-9-]*$/),
  caption: z.string().min(1),
});

const schemas = { event: eventBlock, record: recordBlock, machine: machineBlock, try: tryBlock };

export type FieldBlock = z.infer<typeof field>;
export type EventBlock = z.infer<typeof eventBlock>;
export type RecordBlock = z.infer<typeof recordBlock>;
export type MachineBlock = z.infer<typeof machineBlock>;
export type TransitionRow = MachineBlock['transitions'][number];
export type TryBlock = z.infer<typeof tryBlock>;
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
