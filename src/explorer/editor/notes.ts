// What the specification says of a word in a reader's code: an event, a field of it, a requirement, a machine or its
// state. Pure: the specification comes as values, and the answer is Markdown. Knows no editor.

import type { RequirementDescription } from '../../interface/description.ts';
import { type Token, tokens, typeBeside } from './tokens.ts';

/** One event of `/api/events.json`. */
export interface EventEntry {
  readonly type: string;
  readonly direction: 'send' | 'receive' | 'both';
  readonly scope: readonly string[];
  readonly summary: string;
  readonly requirement: string;
  readonly feature?: string;
  readonly fields: Readonly<Record<string, FieldEntry>>;
  readonly url: string;
}

export interface FieldEntry {
  readonly type: string;
  readonly text: string;
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly values?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** One machine of `/api/machines.json`. */
export interface MachineEntry {
  readonly machine: string;
  readonly summary: string;
  readonly initial: string;
  readonly final: readonly string[];
  readonly states: Readonly<Record<string, string>>;
  readonly url: string;
}

export interface Sources {
  readonly events: ReadonlyMap<string, EventEntry>;
  readonly machines: ReadonlyMap<string, MachineEntry>;
  readonly requirements: Readonly<Record<string, RequirementDescription>>;
  /** Absolute address of a requirement's page. */
  readonly requirementUrl: (id: string) => string;
}

export interface Note {
  /** What it is about, as offsets into the text. */
  readonly start: number;
  readonly end: number;
  /** Markdown, a paragraph or list each. */
  readonly paragraphs: readonly string[];
}

/** A name of the specification, as it stands in strings and comments. */
const NAME = /[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*/g;

/** What is to be said of the place `offset` of a program, or undefined. */
export function noteAt(source: string, offset: number, sources: Sources): Note | undefined {
  const list = tokens(source);
  const at = list.findIndex(({ start, end }) => start <= offset && offset < end);
  const token = list[at];
  if (!token) return undefined;
  if (token.kind === 'word') {
    const type = typeBeside(list, at);
    const event = type === undefined ? undefined : sources.events.get(type);
    const field =
      event && Object.hasOwn(event.fields, token.text) ? event.fields[token.text] : undefined;
    if (!event || !field) return undefined;
    return {
      start: token.start,
      end: token.end,
      paragraphs: fieldNote(event, token.text, field, sources),
    };
  }
  return token.kind === 'sign' ? undefined : inWords(source, token, offset, sources);
}

/** What is to be said of a name in running text, such as a comment of a scenario. */
export function noteInText(text: string, offset: number, sources: Sources): Note | undefined {
  return inWords(text, { kind: 'comment', start: 0, end: text.length, text }, offset, sources);
}

function inWords(source: string, token: Token, offset: number, sources: Sources): Note | undefined {
  const text = source.slice(token.start, token.end);
  for (const match of text.matchAll(NAME)) {
    const start = token.start + match.index;
    const end = start + match[0].length;
    if (offset < start || offset >= end) continue;
    // A state is an everyday word: it is meant where it is all that a string says, or quoted in a comment.
    const quoted = /['"`]/.test(source[start - 1] ?? '') && source[start - 1] === source[end];
    const paragraphs = nameNote(match[0], quoted, sources);
    return paragraphs && { start, end, paragraphs };
  }
  return undefined;
}

function nameNote(name: string, quoted: boolean, sources: Sources): string[] | undefined {
  const event = sources.events.get(name);
  if (event) return eventNote(event, sources);
  if (Object.hasOwn(sources.requirements, name)) return requirementNote(name, sources);
  const machine = sources.machines.get(name);
  if (machine) return machineNote(machine, sources);
  return quoted ? stateNote(name, sources) : undefined;
}

function eventNote(event: EventEntry, sources: Sources): string[] {
  const by = { send: 'Sent by the application', receive: 'Received by it', both: 'Sent both ways' };
  const where = event.scope.map((scope) => `\`${scope}\``).join(', ');
  const feature = event.feature ? `, where the feature \`${event.feature}\` is accepted` : '';
  const fields = Object.entries(event.fields).map(
    ([name, field]) => `- \`${name}\`: ${fieldType(field)}. ${linked(field.text, sources)}`,
  );
  return [
    `**\`${event.type}\`** ${linked(event.summary, sources)}`,
    `${by[event.direction]} in ${where}${feature}.`,
    ...(fields.length > 0 ? [fields.join('\n')] : []),
    requirementLine(event.requirement, sources),
    `[The event in the specification](${event.url})`,
  ];
}

function fieldNote(event: EventEntry, name: string, field: FieldEntry, sources: Sources): string[] {
  return [
    `**\`${name}\`** of \`${event.type}\`: ${fieldType(field)}.`,
    linked(field.text, sources),
    `[The event in the specification](${event.url})`,
  ];
}

function fieldType(field: FieldEntry): string {
  const { type, values, minimum, maximum } = field;
  const kind = values ? values.map((value) => `\`${value}\``).join(', ') : `\`${type}\``;
  const range =
    minimum === undefined
      ? ''
      : maximum === undefined
        ? `, at least ${minimum}`
        : ` from ${minimum} to ${maximum}`;
  const absent =
    field.default !== undefined
      ? `; if absent, \`${JSON.stringify(field.default)}\``
      : field.optional
        ? '; may be absent'
        : '';
  return `${kind}${range}${field.nullable ? ' or null' : ''}${absent}`;
}

function requirementNote(id: string, sources: Sources): string[] {
  const { level, role, text } = sources.requirements[id] as RequirementDescription;
  return [
    `**\`${id}\`** (${level}, ${role})`,
    linked(text, sources),
    `[The requirement](${sources.requirementUrl(id)})`,
  ];
}

function requirementLine(id: string, sources: Sources): string {
  const text = Object.hasOwn(sources.requirements, id) ? sources.requirements[id]?.text : undefined;
  const link = `[${id}](${sources.requirementUrl(id)})`;
  return text === undefined ? link : `${link}: ${linked(text, sources)}`;
}

function machineNote({ machine, summary, initial, states, url }: MachineEntry, sources: Sources) {
  const list = Object.entries(states).map(
    ([state, text]) =>
      `- \`${state}\`${state === initial ? ' (at first)' : ''}: ${linked(text, sources)}`,
  );
  return [
    `Machine **\`${machine}\`**. ${linked(summary, sources)}`,
    list.join('\n'),
    `[The machine in the specification](${url})`,
  ];
}

function stateNote(state: string, sources: Sources): string[] | undefined {
  const lines = [...sources.machines.values()].flatMap(({ machine, states, url }) =>
    Object.hasOwn(states, state)
      ? [`- [${machine}](${url}): ${linked(states[state] as string, sources)}`]
      : [],
  );
  return lines.length === 0 ? undefined : [`State **\`${state}\`**`, lines.join('\n')];
}

/** A text of the specification with its references to requirements as links. */
function linked(text: string, sources: Sources): string {
  return text.replace(/\[([a-z][a-z0-9.-]*)\]/g, (whole, id: string) =>
    Object.hasOwn(sources.requirements, id) ? `[${id}](${sources.requirementUrl(id)})` : whole,
  );
}
