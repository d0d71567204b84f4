// The pages of a built site by kind, with what each weighs on its way to a reader. Knows nothing of how they are built.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Octets of a file as it is and as it is sent. */
export interface Weight {
  readonly octets: number;
  readonly gz: number;
}

/** Address below the root of the site to its weight. */
export type Weights = ReadonlyMap<string, Weight>;

/** Kinds of pages and of data, the first that fits. An address ends in `/` where it is a page. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['/proposals/NNNN/', /^\/proposals\/\d{4}\/$/],
  ['/proposals/NNNN/about/', /^\/proposals\/\d{4}\/about\/$/],
  ['/proposals/NNNN/vK/', /^\/proposals\/\d{4}\/v\d+\/$/],
  ['/proposals/NNNN/vJ..vK/', /^\/proposals\/\d{4}\/.*\.\..*\/$/],
  ['/spec/EDITION/', /^\/spec\/[\d.]+\/$/],
  ['/proposals/NNNN/feed.xml', /^\/proposals\/\d{4}\/feed\.xml$/],
  ['/api/schema/', /^\/api\/schema\//],
];

/** The kind of an address: one of many that are alike, the folder of a page below it, or the address itself. */
export function kindOf(address: string): string {
  const [kind] = KINDS.find(([, pattern]) => pattern.test(address)) ?? [];
  if (kind !== undefined) return kind;
  const [, folder, rest] = /^\/([^/]+)\/(.+)\/$/.exec(address) ?? [];
  return folder === undefined || rest === undefined ? address : `/${folder}/…/`;
}

/**
 * Whether an address is a whole by what it is: an edition as one document, data, and the list that language models read.
 * It grows with what it is of, and nobody who reads a page pays for it.
 */
export function isWhole(address: string): boolean {
  return /^\/(?:api\/|propose\/library\.json$|llms\.txt$|spec\/[\d.]+\/$)/.test(address);
}

/** Every page and every text or data that is made from the proposals; what belongs to no reader's page is left out. */
export function weightsIn(dist: string): Weights {
  const found = new Map<string, Weight>();
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const address = `/${file.replaceAll('\\', '/')}`.replace(/(^|\/)index\.html$/, '$1');
    if (!/(?:\/|\.html|\.txt|\.csv|\.xml|\.json)$/.test(address)) continue;
    if (/^\/(?:_astro|pagefind)\//.test(address)) continue;
    const path = join(dist, file);
    if (!statSync(path).isFile()) continue;
    const content = readFileSync(path);
    found.set(address, { octets: content.length, gz: gzipSync(content).length });
  }
  return found;
}

/** All octets below a folder. */
export function octetsIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) =>
      entry.isFile() ? sum + statSync(join(entry.parentPath, entry.name)).size : sum,
    0,
  );
}

export interface Growth {
  readonly kind: string;
  readonly pages: number;
  /** Of the heaviest, in octets as sent. */
  readonly heaviest: number;
  /** Whether its pages are whole by what they are. */
  readonly whole: boolean;
  /** By how much the page grew most that is in the smaller site too, in octets as sent; undefined without one. */
  readonly grown?: number;
  /** The heaviest of the smaller site; undefined without one. */
  readonly before?: number;
}

/** Whether a page of a list had room in the smaller site, and is full in the larger one, which has a further page. */
function isFilled(address: string, small: Weights, large: Weights): boolean {
  const [, list = '', number = '1'] = /^(.*?\/)(?:page\/(\d+)\/)?$/.exec(address) ?? [];
  const next = `${list}page/${Number(number) + 1}/`;
  return large.has(next) && !small.has(next);
}

/**
 * How the pages of each kind differ between a small site and a larger one. Pages of lists that only had room are left
 * out.
 */
export function growth(small: Weights, large: Weights): Growth[] {
  const kinds = Map.groupBy([...large], ([address]) => kindOf(address));
  return [...kinds]
    .map(([kind, pages]): Growth => {
      const grown = pages.flatMap(([address, { gz }]) => {
        const before = small.get(address);
        return before && !isFilled(address, small, large) ? [gz - before.gz] : [];
      });
      const before = [...small].flatMap(([address, { gz }]) =>
        kindOf(address) === kind ? [gz] : [],
      );
      return {
        kind,
        pages: pages.length,
        heaviest: Math.max(...pages.map(([, { gz }]) => gz)),
        whole: pages.every(([address]) => isWhole(address)),
        ...(grown.length > 0 && { grown: Math.max(...grown) }),
        ...(before.length > 0 && { before: Math.max(...before) }),
      };
    })
    .sort((one, other) => (one.kind < other.kind ? -1 : 1));
}
