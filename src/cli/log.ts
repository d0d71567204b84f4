// What a command that serves says to its operator: one line for each thing, at a level, with nothing in it that a
// terminal would obey.

import type { Fault } from '../gateway/index.ts';
import type { Level, Report } from '../gateway/service.ts';
import { withoutSecrets } from '../trace/secrets.ts';

export const LEVELS = ['error', 'warning', 'info'] as const satisfies readonly Level[];

export interface Log {
  readonly report: Report;
  readonly fault: (fault: Fault) => void;
}

/** C0, DEL, C1, and what turns the direction of writing, so that a line seems to say something else. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text with its control characters in escaped form (security.log-control). */
export function escaped(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    const written = code > 0xff ? `\\u${hex(code, 4)}` : `\\x${hex(code, 2)}`;
    return SHORT[character] ?? written;
  });
}

const hex = (code: number, width: number) => code.toString(16).padStart(width, '0');

/** A log that writes lines of a level and of the graver ones. */
export function createLog(level: Level, write: (line: string) => void, name = 'portway'): Log {
  const shown = new Set<Level>(LEVELS.slice(0, LEVELS.indexOf(level) + 1));
  return {
    report: (at, line) => {
      if (shown.has(at)) write(`${name}: ${escaped(line)}`);
    },
    // app.fault-reported: of the gravest level, so it is always shown.
    fault: (fault) => write(`${name}: ${faultLine(fault)}${stackOf(fault.error)}`),
  };
}

function faultLine({ scope, message, requirement }: Fault): string {
  const what = 'method' in scope ? `${scope.id} ${scope.method} ${scope.target}` : scope.type;
  const rule = requirement && !message.includes(requirement) ? ` [${requirement}]` : '';
  return escaped(`${what}: ${withoutSecrets(message)}${rule}`);
}

const TRACEBACK = 'Traceback (most recent call last):';

/** The frames of an error, each on a line; nothing for what has none, for anything can be thrown. */
function stackOf(error: unknown): string {
  try {
    const { stack } = error as { stack?: unknown };
    if (typeof stack !== 'string') return '';
    const header = String(error);
    const frames = stack.startsWith(header) ? stack.slice(header.length) : stack;
    // The trace of Python has its header first, and its frames in lines of two kinds.
    const isFrame = stack.startsWith(TRACEBACK)
      ? (line: string) => line.startsWith('  ')
      : (line: string) => line.startsWith('    at ');
    return frames
      .split('\n')
      .filter(isFrame)
      .map((line) => `\n${escaped(line)}`)
      .join('');
  } catch {
    return '';
  }
}
