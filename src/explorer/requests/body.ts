// A body for its reader: indented, as text, as an image or as hexadecimal numbers. Runs nothing of what it shows.

type Fields = readonly (readonly [name: string, value: string])[];

export interface Media {
  /** In lower case; empty where none is declared. */
  readonly type: string;
  readonly charset: string;
}

/** What a body is declared to be (RFC 9110 section 8.3). */
export function mediaOf(headers: Fields): Media {
  const [type = '', ...parameters] = (lastOf(headers, 'content-type') ?? '').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  return { type: type.trim().toLowerCase(), charset: charset?.toLowerCase() ?? 'utf-8' };
}

function lastOf(headers: Fields, wanted: string): string | undefined {
  return headers.findLast(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Images that are pictures and nothing else: SVG is a document, with scripts. */
const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
/** Longest image that is put into a URL, in octets. */
const IMAGE_LIMIT = 1024 * 1024;

export type Pretty =
  | { readonly as: 'json' | 'text'; readonly text: string }
  | { readonly as: 'image'; readonly url: string; readonly type: string }
  | { readonly as: 'octets' };

/** How to show a body best. `whole`: nothing of it was cut off. */
export function prettyOf(body: Uint8Array, media: Media, whole: boolean): Pretty {
  if (IMAGES.includes(media.type) && whole && body.length <= IMAGE_LIMIT)
    return {
      as: 'image',
      type: media.type,
      url: `data:${media.type};base64,${btoa(latin1(body))}`,
    };
  const text = decode(body, media.charset, whole);
  if (text === undefined) return { as: 'octets' };
  const json = media.type === 'application/json' || media.type.endsWith('+json');
  const indented = json ? indentJson(text) : undefined;
  return indented === undefined ? { as: 'text', text } : { as: 'json', text: indented };
}

/** The text of a body; nothing for one that is no text in its charset. */
export function decode(body: Uint8Array, charset: string, whole: boolean): string | undefined {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    decoder = new TextDecoder('utf-8', { fatal: true });
  }
  try {
    // A character that was cut in two at the end is no fault of the body.
    const text = decoder.decode(body, { stream: !whole });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what no text has
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Every octet as text, with signs for what is none. */
export function rawText(body: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}

function latin1(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 8192)
    text += String.fromCharCode(...octets.subarray(at, at + 8192));
  return text;
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|[^\s"[\]{},:]+|[[\]{},:]/g;

/**
 * JSON with each member on a line of its own; nothing for what is not JSON (RFC 8259). Numbers, strings and repeated
 * names stay as they are written.
 */
export function indentJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let depth = 0;
  let result = '';
  let previous = '';
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const [token] of text.matchAll(JSON_TOKEN)) {
    const opened = previous === '{' || previous === '[';
    if (token === '}' || token === ']') {
      depth--;
      result += opened ? token : line() + token;
    } else {
      if (opened || previous === ',') result += line();
      result += token === ':' ? ': ' : token;
      if (token === '{' || token === '[') depth++;
    }
    previous = token;
  }
  return result;
}

/** Octets a row of the hexadecimal view has. */
const ROW = 16;

/** Rows of offset, octets and ASCII, as of `hexdump -C`, for the octets from `from` up to `to`. */
export function hexDump(octets: Uint8Array, from = 0, to = octets.length): string {
  const rows: string[] = [];
  const end = Math.min(to, octets.length);
  for (let at = from; at < end; at += ROW) {
    const row = [...octets.subarray(at, Math.min(at + ROW, end))];
    const numbers = row.map((octet) => octet.toString(16).padStart(2, '0'));
    const left = numbers.slice(0, 8).join(' ').padEnd(23);
    const right = numbers.slice(8).join(' ').padEnd(23);
    const ascii = row
      .map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.'))
      .join('');
    rows.push(`${at.toString(16).padStart(8, '0')}  ${left}  ${right}  ${ascii}`);
  }
  return rows.join('\n');
}

/** Octets as `0a 1b`, for short messages. */
export function hexOf(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
}

/** Reads `0a 1B` and `0a1b`. @throws RangeError in words for anything else */
export function readHex(text: string): Uint8Array {
  const digits = text.replace(/[\s,:]|0x/gi, '');
  const stray = /[^0-9a-f]/i.exec(digits);
  if (stray) throw new RangeError(`“${stray[0]}” is no hexadecimal digit. Write octets as 0a 1b.`);
  if (digits.length % 2 === 1)
    throw new RangeError('An octet has two hexadecimal digits, and one is missing.');
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ENCODINGS: Readonly<Record<string, CompressionFormat>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
};
/** What is unpacked at most: a small body may stand for a very large one. */
const UNPACKED_LIMIT = 1024 * 1024;

/** The content coding of a body that can be undone here, if it has one (RFC 9110 section 8.4). */
export function codingOf(headers: Fields): string | undefined {
  const coding = lastOf(headers, 'content-encoding')?.trim().toLowerCase();
  return coding !== undefined && coding in ENCODINGS ? coding : undefined;
}

/** Undoes a content coding. @returns nothing for octets that are not what they say */
export async function unpack(
  body: Uint8Array,
  coding: string,
): Promise<{ body: Uint8Array; whole: boolean } | undefined> {
  const format = ENCODINGS[coding];
  if (!format) return undefined;
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    const stream = new Blob([body as BlobPart])
      .stream()
      .pipeThrough(new DecompressionStream(format));
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value.subarray(0, UNPACKED_LIMIT - size));
      size += value.length;
      if (size > UNPACKED_LIMIT) {
        await reader.cancel();
        break;
      }
    }
  } catch {
    // What came before the fault is shown: a body may have been cut.
    if (size === 0) return undefined;
    return { body: concat(pieces), whole: false };
  }
  return { body: concat(pieces), whole: size <= UNPACKED_LIMIT };
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
