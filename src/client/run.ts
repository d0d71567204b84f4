// Runs exchanges of a scenario, each in the way of its kind and all in their order. Knows no transport.

import type { ScenarioExchange, ScenarioRequest } from './exchange.ts';
import type { ClientResult, RunOptions } from './result.ts';
import { sendRequest } from './run-request.ts';
import { runSteps } from './run-socket.ts';

export type { ClientConnection, ClientRequest, ClientResponse, Dial } from './connection.ts';
export type * from './result.ts';
export { openSocket } from './run-socket.ts';

/**
 * Runs an exchange to its end, and again where it was refused and is to be sent again. Does not reject for what the
 * server does.
 */
export async function runRequest(
  exchange: ScenarioExchange,
  options: RunOptions,
): Promise<ClientResult> {
  const result = await (exchange.kind === 'http'
    ? sendUntilTaken(exchange, options)
    : runSteps(exchange, options));
  // What never began cannot hold the drain up for what comes after it.
  if (exchange.drain && result.status === undefined && result.outcome !== 'interrupted')
    options.drain?.();
  return result;
}

async function sendUntilTaken(
  request: ScenarioRequest,
  options: RunOptions,
): Promise<ClientResult> {
  for (let attempts = 1; ; attempts++) {
    const result = await sendRequest(request, options);
    const refused = result.outcome === 'closed' && result.status === undefined;
    if (!refused || attempts > request.retry) return { ...result, attempts };
  }
}

/**
 * Runs exchanges in order, each that says `together` at the same time as the one before it. If one rejects, the rest of
 * its group is waited for, and nothing behind it begins.
 * @returns what `each` gave, in the order of the exchanges
 */
export async function runExchanges<T>(
  exchanges: readonly ScenarioExchange[],
  each: (exchange: ScenarioExchange, index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < exchanges.length; at = results.length) {
    const next = exchanges.findIndex(({ together }, index) => index > at && !together);
    const group = exchanges.slice(at, next < 0 ? undefined : next);
    const running = group.map((exchange, index) => each(exchange, at + index));
    await Promise.allSettled(running);
    results.push(...(await Promise.all(running)));
  }
  return results;
}
