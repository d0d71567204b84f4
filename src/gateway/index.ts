// The reference gateway without a transport. Transports are imported by name, so that a page never loads Node's.

export type { HttpOutput } from './conversation/http.ts';
export type { Refusal, RequestHead } from './conversation/request.ts';
export * from './gateway.ts';
