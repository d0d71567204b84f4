// The interface as code: what the proposals define, and the few types that a binding adds. Imports nothing else.

import type {
  HttpReceiveEvent,
  HttpScope,
  HttpSendEvent,
  LifespanReceiveEvent,
  LifespanScope,
  LifespanSendEvent,
  TunnelReceiveEvent,
  TunnelScope,
  TunnelSendEvent,
  WebsocketReceiveEvent,
  WebsocketScope,
  WebsocketSendEvent,
} from './events.generated.ts';

export { EVENTS, FEATURES } from './catalogue.generated.ts';
export type * from './description.ts';
export { Closed, Misuse, UnsupportedScope } from './errors.ts';
export type * from './events.generated.ts';
export * from './machines.generated.ts';

/** The version of the interface that this package speaks (scope.gateway-marker). */
export const INTERFACE_VERSION = '0.1';

/** Waits for the next event. One call at a time (receive.single). */
export type Receive<E> = () => Promise<E>;

/** Hands an event to the gateway. Resolves when it can take more; rejects with `Misuse` or `Closed`. */
export type Send<E> = (event: E) => Promise<void>;

/** A handler of one type of conversation. */
export type Handler<S, R, E> = (scope: S, receive: Receive<R>, send: Send<E>) => Promise<void>;

export type HttpHandler = Handler<HttpScope, HttpReceiveEvent, HttpSendEvent>;
export type WebsocketHandler = Handler<WebsocketScope, WebsocketReceiveEvent, WebsocketSendEvent>;
export type TunnelHandler = Handler<TunnelScope, TunnelReceiveEvent, TunnelSendEvent>;
export type LifespanHandler = Handler<LifespanScope, LifespanReceiveEvent, LifespanSendEvent>;

/** The scope of a conversation of any type; `type` tells which. */
export type AnyScope = HttpScope | WebsocketScope | TunnelScope | LifespanScope;
export type AnyReceiveEvent =
  | HttpReceiveEvent
  | WebsocketReceiveEvent
  | TunnelReceiveEvent
  | LifespanReceiveEvent;
export type AnySendEvent = HttpSendEvent | WebsocketSendEvent | TunnelSendEvent | LifespanSendEvent;

/** What a gateway calls, once for each conversation (app.once-per-scope). */
export type Application = Handler<AnyScope, AnyReceiveEvent, AnySendEvent>;
