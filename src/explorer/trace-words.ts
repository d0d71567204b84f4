// A trace event in the words of the table.

import type { TraceEvent } from '../trace/index.ts';
import { withoutId } from './clause.ts';

const WHO: Readonly<Record<string, string>> = {
  'client out': 'client sends',
  'client in': 'client receives',
  'gateway in': 'gateway receives',
  'gateway out': 'gateway sends',
  'app in': 'app receives',
  'app out': 'app sends',
};

/** Who did it: “app sends”. */
export function who({ lane, dir }: TraceEvent): string {
  return WHO[`${lane} ${dir}`] ?? lane;
}

/** Milliseconds, as short as they can be read. */
export function milliseconds(t: number): string {
  // 9.95 would be 10.0.
  return t < 9.95 ? t.toFixed(1) : String(Math.round(t));
}

/** What it carried, in one line. */
export function detail({ payload, violation }: TraceEvent): string {
  if (violation) return withoutId(violation.message, violation.requirement).replaceAll('`', '');
  if (!payload) return '';
  const { preview, size, fields } = payload;
  const parts = [preview];
  if (size !== undefined) parts.push(`${size} ${size === 1 ? 'octet' : 'octets'}`);
  if (fields) parts.push(fields.map(([name, value]) => `${name}: ${value}`).join(', '));
  return parts.filter(Boolean).join(' · ');
}
