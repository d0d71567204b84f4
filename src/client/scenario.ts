// Reads a scenario: the `.http` format that editors know, with directives in comments for what a conversation needs.
// Says nothing of how exchanges are run.

import type { ScenarioExchange, ScenarioRequest } from './exchange.ts';
import { ScenarioError } from './scenario-error.ts';
import { isSeparator, parseSteps } from './scenario-steps.ts';
import {
  type Directive,
  directiveIn,
  expand,
  isComment,
  type Line,
  readDuration,
  rejectSlip,
  shown,
  wrong,
} from './scenario-text.ts';

export * from './exchange.ts';
export { ScenarioError } from './scenario-error.ts';

type Kind = ScenarioExchange['kind'];
type FieldLine = [name: string, value: string];

const REQUEST_LINE = /^(\S+)[ \t]+(\S+)(?:[ \t]+(HTTP\/\S+))?[ \t]*$/d;
/** What neither a gateway nor a client of this runtime takes in a target, and in the value of a field. */
const NOT_IN_TARGET = /[^\x21-\x7e]/u;
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/u;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_LINE = /^([^:\s]+)[ \t]*:[ \t]*(.*?)[ \t]*$/;
const VARIABLE = /^@([A-Za-z][\w-]*)[ \t]*=[ \t]*(.*?)[ \t]*$/;
/** uri-host ":" port (RFC 9112 section 3.2.3). */
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,;=]+):\d{1,5}$/;
/** `@timeout 600` and `@timeout 2 m`, as editors write it: without a unit, seconds. */
const EDITORS_TIMEOUT = /^(\d+)(?: ?(ms|s|m))?$/;
const DEFAULT_TIMEOUT = 5000;
const encoder = new TextEncoder();

/** What directives say of an exchange, over its defaults. */
type Said = Partial<Omit<ScenarioRequest, 'kind' | 'trailers'>> & {
  readonly chunks?: 'lines' | number;
  readonly trailers: readonly FieldLine[];
};

interface Reading {
  said: Said;
  /** Where each directive was, the last of a name, for what can be judged only with the whole exchange. */
  readonly places: Map<string, Directive>;
}

const ALL: readonly Kind[] = ['http', 'websocket', 'tunnel'];
const HTTP: readonly Kind[] = ['http'];

/** The directives: of which exchanges they are, and what they say. */
const DIRECTIVES: Readonly<
  Record<
    string,
    { readonly of: readonly Kind[]; read(directive: Directive, before: Said): Partial<Said> }
  >
> = {
  name: { of: ALL, read: ({ value }) => ({ name: value }) },
  timeout: { of: ALL, read: (directive) => ({ timeout: readTimeout(directive) }) },
  'read-pause': { of: ALL, read: (directive) => ({ readPause: readDuration(directive) }) },
  together: { of: ALL, read: (directive) => ({ together: readFlag(directive) }) },
  drain: { of: ALL, read: (directive) => ({ drain: readFlag(directive) }) },
  chunks: { of: HTTP, read: (directive) => ({ chunks: readChunks(directive) }) },
  pause: { of: HTTP, read: (directive) => ({ pause: readDuration(directive) }) },
  'abort-after': {
    of: HTTP,
    read: (directive) => ({ abortAfter: readCount(directive, 'octets of the response body') }),
  },
  trailer: {
    of: HTTP,
    read: ({ value, line, column }, { trailers }) => ({
      trailers: [...trailers, readField(value, line, 'trailer field', column)],
    }),
  },
  'disconnect-after': {
    of: HTTP,
    read: (directive) => ({ disconnectAfter: readCount(directive, 'octets of the request body') }),
  },
  'half-close': { of: HTTP, read: (directive) => ({ halfClose: readFlag(directive) }) },
  retry: { of: HTTP, read: (directive) => ({ retry: readCount(directive, 'times, at most 999') }) },
  http: { of: HTTP, read: (directive) => ({ version: readVersion(directive) }) },
};
const KNOWN = Object.keys(DIRECTIVES);

/** Reads a scenario. @throws ScenarioError for the first line that cannot be read */
export function parseScenario(text: string): ScenarioExchange[] {
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
  const exchanges: ScenarioExchange[] = [];
  for (const section of sections) {
    const exchange = parseSection(section.title, section.lines, variables, exchanges.length + 1);
    if (exchange) exchanges.push(exchange);
  }
  if (exchanges.length === 0) {
    throw new ScenarioError(
      1,
      1,
      'the scenario has no request.',
      'Write one, such as `GET / HTTP/1.1`.',
    );
  }
  return exchanges;
}

function parseSection(
  title: string,
  lines: readonly Line[],
  variables: Map<string, string>,
  ordinal: number,
): ScenarioExchange | undefined {
  const reading: Reading = { said: { trailers: [] }, places: new Map() };
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at] as Line;
    const variable = VARIABLE.exec(line.text);
    if (variable)
      variables.set(
        variable[1] as string,
        expand({ text: variable[2] as string, number: line.number }, variables),
      );
    else if (line.text.trim() === '') continue;
    else if (isComment(line.text)) readComment(line, reading);
    else break;
  }
  const first = lines[at];
  if (!first) return undefined;
  const { kind, method, target, version } = readRequestLine(expand(first, variables), first.number);
  const headers: FieldLine[] = [];
  for (at++; at < lines.length; at++) {
    const line = lines[at] as Line;
    if (line.text.trim() === '') break;
    if (isComment(line.text)) readComment(line, reading);
    // Editors let the messages begin without an empty line.
    else if (kind !== 'http' && isSeparator(line.text)) break;
    else headers.push(readField(expand(line, variables), line.number, 'header field'));
  }
  for (const directive of reading.places.values()) {
    if (DIRECTIVES[directive.name]?.of.includes(kind)) continue;
    throw wrong(
      directive,
      `is for requests, not for a ${kind === 'tunnel' ? 'tunnel' : 'WebSocket'}.`,
      directive.name === 'pause' ? 'Write it among the messages.' : undefined,
    );
  }
  const { said } = reading;
  const together = reading.places.get('together');
  if (together && ordinal === 1)
    throw wrong(together, 'has nothing before it.', 'It is for the second request and later ones.');

  const common = {
    name: said.name ?? (title || `request ${ordinal}`),
    title,
    line: first.number,
    target,
    headers,
    timeout: said.timeout ?? DEFAULT_TIMEOUT,
    together: said.together ?? false,
    drain: said.drain ?? false,
    readPause: said.readPause ?? 0,
  };
  if (kind !== 'http') {
    return { ...common, kind, steps: parseSteps(lines.slice(at), kind, variables) };
  }
  let end = lines.length;
  while (end > at && (lines[end - 1] as Line).text.trim() === '') end--;
  const bodyText = lines
    .slice(at + 1, end)
    .map((line) => expand(line, variables))
    .join('\n');
  const body = cut(bodyText, said.chunks);
  const request: ScenarioRequest = {
    ...common,
    kind,
    method,
    body,
    chunked:
      said.chunks !== undefined &&
      (said.version ?? version) === '1.1' &&
      !headers.some(([name]) => name.toLowerCase() === 'content-length'),
    trailers: said.trailers,
    pause: said.pause ?? 0,
    abortAfter: said.abortAfter,
    disconnectAfter: said.disconnectAfter,
    halfClose: said.halfClose ?? false,
    retry: said.retry ?? 0,
    version: said.version ?? version,
  };
  judge(request, reading);
  return request;
}

/** What is wrong with a directive only together with the rest. */
function judge(
  { version, trailers, body, disconnectAfter = 0 }: ScenarioRequest,
  { places }: Reading,
): void {
  const trailer = places.get('trailer');
  if (trailer && trailers.length > 0 && version === '1.0')
    throw wrong(trailer, 'has no place in HTTP/1.0, which knows no trailers.');
  const disconnect = places.get('disconnect-after');
  const size = body.reduce((sum, piece) => sum + piece.length, 0);
  if (disconnect && disconnectAfter > size)
    throw wrong(
      disconnect,
      `does not come to pass: the body has ${size} ${size === 1 ? 'octet' : 'octets'}.`,
    );
}

function readComment(line: Line, reading: Reading): void {
  const directive = directiveIn(line);
  if (!directive) return;
  const known = Object.hasOwn(DIRECTIVES, directive.name) && DIRECTIVES[directive.name];
  if (!known) {
    rejectSlip(directive, KNOWN);
    return;
  }
  reading.said = { ...reading.said, ...known.read(directive, reading.said) };
  reading.places.set(directive.name, directive);
}

interface RequestLine {
  readonly kind: Kind;
  readonly method: string;
  readonly target: string;
  readonly version: '1.1' | '1.0';
}

function readRequestLine(text: string, line: number): RequestLine {
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
  const kind = method === 'WEBSOCKET' ? 'websocket' : method === 'CONNECT' ? 'tunnel' : 'http';
  if (version !== 'HTTP/1.1' && !(version === 'HTTP/1.0' && kind === 'http')) {
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
  const one = { kind, method, version: version === 'HTTP/1.0' ? '1.0' : '1.1' } as const;
  if (kind === 'tunnel') {
    if (AUTHORITY.test(target)) return { ...one, target };
    throw new ScenarioError(
      line,
      columnOf(2),
      `the target \`${target}\` is not an authority, as that of CONNECT is.`,
      'Write a host and a port: `CONNECT example.org:443`.',
    );
  }
  const url = (
    kind === 'http' ? /^https?:\/\/[^/?#]+(.*)$/ : /^(?:ws|http)s?:\/\/[^/?#]+(.*)$/
  ).exec(target);
  const rest = url?.[1] ?? '';
  const path = url ? (rest.startsWith('/') ? rest : `/${rest}`) : target;
  if (!path.startsWith('/') && !(path === '*' && kind === 'http')) {
    throw new ScenarioError(
      line,
      columnOf(2),
      `the target \`${target}\` does not begin with \`/\`.`,
    );
  }
  return { ...one, target: path };
}

function percentEncoded(character: string): string {
  return [...encoder.encode(character)]
    .map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

/** `at` is where a problem with the form is reported; without it, problems have their place in the line. */
function readField(text: string, line: number, what: string, at?: number): FieldLine {
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

function readChunks(directive: Directive): 'lines' | number {
  const { value } = directive;
  if (value === 'lines') return value;
  if (/^[1-9]\d*$/.test(value)) return Number(value);
  throw wrong(directive, 'is not understood.', 'Write `@chunks lines`, or a number of octets.');
}

function readCount(directive: Directive, what: string): number {
  const most = directive.name === 'retry' ? /^\d{1,3}$/ : /^\d+$/;
  if (!most.test(directive.value))
    throw wrong(directive, 'is not understood.', `Write a number of ${what}.`);
  return Number(directive.value);
}

function readFlag(directive: Directive): true {
  if (directive.value !== '')
    throw wrong(directive, 'is not understood.', `\`@${directive.name}\` has no value.`);
  return true;
}

function readVersion(directive: Directive): '1.1' | '1.0' {
  const { value } = directive;
  if (value === '1.0' || value === '1.1') return value;
  throw wrong(directive, 'is not understood.', 'Write `@http 1.0` or `@http 1.1`.');
}

function readTimeout(directive: Directive): number {
  const [, count, unit = 's'] = EDITORS_TIMEOUT.exec(directive.value) ?? [];
  if (count === undefined) return readDuration(directive);
  return Number(count) * (unit === 'ms' ? 1 : unit === 's' ? 1000 : 60_000);
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
