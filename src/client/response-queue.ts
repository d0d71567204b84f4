// What a connection has for its reader, in order: heads as they came, octets as they are pulled, and the end. Knows no
// transport.

import type { ClientResponse } from './connection.ts';

const TERMINAL: ReadonlySet<string> = new Set(['end', 'aborted', 'closed']);

/**
 * A queue of responses whose octets stay where they are until somebody reads, so that a slow reader is felt at the other
 * end.
 */
export class ResponseQueue implements AsyncIterable<ClientResponse> {
  readonly #pull: () => ClientResponse | undefined;
  readonly #queue: ClientResponse[] = [];
  #wake: (() => void) | undefined;
  #over = false;

  /** `pull` gives what can be read now. It is asked when nothing is queued, or only the end. */
  constructor(pull: () => ClientResponse | undefined) {
    this.#pull = pull;
  }

  /** Whether the end is known. */
  get over(): boolean {
    return this.#over;
  }

  push(response: ClientResponse): void {
    if (this.#over) return;
    this.#over = TERMINAL.has(response.type);
    this.#queue.push(response);
    this.wake();
  }

  /** There may be something to pull. */
  wake(): void {
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ClientResponse> {
    for (;;) {
      const [first] = this.#queue;
      const pulled = !first || TERMINAL.has(first.type) ? this.#pull() : undefined;
      if (pulled) {
        // What was pulled last can be the end itself, and then stands for what was told of it.
        if (TERMINAL.has(pulled.type)) {
          this.#over = true;
          this.#queue.length = 0;
        }
        yield pulled;
      } else if (first) yield this.#queue.shift() as ClientResponse;
      else if (this.#over) return;
      else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
    }
  }
}
