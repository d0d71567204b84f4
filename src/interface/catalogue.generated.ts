// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

import type { EventDescription } from './description.ts';

/** Every event of the interface: who sends it, what it carries, which requirement governs it. */
export const EVENTS: Readonly<Record<string, EventDescription>> = {
  "http.request.body": {
    direction: "receive",
    scope: [
      "http"
    ],
    requirement: "http.request.no-empty-body",
    fields: {
      data: {
        type: "bytes",
        required: true
      }
    }
  },
  "http.request.end": {
    direction: "receive",
    scope: [
      "http"
    ],
    requirement: "http.request.end-once",
    fields: {
      trailers: {
        type: "fields",
        required: true
      }
    }
  },
  "http.closed": {
    direction: "receive",
    scope: [
      "http"
    ],
    requirement: "http.closed.repeats",
    fields: {
      cause: {
        type: "enum",
        required: true,
        values: [
          "complete",
          "peer_reset",
          "connection_lost",
          "timeout",
          "limit",
          "protocol_error",
          "shutdown"
        ]
      },
      code: {
        type: "integer",
        required: false
      }
    }
  },
  "http.request.discard": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.request.discard-drains",
    fields: {}
  },
  "http.informational": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.informational.before-commit",
    fields: {
      status: {
        type: "integer",
        required: true,
        minimum: 102,
        maximum: 199
      },
      headers: {
        type: "fields",
        required: false
      }
    }
  },
  "http.response.start": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.start-once",
    fields: {
      status: {
        type: "integer",
        required: true,
        minimum: 200,
        maximum: 599
      },
      headers: {
        type: "fields",
        required: false
      }
    }
  },
  "http.response.body": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.body-before-start",
    fields: {
      data: {
        type: "bytes",
        required: true
      }
    }
  },
  "http.response.end": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.finish",
    fields: {
      trailers: {
        type: "fields",
        required: false
      }
    }
  },
  "http.response.abort": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.abort.stream-only",
    fields: {
      code: {
        type: "integer",
        required: false,
        minimum: 0
      }
    }
  },
  "http.refuse": {
    direction: "send",
    scope: [
      "http"
    ],
    requirement: "http.refuse.before-bytes",
    fields: {}
  }
};
