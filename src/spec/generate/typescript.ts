// Writes the interface as TypeScript: from the joined proposals to the types that applications complete from and the
// tables that gateways run on. Pure: returns texts; the command writes them.

import type { FeatureBlock, FieldBlock, MachineBlock } from '../blocks.ts';
import type { Specification } from '../model.ts';
import { layout, type Page, type Piece, wrap } from './layout.ts';
import { exampleOf, literal, pieces, propertyName, quote } from './literal.ts';
import {
  casesOf,
  type EventForm,
  exampleFor,
  featuresOf,
  formsOf,
  holdersOf,
  isRequired,
  namesFor,
  pascal,
  recordsInOrder,
  scopesOf,
  type Way,
  waysOf,
} from './shape.ts';

/** File name to text, for the folder `src/interface`. */
export function generateTypeScript(specification: Specification): ReadonlyMap<string, string> {
  return new Map([
    ['events.generated.ts', eventTypes(specification)],
    ['catalogue.generated.ts', catalogue(specification)],
    ['machines.generated.ts', machines(specification)],
    ['requirements.generated.ts', requirements(specification)],
  ]);
}

const HEADER = `// Generated from proposals/ by \`portway spec generate\`. Do not edit: change the proposal and generate again.\n`;

const PAGE: Page = { width: 100, step: 2 };

const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  octets: 'string',
  bytes: 'Uint8Array',
  integer: 'number',
  boolean: 'boolean',
  fields: 'Fields',
  strings: 'readonly string[]',
  octets_list: 'readonly string[]',
  bytes_list: 'readonly Uint8Array[]',
  feature_map: 'Readonly<Record<string, readonly number[]>>',
  feature_choice: 'Readonly<Record<string, number>>',
  data: 'unknown',
  cancel: 'AbortSignal',
  state: 'Readonly<State>',
};

const STATE_PARAMETER = '<State = AnyState>';

/** Types that say what the application's state is, by record name or event type. */
type Generic = ReadonlySet<string>;

function typeOf(field: FieldBlock, generic: Generic): string {
  const base =
    field.type === 'enum'
      ? (field.values ?? []).map(quote).join(' | ')
      : (TYPES[field.type] ?? pascal(field.type) + (generic.has(field.type) ? '<State>' : ''));
  // `unknown | null` is `unknown`.
  return field.nullable && field.type !== 'data' ? `${base} | null` : base;
}

/** A comment in front of a declaration: prose, and lines that stay as they are. */
function doc(text: string, indent = '', verbatim: readonly string[] = []): string {
  const safe = (line: string) => line.replaceAll('*/', '*\\/');
  const lines = wrap(text, PAGE.width - indent.length - 3).map(safe);
  if (lines.length === 1 && verbatim.length === 0) {
    const [line = ''] = lines;
    if (indent.length + line.length + 7 <= PAGE.width) return `${indent}/** ${line} */\n`;
  }
  const body = [...lines, ...verbatim.map(safe)].map((line) => `${indent} * ${line}`.trimEnd());
  return `${indent}/**\n${body.join('\n')}\n${indent} */\n`;
}

/** What a field means, with what its type cannot say. */
function fieldText(field: FieldBlock): string {
  const { minimum, maximum } = field;
  const notes = [
    minimum !== undefined && maximum !== undefined
      ? `From ${minimum} to ${maximum}.`
      : minimum !== undefined
        ? `At least ${minimum}.`
        : maximum === undefined
          ? ''
          : `At most ${maximum}.`,
    field.default === undefined ? '' : `By default \`${literal(field.default)}\`.`,
  ];
  return [field.text, ...notes].filter((note) => note !== '').join(' ');
}

function members(
  fields: Readonly<Record<string, FieldBlock>>,
  way: Way,
  generic: Generic,
  indent = '  ',
): string {
  return Object.entries(fields)
    .map(
      ([name, field]) =>
        `${doc(fieldText(field), indent)}${indent}readonly ${name}${isRequired(field, way) ? '' : '?'}: ${typeOf(field, generic)};\n`,
    )
    .join('');
}

function eventTypes(specification: Specification): string {
  const generic = holdersOf('state', specification);
  const parts = [
    HEADER,
    `\n${doc('Ordered pairs of lowercase field name and field value (octets as code units at most 0xFF).')}`,
    'export type Fields = readonly (readonly [name: string, value: string])[];\n',
    `\n${doc('What an application publishes at start-up, where it does not say more exactly what that is.')}`,
    'export type AnyState = Readonly<Record<string, unknown>>;\n',
  ];
  for (const record of recordsInOrder(specification)) {
    const parameter = generic.has(record.record) ? STATE_PARAMETER : '';
    const base = record.extends
      ? ` extends ${pascal(record.extends)}${generic.has(record.extends) ? '<State>' : ''}`
      : '';
    const type = record.type
      ? `${doc('The type of this scope.', '  ')}  readonly type: ${quote(record.type)};\n`
      : '';
    parts.push(
      `\n${doc(record.summary)}export interface ${pascal(record.record)}${parameter}${base} {\n${type}${members(record.fields, 'receive', generic)}}\n`,
    );
  }
  for (const event of specification.events.values())
    for (const form of formsOf(event)) parts.push(`\n${eventType(form, generic)}`);
  const generics = new Set(
    [...specification.events.values()]
      .filter(({ type }) => generic.has(type))
      .flatMap(formsOf)
      .map(({ name }) => name),
  );
  for (const scope of scopesOf(specification)) {
    for (const [way, suffix] of [
      ['receive', 'ReceiveEvent'],
      ['send', 'SendEvent'],
    ] as const) {
      const names = namesFor(specification, scope, way);
      const parameter = names.some((name) => generics.has(name)) ? STATE_PARAMETER : '';
      const union = names.map((name) => `\n  | ${name}${generics.has(name) ? '<State>' : ''}`);
      parts.push(
        `\n${doc(`What an application may ${way} in a conversation of type \`${scope}\`.`)}`,
        `export type ${pascal(scope)}${suffix}${parameter} =${union.join('') || ' never'};\n`,
      );
    }
  }
  return parts.join('');
}

function eventType({ name, event, way, ways }: EventForm, generic: Generic): string {
  const both = event.direction === 'both';
  const notes = [
    both && ways.length === 1 ? (way === 'send' ? 'As it is sent.' : 'As it is received.') : '',
    event.exactly_one
      ? `Exactly one of ${inWords(event.exactly_one.map((field) => `\`${field}\``))} is there.`
      : '',
    event.feature ? `Needs the feature \`${event.feature}\`.` : '',
    `Governed by \`${event.requirement}\`.`,
  ];
  const text = `${event.summary}\n\n${notes.filter((note) => note !== '').join(' ')}`;
  const head = doc(text, '', [
    '',
    '@example',
    ...exampleOf(event, exampleFor(event, way)).split('\n'),
  ]);
  const parameter = generic.has(event.type) ? STATE_PARAMETER : '';
  const type = `readonly type: ${quote(event.type)};\n`;
  if (!event.exactly_one)
    return `${head}export interface ${name}${parameter} {\n  ${type}${members(event.fields, way, generic)}}\n`;
  const cases = casesOf(event).map(({ field, fields }) => {
    const others = (event.exactly_one ?? []).filter((other) => other !== field);
    const absent = others.map((other) => `      readonly ${other}?: undefined;\n`).join('');
    return `\n  | {\n      ${type}${members(fields, way, generic, '      ')}${absent}    }`;
  });
  return `${head}export type ${name}${parameter} =${cases.join('')};\n`;
}

/** `a`, `a and b`, `a, b and c`. */
function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** A map whose entries stand on lines of their own. */
function map(entries: readonly (readonly [key: string, value: Piece])[]): Piece {
  return {
    open: '{',
    close: '}',
    broken: true,
    members: entries.map(([key, value]) => [`${propertyName(key)}: `, value]),
  };
}

function constant(name: string, type: string, entries: readonly [string, Piece][]): string {
  const head = `export const ${name}: Readonly<Record<string, ${type}>> = `;
  return `${layout([head, map(entries), ';'], PAGE)}\n`;
}

function catalogue(specification: Specification): string {
  const events = [...specification.events.values()].map((event): [string, Piece] => [
    event.type,
    map([
      ['direction', pieces(event.direction)],
      ['scope', pieces(event.scope)],
      ...(event.feature ? [['feature', pieces(event.feature)] as const] : []),
      ['requirement', pieces(event.requirement)],
      ...(event.exactly_one ? [['exactlyOne', pieces(event.exactly_one)] as const] : []),
      [
        'fields',
        map(
          Object.entries(event.fields).map(([name, field]) => [
            name,
            pieces(fieldDescription(field, waysOf(event))),
          ]),
        ),
      ],
    ]),
  ]);
  const features = featuresOf(specification).map(({ feature }): [string, Piece] => [
    feature.feature,
    pieces(featureDescription(feature)),
  ]);
  return `${HEADER}
import type { EventDescription, FeatureDescription } from './description.ts';

${doc('Every event of the interface: who sends it, what it carries, which requirement governs it.')}${constant('EVENTS', 'EventDescription', events)}
${doc('Every feature that the proposals define: its revisions, and whether an application that has not chosen has accepted it.')}${constant('FEATURES', 'FeatureDescription', features)}`;
}

/** A field as the generated tables describe it. Where both send, a sender has to give what is required. */
export function fieldDescription(
  field: FieldBlock,
  ways: readonly Way[],
): Readonly<Record<string, unknown>> {
  return {
    type: field.type,
    required: ways.every((way) => isRequired(field, way)),
    ...(field.nullable ? { nullable: true } : {}),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.values ? { values: field.values } : {}),
    ...(field.minimum === undefined ? {} : { minimum: field.minimum }),
    ...(field.maximum === undefined ? {} : { maximum: field.maximum }),
  };
}

/** A feature as the generated tables describe it. */
export function featureDescription({
  revision,
  default: accepted,
  requirement,
  summary,
}: FeatureBlock): Readonly<Record<string, unknown>> {
  return { revisions: [revision], default: accepted, requirement, summary };
}

/** One row a line, so that a change of a row is a change of a line. */
function machineTable(machine: MachineBlock): string {
  const line = (value: unknown) => JSON.stringify(value);
  const rows = machine.transitions.map((row) => `    ${line(row)},`).join('\n');
  return `{
  machine: ${line(machine.machine)},
  scope: ${line(machine.scope)},
  initial: ${line(machine.initial)},
  final: ${line(machine.final)},
  states: ${line(Object.keys(machine.states))},
  transitions: [
${rows}
  ],
}`;
}

function machines(specification: Specification): string {
  const parts = [HEADER, "\nimport type { MachineTable } from './description.ts';\n"];
  for (const machine of specification.machines.values()) {
    const union = (names: readonly string[]) => names.map(quote).join(' | ') || 'never';
    const name = pascal(machine.machine);
    parts.push(
      `\nexport type ${name}State = ${union(Object.keys(machine.states))};\n`,
      `export type ${name}Guard = ${union(Object.keys(machine.guards))};\n`,
      `export type ${name}Action = ${union(Object.keys(machine.actions))};\n`,
      `\n${doc(machine.summary)}export const ${machine.machine.replaceAll('.', '_').toUpperCase()}: MachineTable<${name}State, ${name}Guard, ${name}Action> = `,
      `${machineTable(machine)};\n`,
    );
  }
  return parts.join('');
}

function requirements(specification: Specification): string {
  const entries = [...specification.requirements.values()].map((r): [string, Piece] => [
    r.id,
    pieces({ level: r.level, role: r.role, proposal: r.slug, text: oneLine(r.text) }),
  ]);
  return `${HEADER}
import type { RequirementDescription } from './description.ts';

${doc('Every requirement by id, with its text, for messages and pages.')}${constant('REQUIREMENTS', 'RequirementDescription', entries)}`;
}

/** The text of a requirement, which may be broken into lines in the proposal. */
export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
