// What a case of the conformance suite is: one requirement, shown by an application and a peer that meet at a gateway.
// Knows no gateway and no sockets: the same case runs over every driver, and over a gateway in another process.
//
// A case has two sides. `app` is called by the gateway as any application is, with a `stage` as fourth argument;
// `client` is the peer. They share no variables, because they may be in two processes: the application tells the client
// what it saw with `stage.note(name, value)`, which `t.seen(name)` waits for, and the client lets the application go on
// with `t.open(gate)`, which `stage.reached(gate)` waits for.
//
// The cases of one clause area are one file of `areas/`, whose default export is `area(name, title, [ … ])`. Every file
// there belongs to the suite; nothing else is to be registered. `areas/http-response.ts` is a good one to read first.

import type {
  HttpReceiveEvent,
  HttpScope,
  HttpSendEvent,
  LifespanReceiveEvent,
  LifespanScope,
  LifespanSendEvent,
  Limits,
  Receive,
  Send,
  TunnelReceiveEvent,
  TunnelScope,
  TunnelSendEvent,
  WebsocketReceiveEvent,
  WebsocketScope,
  WebsocketSendEvent,
} from '../interface/index.ts';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import type { DriverName } from './names.ts';
import type { Peer } from './peer.ts';
import type { Stage } from './stage.ts';

type StageHandler<S, R, E> = (
  scope: S,
  receive: Receive<R>,
  send: Send<E>,
  stage: Stage,
) => Promise<void>;

/** The application's side: a handler for each type of conversation. A type without one is `UnsupportedScope`. */
export interface StageHandlers {
  readonly http?: StageHandler<HttpScope, HttpReceiveEvent, HttpSendEvent>;
  readonly websocket?: StageHandler<WebsocketScope, WebsocketReceiveEvent, WebsocketSendEvent>;
  readonly tunnel?: StageHandler<TunnelScope, TunnelReceiveEvent, TunnelSendEvent>;
  /** Instead of the usual one, which accepts every feature that is offered and the tunnel `conformance`. */
  readonly lifespan?: StageHandler<LifespanScope, LifespanReceiveEvent, LifespanSendEvent>;
}

/** A gateway that is configured for one case. On a gateway that somebody else started such a case is skipped. */
export interface GatewaySetup {
  /** Where they differ from the defaults. Keep times well below a second. */
  readonly limits?: Partial<Limits>;
  /** Peers that are believed, as the operator writes them: `127.0.0.1=x-forwarded`; `memory` for that driver. */
  readonly trust?: readonly string[];
  /** Files below a root of the operator, by their relative paths. The root is `stage.root`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Calls under way for one connection (security.concurrency-bounded). */
  readonly concurrency?: number;
  /** The client starts the gateway itself, with `t.operator.start()`. */
  readonly startedByClient?: boolean;
}

export interface CaseSides {
  /** Where the case makes sense. Default: everywhere. */
  readonly drivers?: readonly DriverName[];
  /** Why not everywhere; printed for the drivers that are left out. */
  readonly why?: string;
  readonly gateway?: GatewaySetup;
  readonly app?: StageHandlers;
  /** The peer's side. Throws an error with a clear text when the gateway is wrong. */
  readonly client: (t: Peer) => Promise<void>;
  /** Longest time in milliseconds. Default 10,000. */
  readonly ms?: number;
}

/** One demonstration of one requirement. */
export interface Case extends CaseSides {
  readonly requirement: string;
  readonly title: string;
}

/** A case with its place in the suite. `key` names it on the wire. */
export interface PlacedCase extends Case {
  readonly area: string;
  readonly key: string;
}

/** The cases of one clause area. */
export interface Area {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly PlacedCase[];
}

/**
 * A case that shows `requirement`. The title goes on where the id ends, as a sentence: `a second start is rejected`.
 * Write the id as a literal: the table of tests is made from the text of this call.
 * @throws RangeError for a requirement that does not exist, or drivers that are left out without a reason
 */
export function conforms(requirement: string, title: string, sides: CaseSides): Case {
  const name = `the case \`${requirement}: ${title}\``;
  if (!Object.hasOwn(REQUIREMENTS, requirement)) {
    throw new RangeError(`${name} is of no requirement: no proposal has this id`);
  }
  const { drivers, why } = sides;
  if ((drivers === undefined) !== (why === undefined)) {
    throw new RangeError(`${name} has to say both \`drivers\` and \`why\`, or neither`);
  }
  return { requirement, title, ...sides };
}

/**
 * The cases of one clause area, in the order in which they run.
 * @throws RangeError if two have the same requirement and title
 */
export function area(name: string, title: string, cases: readonly Case[]): Area {
  const titles = new Set<string>();
  for (const { requirement, title } of cases) {
    const full = `${requirement}: ${title}`;
    if (titles.has(full)) throw new RangeError(`the area ${name} has two cases \`${full}\``);
    titles.add(full);
  }
  return {
    name,
    title,
    cases: cases.map((one, index) => ({ ...one, area: name, key: `${name}.${index + 1}` })),
  };
}
