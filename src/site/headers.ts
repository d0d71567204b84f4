// The response headers of the site, in one place: the development server sends them, and `_headers` says the same to
// static hosts and to the preview.
import { href } from './href.ts';

export interface HeaderRule {
  /** A path of the site under its base; `*` at the end stands for anything. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Rules add up: a response carries the headers of every rule that its path matches. No header is in two of them. */
export const HEADER_RULES: readonly HeaderRule[] = [
  {
    path: href('/*'),
    headers: {
      // A WebContainer needs shared memory, and shared memory needs a cross-origin-isolated page.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'strict-origin-when-cross-origin',
    },
  },
  {
    // The document that runs the reader's code. Its own policy makes its origin opaque, however it is opened.
    path: href('/sandbox/frame.html'),
    headers: {
      'Content-Security-Policy':
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:",
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-cache',
    },
  },
  {
    // Sandboxes for other people's pages: these may frame them even where they isolate themselves.
    path: href('/embed/*'),
    headers: { 'Cross-Origin-Resource-Policy': 'cross-origin' },
  },
  {
    // Names of built files carry a hash of their content.
    path: href('/_astro/*'),
    headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
  },
];

/** The headers of one path, as the rules add up. */
export function headersFor(pathname: string): Record<string, string> {
  const matching = HEADER_RULES.filter(({ path }) =>
    path.endsWith('*') ? pathname.startsWith(path.slice(0, -1)) : pathname === path,
  );
  return Object.assign({}, ...matching.map(({ headers }) => headers));
}

/** The text of `_headers`, in the form that Netlify and Cloudflare Pages read. */
export function headersFile(): string {
  return HEADER_RULES.map(
    ({ path, headers }) =>
      `${path}\n${Object.entries(headers)
        .map(([name, value]) => `  ${name}: ${value}\n`)
        .join('')}`,
  ).join('\n');
}
