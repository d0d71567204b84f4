// The access log: a line for each request, in the Combined Log Format with its duration and the conversation's id.
// Stands between transport and gateway, so it sees what the gateway answers by itself too.

import { readForwarded, type TrustEntry } from '../gateway/conversation/forwarded.ts';
import type { Output } from '../gateway/conversation/output.ts';
import type { Refusal, RequestHead } from '../gateway/conversation/request.ts';
import type { UnreadHead } from '../gateway/gateway.ts';
import {
  type Exchange,
  type Gateway,
  isRefusal,
  type LossCause,
  type Wire,
} from '../gateway/index.ts';
import type { Fields } from '../interface/index.ts';

export interface AccessLogOptions {
  readonly write: (line: string) => void;
  /** Peers whose word counts for who the client was. */
  readonly trust?: readonly TrustEntry[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The same gateway, with a line written for each request that is over. */
export function withAccessLog(gateway: Gateway, options: AccessLogOptions): Gateway {
  return Object.create(gateway, {
    request: {
      value(head: RequestHead, wire: Wire) {
        const entry = new Entry(head, options);
        const logged = new LoggedWire(wire, entry);
        const outcome = gateway.request(head, logged);
        if (isRefusal(outcome)) {
          entry.status = outcome.status;
          entry.over();
          return outcome;
        }
        entry.id = outcome.id;
        return new LoggedExchange(outcome, entry);
      },
    },
    refused: {
      value(refusal: Refusal, head: UnreadHead) {
        gateway.refused(refusal, head);
        const entry = new Entry({ ...head, headers: [] }, options);
        entry.status = refusal.status;
        entry.over();
      },
    },
  });
}

/** What a line is made of. Method and target are absent where the request could not be read. */
type LoggedHead = UnreadHead & { readonly headers: Fields };

class Entry {
  readonly #head: LoggedHead;
  readonly #options: AccessLogOptions;
  readonly #began: number;
  readonly #client: string;
  #written = false;
  status: number | undefined;
  octets = 0;
  id = '-';
  /** The sending direction of a tunnel has ended. */
  shut = false;

  constructor(head: LoggedHead, options: AccessLogOptions) {
    this.#head = head;
    this.#options = options;
    this.#began = (options.now ?? Date.now)();
    const { headers, peer } = head;
    const forwarded = options.trust?.length ? readForwarded(headers, peer, options.trust) : null;
    this.#client = forwarded?.for ?? (peer?.address || '-');
  }

  /** Writes the line, once. */
  over(): void {
    if (this.#written) return;
    this.#written = true;
    const { method, target, http_version, headers } = this.#head;
    // Of a request that could not be read there is no line.
    const line = method === undefined ? '-' : `${method} ${target} HTTP/${http_version}`;
    const field = (name: string) => quoted(firstOf(headers, name) ?? '-');
    const duration = Math.max(0, Math.round((this.#options.now ?? Date.now)() - this.#began));
    this.#options.write(
      `${word(this.#client)} - - [${timeOf(this.#began)}] ${quoted(line)} ` +
        `${this.status ?? '-'} ${this.octets || '-'} ${field('referer')} ${field('user-agent')} ${duration}ms ${this.id}\n`,
    );
  }
}

class LoggedWire implements Wire {
  readonly #wire: Wire;
  readonly #entry: Entry;

  constructor(wire: Wire, entry: Entry) {
    this.#wire = wire;
    this.#entry = entry;
  }

  get waiting(): number {
    return this.#wire.waiting;
  }
  get written(): number {
    return this.#wire.written;
  }
  pause(): void {
    this.#wire.pause();
  }
  resume(): void {
    this.#wire.resume();
  }

  write(output: Output): void {
    this.#wire.write(output);
    const entry = this.#entry;
    switch (output.do) {
      case 'head':
      case 'switch':
        entry.status = output.status;
        return;
      case 'body':
      case 'octets':
        entry.octets += output.data.length;
        return;
      case 'file':
        entry.octets += output.length;
        return;
      case 'shut':
        entry.shut = true;
        return;
      case 'end':
      case 'abort':
      case 'refuse':
      case 'close':
      case 'drop':
        entry.over();
    }
  }

  callEnded(): void {
    this.#wire.callEnded();
    if (this.#entry.shut) this.#entry.over();
  }
}

class LoggedExchange implements Exchange {
  readonly #exchange: Exchange;
  readonly #entry: Entry;

  constructor(exchange: Exchange, entry: Entry) {
    this.#exchange = exchange;
    this.#entry = entry;
  }

  get id(): string {
    return this.#exchange.id;
  }
  get type(): Exchange['type'] {
    return this.#exchange.type;
  }
  get over(): boolean {
    return this.#exchange.over;
  }
  get running(): boolean {
    return this.#exchange.running;
  }
  octets(data: Uint8Array): void {
    this.#exchange.octets(data);
  }
  end(trailers?: Fields): void {
    this.#exchange.end(trailers);
  }
  taken(): void {
    this.#exchange.taken();
  }
  lost(cause: LossCause, code?: number): void {
    this.#exchange.lost(cause, code);
    this.#entry.over();
  }
  giveUp(...args: Parameters<Exchange['giveUp']>): void {
    this.#exchange.giveUp(...args);
  }
  fileLost(error: unknown): void {
    this.#exchange.fileLost(error);
  }
}

function firstOf(headers: Fields, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

/** As Apache does it: `\"`, `\\`, and `\xHH` for what cannot be printed (security.log-control). */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replace(UNPRINTABLE, hexadecimal)}"`;
}

/** A value that stands without quotes. */
function word(text: string): string {
  return text.replace(UNPRINTABLE, hexadecimal).replaceAll(' ', '\\x20');
}

const UNPRINTABLE = /[^\x20-\x7e]/g;

function hexadecimal(character: string): string {
  const code = character.charCodeAt(0);
  return code > 0xff
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\x${code.toString(16).padStart(2, '0')}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `10/Oct/2000:13:55:36 +0000`, in UTC. */
function timeOf(milliseconds: number): string {
  const [, year, month = '', day, time] =
    /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(new Date(milliseconds).toISOString()) ?? [];
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
