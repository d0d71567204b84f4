// Writes plain data as a TypeScript literal, on one line where that is short enough to read.

import type { EventBlock } from '../blocks.ts';
import { layout, type Piece } from './layout.ts';

const WIDTH = 72;

/** `custom` may write the value of a key itself. */
export function literal(
  value: unknown,
  custom: (value: unknown, key: string) => string | undefined = () => undefined,
): string {
  return layout(pieces(value, custom), { width: WIDTH, step: 2 });
}

/** The same, for whoever sets it elsewhere. */
export function pieces(
  value: unknown,
  custom: (value: unknown, key: string) => string | undefined = () => undefined,
): Piece {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value))
    return { open: '[', close: ']', members: value.map((item) => pieces(item)) };
  if (typeof value !== 'object' || value === null) return String(value);
  return {
    open: '{',
    close: '}',
    spaced: true,
    members: Object.entries(value).map(([key, member]) => [
      `${propertyName(key)}: `,
      custom(member, key) ?? pieces(member),
    ]),
  };
}

/** An example of an event as an application writes it, where octets of a body are made from text. */
export function exampleOf(event: EventBlock, example = event.example): string {
  const octets = (value: unknown) =>
    typeof value === 'string' ? `utf8(${quote(value)})` : literal(value);
  return literal(example, (value, key) => {
    const type = event.fields[key]?.type;
    if (type === 'bytes') return octets(value);
    return type === 'bytes_list' && Array.isArray(value)
      ? `[${value.map(octets).join(', ')}]`
      : undefined;
  });
}

export function propertyName(key: string): string {
  return /^[a-z_$][\w$]*$/i.test(key) ? key : quote(key);
}

export function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
