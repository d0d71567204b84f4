// What a conversation has a transport do, in order. The one vocabulary of all transports.

import type { Fields } from '../../interface/index.ts';

/**
 * How a stream is broken off, for protocols that carry a code; transports know its number. `internal`: by the
 * application (http.abort.code); `cancel`: by the gateway; `connect`: a CONNECT tunnel (RFC 9113 section 8.5);
 * `protocol`: for a fault of the peer; or the application's own code.
 */
export type AbortCode = number | 'internal' | 'cancel' | 'connect' | 'protocol';

export type Output =
  /** A 100, which is the gateway's own. */
  | { readonly do: 'continue' }
  | { readonly do: 'informational'; readonly status: number; readonly headers: Fields }
  | {
      readonly do: 'head';
      readonly status: number;
      readonly headers: Fields;
      /** Declared length in octets; null if the transport is to frame the body. */
      readonly length: number | null;
      /** False where no body may follow the head on the wire. */
      readonly content: boolean;
      /** On HTTP/1 the connection closes behind this response; elsewhere the stream is reset without error behind it. */
      readonly last: boolean;
    }
  | { readonly do: 'body'; readonly data: Uint8Array }
  /** A piece of the body: `length` octets of an opened file. */
  | { readonly do: 'file'; readonly file: OpenFile; readonly length: number }
  | { readonly do: 'end'; readonly trailers: Fields }
  /** Break the response off, visibly to the peer. */
  | { readonly do: 'abort'; readonly code: AbortCode }
  | { readonly do: 'refuse' }
  /** Drop what still arrives of the body, and read it for the connection. */
  | { readonly do: 'discard' }
  /** Accept a WebSocket or a tunnel: from here on both directions are octets. */
  | { readonly do: 'switch'; readonly status: 101 | 200; readonly headers: Fields }
  | { readonly do: 'octets'; readonly data: Uint8Array }
  /** End the sending direction behind the octets that wait. The other one goes on. */
  | { readonly do: 'shut' }
  /** End the sending direction, and drop what arrives until the peer has ended its own (websocket.transport-close). */
  | { readonly do: 'close' }
  /** Drop both directions at once. `reset`: visibly to the peer, where the system can say it. */
  | { readonly do: 'drop'; readonly code: AbortCode; readonly reset: boolean };

/** A file that was opened and checked, with where to read it from. Belongs to whoever was given it, who closes it. */
export interface OpenFile {
  readonly offset: number;
  /** Octets from `offset` on. */
  readonly length: number;
  close(): void;
}

/** One that a transport reads in pieces, as it can send them. */
export interface ReadableFile extends OpenFile {
  /**
   * Reads at most `length` octets into `buffer`, and calls back with how many: 0 where there are fewer than were said.
   * One read at a time.
   */
  read(
    buffer: Uint8Array,
    length: number,
    position: number,
    done: (error: Error | null, count: number) => void,
  ): void;
}

const OWED = Symbol('portway.owed');

/**
 * The `data` of an `http.response.body` whose octets are still to come (frame.atomic): it has the length of the whole and
 * what has arrived of it, and is judged as any other. The rest is read from `file` when its turn on the wire is there.
 */
export function owedOctets(arrived: Uint8Array, file: ReadableFile): Uint8Array {
  return Object.defineProperties(arrived.slice(), {
    length: { value: file.length },
    [OWED]: { value: file },
  });
}

/** Where the octets of `data` are to be read from, if they are not in it. */
export function owedBy(data: Uint8Array): ReadableFile | undefined {
  return (data as Uint8Array & { readonly [OWED]?: ReadableFile })[OWED];
}

/** Why a file cannot be sent: the guard of the machine `http.response` that matches, and in words. */
export interface FileFault {
  readonly guard: 'file-outside' | 'file-missing' | 'file-linked' | 'file-short';
  readonly message: string;
}

/** Opens a file below declared roots (proposal 10, “File roots”). `length` undefined: to the end of the file. */
export type OpenFileBelow = (
  path: string,
  offset: number,
  length: number | undefined,
) => OpenFile | FileFault;

export function isFault(opened: OpenFile | FileFault): opened is FileFault {
  return 'guard' in opened;
}
