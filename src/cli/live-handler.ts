// Answers the requests for the viewer of a live trace: who may ask, and what there is. Knows neither sockets nor processes.

import type { LiveAssets } from './live-assets.ts';
import type { LiveLog } from './live-log.ts';
import { clausesPage, noticePage, viewerPage } from './live-page.ts';

export interface LiveHandlerOptions {
  /** The application's file, as it was typed. */
  readonly app: string;
  readonly log: LiveLog;
  readonly assets: () => Promise<LiveAssets>;
  /** The port that it is asked at. */
  readonly port: () => number;
  /** Root of the specification's site, with a slash at its end, if clauses are read there. */
  readonly site?: string | undefined;
}

/** Nothing but what this server itself sends is loaded, and no other page takes anything of it. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Whether a `Host` names this machine's loopback at this port. Any other is a name of somebody else's that was made to
 * point here, so that their page could read what is here (DNS rebinding).
 */
export function isOwnHost(host: string | null, port: number): boolean {
  const match = LOOPBACK.exec(host ?? '');
  const at = match?.[1] ?? '80';
  return match !== null && Number(at) === port;
}

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d{1,5}))?$/i;

export function liveHandler(
  options: LiveHandlerOptions,
): (request: Request) => Response | Promise<Response> {
  const { app, log, assets, port, site } = options;

  const respond = (body: BodyInit | null, type: string, more: ResponseInit = {}) =>
    new Response(body, { ...more, headers: { ...HEADERS, 'content-type': type, ...more.headers } });
  const page = (text: string, status = 200) =>
    respond(text, 'text/html; charset=utf-8', { status });

  async function asset(part: 'script' | 'style', type: string): Promise<Response> {
    try {
      return respond((await assets())[part], `${type}; charset=utf-8`);
    } catch (error) {
      return respond(`${(error as Error).message}\n`, 'text/plain; charset=utf-8', { status: 500 });
    }
  }

  async function viewer(): Promise<Response> {
    try {
      await assets();
      return page(viewerPage(app));
    } catch (error) {
      return page(noticePage('There is no viewer', (error as Error).message), 500);
    }
  }

  function clauses(path: string, proposal?: string): Response {
    if (site !== undefined)
      return respond(null, 'text/plain', {
        status: 302,
        headers: { location: site + path.slice(1) },
      });
    const text = clausesPage(proposal);
    return text === undefined ? missing() : page(text);
  }

  const missing = () => page(noticePage('There is no such page', 'The trace is at /.'), 404);

  return (request) => {
    const host = request.headers.get('host');
    if (!isOwnHost(host, port()))
      return page(
        noticePage(
          'This is not the address of the trace',
          `It is at http://127.0.0.1:${port()}/ on the machine that runs portway dev, and nowhere else.`,
        ),
        421,
      );
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return respond('Only GET and HEAD.\n', 'text/plain', {
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    const { pathname, searchParams } = new URL(request.url);
    const [, proposal] = /^\/proposals\/(\d{4})\/$/.exec(pathname) ?? [];
    if (proposal !== undefined) return clauses(pathname, proposal);
    switch (pathname) {
      case '/':
        return viewer();
      case '/requirements/':
        return clauses(pathname);
      case '/live.js':
        return asset('script', 'text/javascript');
      case '/live.css':
        return asset('style', 'text/css');
      case '/events': {
        // A page of another site could not read it, but keep it open.
        const from = request.headers.get('sec-fetch-site');
        if (from !== null && from !== 'same-origin' && from !== 'none')
          return respond('Not for other sites.\n', 'text/plain', { status: 403 });
        const after = request.headers.get('last-event-id') ?? searchParams.get('after');
        return respond(request.method === 'HEAD' ? null : log.follow(after), 'text/event-stream');
      }
      default:
        return missing();
    }
  };
}
