// Reads the octets of a connection as a transport would, but at once: what was accepted, and what ended it. For tests.

import type { Fields, Limits } from '../../interface/index.ts';
import { readRequestHead } from '../conversation/request.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { framingOf } from './framing.ts';
import { Http1RequestReader } from './reader.ts';

/** A request that was read to its end, with its body as code units. */
export interface ReadRequest {
  readonly http_version: string;
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly authority: string;
  readonly headers: Fields;
  readonly body: string;
  readonly trailers: Fields;
}

export interface ReadConnection {
  readonly requests: readonly ReadRequest[];
  /** The refusal, or the error of the reader, behind which nothing was read. */
  readonly failure?: {
    readonly status: number;
    readonly requirement: string;
    readonly message: string;
  };
  /** The state of the reader after the last octet. */
  readonly state: Http1RequestReader['state'];
  /** The most that the reader held when it asked for more. */
  readonly held: number;
  /** The longest piece of a body. */
  readonly piece: number;
}

/** `pieces` are pushed one after the other; all events that can be had are taken before the next. */
export function readAll(pieces: readonly Buffer[], limits: Partial<Limits> = {}): ReadConnection {
  const all: Limits = { ...DEFAULT_LIMITS, ...limits };
  const reader = new Http1RequestReader(all);
  const requests: ReadRequest[] = [];
  let request: Omit<ReadRequest, 'body' | 'trailers'> | undefined;
  let body: string[] = [];
  let held = 0;
  let piece = 0;
  const result = () => ({ requests, state: reader.state, held, piece });
  for (const data of pieces) {
    reader.push(data);
    for (let event = reader.next(); event; event = reader.next()) {
      switch (event.type) {
        case 'head': {
          const { head } = event;
          const ends = { scheme: 'http' as const, peer: null, local_address: null };
          const read = readRequestHead({ ...head, ...ends }, all);
          if ('requirement' in read) return { ...result(), failure: read };
          const { http_version, method, target, path, authority, headers } = read;
          request = { http_version, method, target, path, authority, headers };
          body = [];
          reader.expect(framingOf(read));
          break;
        }
        case 'body':
          piece = Math.max(piece, event.data.length);
          body.push(Buffer.from(event.data).toString('latin1'));
          break;
        case 'end':
          if (!request) throw new Error('`end` without a head');
          requests.push({ ...request, body: body.join(''), trailers: event.trailers });
          request = undefined;
          break;
        case 'error': {
          const { status, requirement, message } = event;
          return { ...result(), failure: { status, requirement, message } };
        }
      }
    }
    held = Math.max(held, reader.buffered);
  }
  return result();
}
