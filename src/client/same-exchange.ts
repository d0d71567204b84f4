// Whether two exchanges of a scenario say the same. Knows nothing of their text.

import type { ScenarioExchange } from './exchange.ts';

/** Whether two exchanges say the same, wherever they stand. */
export function sameExchange(
  one: ScenarioExchange | undefined,
  other: ScenarioExchange | undefined,
): boolean {
  return one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
}

/** All that an exchange says, without its line and without a name that comes from its place alone. */
function keyOf({ line: _, name, ...rest }: ScenarioExchange): string {
  const given = rest.title === '' && /^request \d+$/.test(name) ? '' : name;
  const members = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([given, members], (_key, value) =>
    value instanceof Uint8Array ? { octets: [...value] } : value,
  );
}
