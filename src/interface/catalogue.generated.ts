// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

import type { EventDescription, FeatureDescription } from './description.ts';

/** Every event of the interface: who sends it, what it carries, which requirement governs it. */
export const EVENTS: Readonly<Record<string, EventDescription>> = {
  'http.request.body': {
    direction: 'receive',
    scope: ['http'],
    requirement: 'http.request.no-empty-body',
    fields: {
      data: { type: 'bytes', required: true },
    },
  },
  'http.request.end': {
    direction: 'receive',
    scope: ['http'],
    requirement: 'http.request.end-once',
    fields: {
      trailers: { type: 'fields', required: true },
    },
  },
  'http.closed': {
    direction: 'receive',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.closed.repeats',
    fields: {
      cause: {
        type: 'enum',
        required: true,
        values: [
          'complete',
          'peer_reset',
          'connection_lost',
          'timeout',
          'limit',
          'protocol_error',
          'shutdown',
        ],
      },
      code: { type: 'integer', required: false },
    },
  },
  'http.request.discard': {
    direction: 'send',
    scope: ['http'],
    requirement: 'http.request.discard-drains',
    fields: {},
  },
  'http.informational': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.informational.before-commit',
    fields: {
      status: { type: 'integer', required: true, minimum: 102, maximum: 199 },
      headers: { type: 'fields', required: false, default: [] },
    },
  },
  'http.response.start': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.start-once',
    fields: {
      status: { type: 'integer', required: true, minimum: 200, maximum: 599 },
      headers: { type: 'fields', required: false, default: [] },
    },
  },
  'http.response.body': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.body-before-start',
    fields: {
      data: { type: 'bytes', required: true },
    },
  },
  'http.response.end': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.finish',
    fields: {
      trailers: { type: 'fields', required: false, default: [] },
    },
  },
  'http.response.abort': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.abort.stream-only',
    fields: {
      code: { type: 'integer', required: false, minimum: 0 },
    },
  },
  'http.refuse': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'http.refuse.before-bytes',
    fields: {},
  },
  'http.file': {
    direction: 'send',
    scope: ['http', 'websocket', 'tunnel'],
    feature: 'http.file',
    requirement: 'http.file.as-body',
    fields: {
      path: { type: 'string', required: true },
      offset: { type: 'integer', required: false, default: 0, minimum: 0 },
      length: { type: 'integer', required: false, minimum: 0 },
    },
  },
  'websocket.accept': {
    direction: 'send',
    scope: ['websocket'],
    requirement: 'websocket.accept-answer',
    fields: {
      subprotocol: { type: 'string', required: false },
      headers: { type: 'fields', required: false, default: [] },
    },
  },
  'websocket.message': {
    direction: 'both',
    scope: ['websocket'],
    requirement: 'websocket.message-whole',
    exactlyOne: ['text', 'data'],
    fields: {
      text: { type: 'string', required: false },
      data: { type: 'bytes', required: false },
    },
  },
  'websocket.close': {
    direction: 'send',
    scope: ['websocket'],
    requirement: 'websocket.close-frame',
    fields: {
      code: { type: 'integer', required: false, default: 1000 },
      reason: { type: 'string', required: false, default: '' },
    },
  },
  'websocket.closed': {
    direction: 'receive',
    scope: ['websocket'],
    requirement: 'websocket.closed.repeats',
    fields: {
      code: { type: 'integer', required: true, minimum: 1000, maximum: 4999 },
      reason: { type: 'string', required: true },
      initiator: { type: 'enum', required: true, values: ['application', 'gateway', 'peer'] },
      clean: { type: 'boolean', required: true },
    },
  },
  'lifespan.startup': {
    direction: 'receive',
    scope: ['lifespan'],
    requirement: 'lifespan.drain-order',
    fields: {
      offers: { type: 'feature_map', required: true },
      limits: { type: 'limits', required: true },
    },
  },
  'lifespan.ready': {
    direction: 'send',
    scope: ['lifespan'],
    requirement: 'lifespan.ready-first',
    fields: {
      accepts: { type: 'feature_choice', required: false },
      state: { type: 'state', required: false },
      tunnels: { type: 'strings', required: false, default: [] },
    },
  },
  'lifespan.failed': {
    direction: 'send',
    scope: ['lifespan'],
    requirement: 'lifespan.failed',
    fields: {
      message: { type: 'string', required: true },
    },
  },
  'lifespan.drain': {
    direction: 'receive',
    scope: ['lifespan'],
    requirement: 'lifespan.drain-order',
    fields: {
      deadline_ms: { type: 'integer', required: true, minimum: 0 },
    },
  },
  'gateway.drain': {
    direction: 'receive',
    scope: ['http', 'websocket', 'tunnel'],
    requirement: 'drain.notice',
    fields: {
      deadline_ms: { type: 'integer', required: true, minimum: 0 },
    },
  },
  'lifespan.shutdown': {
    direction: 'receive',
    scope: ['lifespan'],
    requirement: 'lifespan.shutdown-last',
    fields: {},
  },
  'lifespan.stopped': {
    direction: 'send',
    scope: ['lifespan'],
    requirement: 'lifespan.stop-timeout',
    fields: {},
  },
  'tunnel.accept': {
    direction: 'send',
    scope: ['tunnel'],
    requirement: 'tunnel.accept-wire',
    fields: {
      headers: { type: 'fields', required: false, default: [] },
      datagrams: { type: 'boolean', required: false, default: false },
    },
  },
  'tunnel.data': {
    direction: 'both',
    scope: ['tunnel'],
    requirement: 'tunnel.data-order',
    fields: {
      data: { type: 'bytes', required: true },
    },
  },
  'tunnel.end': {
    direction: 'both',
    scope: ['tunnel'],
    requirement: 'tunnel.end-half-close',
    fields: {},
  },
  'tunnel.abort': {
    direction: 'send',
    scope: ['tunnel'],
    requirement: 'tunnel.abort-wire',
    fields: {
      code: { type: 'integer', required: false, minimum: 0, maximum: 4294967295 },
    },
  },
  'tunnel.closed': {
    direction: 'receive',
    scope: ['tunnel'],
    requirement: 'tunnel.closed.repeats',
    fields: {
      cause: {
        type: 'enum',
        required: true,
        values: [
          'complete',
          'peer_reset',
          'connection_lost',
          'timeout',
          'limit',
          'protocol_error',
          'shutdown',
        ],
      },
      code: { type: 'integer', required: false, minimum: 0 },
    },
  },
  'tunnel.datagram': {
    direction: 'both',
    scope: ['tunnel'],
    feature: 'tunnel.datagram',
    requirement: 'tunnel.datagram.whole',
    fields: {
      data: { type: 'bytes', required: true },
    },
  },
};

/**
 * Every feature that the proposals define: its revisions, and whether an application that has not
 * chosen has accepted it.
 */
export const FEATURES: Readonly<Record<string, FeatureDescription>> = {
  'http.file': {
    revisions: [1],
    default: true,
    requirement: 'http.file.as-body',
    summary: 'The application names a file, and the gateway sends its octets.',
  },
  tunnel: {
    revisions: [1],
    default: false,
    requirement: 'tunnel.declared-only',
    summary: 'Requests for protocols that the application declared are given to it as tunnels.',
  },
  'tunnel.datagram': {
    revisions: [1],
    default: false,
    requirement: 'tunnel.datagram.whole',
    summary: 'Datagrams pass beside the octets of a tunnel.',
  },
};
