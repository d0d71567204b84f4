// What other interfaces say, feature by feature: the matrix of /compare/ and the short table of the landing page, drawn
// from one list. What it says of another interface is what that one's own text says, and each cell names where; what it
// says of this one is a clause that exists, or that there is none.
import { features } from './comparison-features.ts';
import {
  type Cell,
  type Feature,
  INTERFACES,
  type InterfaceKey,
  STANDS,
} from './comparison-model.ts';
import { specification } from './specification.ts';

export { INTERFACE_KEYS, INTERFACES, STANDS } from './comparison-model.ts';

export const matrix: readonly Feature[] = features;

/** The groups of rows, in order. */
export const groups: readonly { readonly group: string; readonly rows: readonly Feature[] }[] = [
  ...new Set(matrix.map(({ group }) => group)),
].map((group) => ({ group, rows: matrix.filter((row) => row.group === group) }));

/** What a cell says, in a word or two. */
export function wordsOf({ stand, words }: Cell): string {
  return words ?? STANDS[stand];
}

/** What a cell rests on, beside the reports: a section, the text as a whole, or a draft. Nothing where nothing was read. */
export function sourceOf(key: InterfaceKey, { stand, section }: Cell): string | undefined {
  if (stand === 'unknown' || stand === 'none') return undefined;
  if (stand === 'draft' || stand === 'partly-draft') return 'a draft of 2026';
  return section ?? INTERFACES[key].short;
}

/** The address of a report such as `asgiref #141`, for the projects that reports are of. */
export function reportHref(report: string): string {
  const [, project = '', number = ''] = /^([\w-]+) #(\d+)$/.exec(report) ?? [];
  const repository = REPOSITORIES[project];
  if (repository === undefined)
    throw new Error(
      `src/site/comparison-features.ts names \`${report}\`, of a project that is not known.`,
    );
  return `https://github.com/${repository}/issues/${number}`;
}

const REPOSITORIES: Readonly<Record<string, string>> = {
  asgiref: 'django/asgiref',
  channels: 'django/channels',
  daphne: 'django/daphne',
  falcon: 'falconry/falcon',
  granian: 'emmett-framework/granian',
  gunicorn: 'benoitc/gunicorn',
  hyper: 'hyperium/hyper',
  hypercorn: 'pgjones/hypercorn',
  quart: 'pallets/quart',
  rack: 'rack/rack',
  servlet: 'jakartaee/servlet',
  starlette: 'encode/starlette',
  uvicorn: 'encode/uvicorn',
  websockets: 'python-websockets/websockets',
};

/** A row of the short table. */
export interface ComparisonRow {
  readonly id: string;
  readonly feature: string;
  readonly wsgi: string;
  readonly asgi: string;
  readonly portway: string;
  readonly clauses: readonly string[];
}

/** The rows of the landing page. */
export const comparison: readonly ComparisonRow[] = matrix.flatMap(
  ({ id, short, cells, portway, clauses }) =>
    short
      ? [
          {
            id,
            feature: short.feature,
            wsgi: short.wsgi ?? wordsOf(cells.wsgi),
            asgi: short.asgi ?? wordsOf(cells.asgi),
            portway,
            clauses,
          },
        ]
      : [],
);

for (const { id, clauses } of matrix)
  for (const clause of clauses)
    if (!specification.requirements.has(clause))
      throw new Error(
        `src/site/comparison-features.ts names \`${clause}\` for \`${id}\`, which no proposal defines.`,
      );
