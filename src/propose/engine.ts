// Asks the worker that reads, checks and renders what is on the desk. What a view asks anew before it was answered is
// answered once, for the latest; a text that keeps the worker busy for too long does not keep the page.

import type { Answers, Asked, Question } from './engine-messages.ts';

/** A view asked again before this question had its answer. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** The worker has no answer: it failed, or took too long. In words for the reader. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** What shows the change as it is: the latest alone is of use. Everything else does something, and is done each time. */
const VIEWS: ReadonlySet<Question['kind']> = new Set(['findings', 'form', 'preview', 'redline']);

/** Longer than any text takes that can be read, on a slow phone. Milliseconds. */
export const PATIENCE = 30_000;

interface Waiting {
  readonly id: number;
  readonly question: Question;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Engine {
  readonly #make: () => Worker;
  readonly #opening: Question<'open'>;
  #worker: Worker | undefined;
  #busy: Waiting | undefined;
  #queue: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #count = 0;

  /** `opening` is asked of every worker first: it says where the library is. */
  constructor(make: () => Worker, opening: Question<'open'>) {
    this.#make = make;
    this.#opening = opening;
  }

  /** @throws Superseded, EngineError */
  ask<K extends keyof Answers>(question: Question<K>): Promise<Answers[K]> {
    return new Promise((resolve, reject) => {
      const again = VIEWS.has(question.kind)
        ? this.#queue.findIndex((one) => one.question.kind === question.kind)
        : -1;
      const waiting = { id: ++this.#count, question, resolve, reject } as Waiting;
      if (again < 0) this.#queue.push(waiting);
      else this.#queue.splice(again, 1, waiting)[0]?.reject(new Superseded());
      this.#next();
    });
  }

  close(): void {
    this.#end(new EngineError('The page was left.'));
    for (const { reject } of this.#queue.splice(0)) reject(new Superseded());
  }

  #next(): void {
    if (this.#busy || this.#queue.length === 0) return;
    if (!this.#worker) {
      this.#start();
      return;
    }
    const next = this.#queue.shift();
    if (next) this.#send(next);
  }

  /** A worker that is new has to have read the library before it can answer. */
  #start(): void {
    const worker = this.#make();
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Asked>) => this.#answer(data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#end(new EngineError(event.message || 'What checks the text could not be loaded.'));
    };
    const failed = (error: Error) => {
      for (const { reject } of this.#queue.splice(0)) reject(error);
      this.#end(error);
    };
    this.#send({
      id: ++this.#count,
      question: this.#opening,
      resolve: () => {},
      reject: failed,
    });
  }

  #send(waiting: Waiting): void {
    this.#busy = waiting;
    this.#worker?.postMessage({ id: waiting.id, question: waiting.question });
    this.#timer = setTimeout(
      () =>
        this.#end(
          new EngineError(
            'The text takes more than half a minute to read, and was given up. It is kept as it is.',
          ),
        ),
      waiting.question.kind === 'open' ? 4 * PATIENCE : PATIENCE,
    );
  }

  #answer(data: Asked): void {
    const { id } = data;
    if (this.#busy?.id !== id) return;
    const { resolve, reject } = this.#busy;
    this.#busy = undefined;
    clearTimeout(this.#timer);
    if ('error' in data) reject(new EngineError(data.error));
    else resolve(data.answer as never);
    this.#next();
  }

  /** Ends the worker; the next question begins another. */
  #end(error: Error): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    const busy = this.#busy;
    this.#busy = undefined;
    busy?.reject(error);
    this.#next();
  }
}
