// A sandbox's state as a part of a link and as a file: what differs from an example, and what was chosen. Knows nothing
// of pages; whoever opens what it reads shows it first, and runs nothing of it unasked.

import type { Choice } from './state.ts';

/** What is shared of a sandbox. */
export interface Shared {
  readonly v: 1;
  /** Slug of the example that the files are told against. */
  readonly example: string;
  /** Path to text of every file that differs from the example's; null for one that was removed. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly choice?: Choice;
  /** `seq` of the trace event that it points at. */
  readonly event?: number;
  /** Version of the interface that it was made for. */
  readonly edition?: string;
}

export type SharedProblem = 'not-shared' | 'version' | 'damaged' | 'too-large' | 'shape';

/** Why something shared cannot be opened, with what to do. A value, since it is an answer and no accident. */
export class SharedError extends Error {
  readonly code: SharedProblem;
  constructor(code: SharedProblem, message: string) {
    super(message);
    this.name = 'SharedError';
    this.code = code;
  }
}

/** Most octets of a state as JSON. */
export const MOST_OCTETS = 1_000_000;
/** Characters of a URL past which programs that carry links cut them. */
export const LONGEST_URL = 8000;
/** Most files, which is more than a sandbox takes. */
const MOST_FILES = 100;
/** Characters that `MOST_OCTETS` need in base64 where nothing can be compressed, with room for deflate's frames. */
const LONGEST_FRAGMENT = 1_400_000;

const VERSION = 1;
/** What says that a file is one of these. */
const FILE_MARK = 'portway-shared';
/** End of the name of such a file. */
export const FILE_SUFFIX = '.portway.json';

const CHOICES: Readonly<Record<Choice, true>> = { automatic: true, page: true, webcontainer: true };

/** Whether a fragment of a URL says that it carries a state, of whatever version. */
export function isSharedFragment(fragment: string): boolean {
  return /^#s\d+\./.test(fragment);
}

/**
 * A state as the fragment of a URL: `#s1.` and the base64url of its JSON under deflate (RFC 1951).
 * @throws SharedError of code `too-large`
 */
export async function encodeShared(state: Shared): Promise<string> {
  const packed = await through(jsonOf(state), new CompressionStream('deflate-raw'), Infinity);
  return `#s${VERSION}.${toBase64Url(packed)}`;
}

/** What a fragment carries, or why it cannot be opened. Never rejects, and never grows past `MOST_OCTETS`. */
export async function decodeShared(fragment: string): Promise<Shared | SharedError> {
  return answered(async () => {
    const [, version, rest = ''] = /^#?s(\d+)\.([^&]*)/.exec(fragment) ?? [];
    if (version === undefined)
      throw new SharedError(
        'not-shared',
        'This link carries no code. Ask for a link made by Share.',
      );
    checkVersion(Number(version), 'link');
    if (rest.length > LONGEST_FRAGMENT) throw tooLarge();
    const packed = fromBase64Url(rest);
    if (packed === undefined) throw damagedLink();
    const json = await inflate(packed);
    return readState(parse(json, damagedLink()), 'link');
  });
}

/** A state as the text of a file. @throws SharedError of code `too-large` */
export function sharedFile(state: Shared): string {
  jsonOf(state);
  return `${JSON.stringify({ kind: FILE_MARK, ...state }, null, 2)}\n`;
}

/** Name for such a file. */
export function sharedFileName({ example }: Pick<Shared, 'example'>): string {
  return `${example}${FILE_SUFFIX}`;
}

/** What a file carries, or why it cannot be opened. Never rejects. */
export async function readSharedFile(file: Blob): Promise<Shared | SharedError> {
  return answered(async () => {
    // Indented, and with escapes, the text of a file may be longer than its state.
    if (file.size > 2 * MOST_OCTETS) throw tooLarge();
    const notOurs = new SharedError(
      'not-shared',
      `This is no file of a sandbox: those end with ${FILE_SUFFIX} and are made by Share.`,
    );
    const value = parse(new Uint8Array(await file.arrayBuffer()), notOurs);
    if (!isRecord(value) || value.kind !== FILE_MARK) throw notOurs;
    checkVersion(value.v, 'file');
    const state = readState(value, 'file');
    jsonOf(state);
    return state;
  });
}

function readState(value: unknown, from: 'link' | 'file'): Shared {
  const wrong = (what: string) =>
    new SharedError('shape', `The ${from} is not as it should be: ${what}. Ask for a new one.`);
  if (!isRecord(value)) throw wrong('it holds no state');
  const { v, example, files, choice, event, edition } = value;
  checkVersion(v, from);
  if (typeof example !== 'string' || !/^[a-z0-9][a-z0-9-]{0,99}$/.test(example))
    throw wrong('it names no example');
  if (!isRecord(files)) throw wrong('it has no files');
  const entries = Object.entries(files);
  if (entries.length > MOST_FILES) throw wrong(`it has more than ${MOST_FILES} files`);
  for (const [path, text] of entries)
    if (text !== null && typeof text !== 'string')
      throw wrong(`the file ${quoted(path)} is no text`);
  if (choice !== undefined && !(typeof choice === 'string' && Object.hasOwn(CHOICES, choice)))
    throw wrong('it asks for a runtime that is not known here');
  if (event !== undefined && !(Number.isSafeInteger(event) && (event as number) > 0))
    throw wrong('the number of its event is none');
  if (edition !== undefined && !(typeof edition === 'string' && /^[\w.-]{1,40}$/.test(edition)))
    throw wrong('its edition is none');
  return {
    v: VERSION,
    example,
    files: Object.fromEntries(entries) as Shared['files'],
    ...(choice === undefined ? {} : { choice: choice as Choice }),
    ...(event === undefined ? {} : { event: event as number }),
    ...(edition === undefined ? {} : { edition }),
  };
}

function checkVersion(version: unknown, from: 'link' | 'file'): void {
  if (version === VERSION) return;
  throw typeof version === 'number'
    ? new SharedError(
        'version',
        `The ${from} is of version ${version}, and this page reads version ${VERSION}. Reload the page, or open the ${from} where it was made.`,
      )
    : new SharedError('shape', `The ${from} does not say its version. Ask for a new one.`);
}

function damagedLink(): SharedError {
  return new SharedError(
    'damaged',
    'The link is damaged: a part of it may have been cut off. Copy all of it, or ask for a file instead.',
  );
}

function tooLarge(): SharedError {
  return new SharedError(
    'too-large',
    `What is shared may have ${MOST_OCTETS.toLocaleString('en')} octets, and this has more. Make the files smaller, or pass on the download instead.`,
  );
}

function jsonOf(state: Shared): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(state));
  if (json.length > MOST_OCTETS) throw tooLarge();
  return json;
}

function parse(octets: Uint8Array, otherwise: SharedError): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets));
  } catch {
    throw otherwise;
  }
}

async function answered(read: () => Promise<Shared>): Promise<Shared | SharedError> {
  try {
    return await read();
  } catch (error) {
    return error instanceof SharedError ? error : damagedLink();
  }
}

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  try {
    return await through(packed, new DecompressionStream('deflate-raw'), MOST_OCTETS);
  } catch (error) {
    throw error instanceof SharedError ? error : damagedLink();
  }
}

/** Octets through a stream that changes them. What comes out is read only up to `most` octets. */
async function through(
  octets: Uint8Array<ArrayBuffer>,
  change: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array> {
  const writer = change.writable.getWriter();
  // Its failures are those of the reading side, where they are told.
  writer.write(octets).catch(() => {});
  writer.close().catch(() => {});
  const reader = change.readable.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      void reader.cancel().catch(() => {});
      throw tooLarge();
    }
    pieces.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function toBase64Url(octets: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < octets.length; at += 0x8000)
    binary += String.fromCharCode(...octets.subarray(at, at + 0x8000));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function quoted(path: string): string {
  return JSON.stringify(path.length > 60 ? `${path.slice(0, 60)}…` : path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
