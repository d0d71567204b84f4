// A trace event in words, for the tables and diagrams that people read: on a page, in a file, in a terminal.

import type { TraceEvent } from './event.ts';

const WHO: Readonly<Record<string, string>> = {
  'client out': 'client sends',
  'client in': 'client receives',
  'gateway in': 'gateway receives',
  'gateway out': 'gateway sends',
  'app in': 'app receives',
  'app out': 'app sends',
};

/** Who did it: “app sends”. Steps that only begin or end a wait carry nothing over. */
export function who({ lane, dir, type, phase }: TraceEvent): string {
  if ((type === 'send' || type === 'receive') && phase !== 'i')
    return phase === 'B' ? `${lane} waits` : `${lane} goes on`;
  return WHO[`${lane} ${dir}`] ?? lane;
}

/** Milliseconds, as short as they can be read. */
export function milliseconds(t: number): string {
  // 9.95 would be 10.0.
  return t < 9.95 ? t.toFixed(1) : String(Math.round(t));
}

/** What it carried, in one line; of a violation, how the requirement was broken. */
export function carried({ payload, violation }: TraceEvent): string {
  if (violation) return violationText(violation.message, violation.requirement);
  if (!payload) return '';
  const { preview, size, fields } = payload;
  const parts = [preview];
  if (size !== undefined) parts.push(`${size} ${size === 1 ? 'octet' : 'octets'}`);
  if (fields) parts.push(fields.map(([name, value]) => `${name}: ${value}`).join(', '));
  return parts.filter(Boolean).join(' · ');
}

/** A message without its Markdown, and without the id that stands beside it. */
function violationText(message: string, requirement: string): string {
  const text = message.startsWith(`${requirement}: `)
    ? message.slice(requirement.length + 2)
    : message;
  return text.replaceAll('`', '');
}

/** Text with its control characters in escaped form, and nothing that UTF-8 cannot say. */
export function printable(text: string): string {
  return text
    .replace(
      /\p{Cc}/gu,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replace(/\p{Cs}/gu, '�');
}
