// An application made of one handler for each type of conversation.

import {
  type Application,
  type HttpHandler,
  type LifespanHandler,
  type TunnelHandler,
  UnsupportedScope,
  type WebsocketHandler,
} from '../interface/index.ts';

/** Handlers by scope type. */
export interface Handlers {
  readonly http?: HttpHandler;
  readonly websocket?: WebsocketHandler;
  readonly tunnel?: TunnelHandler;
  readonly lifespan?: LifespanHandler;
}

/** An application that hands each scope to the handler of its type, and raises `UnsupportedScope` for the rest. */
export function application(handlers: Handlers): Application {
  return async (scope, receive, send) => {
    // The type of the scope says which events there are, which the compiler cannot follow.
    const handler = Object.hasOwn(handlers, scope.type)
      ? (handlers[scope.type] as Application | undefined)
      : undefined;
    if (!handler) throw new UnsupportedScope(scope.type);
    await handler(scope, receive, send);
  };
}
