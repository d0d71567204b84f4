// The records of the scopes (proposals 2 to 8) as tables. A test compares them with the blocks of the proposals.

import type { FieldDescription } from '../interface/index.ts';

/** Fields by name. A `type` that is no type of proposal 2 is the name of another record. */
export type RecordTable = Readonly<Record<string, FieldDescription>>;

const required = (type: string, rest: Partial<FieldDescription> = {}): FieldDescription => ({
  type,
  required: true,
  ...rest,
});
const nullable = (type: string): FieldDescription => required(type, { nullable: true });
const atLeast = (minimum: number, rest: Partial<FieldDescription> = {}): FieldDescription =>
  required('integer', { minimum, ...rest });

const scope: RecordTable = {
  type: required('string'),
  id: required('string'),
  gateway: required('gateway_marker'),
  local: required('local'),
};

const request: RecordTable = {
  ...scope,
  http_version: required('enum', { values: ['1.0', '1.1', '2', '3'] }),
  method: required('string'),
  scheme: required('string'),
  authority: required('octets'),
  target: required('octets'),
  path: required('octets'),
  mount: required('octets'),
  query: nullable('octets'),
  headers: required('fields'),
  content_length: nullable('integer'),
  peer: nullable('address'),
  local_address: nullable('address'),
  forwarded: nullable('forwarded'),
  tls: nullable('tls'),
  limits: required('limits'),
  upgrade: nullable('upgrade_offer'),
};

/** Every record that a scope or an event can have, by the name of its block. */
export const RECORDS: Readonly<Record<string, RecordTable>> = {
  scope,
  gateway_marker: {
    interface: required('string'),
    software: required('string'),
    features: required('feature_map'),
  },
  local: { cancel: required('cancel'), state: required('state') },
  request_scope: request,
  http_scope: request,
  websocket_scope: { ...request, subprotocols: required('strings') },
  lifespan_scope: scope,
  tunnel_scope: {
    ...request,
    protocol: required('string'),
    datagrams: required('enum', { values: ['none', 'capsules', 'frames'] }),
  },
  address: {
    transport: required('enum', { values: ['tcp', 'tls', 'quic', 'unix', 'memory'] }),
    address: required('string'),
    port: nullable('integer'),
  },
  forwarded: {
    for: nullable('string'),
    proto: nullable('string'),
    host: nullable('octets'),
    trusted_by: required('string'),
  },
  tls: {
    version: nullable('string'),
    cipher: nullable('string'),
    alpn: nullable('octets'),
    sni: nullable('string'),
    client_chain: required('bytes_list'),
    verified: required('boolean'),
  },
  upgrade_offer: {
    offers: required('strings'),
    via: required('enum', { values: ['upgrade', 'extended_connect'] }),
  },
  limits: {
    send_buffer_octets: atLeast(1),
    receive_buffer_octets: atLeast(1),
    target_octets: atLeast(1),
    header_octets: atLeast(1),
    header_fields: atLeast(1),
    body_octets: atLeast(0, { nullable: true }),
    message_octets: atLeast(1),
    head_ms: atLeast(1),
    idle_ms: atLeast(1),
    keep_alive_ms: atLeast(0),
    startup_ms: atLeast(1, { nullable: true }),
    drain_ms: atLeast(0),
    shutdown_ms: atLeast(0),
  },
};

/** The record of a scope's type, or undefined for a type that is not of this specification. */
export function recordOf(type: string): RecordTable | undefined {
  return ['http', 'websocket', 'tunnel', 'lifespan'].includes(type)
    ? RECORDS[`${type}_scope`]
    : undefined;
}
