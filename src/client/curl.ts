// An exchange of a scenario as a curl command for a POSIX shell, with what curl cannot do of it. Knows nothing of how
// this client sends.

import type { ScenarioExchange, ScenarioRequest, Step } from './scenario.ts';

export interface Curl {
  /** For `sh`; long commands go on over several lines. */
  readonly command: string;
  /** What of the exchange the command does not do, a sentence each. */
  readonly cannot: readonly string[];
}

const encoder = new TextEncoder();
/** What curl sends of itself, unless told not to. */
const OWN_FIELDS = ['User-Agent', 'Accept'];
/** Targets that curl takes in a URL as they are. */
const PLAIN_TARGET = /^\/(?!.*\/\.)[\w\-.~/?&=%+,:;@!$()]*$/;
const SAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='; // RFC 6455 section 1.3.

/** The command for an exchange. `origin` is where the server is: `http://localhost:8000`. */
export function curlOf(exchange: ScenarioExchange, origin: string): Curl {
  const { command, cannot } =
    exchange.kind === 'http'
      ? ofRequest(exchange, origin)
      : exchange.kind === 'websocket'
        ? ofHandshake(exchange, origin)
        : ofTunnel(exchange, origin);
  const { together, drain, timeout } = exchange;
  return {
    command,
    cannot: [
      ...cannot,
      ...(together
        ? ['It is sent at the same time as the one before it: start both at once.']
        : []),
      ...(drain ? ['The server begins to drain meanwhile: send it SIGTERM.'] : []),
      ...(timeout === 5000 ? [] : [`The client gives up after ${timeout} ms without progress.`]),
    ],
  };
}

/** The command with what it cannot do as comments above it. */
export function curlText({ command, cannot }: Curl): string {
  return [...cannot.map((sentence) => `# Not in this command: ${sentence}`), command].join('\n');
}

type Options = string[][];

function ofRequest(request: ScenarioRequest, origin: string): Curl {
  const { method, headers, body, chunked, trailers, version, pause } = request;
  const cannot: string[] = [];
  const octets = join(body);
  const field = (name: string) => headers.find(([known]) => known.toLowerCase() === name)?.[1];
  const options: Options = [['--include'], [version === '1.0' ? '--http1.0' : '--http1.1']];

  const head = method === 'HEAD' && body.length === 0;
  if (head) options.push(['--head']);
  else if (method !== (body.length > 0 ? 'POST' : 'GET'))
    options.push(['--request', quote(method)]);
  if (method === 'HEAD' && !head) cannot.push('curl waits for the body of a response to HEAD.');

  const live = chunked && body.length > 1;
  const silent = [...OWN_FIELDS, ...(body.length > 0 && !live ? ['Content-Type'] : [])].filter(
    (name) => field(name.toLowerCase()) === undefined,
  );
  if ((live || octets.length > 1024 * 1024) && field('expect') === undefined) silent.push('Expect');
  const sent: (readonly [string, string])[] =
    field('host') === undefined ? [['Host', 'localhost'], ...headers] : [...headers];
  const declared = field('content-length') ?? field('transfer-encoding');
  if (body.length > 0 && !live && declared === undefined && (chunked || trailers.length > 0))
    sent.push(['Transfer-Encoding', 'chunked']);
  if (sent.length > 0 && sent[0]?.[0].toLowerCase() !== 'host')
    cannot.push('curl sends Host first.');
  options.push(
    ...silent.map((name) => ['--header', quote(`${name}:`)]),
    ...sent.map(([name, value]) => [
      '--header',
      // Without a value curl takes the field for one to leave out.
      quote(latin1(value === '' ? `${name};` : `${name}: ${value}`)),
    ]),
  );
  if (field('expect')?.toLowerCase() === '100-continue' && body.length > 0)
    options.push(['--expect100-timeout', String(Math.ceil(request.timeout / 1000))]);

  let input = '';
  if (live) {
    const pieces = body.map((piece) => `printf ${format(piece)}`);
    input = `{ ${pieces.join(`; ${pause > 0 ? `sleep ${pause / 1000}; ` : ''}`)}; } | `;
    if (method === 'POST') options.push(['--request', 'POST']);
    options.push(['--upload-file', '-']);
    if (pause === 0) cannot.push('The body may be cut elsewhere.');
  } else if (body.length > 0) {
    if (isText(octets)) options.push(['--data-raw', quote(octets)]);
    else {
      input = `printf ${format(octets)} | `;
      options.push(['--data-binary', '@-']);
    }
    if (body.length > 1) cannot.push('The body is sent in pieces; curl sends it at once.');
  }

  const plain = PLAIN_TARGET.test(request.target);
  if (!plain) options.push(['--request-target', quote(request.target)]);
  options.push([quote(plain ? origin + request.target : `${origin}/`)]);

  if (trailers.length > 0) cannot.push('curl has no way to send trailer fields.');
  if (request.readPause > 0)
    cannot.push(`The client waits ${request.readPause} ms before each piece that it reads.`);
  if (request.abortAfter !== undefined)
    cannot.push(`The client leaves after ${request.abortAfter} octets of the response body.`);
  if (request.disconnectAfter !== undefined)
    cannot.push(`The client disconnects after ${request.disconnectAfter} octets of the body.`);
  if (request.halfClose) cannot.push('curl does not end its direction behind a request.');
  if (request.retry > 0)
    cannot.push(`The client sends again, up to ${request.retry} times, when it is refused.`);
  return { command: input + written(options), cannot };
}

type Handshake = Extract<ScenarioExchange, { kind: 'websocket' }>;

function ofHandshake({ target, headers, steps, readPause }: Handshake, origin: string): Curl {
  const has = (name: string) => headers.some(([known]) => known.toLowerCase() === name);
  const own = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', SAMPLE_KEY],
  ].filter(([name = '']) => !has(name.toLowerCase()));
  const sent = [...(has('host') ? [] : [['Host', 'localhost']]), ...headers, ...own];
  const plain = PLAIN_TARGET.test(target);
  return {
    command: written([
      ['--include'],
      ['--no-buffer'],
      ['--http1.1'],
      ...OWN_FIELDS.filter((name) => !has(name.toLowerCase())).map((name) => [
        '--header',
        quote(`${name}:`),
      ]),
      ...sent.map(([name, value]) => [
        '--header',
        quote(latin1(value === '' ? `${name};` : `${name}: ${value}`)),
      ]),
      ...(plain ? [] : [['--request-target', quote(target)]]),
      [quote(plain ? origin + target : `${origin}/`)],
    ]),
    cannot: [
      'This is the handshake alone: curl shows the frames that come as octets.',
      ...(steps.length > 0 ? ['curl sends no messages.'] : []),
      ...(readPause > 0 ? [`The client waits ${readPause} ms before each message.`] : []),
    ],
  };
}

type Tunnel = Extract<ScenarioExchange, { kind: 'tunnel' }>;

function ofTunnel({ target, headers, steps, readPause }: Tunnel, origin: string): Curl {
  const cannot = ['curl speaks its own HTTP version and fields in CONNECT.'];
  const parts = steps.flatMap((step): string[] => {
    switch (step.do) {
      case 'send':
        return [`printf ${format(octetsOf(step))}`];
      case 'pause':
        return [`sleep ${step.ms / 1000}`];
      case 'wait':
        cannot.push(`The client waits for ${step.messages} pieces before it goes on.`);
        return [];
      case 'reset':
        cannot.push('The client resets the connection.');
        return [];
      default:
        return []; // The end of its input ends the direction of curl.
    }
  });
  if (readPause > 0) cannot.push(`The client waits ${readPause} ms before each piece.`);
  const input = parts.length > 0 ? `{ ${parts.join('; ')}; } | ` : '';
  const options = [
    ['--proxy', quote(origin)],
    ['--proxytunnel'],
    ...headers
      .filter(([name]) => name.toLowerCase() !== 'host')
      .map(([name, value]) => ['--proxy-header', quote(latin1(`${name}: ${value}`))]),
    [quote(`telnet://${target}`)],
  ];
  return { command: input + written(options), cannot };
}

function octetsOf({ data }: Extract<Step, { do: 'send' }>): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

/** One line where it is short. */
function written(options: Options): string {
  const words = ['curl', ...options.map((option) => option.join(' '))];
  const line = words.join(' ');
  return line.length <= 80 ? line : words.join(' \\\n  ');
}

/**
 * A word for a POSIX shell that stands for these octets. Anything but NUL, which no argument can hold. What a terminal
 * would act on is written as octal numbers.
 */
export function quote(word: string | Uint8Array): string {
  const octets = typeof word === 'string' ? encoder.encode(word) : word;
  if (octets.includes(0)) throw new RangeError('An argument cannot hold the octet 0.');
  const text = utf8(octets);
  if (text !== undefined && /^[\w\-.,:/@%+=]+$/.test(text)) return text;
  if (text !== undefined && isPrintable(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  // A command substitution drops the line ends at its end.
  let end = octets.length;
  while (end > 0 && octets[end - 1] === 0x0a) end--;
  const lines = octets.length > end ? `'${'\n'.repeat(octets.length - end)}'` : '';
  return `"$(printf ${format(octets.subarray(0, end))})"${lines}`;
}

/** The argument of `printf` that prints these octets, whatever they are. */
export function format(octets: Uint8Array): string {
  const text = [...octets]
    .map((octet) => {
      const character = String.fromCharCode(octet);
      if (octet === 0x0a) return '\\n';
      if (character === '%') return '%%';
      // `!` is for the history of an interactive shell even within double quotes.
      return /[\x20-\x7e]/.test(character) && !/['\\!"$`]/.test(character)
        ? character
        : `\\${octet.toString(8).padStart(3, '0')}`;
    })
    .join('');
  // POSIX has no end of options for printf, and a format may begin with `-`.
  return `'${text.startsWith('-') ? `\\055${text.slice(1)}` : text}'`;
}

/** Whether the octets can stand in quotes for a reader. */
function isText(octets: Uint8Array): boolean {
  const text = utf8(octets);
  return text !== undefined && isPrintable(text);
}

function isPrintable(text: string): boolean {
  // Control characters but tab and line feed, and what changes the direction of the text.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
  return !/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(text);
}

function utf8(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

/** Field values are octets, one a character. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
