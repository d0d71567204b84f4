// What a client got, in words: outcomes, status codes, close codes, sizes and times. Knows nothing of how they are shown.

import type { ClientClose, ClientResult, Outcome, ScenarioExchange } from '../../client/index.ts';
import { STATUS_TEXT } from '../../gateway/http1/writer.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  complete: 'complete',
  aborted: 'broken off before its end',
  closed: 'closed without a response',
  timeout: 'no progress: the client left',
  left: 'the client left, as the scenario says',
  limit: 'too large: the client left',
  interrupted: 'stopped',
};

/** How an exchange ended for the client. */
export function outcomeWords({ outcome }: Pick<ClientResult, 'outcome'>): string {
  return OUTCOMES[outcome];
}

/** Status and reason phrase: “404 Not Found”. The phrase is the registered one; HTTP/2 sends none. */
export function statusWords(status: number | undefined): string {
  if (status === undefined) return 'no response';
  return `${status} ${STATUS_TEXT[status] ?? ''}`.trim();
}

/** RFC 6455 section 7.4.1 and the registry of close codes. */
const CLOSE_CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'a kind of data that it cannot accept',
  1004: 'reserved',
  1005: 'no code was given',
  1006: 'no Close frame came',
  1007: 'data that does not fit its type, such as text that is not UTF-8',
  1008: 'a message that violates its policy',
  1009: 'a message too big',
  1010: 'an extension that the server did not agree to',
  1011: 'an unexpected condition on the server',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'the TLS handshake failed',
};

/** A close code in words (RFC 6455 section 7.4). */
export function closeCodeWords(code: number): string {
  const known = CLOSE_CODES[code];
  if (known) return known;
  if (code >= 1000 && code < 3000) return 'not assigned';
  if (code >= 3000 && code < 4000) return 'registered by a library or framework';
  if (code >= 4000 && code < 5000) return 'private use: the application knows';
  return 'not a close code';
}

/** “1000, normal closure: bye”. */
export function closeWords({ code, reason, clean }: ClientClose): string {
  const known = code ?? (clean ? 1005 : 1006);
  const words = `${code === undefined ? '' : `${code}, `}${closeCodeWords(known)}`;
  return `${words}${reason ? `: ${reason}` : ''}${clean ? '' : ' (not clean)'}`;
}

export function octets(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'octet' : 'octets'}`;
}

/** Milliseconds below a second, seconds above. */
export function duration(ms: number): string {
  if (ms >= 999.5) return `${(ms / 1000).toFixed(ms < 9_950 ? 2 : 1)} s`;
  return `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** “first octet after 3.0 ms, whole after 12 ms”; of what was not whole, when it was over. */
export function timesWords({
  times: { head, end },
  outcome,
}: Pick<ClientResult, 'times' | 'outcome'>): string {
  return head === undefined
    ? `over after ${duration(end)}`
    : `first octet after ${duration(head)}, ${outcome === 'complete' ? 'whole' : 'over'} after ${duration(end)}`;
}

/** What is exchanged, as in “WebSocket”. */
export function kindWords(kind: ScenarioExchange['kind']): string {
  return { http: 'Request', websocket: 'WebSocket', tunnel: 'Tunnel' }[kind];
}
