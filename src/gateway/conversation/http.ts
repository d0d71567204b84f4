// One HTTP exchange without I/O (proposal 3): the request beside the response that all conversations share.

import {
  type Fields,
  HTTP_REQUEST,
  type HttpReceiveEvent,
  type HttpRequestState,
} from '../../interface/index.ts';
import { Machine, NO_GUARDS, type Step } from '../../interface/machine.ts';
import { EVENT_OVERHEAD, InputBuffer, pieces, sizeOfFields } from './buffers.ts';
import {
  type AnyMachine,
  Conversation,
  type ConversationOptions,
  type Subject,
} from './conversation.ts';
import type { Output } from './output.ts';

const NO_FIELDS: Fields = [];
const NO_OUTPUTS: readonly Output[] = [];
const CONTINUE: readonly Output[] = [{ do: 'continue' }];
const DISCARD: readonly Output[] = [{ do: 'discard' }];

export class HttpConversation extends Conversation<HttpReceiveEvent> {
  protected readonly type = 'http';
  protected readonly machines: readonly AnyMachine[];
  readonly #request = new Machine<HttpRequestState, never, 'discard', Subject>(
    HTTP_REQUEST,
    NO_GUARDS,
  );
  readonly #incoming: InputBuffer<HttpReceiveEvent>;
  /** Octets of one piece (flow.input-bounded). */
  readonly #most: number;
  /** The peer has said all that it will: no body and no end can follow. */
  #arrived = false;
  /** The application's call has ended: nobody is left to receive the request. */
  #abandoned = false;
  #continueOwed: boolean;

  constructor(options: ConversationOptions) {
    super(options);
    this.#most = options.receiveBufferOctets ?? 65_536;
    this.#incoming = new InputBuffer(this.#most);
    this.#continueOwed = options.expectContinue === true && options.http_version !== '1.0';
    this.machines = [this.#request, this.response];
  }

  get requestState(): HttpRequestState {
    return this.#request.state;
  }

  get state(): string {
    return this.response.state;
  }

  get outputOver(): boolean {
    return this.response.final;
  }

  get inputLoad(): number {
    return this.#incoming.load;
  }

  get full(): boolean {
    return this.#incoming.full;
  }

  get expectsInput(): boolean {
    return this.#wanted;
  }

  /** The load of the input buffer. */
  get buffered(): number {
    return this.#incoming.load;
  }

  /** Whether a 100 that the peer waits for is held back. */
  get withholdsContinue(): boolean {
    return this.#continueOwed;
  }

  override asked(): readonly Output[] {
    if (!this.#continueOwed || this.response.state !== 'open') return NO_OUTPUTS;
    this.#continueOwed = false;
    return CONTINUE;
  }

  octets(data: Uint8Array): readonly Output[] {
    if (data.length === 0 || !this.#wanted) return NO_OUTPUTS;
    this.#continueOwed = false;
    for (const piece of pieces(data, this.#most))
      this.#incoming.push(
        { type: 'http.request.body', data: piece },
        piece.length + EVENT_OVERHEAD,
      );
    return NO_OUTPUTS;
  }

  end(trailers: Fields = NO_FIELDS): readonly Output[] {
    if (!this.#wanted) return NO_OUTPUTS;
    this.#continueOwed = false;
    this.#arrived = true;
    this.#incoming.push(
      { type: 'http.request.end', trailers },
      sizeOfFields(trailers) + EVENT_OVERHEAD,
    );
    return NO_OUTPUTS;
  }

  protected losing(): boolean {
    return this.response.state === 'open' || this.response.state === 'committed';
  }

  protected abandon(): void {
    this.#abandoned = true;
    this.#incoming.clear();
  }

  protected next(): HttpReceiveEvent | undefined {
    return this.#incoming.shift();
  }

  /** `http.closed`, once nothing else can come. */
  protected onlyTerminal(): HttpReceiveEvent | undefined {
    if (!this.#incoming.empty) return undefined;
    if (!this.httpClosed && this.response.final) {
      const { state } = this.response;
      const requestOver = this.#request.state !== 'reading' || this.#abandoned;
      if (requestOver || state === 'aborted' || state === 'refused') this.close('complete');
    }
    return this.httpClosed;
  }

  protected override act(action: string, event: Subject): readonly Output[] {
    if (action !== 'discard') return super.act(action, event);
    this.#incoming.clear();
    this.#continueOwed = false;
    return DISCARD;
  }

  protected override stateAfter(step: Step | undefined): string {
    return step?.kind === 'to' ? step.state : this.state;
  }

  protected override sizeOf(event: NonNullable<Subject>): number {
    return event.type === 'http.request.discard' ? 0 : super.sizeOf(event);
  }

  /** Whether the application may yet get more of the request. */
  get #wanted(): boolean {
    return (
      !this.#arrived &&
      !this.#abandoned &&
      !this.httpClosed &&
      this.#request.state !== 'discarded' &&
      this.response.state !== 'refused' &&
      this.response.state !== 'aborted'
    );
  }
}
