// Writes the interface as one Python module: types for authors, and the same tables that the TypeScript gateway runs
// on. It is for CPython 3.9 and its standard library, so optional keys are a class of their own, not `NotRequired`.
// Pure: returns the text; the command writes it.

import type { EventBlock, FieldBlock, MachineBlock, RecordBlock } from '../blocks.ts';
import type { Specification } from '../model.ts';
import { layout, type Page, type Piece, wrap } from './layout.ts';
import {
  casesOf,
  type EventForm,
  exampleFor,
  featuresOf,
  formsOf,
  isRequired,
  lineOf,
  namesFor,
  pascal,
  recordsInOrder,
  scopesOf,
  type Way,
  waysOf,
} from './shape.ts';
import { featureDescription, fieldDescription, oneLine } from './typescript.ts';

const PAGE: Page = { width: 88, step: 4 };

/** Reserved words that can be field names: none of them can be declared in a class. */
const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

const TYPES: Readonly<Record<string, string>> = {
  string: 'str',
  octets: 'bytes',
  bytes: 'bytes',
  integer: 'int',
  boolean: 'bool',
  fields: 'Fields',
  strings: 'Sequence[str]',
  octets_list: 'Sequence[bytes]',
  bytes_list: 'Sequence[bytes]',
  feature_map: 'Mapping[str, Sequence[int]]',
  feature_choice: 'Mapping[str, int]',
  data: 'Any',
  cancel: 'Cancel',
  state: 'Mapping[str, object]',
};

type Fields = Readonly<Record<string, FieldBlock>>;

/** The text of `src/python/portway/events.py`. */
export function generatePython(specification: Specification): string {
  const records = recordsInOrder(specification).map((record) => recordType(record, specification));
  const events = [...specification.events.values()].flatMap(formsOf).map(eventType);
  const unions = scopesOf(specification).map((scope) => unionsOf(scope, specification));
  const body = [
    HANDLES,
    ...records,
    ...events,
    ...unions,
    TABLE_TYPES,
    ...tables(specification),
  ].join('\n\n');
  const used = TYPING.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
  const imports = used.map((name) => `    ${name},\n`).join('');
  return `${HEAD}\nfrom typing import (\n${imports})\n\n${body}`;
}

const TYPING = [
  'Any',
  'Callable',
  'Dict',
  'Literal',
  'Mapping',
  'NamedTuple',
  'NoReturn',
  'Optional',
  'Protocol',
  'Sequence',
  'Tuple',
  'TypedDict',
  'Union',
  'final',
];

const HEAD = `# Generated from proposals/ by \`portway spec generate\`. Do not edit: change the proposal
# and generate again.
"""The Portway interface as plain data: events, scopes, machines and requirements.

An event is a dict with a \`\`type\`\`. Octets are \`\`bytes\`\`, and what may be left out is
declared in a class with \`\`total=False\`\`. The tables at the end are what gateways and
checkers run on. This module needs CPython 3.9 or newer and nothing else.
"""

from __future__ import annotations
`;

const HANDLES = `Fields = Sequence[Tuple[str, bytes]]
"""Ordered pairs of lowercase field name and field value."""


class Cancel(Protocol):
    """A handle that is signalled once, with a reason."""

    @property
    def reason(self) -> Optional[Exception]:
        """The \`\`Closed\`\` that says why, or None as long as it is not signalled."""
        ...

    def is_set(self) -> bool:
        """Whether it was signalled."""
        ...

    async def wait(self) -> Exception:
        """Wait until it is signalled. Returns the reason."""
        ...

    def add_callback(self, function: Callable[[Any], object]) -> Callable[[], None]:
        """Have a function called with the reason. Returns what takes that back."""
        ...
`;

const TABLE_TYPES = `class _FieldDescriptionRequired(TypedDict):
    type: str
    required: bool


class FieldDescription(_FieldDescriptionRequired, total=False):
    """How one field of an event or a record is checked."""

    nullable: bool
    default: Any
    values: Sequence[str]
    minimum: int
    maximum: int


class _EventDescriptionRequired(TypedDict):
    direction: Literal["send", "receive", "both"]
    scope: Sequence[str]
    requirement: str
    fields: Mapping[str, FieldDescription]
    example: Mapping[str, Any]


class EventDescription(_EventDescriptionRequired, total=False):
    """Who sends an event, what it carries, which requirement governs it."""

    feature: str
    exactly_one: Sequence[str]


class FeatureDescription(TypedDict):
    """The revisions of a feature, and whether it is accepted without a choice."""

    revisions: Sequence[int]
    default: bool
    requirement: str
    summary: str


Transition = TypedDict(
    "Transition",
    {
        "on": Sequence[str],
        "from": Sequence[str],
        "when": str,
        "to": str,
        "do": str,
        "requirement": str,
        "misuse": str,
        "closed": str,
        "never": str,
        "stay": bool,
    },
    total=False,
)
"""One row of a machine. Rows are tried in order; one outcome of five is set."""


class MachineTable(TypedDict):
    """A state machine: it begins in \`\`initial\`\` and rows with \`\`to\`\` move it."""

    machine: str
    scope: Sequence[str]
    initial: str
    final: Sequence[str]
    states: Sequence[str]
    transitions: Sequence[Transition]


class RequirementDescription(NamedTuple):
    """A sentence that binds a role, and how strictly."""

    level: str
    role: str
    text: str
`;

/** A string literal. What JSON escapes, Python reads. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** A bytes literal. Text is UTF-8, or one octet a character. */
function bytes(text: string, encoding: 'utf-8' | 'octets'): string {
  const octets =
    encoding === 'utf-8'
      ? [...new TextEncoder().encode(text)]
      : [...text].map((character) => (character.codePointAt(0) ?? 0) & 0xff);
  const shown = octets.map((octet) => {
    if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
    return octet >= 0x20 && octet < 0x7f
      ? String.fromCharCode(octet)
      : `\\x${octet.toString(16).padStart(2, '0')}`;
  });
  return `b"${shown.join('')}"`;
}

/** Plain data as Python writes it. */
function pieces(value: unknown): Piece {
  if (typeof value === 'string') return quote(value);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return { open: '[', close: ']', members: value.map(pieces) };
  if (typeof value === 'object') return dict(Object.entries(value).map(([k, v]) => [k, pieces(v)]));
  return String(value);
}

function dict(entries: readonly (readonly [key: string, value: Piece])[], broken = false): Piece {
  return {
    open: '{',
    close: '}',
    broken,
    members: entries.map(([key, value]) => [`${quote(key)}: `, value]),
  };
}

/** An example, in which what is octets by its declaration is `bytes`. */
function example(event: EventBlock, way: Way): Piece {
  return dict(
    Object.entries(exampleFor(event, way)).map(([key, value]) => [
      key,
      exampleValue(value, event.fields[key]?.type),
    ]),
  );
}

function exampleValue(value: unknown, type: string | undefined): Piece {
  const each = (of: string): Piece =>
    Array.isArray(value)
      ? { open: '[', close: ']', members: value.map((item) => exampleValue(item, of)) }
      : pieces(value);
  if (type === 'fields' && Array.isArray(value)) {
    const pair = ([name, text]: unknown[]): Piece => ({
      open: '(',
      close: ')',
      members: [pieces(name), exampleValue(text, 'octets')],
    });
    return { open: '[', close: ']', members: value.map((item) => pair(item as unknown[])) };
  }
  if (type === 'bytes_list') return each('bytes');
  if (type === 'octets_list') return each('octets');
  if (type === 'bytes' && typeof value === 'string') return bytes(value, 'utf-8');
  return type === 'octets' && typeof value === 'string' ? bytes(value, 'octets') : pieces(value);
}

function typeOf(field: FieldBlock): Piece {
  const base: Piece =
    field.type === 'enum'
      ? ['Literal', brackets((field.values ?? []).map(quote))]
      : (TYPES[field.type] ?? pascal(field.type));
  return field.nullable ? ['Optional', brackets([base])] : base;
}

function brackets(members: readonly Piece[]): Piece {
  return { open: '[', close: ']', members };
}

/** A string in triple quotes: prose, and lines that stay as they are. */
function docstring(text: string, indent: string, verbatim: readonly string[] = []): string {
  const safe = (line: string) => line.replaceAll('\\', '\\\\').replaceAll('"""', '\\"\\"\\"');
  const lines = wrap(text, PAGE.width - indent.length - 3).map(safe);
  const close = (line: string) => (line.endsWith('"') ? `${line.slice(0, -1)}\\"` : line);
  const [only = ''] = lines;
  if (lines.length === 1 && verbatim.length === 0) {
    const written = `${indent}"""${close(only)}"""\n`;
    if (written.length - 1 <= PAGE.width) return written;
  }
  const body = [...lines, ...verbatim.map(safe)].map((line, index) =>
    index === 0 || line === '' ? line : indent + line,
  );
  return `${indent}"""${body.join('\n')}\n${indent}"""\n`;
}

function fieldText({ text, minimum, maximum, default: value }: FieldBlock): string {
  const range =
    minimum !== undefined && maximum !== undefined
      ? `From ${minimum} to ${maximum}.`
      : minimum !== undefined
        ? `At least ${minimum}.`
        : maximum === undefined
          ? ''
          : `At most ${maximum}.`;
  const byDefault =
    value === undefined ? '' : `By default \`${layout(pieces(value), { width: 1000, step: 4 })}\`.`;
  return [text, range, byDefault].filter((part) => part !== '').join(' ');
}

interface ClassParts {
  readonly name: string;
  readonly bases?: readonly string[];
  readonly doc: string;
  readonly verbatim?: readonly string[];
  readonly fields: Fields;
  readonly way: Way;
  readonly final?: boolean;
}

/**
 * A `TypedDict`. Keys that are reserved words are declared by the functional form in a base of its own, and required
 * keys in another where there are optional ones too.
 */
function typedDict({ name, bases = [], doc, verbatim, fields, way, ...rest }: ClassParts): string {
  const entries = Object.entries(fields);
  const reserved = entries.filter(([key]) => KEYWORDS.has(key));
  const usual = entries.filter(([key]) => !KEYWORDS.has(key));
  const required = usual.filter(([, field]) => isRequired(field, way));
  const optional = usual.filter(([, field]) => !isRequired(field, way));
  const parts: string[] = [];
  const above = [...bases];

  for (const [suffix, total] of [
    ['Words', true],
    ['OptionalWords', false],
  ] as const) {
    const keys = reserved.filter(([, field]) => isRequired(field, way) === total);
    if (keys.length === 0) continue;
    const base = `_${name}${suffix}`;
    const flat = (piece: Piece) => layout(piece, { width: 10_000, step: 4 });
    const members: Piece[] = [
      quote(base),
      dict(keys.map(([key, field]) => [key, quote(flat(typeOf(field)))])),
      ...(total ? [] : ['total=False']),
    ];
    const call = layout([`${base} = TypedDict`, { open: '(', close: ')', members }], PAGE);
    const docs = keys.map(([key, field]) => `\`\`${key}\`\`: ${fieldText(field)}`).join('\n');
    parts.push(`${call}\n${docstring(docs, '')}`);
    above.push(base);
  }

  const split = optional.length > 0 && required.length > 0;
  const heading = (className: string, parents: readonly string[], total: boolean) =>
    `class ${className}(${[...(parents.length > 0 ? parents : ['TypedDict']), ...(total ? [] : ['total=False'])].join(', ')}):\n`;
  const body = (members: readonly (readonly [string, FieldBlock])[]) =>
    members.map(([key, field]) => member(key, field)).join('');

  if (split) {
    const base = `_${name}Required`;
    parts.push(`${heading(base, above, true)}${body(required)}`);
    above.splice(0, above.length, base);
  }
  const own = body(split ? optional : usual);
  const total = optional.length === 0;
  parts.push(
    `${rest.final ? '@final\n' : ''}${heading(name, above, total)}${docstring(doc, '    ', verbatim)}${own === '' ? '' : `\n${own}`}`,
  );
  return parts.join('\n\n');
}

function member(key: string, field: FieldBlock): string {
  const declared = layout([`${key}: `, typeOf(field)], PAGE, 4);
  const text = fieldText(field);
  return `    ${declared}\n${text === '' ? '' : docstring(text, '    ')}`;
}

/** A key whose value is always the same string. */
function constantField(value: string, text = ''): FieldBlock {
  return { type: 'enum', values: [value], text };
}

/**
 * A record. A `TypedDict` cannot narrow a key that it inherits, so a key that a record below declares anew, such as the
 * `type` of a scope, is left to the records below: then every scope of a request is a `RequestScope`.
 */
function recordType(record: RecordBlock, specification: Specification): string {
  const fields = fieldsWithType(record, specification);
  const own = declaredBy(record, specification);
  const left = Object.keys(declaredFields(record)).filter((name) => !own.includes(name));
  const note =
    left.length === 0
      ? ''
      : `\n\n${left.map((name) => `\`\`${name}\`\``).join(', ')} is declared by what extends it.`;
  return typedDict({
    name: pascal(record.record),
    bases: record.extends === undefined ? [] : [pascal(record.extends)],
    doc: record.summary + note,
    fields: Object.fromEntries(own.map((name) => [name, fields[name] as FieldBlock])),
    way: 'receive',
  });
}

/** What a record says itself, its `type` included. */
function declaredFields({ type, fields }: RecordBlock): Fields {
  return type === undefined
    ? fields
    : { type: constantField(type, 'The type of this scope.'), ...fields };
}

function fieldsWithType(record: RecordBlock, specification: Specification): Fields {
  const line = lineOf(record, specification);
  return Object.assign({}, ...line.map(declaredFields));
}

/** Keys that the class of a record declares: all that it has, but for those that classes above or below declare. */
function declaredBy(record: RecordBlock, specification: Specification): readonly string[] {
  const above = lineOf(record, specification).slice(0, -1);
  const inherited = new Set(above.flatMap((base) => declaredBy(base, specification)));
  const anew = new Set(
    [...specification.records.values()]
      .filter((other) => lineOf(other, specification).slice(0, -1).includes(record))
      .flatMap((other) => Object.keys(declaredFields(other))),
  );
  return Object.keys(fieldsWithType(record, specification)).filter(
    (name) => !inherited.has(name) && !anew.has(name),
  );
}

function eventType({ name, event, way, ways }: EventForm): string {
  const both = event.direction === 'both';
  const choice = event.exactly_one ?? [];
  const notes = [
    both && ways.length === 1 ? (way === 'send' ? 'As it is sent.' : 'As it is received.') : '',
    event.feature ? `Needs the feature \`\`${event.feature}\`\`.` : '',
    `Governed by \`\`${event.requirement}\`\`.`,
  ];
  const doc = `${event.summary}\n\n${notes.filter((note) => note !== '').join(' ')}`;
  const shown = layout(example(event, way), { width: PAGE.width - 8, step: 4 }).split('\n');
  const verbatim = ['', 'Example::', '', ...shown.map((line) => `    ${line}`)];
  const type = constantField(event.type);
  if (choice.length === 0)
    return typedDict({ name, doc, verbatim, fields: { type, ...event.fields }, way });
  const cases = casesOf(event).map(({ field, fields }) => ({
    name: `${name}${pascal(field)}`,
    text: typedDict({
      name: `${name}${pascal(field)}`,
      doc: `The form of \`\`${event.type}\`\` that has \`\`${field}\`\`.`,
      fields: { type, ...fields },
      way,
      final: true,
    }),
  }));
  return [
    ...cases.map(({ text }) => text),
    `${union(
      name,
      cases.map((each) => each.name),
    )}${docstring(doc, '', verbatim)}`,
  ].join('\n\n');
}

function union(name: string, names: readonly string[]): string {
  if (names.length === 0) return `${name} = NoReturn\n`;
  return `${layout([`${name} = Union`, brackets(names)], PAGE)}\n`;
}

function unionsOf(scope: string, specification: Specification): string {
  return (['receive', 'send'] as const)
    .map((way) => {
      const name = `${pascal(scope)}${way === 'send' ? 'SendEvent' : 'ReceiveEvent'}`;
      const text = `What an application may ${way} in a conversation of type \`\`${scope}\`\`.`;
      return `${union(name, namesFor(specification, scope, way))}${docstring(text, '')}`;
    })
    .join('\n');
}

/** The same tables as in TypeScript, with names of keys as they are in Python. */
function tables(specification: Specification): string[] {
  const constant = (
    name: string,
    type: string,
    doc: string,
    entries: readonly (readonly [string, Piece])[],
  ) => `${layout([`${name}: ${type} = `, dict(entries, true)], PAGE)}\n${docstring(doc, '')}`;
  return [
    constant(
      'EVENTS',
      'Dict[str, EventDescription]',
      'Every event: who sends it, what it carries, which requirement governs it.',
      [...specification.events.values()].map((event) => [event.type, eventDescription(event)]),
    ),
    constant(
      'RECORDS',
      'Dict[str, Mapping[str, FieldDescription]]',
      'Every record by name, scopes among them: its fields, inherited ones first.',
      recordsInOrder(specification).map((record) => [
        record.record,
        fieldDescriptions(fieldsWithType(record, specification), ['receive']),
      ]),
    ),
    constant(
      'FEATURES',
      'Dict[str, FeatureDescription]',
      'Every feature that the proposals define.',
      featuresOf(specification).map(({ feature }) => [
        feature.feature,
        pieces(featureDescription(feature)),
      ]),
    ),
    // Formatters would break the rows.
    `# fmt: off\n${constant(
      'MACHINES',
      'Dict[str, MachineTable]',
      'Every state machine, row by row.',
      [...specification.machines.values()].map((machine) => [
        machine.machine,
        machineTable(machine),
      ]),
    )}# fmt: on\n`,
    constant(
      'REQUIREMENTS',
      'Dict[str, RequirementDescription]',
      'Every requirement by id: its level, whom it binds, its text.',
      [...specification.requirements.values()].map(({ id, level, role, text }) => [
        id,
        [
          'RequirementDescription',
          { open: '(', close: ')', members: [quote(level), quote(role), quote(oneLine(text))] },
        ],
      ]),
    ),
  ];
}

function fieldDescriptions(fields: Fields, ways: readonly Way[]): Piece {
  return dict(
    Object.entries(fields).map(([name, field]) => [name, pieces(fieldDescription(field, ways))]),
  );
}

function eventDescription(event: EventBlock): Piece {
  return dict([
    ['direction', pieces(event.direction)],
    ['scope', pieces(event.scope)],
    ...(event.feature ? [['feature', pieces(event.feature)] as const] : []),
    ['requirement', pieces(event.requirement)],
    ...(event.exactly_one ? [['exactly_one', pieces(event.exactly_one)] as const] : []),
    ['fields', fieldDescriptions(event.fields, waysOf(event))],
    ['example', example(event, waysOf(event)[0] ?? 'send')],
  ]);
}

/** One row a line, so that a change of a row is a change of a line. */
function machineTable(machine: MachineBlock): Piece {
  const line = (value: unknown) => layout(pieces(value), { width: 10_000, step: 4 });
  return dict([
    ['machine', pieces(machine.machine)],
    ['scope', pieces(machine.scope)],
    ['initial', pieces(machine.initial)],
    ['final', pieces(machine.final)],
    ['states', pieces(Object.keys(machine.states))],
    [
      'transitions',
      { open: '[', close: ']', broken: true, members: machine.transitions.map(line) },
    ],
  ]);
}
