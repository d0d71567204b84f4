// The lines of HTTP/1 that are not fields: the request line and the size of a chunk. A line comes without its end, and
// `whole` says whether CR LF follows it. What is wrong is said in one order, wherever the octets were cut: first the
// length, which an endless line shows as well, then the end, then the syntax.

import { brokenLineEnd, excerpt, fault, type Http1Error, SYNTAX } from './events.ts';

/** security.limits-method */
export const METHOD_OCTETS = 64;
/** `HTTP/1.1` */
export const VERSION_OCTETS = 8;
/** security.limits-body */
const EXTENSION_OCTETS = 16_384;
/** The hexadecimal digits of 64 bits (security.message-syntax). */
const SIZE_DIGITS = 16;
/** No line of a chunk is longer: neither size nor extensions would fit. */
export const CHUNK_LINE_OCTETS = SIZE_DIGITS + EXTENSION_OCTETS;

const TOKEN_PREFIX = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*/;
const COMMON_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'CONNECT',
]);

/** HTTP-version of RFC 9112 section 2.3. Its case counts. */
const VERSION = /^HTTP\/\d\.\d$/;

/** chunk-size and chunk-ext of RFC 9112 section 7.1: zeros, the further digits, extensions. */
const CHUNK_LINE =
  /^(0*)([1-9A-Fa-f][0-9A-Fa-f]*)?(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*$/;

export interface RequestLine {
  readonly http_version: '1.0' | '1.1';
  readonly method: string;
  readonly target: string;
}

/** Reads `method SP target SP version` (RFC 9112 section 3). */
export function readRequestLine(
  line: string,
  whole: boolean,
  targetOctets: number,
): RequestLine | Http1Error {
  const space = line.indexOf(' ');
  const method = line.slice(0, Math.max(0, space));
  if (!COMMON_METHODS.has(method)) {
    const failure = brokenMethod(line);
    if (failure) return failure;
  }
  const second = space < 0 ? -1 : line.indexOf(' ', space + 1);
  const end = second < 0 ? line.length : second;
  if (space >= 0 && end - space - 1 > targetOctets) return targetTooLong(targetOctets);
  if (second >= 0 && line.length - second - 1 > VERSION_OCTETS) return notAVersion();
  if (!whole) return brokenLineEnd('head');
  if (second <= space + 1) {
    const message = 'the first line is not a method, one space, a target, one space and a version';
    return fault(400, SYNTAX, message);
  }
  const version = line.slice(second + 1);
  const target = line.slice(space + 1, second);
  if (version === 'HTTP/1.1') return { http_version: '1.1', method, target };
  if (version === 'HTTP/1.0') return { http_version: '1.0', method, target };
  if (!VERSION.test(version)) return notAVersion();
  return fault(505, 'security.version-known', `${version} is not spoken here`);
}

/** What is wrong with the method that a line begins with, as far as the line is there. */
export function brokenMethod(line: string): Http1Error | undefined {
  const { length } = TOKEN_PREFIX.exec(line.slice(0, METHOD_OCTETS + 1))?.[0] ?? '';
  if (length > METHOD_OCTETS) {
    const message = `the method is longer than ${METHOD_OCTETS} octets`;
    return fault(501, 'security.limits-method', message);
  }
  if (length === line.length) return undefined;
  if (line[length] !== ' ') {
    const start = JSON.stringify(line.slice(0, length + 1));
    return fault(400, 'security.target-syntax', `no method begins with ${start}`);
  }
  return length === 0 ? fault(400, SYNTAX, 'the first line begins with a space') : undefined;
}

export function targetTooLong(most: number): Http1Error {
  return fault(414, 'security.limits-target', `the target is longer than ${most} octets`);
}

export function notAVersion(): Http1Error {
  return fault(400, SYNTAX, 'the first line does not end with a version, such as HTTP/1.1');
}

/**
 * Reads the size of a chunk, in octets, and drops its extensions. Beyond 2^53 the number is not exact. That the line is
 * within `CHUNK_LINE_OCTETS` was seen before.
 */
export function readChunkLine(line: string, whole: boolean): number | Http1Error {
  if (!whole) return brokenLineEnd('chunks');
  const [, zeros = '', digits = ''] = CHUNK_LINE.exec(line) ?? [];
  if (zeros.length + digits.length === 0) {
    const message = `${excerpt(line)} is not the hexadecimal size of a chunk, or has broken extensions`;
    return fault(400, SYNTAX, message);
  }
  if (digits.length > SIZE_DIGITS) {
    return fault(400, SYNTAX, `the size of a chunk, ${excerpt(digits)}, is beyond 64 bits`);
  }
  // Leading zeros count as extensions: they say as little, and could be as many.
  if (line.length - digits.length > EXTENSION_OCTETS) return extensionTooLong();
  return Number.parseInt(digits || '0', 16);
}

export function extensionTooLong(): Http1Error {
  const message = `the extensions of a chunk are longer than ${EXTENSION_OCTETS} octets`;
  return fault(413, 'security.limits-body', message);
}
