// Writes the interface as code: from the joined proposals to the TypeScript that gateways run on and applications
// complete from. Pure: returns file texts; the command writes them.

import type { FieldBlock, MachineBlock } from './blocks.ts';
import type { Specification } from './specification.ts';

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

const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  octets: 'string',
  bytes: 'Uint8Array',
  integer: 'number',
  boolean: 'boolean',
  fields: 'Fields',
  feature_map: 'Readonly<Record<string, readonly number[]>>',
  cancel: 'AbortSignal',
  state: 'Readonly<Record<string, unknown>>',
};

/** `http.response.start` → `HttpResponseStart`. */
function pascal(name: string): string {
  return name.replace(/(?:^|[._-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function typeOf(field: FieldBlock): string {
  const base =
    field.type === 'enum'
      ? (field.values ?? []).map(literal).join(' | ')
      : (TYPES[field.type] ?? pascal(field.type));
  return field.nullable ? `${base} | null` : base;
}

function literal(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

function doc(text: string, indent = ''): string {
  return `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

function members(fields: Readonly<Record<string, FieldBlock>>, send: boolean): string {
  return Object.entries(fields)
    .map(([name, field]) => {
      const optional = field.optional || (send && field.default !== undefined) ? '?' : '';
      return `${doc(field.text, '  ')}  readonly ${name}${optional}: ${typeOf(field)};\n`;
    })
    .join('');
}

function eventTypes(specification: Specification): string {
  const parts = [
    HEADER,
    '\n/** Ordered pairs of lowercase field name and field value (octets as code units at most 0xFF). */\n',
    'export type Fields = readonly (readonly [name: string, value: string])[];\n',
  ];
  for (const record of specification.records.values()) {
    const base = record.extends ? ` extends ${pascal(record.extends)}` : '';
    const type = record.type
      ? `${doc('The type of this scope.', '  ')}  readonly type: '${record.type}';\n`
      : '';
    parts.push(
      `\n${doc(record.summary)}export interface ${pascal(record.record)}${base} {\n${type}${members(record.fields, false)}}\n`,
    );
  }
  for (const event of specification.events.values()) {
    parts.push(
      `\n${doc(`${event.summary} (${event.requirement})`)}export interface ${pascal(event.type)} {\n` +
        `  readonly type: '${event.type}';\n${members(event.fields, event.direction === 'send')}}\n`,
    );
  }
  const scopes = new Set([...specification.events.values()].flatMap((event) => event.scope));
  for (const scope of scopes) {
    for (const [direction, suffix] of [
      ['receive', 'ReceiveEvent'],
      ['send', 'SendEvent'],
    ] as const) {
      const names = [...specification.events.values()]
        .filter((event) => event.direction === direction && event.scope.includes(scope))
        .map((event) => pascal(event.type));
      const what =
        direction === 'send' ? 'What an application may send' : 'What an application may receive';
      parts.push(
        `\n${doc(`${what} in a conversation of type \`${scope}\`.`)}export type ${pascal(scope)}${suffix} =${names.length > 0 ? `\n  | ${names.join('\n  | ')}` : ' never'};\n`,
      );
    }
  }
  return parts.join('');
}

function constant(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/"([a-z_$][a-z0-9_$]*)":/gi, '$1:');
}

function catalogue(specification: Specification): string {
  const entries = Object.fromEntries(
    [...specification.events.values()].map((event) => [
      event.type,
      {
        direction: event.direction,
        scope: event.scope,
        requirement: event.requirement,
        fields: Object.fromEntries(
          Object.entries(event.fields).map(([name, field]) => [
            name,
            {
              type: field.type,
              required: !field.optional && field.default === undefined,
              ...(field.nullable ? { nullable: true } : {}),
              ...(field.values ? { values: field.values } : {}),
              ...(field.minimum === undefined ? {} : { minimum: field.minimum }),
              ...(field.maximum === undefined ? {} : { maximum: field.maximum }),
            },
          ]),
        ),
      },
    ]),
  );
  return `${HEADER}
import type { EventDescription } from './description.ts';

/** Every event of the interface: who sends it, what it carries, which requirement governs it. */
export const EVENTS: Readonly<Record<string, EventDescription>> = ${constant(entries)};
`;
}

/** One row a line, so that a change of a row is a change of a line. */
function machineTable(machine: MachineBlock): string {
  const line = (value: unknown) => JSON.stringify(value);
  const rows = machine.transitions.map((row) => `    ${line(row)},`).join('\n');
  return `{
  machine: ${line(machine.machine)},
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
    const union = (names: readonly string[]) => names.map(literal).join(' | ') || 'never';
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
  const entries = Object.fromEntries(
    [...specification.requirements.values()].map((r) => [
      r.id,
      { level: r.level, role: r.role, proposal: r.slug, text: r.text.replace(/\s*\n\s*/g, ' ') },
    ]),
  );
  return `${HEADER}
import type { RequirementDescription } from './description.ts';

/** Every requirement by id, with its text, for messages and pages. */
export const REQUIREMENTS: Readonly<Record<string, RequirementDescription>> = ${constant(entries)};
`;
}
