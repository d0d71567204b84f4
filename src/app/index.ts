// What application authors import as `portway`: the interface's types and errors, and a small kit.

import { type Application, type HttpHandler, UnsupportedScope } from '../interface/index.ts';

export {
  type Address,
  type Application,
  Closed,
  type Fields,
  type Forwarded,
  type GatewayDrain,
  type Handler,
  type HttpClosed,
  type HttpFile,
  type HttpHandler,
  type HttpInformational,
  type HttpReceiveEvent,
  type HttpRefuse,
  type HttpRequestBody,
  type HttpRequestDiscard,
  type HttpRequestEnd,
  type HttpResponseAbort,
  type HttpResponseBody,
  type HttpResponseEnd,
  type HttpResponseStart,
  type HttpScope,
  type HttpSendEvent,
  INTERFACE_VERSION,
  type Limits,
  Misuse,
  type Receive,
  type RequestScope,
  type Scope,
  type Send,
  type Tls,
  UnsupportedScope,
  type UpgradeOffer,
} from '../interface/index.ts';

/** Handlers by scope type. */
export interface Handlers {
  readonly http?: HttpHandler;
}

/** An application that hands each scope to the handler of its type, and raises `UnsupportedScope` for the rest. */
export function application(handlers: Handlers): Application {
  return async (scope, receive, send) => {
    const handler = Object.hasOwn(handlers, scope.type) ? handlers[scope.type] : undefined;
    if (!handler) throw new UnsupportedScope(scope.type);
    await handler(scope, receive, send);
  };
}

const encoder = new TextEncoder();

/** Text as UTF-8 octets, for a body. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
