// The front's half of a stream to a worker (proposal 12): makes an application out of one, conversation by conversation.
// Sans I/O: octets go in and out by calls. Knows neither processes nor sockets, and leaves all judgement to the gateway.

import { owedOctets, type ReadableFile } from '../gateway/conversation/output.ts';
import {
  type AnyReceiveEvent,
  type AnySendEvent,
  type Application,
  type Closed,
  INTERFACE_VERSION,
  Misuse,
  UnsupportedScope,
} from '../interface/index.ts';
import {
  type Frame,
  FrameReader,
  FrameWriter,
  KIND,
  LARGEST_BALANCE,
  LARGEST_CONVERSATION,
  MalformedFrame,
  type Metadata,
  MOST_DATA,
  readMetadata,
} from './frames.ts';
import { decodeEvent, encodeEvent, encodeScope } from './values.ts';

/** What carries octets to the worker. Neither of these throws. */
export interface WorkerStream {
  /** Takes octets, in order. They are not touched afterwards. */
  write(pieces: readonly Uint8Array[]): void;
  /** Ends the direction to the worker, behind what was written. */
  end(): void;
}

export interface FrontOptions {
  /** Name and version, for the worker's logs. */
  readonly software?: string;
  /** Whether the gateway's transports read files in pieces, so that a large body need not be here as a whole. */
  readonly readsFiles?: boolean;
  /** The worker said that it cannot go on, or wrote what is no frame. Its stream is of no use any more. */
  readonly onBroken?: (error: Error) => void;
}

/** What the worker said of itself. */
export interface WorkerHello {
  readonly software: string;
  /** How many conversations it takes at once, that of its lifespan included. */
  readonly conversations: number;
}

export interface Front {
  /** Calls the application in the worker. The first call has to be for its lifespan (worker.lifespan-first). */
  readonly application: Application;
  /** Rejects where the stream ended before. */
  readonly hello: Promise<WorkerHello>;
  /** Conversations that are open in the worker. */
  readonly open: number;
  /** Octets from the worker. */
  feed(octets: Uint8Array): void;
  /** The worker's direction, or the worker, has ended: `why` in words, for every call that was open. */
  lost(why: string): void;
  /** Ends the direction to the worker: no conversation is to come. */
  end(): void;
}

/** The worker ended, or broke the format, in the middle of a call. */
export class WorkerLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = '';
    // Where this side noticed it leads nobody to the reason.
    this.stack = message;
  }
}

/** What an application in a worker ended with; its stack is the worker's own. */
export class WorkerError extends Error {
  constructor(message: string, detail: string | undefined) {
    super(message);
    // The message begins with what the worker's language calls the error.
    this.name = '';
    this.stack = detail ?? message;
  }
  /** The message names the class that the error has in the worker. */
  override toString(): string {
    return this.message;
  }
}

/** Octets that are announced to the worker, of the stream and of each conversation. */
const CONNECTION_CREDIT = 1_048_576;
const CONVERSATION_CREDIT = 262_144;
const LEAST_CREDIT = 65_536;
const FRAMES = 1;

type Receive = () => Promise<AnyReceiveEvent>;
type Send = (event: AnySendEvent) => Promise<void>;

/** An event of the worker, as long as its payload is not here. */
interface Arriving {
  readonly place: number;
  readonly event: Record<string, unknown>;
  readonly name: 'data' | 'text';
  readonly size: number;
  readonly pieces: Uint8Array[];
  arrived: number;
  judged: boolean;
  /** Where the rest goes, if the event was judged without it. */
  rest: OwedBody | undefined;
}

/** Makes the front of one worker. The worker's `hello` is waited for by whatever comes first. */
export function createFront(stream: WorkerStream, options: FrontOptions = {}): Front {
  return new StreamFront(stream, options);
}

class StreamFront implements Front {
  readonly hello: Promise<WorkerHello>;
  readonly #stream: WorkerStream;
  readonly #options: FrontOptions;
  readonly #reader = new FrameReader();
  readonly #writer = new FrameWriter();
  readonly #conversations = new Map<number, FrontConversation>();
  readonly #greeted = Promise.withResolvers<WorkerHello>();
  #worker: WorkerHello | undefined;
  #number = 0;
  #flushing = false;
  #ended = false;
  #loss: WorkerLost | undefined;
  /** What this side may write on the stream. */
  #balance = 0;
  #conversationCredit = 0;
  /** What the worker may write on the stream, and what of it was read and not returned. */
  #granted = CONNECTION_CREDIT;
  #read = 0;
  /** Conversations with data to write. */
  readonly #turns = new Set<FrontConversation>();
  #turn = 0;
  /** Those whose first event waits for the rest of its payload, among what was fed now. */
  readonly #waiting = new Set<FrontConversation>();

  constructor(stream: WorkerStream, options: FrontOptions) {
    this.#stream = stream;
    this.#options = options;
    this.hello = this.#greeted.promise;
    this.hello.catch(() => {});
    this.write(KIND.hello, 0, {
      frames: [FRAMES],
      interface: [INTERFACE_VERSION],
      software: options.software ?? `portway/${INTERFACE_VERSION}`,
      connection_credit: CONNECTION_CREDIT,
      conversation_credit: CONVERSATION_CREDIT,
    });
  }

  get open(): number {
    return this.#conversations.size;
  }

  get readsFiles(): boolean {
    return this.#options.readsFiles === true;
  }

  readonly application = ((scope, receive, send) => {
    if (this.#worker) return this.#call(scope, receive, send);
    return this.hello.then(() => this.#call(scope, receive, send));
  }) as Application;

  #call(scope: Parameters<Application>[0], receive: Receive, send: Send): Promise<void> {
    if (this.#loss) return Promise.reject(this.#loss);
    if (this.#number === LARGEST_CONVERSATION || this.#ended)
      return Promise.reject(new WorkerLost('the worker takes no further conversation'));
    const number = ++this.#number;
    const written = this.write(KIND.open, number, { scope: encodeScope(scope) });
    if (!written) {
      this.#number--;
      return Promise.reject(new WorkerLost('the scope has more metadata than a frame can have'));
    }
    const conversation = new FrontConversation(
      this,
      number,
      this.#conversationCredit,
      scope.type,
      receive,
      send,
    );
    this.#conversations.set(number, conversation);
    const { cancel } = scope.local;
    const cancelled = () => {
      const { cause, code } = cancel.reason as Closed;
      this.write(KIND.cancel, number, { cause, ...(code === undefined ? {} : { code }) });
      conversation.cancelled();
    };
    conversation.forget = () => {
      this.#conversations.delete(number);
      this.#turns.delete(conversation);
      cancel.removeEventListener('abort', cancelled);
    };
    if (cancel.aborted) cancelled();
    else cancel.addEventListener('abort', cancelled, { once: true });
    return conversation.over;
  }

  feed(octets: Uint8Array): void {
    if (this.#loss) return;
    try {
      for (const frame of this.#reader.feed(octets)) this.#take(frame);
      for (const conversation of this.#waiting) conversation.goOnWithout();
      this.#waiting.clear();
    } catch (error) {
      if (!(error instanceof MalformedFrame)) throw error;
      // frame.malformed
      this.write(KIND.fault, 0, { code: error.code, message: error.message });
      this.#break(`the worker broke the format of frames (${error.code}): ${error.message}`);
    }
  }

  lost(why: string): void {
    if (this.#loss) return;
    this.#loss = new WorkerLost(why);
    this.#greeted.reject(this.#loss);
    for (const conversation of [...this.#conversations.values()]) conversation.lost(this.#loss);
    this.end();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#flush();
    this.#stream.end();
  }

  #break(why: string): void {
    this.lost(why);
    this.#options.onBroken?.(this.#loss as WorkerLost);
  }

  #take({ kind, conversation: number, data }: Frame): void {
    if (this.#loss) return;
    const content = kind === KIND.data ? NO_METADATA : readMetadata(data);
    if (kind === KIND.fault) {
      const message = textOf(content, 'message');
      this.#break(`the worker gave up (${textOf(content, 'code')}): ${message}`);
      return;
    }
    if (!this.#worker) {
      if (kind !== KIND.hello) throw new MalformedFrame('sequence', 'a frame before `hello`');
      if (number !== 0) throw new MalformedFrame('conversation', '`hello` in a conversation');
      this.#greet(content);
      return;
    }
    if (kind === KIND.hello) throw new MalformedFrame('sequence', 'a second `hello`');
    if (kind === KIND.open || kind === KIND.settled || kind === KIND.cancel)
      throw new MalformedFrame('kind', `a frame of kind ${kind} of a worker`);
    if (number === 0) {
      if (kind !== KIND.credit)
        throw new MalformedFrame('conversation', `a frame of kind ${kind} in no conversation`);
      this.#balance = raised(this.#balance, content);
      this.#transmit();
      return;
    }
    if (number > this.#number)
      throw new MalformedFrame('conversation', `conversation ${number} was never opened`);
    if (kind === KIND.data) this.#count(data.length);
    const conversation = this.#conversations.get(number);
    if (!conversation)
      throw new MalformedFrame('sequence', `a frame for conversation ${number} after its \`end\``);
    switch (kind) {
      case KIND.receive:
        conversation.asked();
        break;
      case KIND.event:
        conversation.event(content);
        break;
      case KIND.data:
        conversation.data(data);
        break;
      case KIND.credit:
        conversation.balance = raised(conversation.balance, content);
        this.#transmit();
        break;
      default:
        conversation.ended(content);
    }
    if (conversation.waits) this.#waiting.add(conversation);
    else this.#waiting.delete(conversation);
  }

  #greet(content: Metadata): void {
    if (content.frames !== FRAMES || content.interface !== INTERFACE_VERSION)
      throw new MalformedFrame(
        'version',
        `revision ${content.frames} of the format with interface ${content.interface}; here are ${FRAMES} and ${INTERFACE_VERSION}`,
      );
    this.#balance = integerOf(content, 'connection_credit', LEAST_CREDIT, LARGEST_BALANCE);
    this.#conversationCredit = integerOf(
      content,
      'conversation_credit',
      LEAST_CREDIT,
      LARGEST_BALANCE,
    );
    this.#worker = {
      software: textOf(content, 'software'),
      conversations: integerOf(content, 'conversations', 2),
    };
    this.#greeted.resolve(this.#worker);
  }

  /** Octets of data were read: the credit of the stream goes back, some of it at a time. */
  #count(octets: number): void {
    this.#granted -= octets;
    if (this.#granted < 0)
      throw new MalformedFrame('credit', 'more data than the stream has credit for');
    this.#read += octets;
    if (this.#read < CONNECTION_CREDIT / 4) return;
    this.#granted += this.#read;
    this.write(KIND.credit, 0, { octets: this.#read });
    this.#read = 0;
  }

  // For conversations.

  /** @returns false where the metadata is more than a frame can have; nothing is written then */
  write(kind: number, conversation: number, content?: Metadata): boolean {
    if (this.#ended) return true;
    const written = this.#writer.metadata(kind, conversation, content);
    this.#flushLater();
    return written;
  }

  /** A conversation has data to write, which it has not had before. */
  transmit(conversation: FrontConversation): void {
    this.#turns.add(conversation);
    this.#transmit();
  }

  /** frame.turns: the next frame is of the conversation whose last one is the longest ago. */
  #transmit(): void {
    while (this.#balance > 0) {
      let next: FrontConversation | undefined;
      for (const conversation of this.#turns)
        if (conversation.balance > 0 && (!next || conversation.turn < next.turn))
          next = conversation;
      const piece = next?.next(Math.min(MOST_DATA, this.#balance));
      if (!next || !piece) break;
      this.#balance -= piece.length;
      next.turn = ++this.#turn;
      this.#writer.data(next.number, piece);
      if (!next.hasData) this.#turns.delete(next);
    }
    this.#flushLater();
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    NOW.then(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const pieces = this.#writer.take();
    if (pieces.length > 0) this.#stream.write(pieces);
  }
}

/** One conversation that is open in the worker. */
class FrontConversation {
  readonly number: number;
  readonly over: Promise<void>;
  /** What this side may write in it. */
  balance: number;
  /** When its last frame of data was written. */
  turn = 0;
  forget: () => void = () => {};
  readonly #front: StreamFront;
  readonly #scopeType: string;
  readonly #receive: Receive;
  readonly #send: Send;
  readonly #settle: PromiseWithResolvers<void>;
  #receiving = false;
  /** Events that the worker has written, and those that were settled. */
  #written = 0;
  readonly #arriving: Arriving[] = [];
  #outgoing: Uint8Array[] = [];
  /** What the worker may write in it, and what of it is done with and not returned. */
  #granted = CONVERSATION_CREDIT;
  #done = 0;
  /** A `settled` with `closed` was written (worker.drop-closed). */
  #closed = false;
  #over = false;

  constructor(
    front: StreamFront,
    number: number,
    balance: number,
    scopeType: string,
    receive: Receive,
    send: Send,
  ) {
    this.#front = front;
    this.number = number;
    this.balance = balance;
    this.#scopeType = scopeType;
    this.#receive = receive;
    this.#send = send;
    this.#settle = Promise.withResolvers();
    this.over = this.#settle.promise;
  }

  get hasData(): boolean {
    return this.#outgoing.length > 0;
  }

  /** Whether an event waits for the rest of a payload. */
  get waits(): boolean {
    return this.#arriving.length > 0;
  }

  /** The next piece of what is to be written, at most so many octets, if there is credit. */
  next(most: number): Uint8Array | undefined {
    const [first] = this.#outgoing;
    const length = Math.min(most, this.balance, first?.length ?? 0);
    if (!first || length === 0) return undefined;
    this.balance -= length;
    if (length === first.length) this.#outgoing.shift();
    else this.#outgoing[0] = first.subarray(length);
    return first.subarray(0, length);
  }

  /** The application asks for an event (frame.pull). */
  asked(): void {
    if (this.#receiving)
      throw new MalformedFrame('sequence', '`receive` before the last was answered');
    this.#receiving = true;
    this.#receive().then(
      (event) => this.#give(event),
      // Only of a gateway that is at fault.
      (error: unknown) => this.#front.lost(`the gateway's own \`receive\` failed: ${error}`),
    );
  }

  #give(given: AnyReceiveEvent): void {
    this.#receiving = false;
    if (this.#over) return;
    const { event, payload } = encodeEvent(given);
    if (!payload) {
      this.#front.write(KIND.event, this.number, { event });
      return;
    }
    const { name, octets } = payload;
    this.#front.write(KIND.event, this.number, { event, payload: name, size: octets.length });
    if (octets.length === 0) return;
    this.#outgoing.push(octets);
    if (this.#outgoing.length === 1) this.#front.transmit(this);
  }

  /** The application has sent an event. */
  event(content: Metadata): void {
    const { event: sent, payload: name } = content;
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
      throw new MalformedFrame('metadata', 'an `event` without an event');
    const place = ++this.#written;
    const event = decodeEvent(sent as Metadata);
    if (name !== undefined && name !== 'data' && name !== 'text')
      throw new MalformedFrame('metadata', 'a payload is `data` or `text`');
    const octets = name === undefined ? 0 : integerOf(content, 'size', 0);
    if (name !== undefined && (octets === 0 || this.#closed))
      event[name] = name === 'data' ? NOTHING : '';
    if (this.#closed || (octets === 0 && this.#arriving.length === 0)) {
      this.#judge(place, event, 0);
      return;
    }
    this.#arriving.push({
      place,
      event,
      name: name ?? 'data',
      size: octets,
      pieces: [],
      arrived: 0,
      judged: false,
      rest: undefined,
    });
  }

  /** Octets of the first payload that is not whole. */
  data(octets: Uint8Array): void {
    if (this.#closed) {
      this.#return(octets.length);
      return;
    }
    this.#granted -= octets.length;
    if (this.#granted < 0)
      throw new MalformedFrame('credit', 'more data than the conversation has credit for');
    const arriving = this.#arriving.find(({ arrived, size }) => arrived < size);
    if (!arriving || arriving.arrived + octets.length > arriving.size)
      throw new MalformedFrame('sequence', '`data` beyond the size of its event');
    arriving.arrived += octets.length;
    const whole = arriving.arrived === arriving.size;
    if (arriving.rest) arriving.rest.add(octets);
    else {
      arriving.pieces.push(octets);
      // What is judged with its payload has to be here first, whatever its size.
      if (!whole) this.#return(octets.length);
    }
    if (whole) this.#judgeWhole();
  }

  /** Judges what is here, in order. */
  #judgeWhole(): void {
    for (;;) {
      const [arriving] = this.#arriving;
      if (!arriving || arriving.arrived < arriving.size) return;
      this.#arriving.shift();
      if (arriving.judged) continue;
      const { place, event, name, size, pieces } = arriving;
      if (size > 0) event[name] = name === 'data' ? joined(pieces, size) : textFrom(pieces, size);
      this.#judge(place, event, pieces[pieces.length - 1]?.length ?? 0);
    }
  }

  /** Judges events without the rest of their payloads, as long as these can be sent as they come (frame.atomic). */
  goOnWithout(): void {
    if (!this.#front.readsFiles) return;
    for (const arriving of this.#arriving) {
      if (arriving.judged) continue;
      const { place, event, name, size, pieces, arrived } = arriving;
      if (size > 0) {
        // What fits into one frame is here soon, and one write where it would be three.
        if (name !== 'data' || size <= MOST_DATA || event.type !== 'http.response.body') return;
        const here = joined(pieces, arrived);
        const body = new OwedBody(size, (octets) => this.#return(octets));
        // The credit of what is here went back as it came: none of it was the last.
        body.add(here, arrived);
        arriving.rest = body;
        pieces.length = 0;
        event.data = owedOctets(here, body);
      }
      arriving.judged = true;
      this.#judge(place, event, 0, arriving.rest);
    }
  }

  /** @param octets of its payload whose credit goes back when the event is settled */
  #judge(place: number, event: Record<string, unknown>, octets: number, body?: OwedBody): void {
    this.#send(event as unknown as AnySendEvent).then(
      () => {
        this.#return(octets);
        this.#front.write(KIND.settled, this.number, { event: place });
      },
      (error: unknown) => {
        this.#return(octets);
        body?.close();
        this.#front.write(KIND.settled, this.number, { event: place, ...this.#inWords(error) });
      },
    );
  }

  #inWords(error: unknown): Metadata {
    const { name, message } = error as Error;
    if (name === 'Closed') {
      this.#drop();
      const { cause, code } = error as Closed;
      return { error: 'closed', cause, ...(code === undefined ? {} : { code }) };
    }
    const requirement = name === 'Misuse' ? (error as Misuse).requirement : 'event.shape';
    // The id stands in a member of its own.
    const plain = message.startsWith(`${requirement}: `)
      ? message.slice(requirement.length + 2)
      : message;
    return { error: 'misuse', requirement, message: plain };
  }

  /** The peer is lost, or the deadline has come: nothing that waits for its payload can take effect. */
  cancelled(): void {
    for (const arriving of this.#arriving) {
      if (arriving.judged) continue;
      const { place, event, name, size, pieces } = arriving;
      arriving.judged = true;
      pieces.length = 0;
      arriving.rest = new OwedBody(size, (octets) => this.#return(octets));
      arriving.rest.close();
      if (size > 0) event[name] = name === 'data' ? NOTHING : '';
      this.#judge(place, event, 0);
    }
  }

  /** What is still to come does not come any more: its events have their answers (worker.drop-closed). */
  #drop(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { place, event, name, size, judged, rest } of this.#arriving.splice(0)) {
      rest?.close();
      if (judged) continue;
      if (size > 0) event[name] = name === 'data' ? NOTHING : '';
      this.#judge(place, event, 0);
    }
  }

  #return(octets: number): void {
    this.#done += octets;
    if (this.#done < CONVERSATION_CREDIT / 4) return;
    this.#granted += this.#done;
    this.#front.write(KIND.credit, this.number, { octets: this.#done });
    this.#done = 0;
  }

  /** The application's call has ended. */
  ended(content: Metadata): void {
    // worker.drop-closed: what the worker keeps back then is no fault.
    if (this.#arriving.length > 0 && !this.#closed)
      throw new MalformedFrame('sequence', '`end` before the payload of an event');
    const { outcome } = content;
    if (!OUTCOMES.includes(outcome))
      throw new MalformedFrame('metadata', '`end` without a known outcome');
    if (outcome === 'raised') textOf(content, 'message');
    this.#over = true;
    this.forget();
    switch (outcome) {
      case 'returned':
        this.#settle.resolve();
        return;
      case 'closed':
        this.#settle.reject(named('Closed', 'the conversation is closed'));
        return;
      case 'unsupported_scope':
        this.#settle.reject(new UnsupportedScope(this.#scopeType));
        return;
      case 'raised': {
        const { requirement, detail } = content;
        const message = textOf(content, 'message');
        const stack = typeof detail === 'string' ? detail : undefined;
        if (typeof requirement === 'string') {
          const plain = message.replace(`${requirement}: `, '');
          const misuse = new Misuse(requirement, plain);
          if (stack !== undefined) misuse.stack = stack;
          this.#settle.reject(misuse);
        } else this.#settle.reject(new WorkerError(message, stack));
        return;
      }
    }
  }

  lost(error: WorkerLost): void {
    this.#over = true;
    this.forget();
    this.#settle.reject(error);
  }
}

/** The body of an event as it comes: what the worker writes, a transport reads. */
class OwedBody implements ReadableFile {
  readonly offset = 0;
  readonly length: number;
  readonly #return: (octets: number) => void;
  readonly #pieces: Uint8Array[] = [];
  #settled = 0;
  #reader:
    | {
        readonly buffer: Uint8Array;
        readonly length: number;
        done(error: null, count: number): void;
      }
    | undefined;
  #closed = false;

  constructor(length: number, giveBack: (octets: number) => void) {
    this.length = length;
    this.#return = giveBack;
  }

  /** @param settled how many of the octets had their credit returned already */
  add(octets: Uint8Array, settled = 0): void {
    this.#settled += settled;
    if (this.#closed) {
      this.#taken(octets.length);
      return;
    }
    if (octets.length > 0) this.#pieces.push(octets);
    this.#serve();
  }

  read(
    buffer: Uint8Array,
    length: number,
    _position: number,
    done: (error: Error | null, count: number) => void,
  ): void {
    this.#reader = { buffer, length, done };
    // As a file does: never before the call is over.
    NOW.then(() => this.#serve());
  }

  /** What is here and what is to come is dropped. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const piece of this.#pieces.splice(0)) this.#taken(piece.length);
  }

  #taken(octets: number): void {
    const settled = Math.min(this.#settled, octets);
    this.#settled -= settled;
    if (octets > settled) this.#return(octets - settled);
  }

  #serve(): void {
    const [first] = this.#pieces;
    const reader = this.#reader;
    if (!first || !reader) return;
    this.#reader = undefined;
    const piece = first.subarray(0, reader.length);
    reader.buffer.set(piece);
    if (piece.length === first.length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(piece.length);
    this.#taken(piece.length);
    reader.done(null, piece.length);
  }
}

const OUTCOMES: readonly unknown[] = ['returned', 'closed', 'unsupported_scope', 'raised'];
const NOW = Promise.resolve();
const NOTHING = new Uint8Array(0);
const NO_METADATA: Metadata = {};
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = pieces;
  if (first?.length === size) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function textFrom(pieces: readonly Uint8Array[], size: number): string {
  try {
    return decoder.decode(joined(pieces, size));
  } catch {
    throw new MalformedFrame('metadata', 'a payload of text that is not UTF-8');
  }
}

function raised(balance: number, content: Metadata): number {
  const sum = balance + integerOf(content, 'octets', 1);
  if (sum > LARGEST_BALANCE) throw new MalformedFrame('credit', 'a balance above 2^31−1');
  return sum;
}

function integerOf(
  content: Metadata,
  name: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = content[name];
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most)
    throw new MalformedFrame('metadata', `\`${name}\` is a whole number of at least ${least}`);
  return value as number;
}

function textOf(content: Metadata, name: string): string {
  const value = content[name];
  if (typeof value !== 'string') throw new MalformedFrame('metadata', `\`${name}\` is a string`);
  return value;
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
