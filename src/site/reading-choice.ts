// What a reader has chosen to see of a text: the requirements of one role in full, and nothing that does not bind. Kept
// from page to page and shared with the table of requirements. Knows no document.
import type { Role } from '../spec/proposal.ts';

export const READER_ROLES: readonly Role[] = ['gateway', 'application', 'middleware'];

/** Where the role is kept that a reader has chosen. */
export const ROLE_KEY = 'portway:role';
/** Where it is kept that a reader wants requirements only. */
export const ONLY_KEY = 'portway:only';

/** What is kept under a key, empty where nothing is; undefined where storage is closed. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return undefined;
  }
}

/** Keeps a value for the next page; an empty one is forgotten. Where storage is closed, the choice holds for the page. */
export function keep(key: string, value: string): void {
  try {
    if (value === '') localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // The page has the choice, and that is enough.
  }
}

/** What is in force, in words. `whole` of `all` requirements are shown in full; empty where everything is shown. */
export function choiceInWords(role: string, only: boolean, whole: number, all: number): string {
  if (role === '') return only ? `Requirements only: ${all}` : '';
  const count = `${role}: ${whole} of ${all}`;
  return only ? `Requirements only, as ${count}` : `Reading as ${count} requirements`;
}

/**
 * Which blocks a place belongs to: a heading to all that is below it, another block to its whole section, with the
 * heading. `levels` are those of the headings, 0 for what is none.
 * @returns the first of them, and the one behind the last
 */
export function sectionAround(
  levels: readonly number[],
  place: number,
): readonly [from: number, to: number] {
  const own = levels[place] ?? 0;
  const before = levels.slice(0, place).findLastIndex((level) => level > 0);
  const from = own > 0 ? place : Math.max(before, 0);
  const within = own > 0 ? own : 6;
  const end = levels.findIndex((level, index) => index > place && level > 0 && level <= within);
  return [from, end < 0 ? levels.length : end];
}
