// The rows of the comparison as they were read from each interface's own text in November 2026. `?` is what was not
// examined. Sections are named where one says it; a "no" is said of the text as a whole.
import type { Cell, Feature, InterfaceKey, Stand } from './comparison-model.ts';

const LETTERS: Readonly<Record<string, Stand>> = {
  Y: 'yes',
  P: 'partly',
  N: 'no',
  x: 'extension',
  '*': 'draft',
  'P*': 'partly-draft',
  'Y*': 'draft',
  '-': 'none',
  '?': 'unknown',
};

/** More than a letter of one interface: the words of its cell, the section that says it, reports about it. */
type More = Partial<
  Record<InterfaceKey, { words?: string; section?: string; reports?: readonly string[] }>
>;

/** Letters in the order WSGI, ASGI, RSGI, Rack, fetch handlers, Servlet. */
function cells(letters: string, more: More = {}): Feature['cells'] {
  const keys = ['wsgi', 'asgi', 'rsgi', 'rack', 'fetch', 'servlet'] as const;
  const parts = letters.split(' ');
  const cell = (key: InterfaceKey, letter: string): Cell => {
    const stand = LETTERS[letter];
    if (stand === undefined || parts.length !== keys.length)
      throw new Error(`\`${letters}\` is not a row of the comparison: \`${letter}\` of ${key}.`);
    return { stand, reports: [], ...more[key] };
  };
  return Object.fromEntries(
    keys.map((key, index) => [key, cell(key, parts[index] ?? '')]),
  ) as Feature['cells'];
}

const SHAPE = 'Shape of an application';
const HTTP = 'Requests and responses';
const FLOW = 'Flow and ends';
const SWITCHED = 'WebSockets, upgrades, tunnels';
const FACTS = 'What the application is told';
const CHECKED = 'What the server checks';
const LIFE = 'Life of a process';

export const features: readonly Feature[] = [
  {
    id: 'async',
    group: SHAPE,
    feature: 'Asynchronous application',
    cells: cells('N Y Y P Y* P', {
      asgi: { section: 'Applications' },
      rsgi: { section: 'Applications' },
    }),
    portway: 'Yes',
    clauses: ['app.once-per-scope'],
    short: { feature: 'Asynchronous application' },
  },
  {
    id: 'plain-events',
    group: SHAPE,
    feature: 'Events that are plain data',
    cells: cells('N Y N N N N', { asgi: { section: 'Events' } }),
    portway: 'Yes, and checked',
    clauses: ['event.plain-data', 'event.shape'],
  },
  {
    id: 'negotiation',
    group: SHAPE,
    feature: 'Negotiation of features',
    cells: cells('P P P P * P', {
      wsgi: { words: 'By keys', section: 'Server Extension APIs' },
      asgi: { words: 'One version, and keys of extensions', section: 'Extensions' },
      rsgi: { words: 'By version', section: 'HTTP connection scope' },
      rack: { words: 'By keys', section: 'The Environment' },
      servlet: { words: 'By version' },
    }),
    portway: 'By feature and revision, at start-up',
    clauses: ['feature.listed', 'feature.only-accepted'],
  },
  {
    id: 'request-streamed',
    group: HTTP,
    feature: 'Streamed request body',
    cells: cells('Y Y Y Y Y Y', {
      wsgi: { section: 'Input and Error Streams' },
      asgi: { section: 'Request - receive event' },
      rsgi: { section: 'HTTP protocol interface' },
      rack: { section: 'The Input Stream' },
    }),
    portway: 'Yes',
    clauses: ['http.request.dechunked', 'http.request.end-once'],
  },
  {
    id: 'response-streamed',
    group: HTTP,
    feature: 'Streamed response',
    cells: cells('Y Y Y Y Y Y', {
      wsgi: { section: 'Buffering and Streaming' },
      asgi: {
        section: 'Response Body - send event',
        reports: ['asgiref #138', 'asgiref #388', 'channels #826'],
      },
      rsgi: { section: 'HTTP protocol interface' },
      rack: { section: 'The Body' },
    }),
    portway: 'Yes, the head at once',
    clauses: ['http.commit.on-start', 'send.ordered'],
  },
  {
    id: 'duplex',
    group: HTTP,
    feature: 'Full duplex is stated',
    cells: cells('N N N Y N P', { rack: { section: 'Streaming Body' } }),
    portway: 'Required',
    clauses: ['http.duplex'],
    short: {
      feature: 'Answering while the request still arrives',
      wsgi: 'Not stated',
      asgi: 'Not stated',
    },
  },
  {
    id: 'request-trailers',
    group: HTTP,
    feature: 'Trailers of a request',
    cells: cells('N N N N * Y'),
    portway: 'Part of the last event',
    clauses: ['http.request.trailers'],
  },
  {
    id: 'response-trailers',
    group: HTTP,
    feature: 'Trailers of a response',
    cells: cells('N x N N * Y', {
      asgi: { reports: ['asgiref #141', 'asgiref #339', 'hypercorn #147', 'daphne #488'] },
    }),
    portway: 'Part of the last event',
    clauses: ['http.trailers.permitted'],
    short: { feature: 'Response trailers' },
  },
  {
    id: 'informational',
    group: HTTP,
    feature: 'Informational responses, such as 103',
    cells: cells('N x N x * Y', { asgi: { reports: ['asgiref #342', 'asgiref #579'] } }),
    portway: 'An event',
    clauses: ['http.informational.before-commit'],
    short: { feature: 'Informational responses, such as 103' },
  },
  {
    id: 'continue',
    group: HTTP,
    feature: 'A rule for 100 (Continue)',
    cells: cells('Y N N N * ?', { wsgi: { section: 'HTTP 1.1 Expect/Continue' } }),
    portway: 'Sent when the application receives',
    clauses: ['http.continue.on-receive'],
  },
  {
    id: 'abort',
    group: HTTP,
    feature: 'Breaking off a response that has begun',
    cells: cells('N P N N * N', {
      asgi: { reports: ['hypercorn #313'] },
      servlet: { reports: ['servlet #98'] },
    }),
    portway: 'An event',
    clauses: ['http.abort.stream-only'],
    short: { feature: 'Breaking off a response that has begun' },
  },
  {
    id: 'refuse',
    group: HTTP,
    feature: 'Handing a request back, safe to be sent again',
    cells: cells('N N N N * N'),
    portway: 'An event',
    clauses: ['http.refuse.before-bytes'],
    short: { feature: 'Handing a request back unprocessed' },
  },
  {
    id: 'push',
    group: HTTP,
    feature: 'Server push',
    cells: {
      ...cells('N x N N N N'),
      servlet: { stand: 'deprecated', reports: [] },
    },
    portway: 'Left out',
    clauses: [],
  },
  {
    id: 'file',
    group: HTTP,
    feature: 'Handing a file over without copying it',
    cells: cells('x x Y Y N N', {
      wsgi: { section: 'Optional Platform-Specific File Handling' },
      asgi: { reports: ['asgiref #191', 'asgiref #404', 'asgiref #423'] },
      rsgi: { section: 'HTTP protocol interface' },
      rack: { section: 'The Body' },
    }),
    portway: 'A feature, with ranges',
    clauses: ['http.file.as-body', 'http.file.range'],
  },
  {
    id: 'outbound',
    group: FLOW,
    feature: 'Back-pressure on what an application sends',
    cells: cells('P P P P Y Y', {
      wsgi: { section: 'Buffering and Streaming' },
      asgi: { section: 'Response Body - send event' },
    }),
    portway: 'Bounded, and said how',
    clauses: ['flow.send-waits'],
    short: { feature: 'Back-pressure on what an application sends' },
  },
  {
    id: 'inbound',
    group: FLOW,
    feature: 'Back-pressure on what a peer sends',
    cells: cells('N N N N Y Y', {
      asgi: { reports: ['quart #152', 'websockets #105', 'uvicorn #306'] },
    }),
    portway: 'Bounded, and said how',
    clauses: ['flow.input-bounded', 'flow.input-resumes'],
  },
  {
    id: 'peer-gone',
    group: FLOW,
    feature: 'Notice that the peer is gone',
    cells: cells('N Y Y P * N', {
      asgi: { section: 'Disconnect - receive event', reports: ['asgiref #334', 'asgiref #431'] },
      servlet: { reports: ['servlet #44', 'servlet #156', 'servlet #435'] },
    }),
    portway: 'An event, and a handle that is signalled',
    clauses: ['http.closed.repeats', 'cancel.on-peer-loss'],
  },
  {
    id: 'send-after-close',
    group: FLOW,
    feature: 'Sending after the peer has gone',
    cells: cells('N P N N * ?', {
      asgi: {
        section: 'Disconnected Client - send exception',
        reports: ['asgiref #66', 'asgiref #431', 'asgiref #441'],
      },
    }),
    portway: 'Fails with an error of its own',
    clauses: ['closed.on-send'],
    short: {
      feature: 'Sending after the peer has gone',
      wsgi: 'Not defined',
      asgi: 'Partly defined',
    },
  },
  {
    id: 'cancellation',
    group: FLOW,
    feature: 'A rule for cancellation',
    cells: cells('N N N N N N', {
      asgi: { reports: ['starlette #1438', 'starlette #1715', 'gunicorn #3654'] },
    }),
    portway: 'Signalled with a reason, never killed',
    clauses: ['cancel.no-kill', 'cancel.reason'],
  },
  {
    id: 'after-response',
    group: FLOW,
    feature: 'Work after the response',
    cells: cells('P Y Y Y * Y', {
      wsgi: { section: 'Specification Details' },
      rack: { section: 'The Environment' },
    }),
    portway: 'Yes: the call goes on undisturbed',
    clauses: ['cancel.after-end'],
  },
  {
    id: 'websocket',
    group: SWITCHED,
    feature: 'WebSocket',
    cells: cells('N Y Y P * P', {
      asgi: { section: 'WebSocket' },
      rsgi: { section: 'Websocket protocol' },
      rack: { section: 'Hijacking' },
    }),
    portway: 'Yes, with denials by any response',
    clauses: ['websocket.message-whole', 'websocket.denial'],
    short: { feature: 'WebSocket' },
  },
  {
    id: 'denial',
    group: SWITCHED,
    feature: 'Denying a WebSocket with a response of any status',
    cells: cells('- x N Y * Y', {
      asgi: { reports: ['asgiref #301', 'asgiref #381', 'uvicorn #667', 'uvicorn #1561'] },
    }),
    portway: 'Any response',
    clauses: ['websocket.denial'],
  },
  {
    id: 'close-reason',
    group: SWITCHED,
    feature: 'Reason of a WebSocket’s close',
    cells: cells('- Y N - * -', {
      asgi: { section: 'Spec Versions', reports: ['asgiref #234', 'asgiref #459', 'asgiref #462'] },
    }),
    portway: 'In both directions',
    clauses: ['websocket.closed.codes', 'websocket.close-frame'],
  },
  {
    id: 'upgrades',
    group: SWITCHED,
    feature: 'Other upgrades',
    cells: cells('N N N P * P', {
      asgi: { reports: ['hypercorn #169', 'hypercorn #277'] },
      rack: { section: 'Full Hijack', reports: ['rack #1946'] },
    }),
    portway: 'Tunnels',
    clauses: ['tunnel.declared-only', 'http.upgrade.offers'],
    short: { feature: 'Protocols that the interface does not know' },
  },
  {
    id: 'webtransport',
    group: SWITCHED,
    feature: 'WebTransport',
    cells: cells('N N N N * N', { asgi: { reports: ['asgiref #280', 'hypercorn #341'] } }),
    portway: 'No, as of this draft',
    clauses: [],
  },
  {
    id: 'tunnel',
    group: SWITCHED,
    feature: 'A raw tunnel, such as CONNECT',
    cells: cells('N N N Y * Y', {
      asgi: { reports: ['hypercorn #169', 'hypercorn #277'] },
      rack: { section: 'Full Hijack', reports: ['rack #1946'] },
    }),
    portway: 'Yes, with half-close and datagrams',
    clauses: ['tunnel.end-half-close', 'tunnel.datagram.whole'],
  },
  {
    id: 'raw-path',
    group: FACTS,
    feature: 'The path as it was received',
    cells: cells('N P ? P P Y', {
      asgi: {
        section: 'HTTP Connection Scope',
        reports: ['asgiref #51', 'asgiref #87', 'starlette #826'],
      },
      rsgi: { reports: ['granian #531'] },
      rack: { section: 'The Environment' },
    }),
    portway: 'Always, still encoded',
    clauses: ['http.target.raw', 'http.path.encoded'],
  },
  {
    id: 'mount',
    group: FACTS,
    feature: 'Prefix of a mounted application',
    cells: cells('Y P N Y N Y', {
      wsgi: { section: 'environ Variables' },
      asgi: {
        section: 'HTTP Connection Scope',
        reports: [
          'asgiref #229',
          'asgiref #424',
          'starlette #1336',
          'starlette #2400',
          'hypercorn #259',
        ],
      },
      rack: { section: 'The Environment' },
    }),
    portway: 'Yes, and the path keeps it',
    clauses: ['http.mount.boundary', 'http.mount.full-path'],
  },
  {
    id: 'header-values',
    group: FACTS,
    feature: 'What header values are',
    cells: cells('Y Y Y Y Y Y', {
      wsgi: { words: 'Text of latin-1', section: 'Unicode Issues' },
      asgi: { words: 'Octets', section: 'HTTP Connection Scope' },
      rsgi: { words: 'Text', section: 'HTTP connection scope' },
      rack: { words: 'Text', section: 'The Headers' },
      fetch: { words: 'Text' },
      servlet: { words: 'Text' },
    }),
    portway: 'Text whose characters are octets',
    clauses: ['binding.field-types'],
  },
  {
    id: 'duplicates',
    group: FACTS,
    feature: 'Fields that come twice are kept apart',
    cells: cells('N Y P N P Y', { asgi: { section: 'HTTP Connection Scope' } }),
    portway: 'Yes, in their order',
    clauses: ['http.headers.order'],
  },
  {
    id: 'tls',
    group: FACTS,
    feature: 'TLS and the client’s certificate',
    cells: cells('P x N N * Y', {
      wsgi: { section: 'environ Variables' },
      asgi: { reports: ['asgiref #466', 'uvicorn #1119', 'uvicorn #3043', 'uvicorn #3132'] },
    }),
    portway: 'Yes; what cannot be learned is null',
    clauses: ['security.tls-facts'],
  },
  {
    id: 'forwarded',
    group: FACTS,
    feature: 'The peer apart from what proxies say of it',
    cells: cells('N N N N N N', { asgi: { reports: ['uvicorn #1068', 'hypercorn #279'] } }),
    portway: 'Two fields, and who is trusted',
    clauses: ['security.forwarded', 'security.forwarded-not-peer'],
  },
  {
    id: 'crlf',
    group: CHECKED,
    feature: 'Line ends in fields are rejected',
    cells: cells('Y N N Y Y ?', {
      wsgi: { section: 'The start_response() Callable' },
      asgi: { reports: ['uvicorn #719'] },
      rack: { section: 'The Headers' },
    }),
    portway: 'Yes',
    clauses: ['http.field-syntax'],
  },
  {
    id: 'hop-by-hop',
    group: CHECKED,
    feature: 'A rule for hop-by-hop fields',
    cells: cells('Y P N N N ?', {
      wsgi: { section: 'Other HTTP Features' },
      asgi: { section: 'Response Start - send event' },
    }),
    portway: 'Rejected',
    clauses: ['http.hop-by-hop'],
  },
  {
    id: 'content-length',
    group: CHECKED,
    feature: 'The body is held to Content-Length',
    cells: cells('P N N P N P', {
      wsgi: { words: 'SHOULD', section: 'Handling the Content-Length Header' },
    }),
    portway: 'Yes, too much and too little',
    clauses: ['http.length.excess', 'http.length.shortfall'],
  },
  {
    id: 'lifespan',
    group: LIFE,
    feature: 'Start-up and shutdown',
    cells: cells('N Y P N P* Y', {
      asgi: {
        section: 'Lifespan Protocol',
        reports: ['asgiref #78', 'asgiref #276', 'hypercorn #97', 'hypercorn #213'],
      },
    }),
    portway: 'Yes, and “no lifespan” is told from “crashed”',
    clauses: ['lifespan.ready-first', 'lifespan.unsupported'],
    short: { feature: 'Start-up and shutdown' },
  },
  {
    id: 'drain',
    group: LIFE,
    feature: 'Notice before a shutdown',
    cells: cells('N N N N P* N', {
      asgi: { reports: ['asgiref #199', 'asgiref #588', 'uvicorn #800', 'uvicorn #2829'] },
    }),
    portway: 'An event',
    clauses: ['drain.notice'],
    short: { feature: 'Notice before a shutdown' },
  },
];
