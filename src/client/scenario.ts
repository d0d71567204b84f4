// Reads a scenario: the `.http` format that editors know, with directives in comments for what a conversation needs.
// Says nothing of how requests are sent.

/** One request of a scenario, ready to be sent. */
export interface ScenarioRequest {
  readonly name: string;
  readonly title: string;
  /** Line of the request line, from 1. */
  readonly line: number;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body in the pieces in which it is sent; empty for none. */
  readonly body: readonly Uint8Array[];
  /** Whether the pieces go out under `transfer-encoding: chunked`. */
  readonly chunked: boolean;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds between pieces of the body. */
  readonly pause: number;
  /** Milliseconds without progress after which the client gives up. */
  readonly timeout: number;
  /** Milliseconds that the client waits before it reads each piece of the response. */
  readonly readPause: number;
  /** The client leaves after so many octets of the response body. */
  readonly abortAfter: number | undefined;
}

/** A scenario that cannot be read. Line and column count from 1. */
export class ScenarioError extends Error {
  readonly line: number;
  readonly column: number;
  readonly hint: string | undefined;
  constructor(line: number, column: number, message: string, hint?: string) {
    super(`line ${line}: ${message}${hint ? ` ${hint}` : ''}`);
    this.name = 'ScenarioError';
    this.line = line;
    this.column = column;
    this.hint = hint;
  }
}

const REQUEST_LINE = /^(\S+)[ \t]+(\S+)(?:[ \t]+(HTTP\/\S+))?[ \t]*$/d;
/** What neither a gateway nor a client of this runtime takes in a target, and in the value of a field. */
const NOT_IN_TARGET = /[^\x21-\x7e]/u;
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/u;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_LINE = /^([^:\s]+)[ \t]*:[ \t]*(.*?)[ \t]*$/;
const DIRECTIVE = /^(?:#|\/\/)[ \t]*@([A-Za-z-]+)(?:[ \t]+(.*?))?[ \t]*$/;
const VARIABLE = /^@([A-Za-z][\w-]*)[ \t]*=[ \t]*(.*?)[ \t]*$/;
const DURATION = /^(\d+)(ms|s)$/;
const DEFAULT_TIMEOUT = 5000;
const encoder = new TextEncoder();

type Directives = {
  name?: string;
  chunks?: 'lines' | number;
  pause?: number;
  timeout?: number;
  'read-pause'?: number;
  'abort-after'?: number;
  trailers: [string, string][];
};

const KNOWN = ['name', 'chunks', 'pause', 'timeout', 'read-pause', 'abort-after', 'trailer'];

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Reads a scenario. @throws ScenarioError for the first line that cannot be read */
export function parseScenario(text: string): ScenarioRequest[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, index): Line => ({ text: line, number: index + 1 }));
  const variables = new Map<string, string>();
  const sections: { title: string; lines: Line[] }[] = [{ title: '', lines: [] }];
  for (const line of lines) {
    if (line.text.startsWith('###')) sections.push({ title: line.text.slice(3).trim(), lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  const requests: ScenarioRequest[] = [];
  for (const section of sections) {
    const request = parseSection(section.title, section.lines, variables, requests.length + 1);
    if (request) requests.push(request);
  }
  if (requests.length === 0) {
    throw new ScenarioError(
      1,
      1,
      'the scenario has no request.',
      'Write one, such as `GET / HTTP/1.1`.',
    );
  }
  return requests;
}

function parseSection(
  title: string,
  lines: readonly Line[],
  variables: Map<string, string>,
  ordinal: number,
): ScenarioRequest | undefined {
  const directives: Directives = { trailers: [] };
  let at = 0;
  for (; at < lines.length; at++) {
    const { text, number } = lines[at] as Line;
    const variable = VARIABLE.exec(text);
    if (variable)
      variables.set(variable[1] as string, expand(variable[2] as string, variables, number));
    else if (text.trim() === '') continue;
    else if (text.startsWith('#') || text.startsWith('//')) readDirective(text, number, directives);
    else break;
  }
  const first = lines[at];
  if (!first) return undefined;

  const { method, target } = readRequestLine(
    expand(first.text, variables, first.number),
    first.number,
  );
  const headers: [string, string][] = [];
  for (at++; at < lines.length; at++) {
    const { text, number } = lines[at] as Line;
    if (text.trim() === '') break;
    if (text.startsWith('#') || text.startsWith('//')) readDirective(text, number, directives);
    else headers.push(readField(expand(text, variables, number), number, 'header field'));
  }
  let end = lines.length;
  while (end > at && (lines[end - 1] as Line).text.trim() === '') end--;
  const bodyText = lines
    .slice(at + 1, end)
    .map((line) => expand(line.text, variables, line.number))
    .join('\n');
  return {
    name: directives.name ?? (title || `request ${ordinal}`),
    title,
    line: first.number,
    method,
    target,
    headers,
    body: cut(bodyText, directives.chunks),
    chunked:
      directives.chunks !== undefined &&
      !headers.some(([name]) => name.toLowerCase() === 'content-length'),
    trailers: directives.trailers,
    pause: directives.pause ?? 0,
    timeout: directives.timeout ?? DEFAULT_TIMEOUT,
    readPause: directives['read-pause'] ?? 0,
    abortAfter: directives['abort-after'],
  };
}

function readRequestLine(text: string, line: number): { method: string; target: string } {
  const match = REQUEST_LINE.exec(text);
  const [, method = '', target = '', version = 'HTTP/1.1'] = match ?? [];
  const columnOf = (group: number) => (match?.indices?.[group]?.[0] ?? 0) + 1;
  if (!match || !TOKEN.test(method)) {
    throw new ScenarioError(
      line,
      1,
      `\`${text.trim()}\` is not a request line.`,
      'It has a method, a target and perhaps a version: `GET /path HTTP/1.1`. A comment begins with `#`.',
    );
  }
  if (version !== 'HTTP/1.1') {
    throw new ScenarioError(
      line,
      columnOf(3),
      `the version \`${version}\` is not known here.`,
      'Write `HTTP/1.1`.',
    );
  }
  const stray = NOT_IN_TARGET.exec(target);
  if (stray) {
    throw new ScenarioError(
      line,
      columnOf(2) + stray.index,
      `\`${shown(stray[0])}\` cannot stand in a target.`,
      `Write \`${percentEncoded(stray[0])}\`.`,
    );
  }
  const url = /^https?:\/\/[^/?#]+(.*)$/.exec(target);
  const rest = url?.[1] ?? '';
  const path = url ? (rest.startsWith('/') ? rest : `/${rest}`) : target;
  if (!path.startsWith('/') && path !== '*') {
    throw new ScenarioError(
      line,
      columnOf(2),
      `the target \`${target}\` does not begin with \`/\`.`,
    );
  }
  return { method, target: path };
}

/** A character in a message: itself, or its number where it cannot be seen. */
function shown(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}

function percentEncoded(character: string): string {
  return [...encoder.encode(character)]
    .map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** `at` is where a problem with the form is reported; without it, problems have their place in the line. */
function readField(text: string, line: number, what: string, at?: number): [string, string] {
  const match = FIELD_LINE.exec(text);
  const [, name = '', value = ''] = match ?? [];
  const stray = NOT_IN_VALUE.exec(text);
  if (match && stray) {
    throw new ScenarioError(
      line,
      at ?? stray.index + 1,
      `\`${shown(stray[0])}\` cannot stand in a field.`,
      'Field values are octets.',
    );
  }
  if (!match || !TOKEN.test(name)) {
    throw new ScenarioError(
      line,
      at ?? 1,
      `\`${text.trim()}\` is not a ${what}.`,
      'It has the form `Name: value`. An empty line comes before the body.',
    );
  }
  return [name, value];
}

function readDirective(text: string, line: number, directives: Directives): void {
  const match = DIRECTIVE.exec(text);
  if (!match) return; // An ordinary comment.
  const [, name = '', value = ''] = match;
  const column = text.indexOf('@') + 1;
  switch (name) {
    case 'name':
      directives.name = value;
      return;
    case 'chunks':
      if (value !== 'lines' && !/^[1-9]\d*$/.test(value)) {
        throw new ScenarioError(
          line,
          column,
          `\`${`@chunks ${value}`.trim()}\` is not understood.`,
          'Write `@chunks lines`, or a number of octets.',
        );
      }
      directives.chunks = value === 'lines' ? 'lines' : Number(value);
      return;
    case 'pause':
    case 'timeout':
    case 'read-pause':
      directives[name] = readDuration(name, value, line, column);
      return;
    case 'abort-after':
      if (!/^\d+$/.test(value)) {
        throw new ScenarioError(
          line,
          column,
          `\`${`@abort-after ${value}`.trim()}\` is not understood.`,
          'Write a number of octets of the response body.',
        );
      }
      directives['abort-after'] = Number(value);
      return;
    case 'trailer':
      directives.trailers.push(readField(value, line, 'trailer field', column));
      return;
    default:
      throw new ScenarioError(
        line,
        column,
        `there is no directive \`@${name}\`.`,
        `Known are ${KNOWN.map((k) => `@${k}`).join(', ')}.`,
      );
  }
}

function readDuration(name: string, value: string, line: number, column: number): number {
  const match = DURATION.exec(value);
  if (!match) {
    throw new ScenarioError(
      line,
      column,
      `\`${`@${name} ${value}`.trim()}\` is not a duration.`,
      'Write `50ms` or `2s`.',
    );
  }
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}

function expand(text: string, variables: ReadonlyMap<string, string>, line: number): string {
  return text.replace(/\{\{[ \t]*([\w-]+)[ \t]*\}\}/g, (whole, name: string, offset: number) => {
    const value = variables.get(name);
    if (value === undefined) {
      throw new ScenarioError(
        line,
        offset + 1,
        `the variable \`${whole}\` has no value.`,
        `Set it above: \`@${name} = value\`.`,
      );
    }
    return value;
  });
}

function cut(text: string, chunks: 'lines' | number | undefined): Uint8Array[] {
  if (text === '') return [];
  if (chunks === 'lines')
    return text.match(/[^\n]*\n|[^\n]+$/g)?.map((line) => encoder.encode(line)) ?? [];
  const data = encoder.encode(text);
  if (chunks === undefined) return [data];
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < data.length; start += chunks)
    pieces.push(data.subarray(start, start + chunks));
  return pieces;
}
