// A section of fields as HPACK gives it, to the head of a request or to trailers; or to what makes it malformed (RFC 9113
// sections 8.1.1, 8.2 and 8.3). Knows no frames. What a sound request deserves is the gateway's to say.

import { brokenField } from '../../interface/fields.ts';
import type { Fields, Limits } from '../../interface/index.ts';

/** The head of a request: names in lowercase, octets as code units, cookies as one field (RFC 9113 section 8.2.3). */
export interface Http2Head {
  readonly method: string;
  readonly scheme: string | undefined;
  readonly path: string | undefined;
  readonly authority: string | undefined;
  /** Of an extended CONNECT (RFC 8441 section 4). */
  readonly protocol: string | undefined;
  /** Without pseudo-header fields. */
  readonly headers: Fields;
  /** The declared length; -1 where none is declared, or where it does not count, as in CONNECT. */
  readonly length: number;
}

export type SectionLimits = Pick<Limits, 'header_octets' | 'header_fields'>;

/** RFC 9113 section 8.2.1: what no name may have. The colon of a pseudo-header field is not asked here. */
const BROKEN_NAME = /[^!-9;-@[-~]/;
/** Section 8.2.1: what no value may have, nor begin or end with. */
const BROKEN_VALUE = /[\0\n\r]|^[ \t]|[ \t]$/;
const DIGITS = /^\d+$/;
const COLON = 58;

/**
 * Takes the fields of one section after another. There is one for all connections, because a block is decoded in one
 * go; what it found is asked for before the next block.
 */
export class SectionReader {
  /** What makes the section malformed, in words. */
  fault: string | undefined;
  /** More fields, or larger ones, than the limits allow: those behind are not kept, and not looked at. */
  excess = false;
  #headers: [string, string][] = [];
  #size = 0;
  #isRequest = true;
  #limits: SectionLimits = { header_octets: 0, header_fields: 0 };
  #method: string | undefined;
  #scheme: string | undefined;
  #path: string | undefined;
  #authority: string | undefined;
  #protocol: string | undefined;
  #host: string | undefined;
  #cookie: [string, string] | undefined;
  #length = -1;

  begin(isRequest: boolean, limits: SectionLimits): void {
    this.fault = undefined;
    this.excess = false;
    this.#headers = [];
    this.#size = 0;
    this.#isRequest = isRequest;
    this.#limits = limits;
    this.#method = undefined;
    this.#scheme = undefined;
    this.#path = undefined;
    this.#authority = undefined;
    this.#protocol = undefined;
    this.#host = undefined;
    this.#cookie = undefined;
    this.#length = -1;
  }

  /** The next field. */
  readonly field = (name: string, value: string): void => {
    if (this.fault !== undefined || this.excess) return;
    if (BROKEN_VALUE.test(value)) this.fault = `the value of ${quoted(name)} is none`;
    else if (name.charCodeAt(0) === COLON) this.#pseudo(name, value);
    else if (name === '' || BROKEN_NAME.test(name)) this.fault = `${quoted(name)} is not a name`;
    else this.#regular(name, value);
  };

  /** The head, of a section that is sound; or undefined, and `fault` says why. */
  head(): Http2Head | undefined {
    if (this.fault === undefined) this.fault = this.#faultOfRequest();
    if (this.fault !== undefined) return undefined;
    const cookie = this.#cookie;
    // White space at an end is no part of a value, though a cookie without one leaves it there.
    if (!this.excess && cookie?.[1].endsWith(' ')) cookie[1] = cookie[1].slice(0, -1);
    return {
      method: this.#method as string,
      scheme: this.#scheme,
      path: this.#path,
      authority: this.#authority,
      protocol: this.#protocol,
      headers: this.#headers,
      length: this.#method === 'CONNECT' ? -1 : this.#length,
    };
  }

  /** The trailers, of a section that is sound; or undefined, and `fault` says why. */
  trailers(): Fields | undefined {
    this.fault ??= this.excess ? undefined : brokenField(this.#headers);
    return this.fault === undefined ? this.#headers : undefined;
  }

  #pseudo(name: string, value: string): void {
    if (!this.#isRequest) {
      this.fault = `${quoted(name)} is no trailer`;
      return;
    }
    if (this.#headers.length > 0) {
      this.fault = `${quoted(name)} stands behind other fields`;
      return;
    }
    let earlier: string | undefined;
    switch (name) {
      case ':method':
        earlier = this.#method;
        this.#method = value;
        break;
      case ':scheme':
        earlier = this.#scheme;
        this.#scheme = value;
        break;
      case ':path':
        earlier = this.#path;
        this.#path = value;
        break;
      case ':authority':
        earlier = this.#authority;
        this.#authority = value;
        break;
      case ':protocol':
        earlier = this.#protocol;
        this.#protocol = value;
        break;
      default:
        this.fault = `${quoted(name)} is no pseudo-header field of a request`;
        return;
    }
    if (earlier !== undefined) this.fault = `there are two \`${name}\``;
  }

  #regular(name: string, value: string): void {
    switch (name) {
      case 'connection':
      case 'proxy-connection':
      case 'keep-alive':
      case 'transfer-encoding':
      case 'upgrade':
        this.fault = `\`${name}\` belongs to a connection of HTTP/1`;
        return;
      case 'te':
        if (value.toLowerCase() === 'trailers') break;
        this.fault = '`te` is not `trailers`';
        return;
      case 'content-length':
        if (!this.#isRequest) break;
        this.#declare(value);
        break;
      case 'host':
        if (!this.#isRequest) break;
        if (this.#host !== undefined) this.fault = 'there are two `host`';
        this.#host = value;
        break;
      case 'cookie':
        if (!this.#isRequest) break;
        // http.headers.cookie-joined
        if (this.#cookie) {
          this.#cookie[1] += `; ${value}`;
          this.#count(value.length + 2);
        } else {
          this.#cookie = [name, value];
          this.#headers.push(this.#cookie);
          this.#count(name.length + value.length);
        }
        return;
    }
    this.#headers.push([name, value]);
    this.#count(name.length + value.length);
  }

  /** security.limits-head: up to the first field that is too much, so that the gateway sees that it is. */
  #count(octets: number): void {
    this.#size += octets;
    this.excess =
      this.#size > this.#limits.header_octets || this.#headers.length > this.#limits.header_fields;
  }

  #declare(value: string): void {
    if (!DIGITS.test(value)) this.fault = 'the declared length is none';
    else if (this.#length >= 0 && this.#length !== Number(value))
      this.fault = 'there are two declared lengths';
    else this.#length = Number(value);
  }

  #faultOfRequest(): string | undefined {
    if (this.#method === undefined) return 'there is no `:method`';
    const authority = this.#authority;
    const host = this.#host;
    if (this.#method === 'CONNECT' && this.#protocol === undefined) {
      // RFC 9113 section 8.5
      if (this.#scheme !== undefined || this.#path !== undefined)
        return 'a CONNECT has neither `:scheme` nor `:path`';
      if (authority === undefined) return 'a CONNECT has no `:authority`';
    } else {
      if (this.#scheme === undefined) return 'there is no `:scheme`';
      if (this.#path === undefined) return 'there is no `:path`';
      if (this.#path === '') return 'the `:path` is empty';
      if (this.#protocol !== undefined) {
        // RFC 8441 section 4
        if (this.#method !== 'CONNECT') return 'only a CONNECT has a `:protocol`';
        if (authority === undefined) return 'an extended CONNECT has no `:authority`';
      }
    }
    if (
      host !== undefined &&
      authority !== undefined &&
      host !== authority &&
      host.toLowerCase() !== authority.toLowerCase()
    )
      return '`:authority` and `host` differ';
    return undefined;
  }
}

/** So much of a name that it can be found, however long it is. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}
