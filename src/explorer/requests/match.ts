// Which result belongs to which exchange of a scenario that may have been changed since it was sent.

import type { ClientResult, ScenarioExchange } from '../../client/index.ts';
import { sameExchange } from '../../client/same-exchange.ts';

/** A result. `changed`: the exchange says something else by now. */
export interface Match {
  readonly result: ClientResult;
  readonly exchange: ScenarioExchange;
  readonly changed: boolean;
}

export interface Matches {
  /** In the order of the exchanges; nothing for one that was not sent. */
  readonly found: readonly (Match | undefined)[];
  /** Results of exchanges that the scenario no longer has. */
  readonly others: readonly Match[];
}

/** Finds the results of what stands in a scenario now: of the same words first, then of the same name. */
export function matchResults(
  exchanges: readonly ScenarioExchange[],
  ran: readonly ScenarioExchange[],
  results: readonly ClientResult[],
): Matches {
  const left = results.flatMap((result, index) => {
    const exchange = ran[index];
    return exchange ? [{ result, exchange }] : [];
  });
  const found: (Match | undefined)[] = exchanges.map(() => undefined);
  const take = (
    fits: (one: ScenarioExchange, sent: ScenarioExchange) => boolean,
    changed: boolean,
  ) => {
    for (const [index, one] of exchanges.entries()) {
      if (found[index]) continue;
      const at = left.findIndex(({ exchange }) => fits(one, exchange));
      const [match] = at < 0 ? [] : left.splice(at, 1);
      if (match) found[index] = { ...match, changed };
    }
  };
  take(sameExchange, false);
  take((one, sent) => one.name === sent.name && one.kind === sent.kind, true);
  return { found, others: left.map((match) => ({ ...match, changed: true })) };
}
