// What a guest says to the page, as values. How it travels, and whether it has its shape, is told elsewhere.

import type { ClientResult, SocketEvent } from '../client/index.ts';
import type { SourcePosition } from '../trace/index.ts';
import type { Diagnosis } from './program.ts';

/** A line that the application printed. */
export interface LogLine {
  readonly level: 'log' | 'warn' | 'error';
  readonly text: string;
}

/** How one exchange went, with what the runtime did not keep of it. */
export interface RequestReport {
  readonly result: ClientResult;
  /** Trace events past the limit. */
  readonly dropped: number;
  readonly faults: readonly Diagnosis[];
}

/** An error as a guest reports it. */
export interface GuestError {
  readonly kind: Diagnosis['kind'];
  readonly message: string;
  readonly src?: SourcePosition;
}

/** A message of a live socket, with the call that opened it. */
export interface SocketNews {
  readonly socket: number;
  readonly event: SocketEvent;
}

/** What is told when nothing is sent to a program any more. */
export interface EndReport {
  /** Whether its gateway has ended. One that had nothing to end goes on, and can be asked again. */
  readonly over: boolean;
  readonly dropped: number;
  readonly faults: readonly Diagnosis[];
}

/** What is told at the end of a live socket beside its events. */
export interface SocketReport {
  readonly dropped: number;
  readonly faults: readonly Diagnosis[];
  /** Messages that came faster than they are handed on. */
  readonly messagesDropped: number;
}
