// Applications under prefixes of the path. `mount` moves on by whole segments, and `path` stays whole (proposal 3).

import { type Application, UnsupportedScope } from '../interface/index.ts';
import { sendText } from './body.ts';
import { cascade } from './cascade.ts';
import { withScope } from './middleware.ts';
import { decodeSegment, restOf } from './scope.ts';

/** Applications by prefix, such as `/api`; `/` takes what no other takes. */
export type Routes = Readonly<Record<string, Application>>;

/** An application at one prefix; requests elsewhere go to `otherwise`, by default a response with status 404. */
export function mountAt(
  prefix: string,
  app: Application,
  otherwise: Application = notFound,
): Application {
  return router({ [prefix]: app }, otherwise);
}

/**
 * One application of several, each at a prefix; the one with most segments is taken. Prefixes are compared segment by
 * segment, decoded, so that `/%61pi` is `/api` and `%2F` is no boundary. Each application has a lifespan of its own.
 * @throws Error for a prefix that is none, with what to write instead
 */
export function router(routes: Routes, otherwise: Application = notFound): Application {
  const mounts = Object.entries(routes).map(([prefix], index) => ({
    prefix,
    segments: segmentsOf(prefix),
    index,
  }));
  mounts.sort((one, other) => other.segments.length - one.segments.length);
  const taken = new Map<string, string>();
  for (const { prefix, segments } of mounts) {
    const key = JSON.stringify(segments);
    if (taken.has(key))
      throw new Error(
        `the prefixes '${taken.get(key)}' and '${prefix}' are the same: leave one out`,
      );
    taken.set(key, prefix);
  }
  const below = Object.entries(routes).map(([name, app]) => ({ name, app }));
  const rest = below.length;
  // The 404 has no lifespan, and accepts nothing.
  const applications = cascade(
    otherwise === notFound ? below : [...below, { name: 'otherwise', app: otherwise }],
  );

  // Its scope says which events there are, which the compiler cannot follow.
  const lifespan = applications.lifespan as Application;

  return async (scope, receive, send) => {
    if (scope.type === 'lifespan') return lifespan(scope, receive, send);
    // A private type of conversation need not have a path.
    if (typeof scope.path !== 'string')
      throw new UnsupportedScope((scope as { type: string }).type);
    const path = restOf(scope);
    for (const { segments, index } of mounts) {
      const length = prefixLength(path, segments);
      if (length < 0) continue;
      const mounted =
        length === 0 ? scope : withScope(scope, { mount: scope.mount + path.slice(0, length) });
      return applications.call(index, mounted, receive, send);
    }
    if (otherwise === notFound) return notFound(scope, receive, send);
    return applications.call(rest, scope, receive, send);
  };
}

/** How many octets of a path the segments take, up to a segment boundary (http.mount.boundary); -1 if they do not match. */
function prefixLength(path: string, segments: readonly string[]): number {
  let at = 0;
  for (const segment of segments) {
    if (path[at] !== '/') return -1;
    const end = path.indexOf('/', at + 1);
    const encoded = path.slice(at + 1, end < 0 ? path.length : end);
    if (decodeSegment(encoded) !== segment) return -1;
    at += 1 + encoded.length;
  }
  return at;
}

/** The decoded segments of a prefix. */
function segmentsOf(prefix: string): readonly string[] {
  if (prefix === '' || prefix === '/') return [];
  const segments = prefix.slice(1).split('/').map(decodeSegment);
  if (!prefix.startsWith('/') || prefix.endsWith('/')) {
    const bare = prefix.replace(/^\/+|\/+$/g, '');
    throw new Error(
      `the prefix '${prefix}' does not begin and end with a segment: write '/${bare}'`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(prefix) || /[?#]/.test(prefix) || segments.includes(null)) {
    throw new Error(
      `the prefix '${prefix}' is not a percent-encoded path: write '${encodeURI(prefix).replace(/[?#]/g, encodeURIComponent)}'`,
    );
  }
  return segments as readonly string[];
}

const notFound: Application = async (scope, _, send) => {
  if (scope.type === 'lifespan') throw new UnsupportedScope(scope.type);
  await sendText(send, 'Not Found\n', { status: 404 });
};
