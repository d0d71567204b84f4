// Writes Atom feeds (RFC 4287) and names what stands in them. The libraries for it want absolute links, which a copy of
// the site without an origin does not have; RFC 4287 lets them be relative. Knows nothing of proposals.
import { createHash } from 'node:crypto';
import { type XmlElement, xml, xmlText } from './xml.ts';

export interface AtomLink {
  /** `alternate` where it is left out: the thing itself, once for each type. */
  readonly rel?: 'self' | 'related' | 'up';
  /** Relative to the address of the feed, or absolute. */
  readonly href: string;
  readonly type: string;
  readonly title?: string;
}

export interface AtomEntry {
  /** A name that the thing keeps for ever, below that of the site: `proposals/0003/v1`. */
  readonly name: string;
  readonly title: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly authors: readonly string[];
  readonly links: readonly AtomLink[];
  readonly summary: string;
  /** HTML. */
  readonly content: string;
  readonly categories?: readonly string[];
}

export interface AtomFeed {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  /** `YYYY-MM-DD`, of a feed that has no entry; otherwise the newest entry says it. */
  readonly date: string;
  readonly author: string;
  readonly links: readonly AtomLink[];
  /** Newest first. */
  readonly entries: readonly AtomEntry[];
}

export const ATOM_TYPE = 'application/atom+xml';
export const ATOM_NAMESPACE = 'http://www.w3.org/2005/Atom';

/** What our names stand below. Never changes: a reader's program knows by the ids what it has shown already. */
const OURS = 'c0128577-27c9-488d-9af8-bea23a7fd2ec';

/** A UUID of version 5: of a name in a namespace, by SHA-1 (RFC 9562, section 5.5). */
export function uuid5(namespace: string, name: string): string {
  const octets = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16);
  octets.writeUInt8((octets.readUInt8(6) & 0x0f) | 0x50, 6);
  octets.writeUInt8((octets.readUInt8(8) & 0x3f) | 0x80, 8);
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The id of a thing: absolute, also where the site has no origin yet, and the same after it moves to another. */
export function atomId(name: string): string {
  return `urn:uuid:${uuid5(OURS, name)}`;
}

/** The document of a feed. */
export function atomText(feed: AtomFeed): string {
  const newest = feed.entries.reduce((date, entry) => (entry.date > date ? entry.date : date), '');
  return xmlText(
    xml(
      'feed',
      { xmlns: ATOM_NAMESPACE, 'xml:lang': 'en' },
      xml('id', {}, atomId(feed.name)),
      xml('title', {}, feed.title),
      xml('subtitle', {}, feed.subtitle),
      xml('updated', {}, moment(newest || feed.date)),
      author(feed.author),
      ...feed.links.map(link),
      ...feed.entries.map(entry),
    ),
  );
}

function entry(one: AtomEntry): XmlElement {
  return xml(
    'entry',
    {},
    xml('id', {}, atomId(one.name)),
    xml('title', {}, one.title),
    xml('published', {}, moment(one.date)),
    xml('updated', {}, moment(one.date)),
    ...one.authors.map(author),
    ...one.links.map(link),
    ...(one.categories ?? []).map((term) => xml('category', { term })),
    xml('summary', {}, one.summary),
    xml('content', { type: 'html' }, one.content),
  );
}

function author(name: string): XmlElement {
  return xml('author', {}, xml('name', {}, name));
}

function link({ rel, href, type, title }: AtomLink): XmlElement {
  return xml('link', { rel: rel ?? 'alternate', type, href, title });
}

/** The beginning of a day as RFC 3339 has it: the history is asked for days. */
function moment(date: string): string {
  return `${date}T00:00:00Z`;
}
