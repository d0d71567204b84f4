// Joins the steps of a client and of the gateway that it speaks to into one trace. Each counts for itself, and not alike: a
// request that is sent again is two for the gateway, and one that a transport turns away is none.

import type { Tap } from '../trace/index.ts';

export interface Lanes {
  readonly client: Tap;
  readonly gateway: Tap;
  /** The number of the client's exchange, for a conversation of the gateway that it has spoken of. */
  numberOf(conn: number): number;
}

/** Two taps for one: the gateway's conversations get the numbers of the client's exchanges. */
export function joinLanes(tap: Tap): Lanes {
  /** Requests that were sent, and that the gateway has not spoken of yet. */
  const sent: { readonly conn: number; readonly head: string }[] = [];
  /** By number of the gateway. */
  const numbers = new Map<number, number>();

  const take = (index: number) => sent.splice(index, 1)[0]?.conn;
  const match = (conn: number, preview: string): number => {
    // Of several under way, what arrives first need not be what was sent first.
    const same = sent.findIndex(({ head }) => preview.startsWith(`${head} HTTP/`));
    return take(Math.max(same, 0)) ?? conn;
  };

  return {
    client(step, data) {
      if (step.type === 'client.request')
        sent.push({ conn: step.conn, head: step.payload?.preview ?? '' });
      else if (step.dir === 'in') {
        // An answer to what the gateway has not spoken of is the transport's own.
        const index = sent.findIndex(({ conn }) => conn === step.conn);
        if (index >= 0) take(index);
      }
      return tap(step, data);
    },
    gateway(step, data) {
      let conn = numbers.get(step.conn);
      if (conn === undefined) {
        conn = step.conn === 0 ? 0 : match(step.conn, step.payload?.preview ?? '');
        numbers.set(step.conn, conn);
      }
      return tap(conn === step.conn ? step : { ...step, conn }, data);
    },
    numberOf: (conn) => numbers.get(conn) ?? conn,
  };
}
