// What application authors import as `portway`: the interface's types and errors, and a small kit.

export type * from '../interface/events.generated.ts';
export {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type Application,
  Closed,
  type Handler,
  type HttpHandler,
  INTERFACE_VERSION,
  type LifespanHandler,
  Misuse,
  type Receive,
  type Send,
  type TunnelHandler,
  UnsupportedScope,
  type WebsocketHandler,
} from '../interface/index.ts';
export { application, type Handlers } from './application.ts';
export {
  type Answer,
  BodyTooLong,
  bodyStream,
  readBody,
  sendJson,
  sendStatus,
  sendText,
  utf8,
} from './body.ts';
export { type Below, type Cascade, cascade } from './cascade.ts';
export {
  type FetchContext,
  type FetchHandler,
  type FromFetchOptions,
  fromFetch,
} from './from-fetch.ts';
export { type LifespanHooks, lifespan, type Started, type Starting } from './lifespan.ts';
export { compose, type Middleware, withoutFeature, withScope, withState } from './middleware.ts';
export { mountAt, type Routes, router } from './mount.ts';
export {
  clientOf,
  cookies,
  header,
  headersOf,
  originOf,
  pathSegments,
  queryOf,
  restOf,
  urlOf,
} from './scope.ts';
export { type FetchFault, type FetchFunction, type ToFetchOptions, toFetch } from './to-fetch.ts';
