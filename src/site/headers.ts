// The response headers of the site, in one place: the development server sends them, and `_headers` says the same to
// static hosts and to the preview.
import { href } from './href.ts';

export interface HeaderRule {
  /** A path of the site under its base; `*` at the end stands for anything, `:name` for one part of it. */
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
      // No page of the site asks for these, and nothing that gets into one shall.
      'Permissions-Policy': [
        'accelerometer',
        'camera',
        'display-capture',
        'geolocation',
        'gyroscope',
        'magnetometer',
        'microphone',
        'midi',
        'payment',
        'usb',
      ]
        .map((feature) => `${feature}=()`)
        .join(', '),
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
  // Hosts go by the ends of names, and `.xml` may be anything.
  ...['/feed.xml', '/feed/*', '/proposals/:nnnn/feed.xml'].map((path) => ({
    path: href(path),
    headers: { 'Content-Type': 'application/atom+xml; charset=utf-8' },
  })),
];

/** Folders that other pages may frame, or that say themselves who may. */
const FRAMED = /^(embed|sandbox)$/;
/** The one page that is no folder. */
const ERROR_PAGE = /^404$/;

/**
 * The rules that forbid other pages to frame ours. `/*` would hold the sandboxes too, and hosts differ in whether a rule
 * can take a header back: each folder at the top of the site has its own.
 * @param paths of pages below the base, such as `proposals/0003/`
 */
export function framingRules(paths: readonly string[]): HeaderRule[] {
  const tops = new Set(paths.map((path) => path.replace(/^\//, '').split('/')[0] ?? ''));
  return [...tops]
    .filter((top) => !FRAMED.test(top))
    .sort()
    .map((top) => ({
      path: href(top === '' ? '/' : ERROR_PAGE.test(top) ? `/${top}.html` : `/${top}/*`),
      headers: { 'Content-Security-Policy': "frame-ancestors 'self'" },
    }));
}

/**
 * The rules that give the Markdown of proposals its type and its encoding. Hosts differ in whether a pattern can end in
 * `.md`: each name has its own, so that they grow with the longest row of revisions.
 * @param paths of pages below the base, such as `proposals/0003/v1/`
 */
export function sourceRules(paths: readonly string[]): HeaderRule[] {
  const names = paths.flatMap((path) => /^\/?proposals\/\d{4}\/(v\d+)\/$/.exec(path)?.[1] ?? []);
  return ['draft', ...new Set(names)].map((name) => ({
    path: href(`/proposals/:nnnn/${name}.md`),
    headers: { 'Content-Type': 'text/markdown; charset=utf-8' },
  }));
}

/** Whether a rule is for a path. */
function matches({ path }: HeaderRule, pathname: string): boolean {
  const pattern = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*$/, '.*')
    .replace(/:[a-z]+/g, '[^/]+');
  return new RegExp(`^${pattern}$`, 's').test(pathname);
}

/** The headers of one path, as the rules add up. */
export function headersFor(
  pathname: string,
  rules: readonly HeaderRule[] = HEADER_RULES,
): Record<string, string> {
  const matching = rules.filter((rule) => matches(rule, pathname));
  return Object.assign({}, ...matching.map(({ headers }) => headers));
}

/** The text of `_headers`, in the form that Netlify and Cloudflare Pages read. */
export function headersFile(rules: readonly HeaderRule[] = HEADER_RULES): string {
  return rules
    .map(
      ({ path, headers }) =>
        `${path}\n${Object.entries(headers)
          .map(([name, value]) => `  ${name}: ${value}\n`)
          .join('')}`,
    )
    .join('\n');
}
