// Reads what stands below the head of a WebSocket or a tunnel: its messages, and what the client does between them.

import { isCloseCode } from '../gateway/websocket/close-codes.ts';
import type { Step } from './exchange.ts';
import { ScenarioError } from './scenario-error.ts';
import {
  type Directive,
  directiveIn,
  expand,
  isComment,
  type Line,
  readDuration,
  rejectSlip,
  wrong,
} from './scenario-text.ts';

const SEPARATOR = /^===(?:[ \t]+(.*?))?[ \t]*$/;
const WAIT = /^wait-for-server(?:[ \t]+([1-9]\d{0,5}))?$/;
const CLOSE = /^(?:(\d{1,5})(?:[ \t]+(.*))?)?$/;
/** RFC 6455 section 5.5: 125 octets, of which the code takes two. */
const REASON_OCTETS = 123;
const KNOWN = ['hex', 'text', 'pause', 'close', 'end', 'reset'] as const;
const encoder = new TextEncoder();

/** Whether a line separates messages: `===`, also with `wait-for-server` behind it. */
export function isSeparator(text: string): boolean {
  return SEPARATOR.test(text);
}

/**
 * Reads the messages. They are separated by `===`; blank lines around one are none of it. A line of comment before a
 * message is one; within a message only the directives are.
 * @throws ScenarioError
 */
export function parseSteps(
  lines: readonly Line[],
  kind: 'websocket' | 'tunnel',
  variables: ReadonlyMap<string, string>,
): Step[] {
  const steps: Step[] = [];
  let message: Line[] = [];
  let hex: Directive | undefined;
  /** What allows nothing behind it. */
  let last: string | undefined;

  const add = (step: Step, line: number, column = 1) => {
    const speaks = step.do === 'send' || step.do === 'close' || step.do === 'end';
    if (last !== undefined && (speaks || last !== '@end')) {
      throw new ScenarioError(
        line,
        column,
        `nothing can be done behind \`${last}\`.`,
        last === '@end'
          ? 'The client has ended its direction: it can wait, pause and reset.'
          : 'Make it the last step.',
      );
    }
    if (step.do === 'close' || step.do === 'end' || step.do === 'reset') last = `@${step.do}`;
    steps.push(step);
  };
  const flush = () => {
    while (message.at(-1)?.text.trim() === '') message.pop();
    const line = message[0]?.number ?? hex?.line ?? 0;
    if (hex) add({ do: 'send', data: octetsOf(message, hex) }, line);
    else if (message.length > 0) {
      const data = message.map((each) => expand(each, variables)).join('\n');
      add({ do: 'send', data }, line);
    }
    message = [];
    hex = undefined;
  };

  for (const line of lines) {
    const separator = SEPARATOR.exec(line.text);
    if (separator) {
      flush();
      const [, what = ''] = separator;
      if (what === '') continue;
      const wait = WAIT.exec(what);
      if (!wait) {
        throw new ScenarioError(
          line.number,
          line.text.indexOf(what, 3) + 1,
          `\`${what}\` is not understood behind \`===\`.`,
          'Write `=== wait-for-server`, perhaps with a number of messages.',
        );
      }
      add({ do: 'wait', messages: Number(wait[1] ?? 1) }, line.number);
      continue;
    }
    const directive = directiveIn(line);
    if (directive && isKnown(directive.name)) {
      flush();
      if (directive.name === 'hex') {
        if (directive.value !== '')
          throw wrong(directive, 'has no value.', 'The octets stand in the lines below it.');
        hex = directive;
      } else add(readStep(directive, kind), directive.line, directive.column);
      continue;
    }
    if (directive) rejectSlip(directive, KNOWN);
    const begun = message.length > 0;
    if (!begun && (line.text.trim() === '' || isComment(line.text))) continue;
    message.push(line);
  }
  flush();
  return steps;
}

function isKnown(name: string): name is (typeof KNOWN)[number] {
  return (KNOWN as readonly string[]).includes(name);
}

function readStep(directive: Directive, kind: 'websocket' | 'tunnel'): Step {
  const { name, value } = directive;
  switch (name) {
    case 'pause':
      return { do: 'pause', ms: readDuration(directive) };
    case 'text':
      return { do: 'send', data: readText(directive) };
    case 'close':
      return readClose(directive, kind);
    default:
      if (value !== '') throw wrong(directive, 'is not understood.', `\`@${name}\` has no value.`);
      return { do: name === 'end' ? 'end' : 'reset' };
  }
}

function readText(directive: Directive): string {
  let text: unknown;
  try {
    text = JSON.parse(directive.value);
  } catch {
    // Told below.
  }
  if (typeof text !== 'string')
    throw wrong(directive, 'is not a text.', 'Write it as a string of JSON: `@text "a\\n"`.');
  if (/\p{Surrogate}/u.test(text))
    throw wrong(directive, 'is not Unicode: half of a surrogate pair stands alone.');
  return text;
}

function readClose(directive: Directive, kind: 'websocket' | 'tunnel'): Step {
  if (kind === 'tunnel')
    throw wrong(
      directive,
      'is for WebSockets.',
      'Write `@end` to end the direction of the client, or `@reset`.',
    );
  const match = CLOSE.exec(directive.value);
  if (!match)
    throw wrong(directive, 'is not understood.', 'Write a code and a reason: `@close 1000 bye`.');
  const [, digits, reason = ''] = match;
  if (digits === undefined) return { do: 'close', reason: '' };
  const code = Number(digits);
  if (!isCloseCode(code, 'peer'))
    throw wrong(
      directive,
      'has a code that no Close frame carries.',
      'Write 1000, or one from 3000 to 4999.',
    );
  const octets = encoder.encode(reason).length;
  if (octets > REASON_OCTETS)
    throw wrong(
      directive,
      `has a reason of ${octets} octets.`,
      `A Close frame has room for ${REASON_OCTETS} (RFC 6455 section 5.5).`,
    );
  return { do: 'close', code, reason };
}

function octetsOf(lines: readonly Line[], directive: Directive): Uint8Array {
  let digits = '';
  for (const { text, number } of lines) {
    const stray = /[^0-9A-Fa-f\s]/u.exec(text);
    if (stray) {
      throw new ScenarioError(
        number,
        stray.index + 1,
        `\`${stray[0]}\` is not a hexadecimal digit.`,
        'Below `@hex` each octet has two of them: `00 ff`.',
      );
    }
    digits += text.replace(/\s/g, '');
  }
  if (digits.length % 2 === 1)
    throw wrong(
      directive,
      `has ${digits.length} digits below it, and each octet has two.`,
      'Write `0a`, not `a`.',
    );
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
