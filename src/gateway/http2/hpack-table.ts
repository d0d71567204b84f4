// The two tables of HPACK (RFC 7541 section 2.3). It knows neither how fields are coded nor which of them are kept.

/** Appendix A, from index 1: `name` or `name=value`. */
const STATIC = `:authority
:method=GET
:method=POST
:path=/
:path=/index.html
:scheme=http
:scheme=https
:status=200
:status=204
:status=206
:status=304
:status=400
:status=404
:status=500
accept-charset
accept-encoding=gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`
  .split('\n')
  .map((line) => line.split('='));

/** By index; there is no index 0. */
export const STATIC_NAMES: readonly string[] = ['', ...STATIC.map(([name]) => name as string)];
export const STATIC_VALUES: readonly string[] = ['', ...STATIC.map(([, value]) => value ?? '')];
/** The index of the last static entry: those of the dynamic table follow (section 2.3.3). */
export const STATIC_LAST = STATIC.length;

/** What SETTINGS_HEADER_TABLE_SIZE is until somebody sets it (RFC 9113 section 6.5.2), in octets. */
export const DEFAULT_TABLE_SIZE = 4096;
/** What each entry counts beyond its name and its value (section 4.1). */
export const ENTRY_OCTETS = 32;

/**
 * A dynamic table: a queue of fields in a ring, newest first, that is bounded in octets. Entries have numbers in the
 * order in which they were added, from 0; position 0 is the newest.
 */
export class DynamicTable {
  /** Entries ever added. */
  added = 0;
  /** Entries that are there. */
  count = 0;
  /** What they count, in octets (section 4.1). */
  size = 0;
  /** What they may count. */
  maxSize: number;
  // Entry n is at n modulo the length, which is a power of two.
  #names: string[] = [];
  #values: string[] = [];
  #mask = -1;

  constructor(maxSize: number) {
    this.maxSize = maxSize;
  }

  /** The name at `position`, which is less than `count`. */
  name(position: number): string {
    return this.#names[(this.added - 1 - position) & this.#mask] as string;
  }

  value(position: number): string {
    return this.#values[(this.added - 1 - position) & this.#mask] as string;
  }

  /** Adds an entry and evicts the oldest as is needed. One that is too large empties the table (section 4.4). */
  add(name: string, value: string): boolean {
    const octets = name.length + value.length + ENTRY_OCTETS;
    this.#shrink(this.maxSize - octets);
    if (octets > this.maxSize) return false;
    if (this.count > this.#mask) this.#grow();
    const at = this.added & this.#mask;
    this.#names[at] = name;
    this.#values[at] = value;
    this.added++;
    this.count++;
    this.size += octets;
    return true;
  }

  /** Sets the maximum, and evicts what is above it (section 4.3). */
  resize(maxSize: number): void {
    this.maxSize = maxSize;
    this.#shrink(maxSize);
  }

  /** Evicts the oldest until `size` or less is left. */
  #shrink(size: number): void {
    while (this.size > size && this.count > 0) {
      const number = this.added - this.count;
      const at = number & this.#mask;
      const name = this.#names[at] as string;
      const value = this.#values[at] as string;
      // Not to keep alive what is gone.
      this.#names[at] = '';
      this.#values[at] = '';
      this.count--;
      this.size -= name.length + value.length + ENTRY_OCTETS;
      this.evicted(name, value, number);
    }
  }

  #grow(): void {
    const length = Math.max(8, 2 * (this.#mask + 1));
    const names = new Array<string>(length).fill('');
    const values = new Array<string>(length).fill('');
    for (let number = this.added - this.count; number < this.added; number++) {
      names[number & (length - 1)] = this.#names[number & this.#mask] as string;
      values[number & (length - 1)] = this.#values[number & this.#mask] as string;
    }
    this.#names = names;
    this.#values = values;
    this.#mask = length - 1;
  }

  /** Told of each entry that leaves. */
  protected evicted(_name: string, _value: string, _number: number): void {}
}
