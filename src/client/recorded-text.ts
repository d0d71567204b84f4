// Writes exchanges that were found in a trace as a scenario, in the form that `parseScenario` reads back. Knows nothing of
// traces beyond that.

import type { TraceEvent } from '../trace/index.ts';
import type { ScenarioExchange, ScenarioRequest, Step } from './exchange.ts';
import { requestLineOf } from './exchange.ts';
import { type RecordedOptions, recordedIn, replayableOf } from './recorded.ts';
import { textOf } from './recorded-data.ts';
import { sameExchange } from './same-exchange.ts';
import { parseScenario } from './scenario.ts';

/** A conversation that is not in the text, and why. */
export interface Omitted {
  readonly conn: number;
  readonly run: string;
  readonly title: string;
  readonly why: string;
}

export interface ScenarioText {
  /** In the `.http` format; empty where nothing can be sent again. */
  readonly text: string;
  /** The numbers of the conversations in the text, in its order. */
  readonly conns: readonly number[];
  readonly omitted: readonly Omitted[];
}

/**
 * The scenario that sends again what the clients of a trace have sent: requests, bodies, messages, what was sent at the
 * same time, and how clients left. What it leaves out it names in comments.
 */
export function scenarioTextOf(
  events: readonly TraceEvent[],
  options: RecordedOptions = {},
): ScenarioText {
  const recorded = recordedIn(events, options).map((one) => {
    const { exchange } = one;
    if (typeof exchange === 'string') return one;
    return exchangeText(exchange) === undefined ? { ...one, exchange: unwritable(exchange) } : one;
  });
  const replayable = replayableOf(recorded, events);
  const omitted = recorded.flatMap(({ conn, run, title, exchange }) =>
    typeof exchange === 'string' ? { conn, run, title, why: exchange } : [],
  );
  const sections = replayable.map(({ exchange }) => exchangeText(exchange) as string);
  const comments = omitted.map(
    ({ conn, title, why }) => `# Left out: conversation ${conn}, ${title}: ${why}.\n`,
  );
  return {
    text:
      sections.length === 0
        ? ''
        : `${comments.join('')}${comments.length > 0 ? '\n' : ''}${sections.join('\n')}`,
    conns: replayable.map(({ conn }) => conn),
    omitted,
  };
}

/** Why an exchange cannot be written. */
function unwritable(exchange: ScenarioExchange): string {
  const octets =
    exchange.kind === 'http' &&
    exchange.body.length > 0 &&
    textOf(joined(exchange.body)) === undefined;
  return octets
    ? 'its body is not text in UTF-8, and a scenario has only text'
    : 'the form of a scenario has no way to write it';
}

/**
 * An exchange as a section of a scenario; undefined where `parseScenario` would not read it back. A body in uneven pieces
 * goes into one.
 */
export function exchangeText(exchange: ScenarioExchange): string | undefined {
  const whole = exchange.kind === 'http' ? inWritablePieces(exchange) : exchange;
  const body = whole.kind === 'http' ? bodyOf(whole) : stepLines(whole.steps);
  if (body === undefined) return undefined;
  const { name, headers } = whole;
  const version = whole.kind === 'http' && whole.version === '1.0' ? ' HTTP/1.0' : '';
  const lines = [
    `### ${name}`,
    ...pieceNotes(exchange, whole),
    ...directivesOf(whole).map((directive) => `# @${directive}`),
    ...(body.some((line) => line.includes('{{empty}}')) ? ['@empty ='] : []),
    ...(body.some((line) => line.includes('{{braces}}')) ? ['@braces = {{'] : []),
    `${requestLineOf(whole)}${version}`,
    ...headers.map(([field, value]) => `${field}: ${value}`.trimEnd()),
    ...(body.length > 0 ? ['', ...body] : []),
  ];
  const text = `${lines.join('\n')}\n`;
  return readsAs(text, whole) ? text : undefined;
}

function readsAs(text: string, wanted: ScenarioExchange): boolean {
  try {
    // The first of a scenario is together with nothing.
    const [before, read] = parseScenario(`GET /\n\n${text}`);
    return before !== undefined && sameExchange(read, wanted);
  } catch {
    return false;
  }
}

function directivesOf(exchange: ScenarioExchange): string[] {
  const { together, drain } = exchange;
  const flag = (name: string, on: boolean) => (on ? [name] : []);
  const common = [...flag('together', together), ...flag('drain', drain)];
  if (exchange.kind !== 'http') return common;
  const { pause, abortAfter, disconnectAfter, halfClose, retry, trailers } = exchange;
  const chunks = chunksOf(exchange);
  return [
    ...common,
    ...(chunks === undefined ? [] : [`chunks ${chunks}`]),
    ...(pause > 0 ? [`pause ${pause}ms`] : []),
    ...trailers.map(([name, value]) => `trailer ${name}: ${value}`.trimEnd()),
    ...(abortAfter === undefined ? [] : [`abort-after ${abortAfter}`]),
    ...(disconnectAfter === undefined ? [] : [`disconnect-after ${disconnectAfter}`]),
    ...flag('half-close', halfClose),
    ...(retry > 0 ? [`retry ${retry}`] : []),
  ];
}

// A body, and its pieces.

/** How `@chunks` says the pieces of a body; undefined where it needs no such word. */
function chunksOf({ body, chunked }: ScenarioRequest): 'lines' | number | undefined {
  const [first] = body;
  if (!first || (body.length === 1 && !chunked)) return undefined;
  return linesOf(body) ? 'lines' : first.length;
}

/** Whether pieces are the lines of a text, each with its end. */
function linesOf(body: readonly Uint8Array[]): boolean {
  return (
    body.length > 1 &&
    body.every((piece, at) => {
      const end = piece.indexOf(0x0a);
      return at === body.length - 1
        ? end < 0 || end === piece.length - 1
        : end === piece.length - 1;
    })
  );
}

/** The request with pieces that `@chunks` has a word for: else with its body in one. */
function inWritablePieces(request: ScenarioRequest): ScenarioRequest {
  const { body } = request;
  const [first] = body;
  const even =
    first === undefined ||
    body.every(({ length }, at) =>
      at === body.length - 1 ? length <= first.length : length === first.length,
    );
  return even || linesOf(body) ? request : { ...request, body: [joined(body)], pause: 0 };
}

function pieceNotes(was: ScenarioExchange, is: ScenarioExchange): string[] {
  if (was === is || was.kind !== 'http') return [];
  const sizes = was.body.map(({ length }) => length).join(', ');
  return [`# The body came in pieces of ${sizes} octets, and goes out in one.`];
}

/** The lines of a body. Blank lines at its end, and what means something in a scenario, stand behind a variable. */
function bodyOf({ body }: ScenarioRequest): string[] | undefined {
  if (body.length === 0) return [];
  const lines = textOf(joined(body))?.split('\n');
  return lines?.map((line, at) => {
    const plain = line.replaceAll('{{', '{{braces}}');
    const hidden = plain.startsWith('###') || (at === lines.length - 1 && plain.trim() === '');
    const carriage = plain.endsWith('\r');
    return `${hidden ? '{{empty}}' : ''}${plain}${carriage ? '{{empty}}' : ''}`;
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

// Steps of a WebSocket or a tunnel.

function stepLines(steps: readonly Step[]): string[] {
  return steps.flatMap((step, at) => [
    ...(step.do === 'send' && steps[at - 1]?.do === 'send' ? ['==='] : []),
    ...linesOfStep(step),
  ]);
}

function linesOfStep(step: Step): string[] {
  switch (step.do) {
    case 'send':
      return typeof step.data === 'string' ? [messageLine(step.data)] : hexLines(step.data);
    case 'wait':
      return [`=== wait-for-server${step.messages > 1 ? ` ${step.messages}` : ''}`];
    case 'pause':
      return [`# @pause ${step.ms}ms`];
    case 'close':
      return [`# @close ${step.code ?? ''} ${step.reason}`.trimEnd()];
    default:
      return [`# @${step.do}`];
  }
}

/** A text that stands for itself: one line, and nothing that means something in a scenario. */
const PLAIN = /^[^\p{Cc}\s#/=@{}][^\p{Cc}{}\u2028\u2029]*$/u;

function messageLine(text: string): string {
  if (PLAIN.test(text) && text === text.trimEnd()) return text;
  const json = JSON.stringify(text).replace(
    /[\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
  return `# @text ${json}`;
}

/** Octets of a line of `@hex`. */
const OCTETS = 32;

function hexLines(octets: Uint8Array): string[] {
  const lines = ['# @hex'];
  for (let at = 0; at < octets.length; at += OCTETS) {
    const row = [...octets.subarray(at, at + OCTETS)];
    lines.push(row.map((octet) => octet.toString(16).padStart(2, '0')).join(' '));
  }
  return lines;
}
