// How the emulated host behaves: at its best by default, and worse than life on purpose.

export interface HostBehaviour {
  /**
   * How the host page answers: `ok`; `absent` (the request fails, as offline); `refused` (HTTP 403
   * without isolation headers, so the frame is blocked); `hang` (the page loads, build never
   * settles); `no-init` (the page loads and says nothing); `boot-error` (build rejects, out of memory).
   */
  host?: 'ok' | 'absent' | 'refused' | 'hang' | 'no-init' | 'boot-error';
  /** Chunking of the terminal stream, about 0.1 ms a chunk; `random` is seeded by the number of the process. */
  chunks?: 'whole' | 'byte' | 'random';
  /** LF → CRLF, as a terminal does. */
  crlf?: boolean;
  /** What is written to stdin appears in the output. */
  echo?: boolean;
  /** Stray ANSI sequences and noise lines between lines of output. */
  ansi?: boolean;
  /** kill() is accepted and does nothing, as on a hot loop. */
  ignoreKill?: boolean;
  /** Every step delayed a little. */
  slow?: boolean;
  /** Chunks may cut a character, and the client decodes each chunk alone; default true. */
  splitUtf8?: boolean;
}
