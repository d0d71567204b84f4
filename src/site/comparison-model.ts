// What the comparison is made of: the interfaces, how one can stand to a feature, and a row. Types and words alone.

/** The interfaces that are compared. `edition`: the text that was read, in November 2026. */
export const INTERFACES = {
  wsgi: {
    name: 'WSGI',
    edition: 'PEP 3333',
    short: 'PEP 3333',
    url: 'https://peps.python.org/pep-3333/',
  },
  asgi: {
    name: 'ASGI',
    edition: 'ASGI 3 and its extensions',
    short: 'ASGI 3',
    url: 'https://asgi.readthedocs.io/en/latest/specs/index.html',
  },
  rsgi: {
    name: 'RSGI',
    edition: 'RSGI 1.6',
    short: 'RSGI 1.6',
    url: 'https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md',
  },
  rack: {
    name: 'Rack',
    edition: 'Rack 3, SPEC',
    short: 'Rack SPEC',
    url: 'https://github.com/rack/rack/blob/main/SPEC.rdoc',
  },
  fetch: {
    name: 'Fetch handlers',
    edition: 'what runtimes share',
    short: 'runtimes',
    url: 'https://fetch.spec.whatwg.org/',
  },
  servlet: {
    name: 'Servlet',
    edition: 'Jakarta Servlet',
    short: 'Servlet',
    url: 'https://jakarta.ee/specifications/servlet/',
  },
} as const;
export type InterfaceKey = keyof typeof INTERFACES;
export const INTERFACE_KEYS = Object.keys(INTERFACES) as readonly InterfaceKey[];

/** How an interface stands to a feature. `draft`: only in a draft of 2026 that nobody had adopted. */
export const STANDS = {
  yes: 'Yes',
  partly: 'Partly',
  no: 'No',
  extension: 'Extension',
  draft: 'In a draft only',
  'partly-draft': 'Partly, in a draft only',
  deprecated: 'Deprecated',
  none: 'Does not apply',
  unknown: 'Not examined',
} as const;
export type Stand = keyof typeof STANDS;

/** Of one interface to one feature. */
export interface Cell {
  readonly stand: Stand;
  /** In place of the word for the stand. */
  readonly words?: string;
  /** A section of the text, where one says it. */
  readonly section?: string;
  /** Reports in which its users or editors discuss it, such as `asgiref #141`. */
  readonly reports: readonly string[];
}

export interface Feature {
  /** Part of an address. */
  readonly id: string;
  readonly feature: string;
  readonly group: string;
  readonly cells: Readonly<Record<InterfaceKey, Cell>>;
  /** What our text says. */
  readonly portway: string;
  /** Requirements that say so. */
  readonly clauses: readonly string[];
  /** Words of the short table for WSGI and ASGI, where it is in it. */
  readonly short?: { readonly feature: string; readonly wsgi?: string; readonly asgi?: string };
}
