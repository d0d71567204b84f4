// The short comparison on the front page. What it says of other interfaces is what their own texts say; what it says of
// this one is a clause that exists, or that there is none.
import { specification } from './specification.ts';

export interface ComparisonRow {
  readonly feature: string;
  readonly wsgi: string;
  readonly asgi: string;
  readonly portway: string;
  /** Requirements that say so. */
  readonly clauses: readonly string[];
}

export const comparison: readonly ComparisonRow[] = [
  {
    feature: 'Asynchronous application',
    wsgi: 'No',
    asgi: 'Yes',
    portway: 'Yes',
    clauses: ['app.once-per-scope'],
  },
  {
    feature: 'Answering while the request still arrives',
    wsgi: 'Not stated',
    asgi: 'Not stated',
    portway: 'Required',
    clauses: ['http.duplex'],
  },
  {
    feature: 'Response trailers',
    wsgi: 'No',
    asgi: 'Extension',
    portway: 'Part of the last event',
    clauses: ['http.trailers.permitted'],
  },
  {
    feature: 'Informational responses, such as 103',
    wsgi: 'No',
    asgi: 'Extension',
    portway: 'An event',
    clauses: ['http.informational.before-commit'],
  },
  {
    feature: 'Breaking off a response that has begun',
    wsgi: 'No',
    asgi: 'Partly',
    portway: 'An event',
    clauses: ['http.abort.stream-only'],
  },
  {
    feature: 'Handing a request back unprocessed',
    wsgi: 'No',
    asgi: 'No',
    portway: 'An event',
    clauses: ['http.refuse.before-bytes'],
  },
  {
    feature: 'Sending after the peer has gone',
    wsgi: 'Not defined',
    asgi: 'Partly defined',
    portway: 'Fails with an error of its own',
    clauses: ['closed.on-send'],
  },
  {
    feature: 'Back-pressure on what an application sends',
    wsgi: 'Partly',
    asgi: 'Partly',
    portway: 'Bounded, and said how',
    clauses: ['flow.send-waits'],
  },
  {
    feature: 'WebSocket',
    wsgi: 'No',
    asgi: 'Yes',
    portway: 'Yes, with denials by any response',
    clauses: ['websocket.message-whole', 'websocket.denial'],
  },
  {
    feature: 'Start-up and shutdown',
    wsgi: 'No',
    asgi: 'Yes',
    portway: 'Yes, and “no lifespan” is told from “crashed”',
    clauses: ['lifespan.ready-first', 'lifespan.unsupported'],
  },
  {
    feature: 'Notice before a shutdown',
    wsgi: 'No',
    asgi: 'No',
    portway: 'An event',
    clauses: ['drain.notice'],
  },
  {
    feature: 'Protocols that the interface does not know',
    wsgi: 'No',
    asgi: 'No',
    portway: 'Tunnels',
    clauses: ['tunnel.declared-only'],
  },
];

for (const id of comparison.flatMap((row) => row.clauses)) {
  if (!specification.requirements.has(id)) {
    throw new Error(`src/site/comparison.ts names \`${id}\`, which no proposal defines.`);
  }
}
