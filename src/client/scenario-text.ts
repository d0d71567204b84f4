// What all parts of a scenario's text share: lines, variables, and directives in comments. Knows no exchange.

import { ScenarioError } from './scenario-error.ts';

/** A line of the text, with its number from 1. */
export interface Line {
  readonly text: string;
  readonly number: number;
}

/** A directive as it is written. Column from 1, of its `@`. */
export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

const DIRECTIVE = /^(?:#|\/\/)[ \t]*@([A-Za-z-]+)(?:[ \t]+(.*?))?[ \t]*$/;
const DURATION = /^(\d+)(ms|s)$/;

export function isComment(text: string): boolean {
  return text.startsWith('#') || text.startsWith('//');
}

/** The directive in a comment, known or not; undefined for other lines. */
export function directiveIn({ text, number }: Line): Directive | undefined {
  const match = DIRECTIVE.exec(text);
  if (!match) return undefined;
  const [, name = '', value = ''] = match;
  return { name, value, line: number, column: text.indexOf('@') + 1 };
}

/** An error about a directive: `what` stands behind its text. */
export function wrong(directive: Directive, what: string, hint?: string): ScenarioError {
  const { name, value, line, column } = directive;
  return new ScenarioError(line, column, `\`${`@${name} ${value}`.trim()}\` ${what}`, hint);
}

/**
 * Directives that only an editor knows are comments; one that is nearly one of ours is a slip.
 * @throws ScenarioError for a slip
 */
export function rejectSlip({ name, line, column }: Directive, known: readonly string[]): void {
  const meant = known.find((candidate) => distance(name, candidate) <= (name.length > 4 ? 2 : 1));
  if (meant === undefined) return;
  throw new ScenarioError(
    line,
    column,
    `there is no directive \`@${name}\`.`,
    `Did you mean \`@${meant}\`?`,
  );
}

/** Milliseconds. @throws ScenarioError */
export function readDuration(directive: Directive): number {
  const match = DURATION.exec(directive.value);
  if (!match) throw wrong(directive, 'is not a duration.', 'Write `50ms` or `2s`.');
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}

/** Puts values in for `{{name}}`. @throws ScenarioError for one without a value */
export function expand({ text, number }: Line, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{[ \t]*([\w-]+)[ \t]*\}\}/g, (whole, name: string, offset: number) => {
    const value = variables.get(name);
    if (value === undefined) {
      throw new ScenarioError(
        number,
        offset + 1,
        `the variable \`${whole}\` has no value.`,
        `Set it above: \`@${name} = value\`.`,
      );
    }
    return value;
  });
}

/** A character in a message: itself, or its number where it cannot be seen. */
export function shown(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (same ? 0 : 1),
        ),
      );
    }
    row = next;
  }
  return row[other.length] as number;
}
