// Reads what became of ids that are no longer in force: `retired` blocks, leniently, for a comparison has to say
// something of texts that the linter refuses.

import { parse } from 'yaml';
import type { Element } from './cut.ts';

/** Former id to the id that took its place. */
export type Aliases = Readonly<Record<string, string>>;

export interface Retirements {
  readonly aliases: Aliases;
  /** Id to the reason why it is no more. */
  readonly tombstones: Readonly<Record<string, string>>;
}

/** What the `retired` blocks of a text say. */
export function retirements(elements: readonly Element[]): Retirements {
  const aliases: Record<string, string> = Object.create(null);
  const tombstones: Record<string, string> = Object.create(null);
  for (const { type, text } of elements) {
    if (type !== 'retired') continue;
    const entries = yamlOf(text);
    for (const entry of Array.isArray(entries) ? entries : []) {
      const { id, alias, tombstone } = (entry ?? {}) as Record<string, unknown>;
      if (typeof id !== 'string') continue;
      if (typeof alias === 'string') aliases[id] = alias;
      else if (typeof tombstone === 'string') tombstones[id] = tombstone;
    }
  }
  return { aliases, tombstones };
}

/** Beyond this, a block is compared as text only. The largest machine has a tenth of it. */
const YAML_LIMIT = 100_000;

/** What a fenced block holds; undefined if that is no YAML, or too much of it. */
export function yamlOf(fence: string): unknown {
  if (fence.length > YAML_LIMIT) return undefined;
  const inside = fence
    .replace(/^[^\n]*\n?/, '')
    .replace(/(?:^|\n)[ \t]*(?:`{3,}|~{3,})[ \t]*$/, '');
  try {
    return parse(inside, { logLevel: 'error' });
  } catch {
    return undefined;
  }
}
