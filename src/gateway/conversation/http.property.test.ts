// Whatever an application sends and a peer does, in whatever order: what must hold of the wire, of what is received, and
// of a conversation in which a Misuse was tried.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import {
  Closed,
  type HttpReceiveEvent,
  type HttpSendEvent,
  Misuse,
} from '../../interface/index.ts';
import type { ConversationOptions as HttpConversationOptions } from './conversation.ts';
import { HttpConversation } from './http.ts';
import type { Output as HttpOutput } from './output.ts';

type Action =
  | { readonly by: 'application'; readonly event: HttpSendEvent }
  | { readonly by: 'receive' }
  | { readonly by: 'end-of-call'; readonly how: 'application.returns' | 'application.raises' }
  | { readonly by: 'peer-body'; readonly data: Uint8Array }
  | { readonly by: 'peer-end' }
  | { readonly by: 'peer-lost'; readonly cause: 'peer_reset' | 'timeout' };

const data = fc.uint8Array({ maxLength: 4 });
const fields = fc.array(
  fc.constantFrom<[string, string]>(
    ['x-a', 'b'],
    ['trailer', 'x-a'],
    ['content-length', '0'],
    ['content-length', '3'],
    ['content-length', 'many'],
    ['connection', 'close'],
    ['x-a', 'b\r\nc: d'],
    ['X-A', 'b'],
  ),
  { maxLength: 2 },
);
const none = fc.constant<[string, string][]>([]);
const mostlyNone = fc.oneof({ weight: 2, arbitrary: none }, { weight: 1, arbitrary: fields });

const event: fc.Arbitrary<HttpSendEvent> = fc.oneof(
  fc.record({
    type: fc.constant('http.response.start' as const),
    status: fc.constantFrom(200, 204, 205, 304, 500, 42),
    headers: mostlyNone,
  }),
  fc.record({ type: fc.constant('http.response.body' as const), data }),
  fc.record({ type: fc.constant('http.response.end' as const), trailers: mostlyNone }),
  fc.record({
    type: fc.constant('http.informational' as const),
    status: fc.constantFrom(103, 100),
    headers: mostlyNone,
  }),
  fc.constant({ type: 'http.response.abort' as const }),
  fc.constant({ type: 'http.refuse' as const }),
  fc.constant({ type: 'http.request.discard' as const }),
  fc.anything().map((junk) => junk as HttpSendEvent),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: event.map((event): Action => ({ by: 'application', event })) },
  { weight: 4, arbitrary: fc.constant<Action>({ by: 'receive' }) },
  { weight: 3, arbitrary: data.map((data): Action => ({ by: 'peer-body', data })) },
  { weight: 1, arbitrary: fc.constant<Action>({ by: 'peer-end' }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('peer_reset', 'timeout')
      .map((cause): Action => ({ by: 'peer-lost', cause: cause as 'timeout' })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('application.returns', 'application.raises')
      .map((how): Action => ({ by: 'end-of-call', how: how as 'application.returns' })),
  },
);

const options: fc.Arbitrary<HttpConversationOptions> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD'),
  http_version: fc.constantFrom('1.0', '1.1', '2'),
  expectContinue: fc.boolean(),
});

/** What one action came to. */
type Outcome =
  | { readonly outputs: readonly HttpOutput[]; readonly given?: HttpReceiveEvent }
  | 'misuse'
  | 'closed';

function act(conversation: HttpConversation, action: Action): Outcome {
  switch (action.by) {
    case 'application':
      try {
        return { outputs: conversation.send(action.event).outputs };
      } catch (error) {
        if (error instanceof Misuse) return 'misuse';
        if (error instanceof Closed) return 'closed';
        throw error;
      }
    case 'receive': {
      const outputs = conversation.asked();
      const given = conversation.receive()?.event;
      return { outputs, ...(given ? { given } : {}) };
    }
    case 'end-of-call':
      return { outputs: conversation.applicationEnded(action.how).outputs };
    case 'peer-body':
      conversation.octets(action.data);
      return { outputs: [] };
    case 'peer-end':
      conversation.end();
      return { outputs: [] };
    case 'peer-lost':
      conversation.lost(action.cause);
      return { outputs: [] };
  }
}

const snapshot = (conversation: HttpConversation) => ({
  response: conversation.responseState,
  request: conversation.requestState,
  over: conversation.responseOver,
  buffered: conversation.buffered,
});

/** Holds a sequence of outputs to the grammar of a response. */
class WireJudge {
  head: (HttpOutput & { do: 'head' }) | undefined;
  terminal: HttpOutput['do'] | undefined;
  #sent = 0;

  write(output: HttpOutput): void {
    if (output.do === 'discard') return; // Concerns the request.
    expect(this.terminal, `${output.do} after the end`).toBeUndefined();
    switch (output.do) {
      case 'continue':
      case 'informational':
        expect(this.head, `${output.do} after the head`).toBeUndefined();
        break;
      case 'head':
        expect(this.head, 'a second head').toBeUndefined();
        expect(output.headers.flat().join('')).not.toMatch(/[\r\n]/);
        this.head = output;
        break;
      case 'body':
        expect(this.head?.content, 'a body where none may be').toBe(true);
        expect(output.data.length).toBeGreaterThan(0);
        this.#sent += output.data.length;
        expect(this.#sent).toBeLessThanOrEqual(this.head?.length ?? Number.POSITIVE_INFINITY);
        break;
      case 'end':
        expect(this.head, 'an end without a head').toBeDefined();
        if (this.head?.content && this.head.length !== null)
          expect(this.#sent).toBe(this.head.length);
        this.terminal = output.do;
        break;
      case 'abort':
        expect(this.head, 'an abort without a head').toBeDefined();
        this.terminal = output.do;
        break;
      case 'refuse':
        expect(this.head, 'a refusal after a head').toBeUndefined();
        this.terminal = output.do;
        break;
    }
  }
}

/** Holds a sequence of received events to the grammar of a request. */
class RequestJudge {
  readonly data: number[] = [];
  #ended = false;
  #closed: HttpReceiveEvent | undefined;

  receive(event: HttpReceiveEvent): void {
    if (this.#closed) expect(event, 'http.closed.repeats').toEqual(this.#closed);
    switch (event.type) {
      case 'http.request.body':
        expect(this.#ended, 'a body after http.request.end').toBe(false);
        expect(event.data.length, 'http.request.no-empty-body').toBeGreaterThan(0);
        this.data.push(...event.data);
        break;
      case 'http.request.end':
        expect(this.#ended, 'http.request.end-once').toBe(false);
        this.#ended = true;
        break;
      case 'http.closed':
        this.#closed = event;
        break;
    }
  }
}

test('http: any sequence of events and losses keeps the grammar of request and response', () => {
  fc.assert(
    fc.property(options, fc.array(action, { maxLength: 30, size: 'max' }), (options, actions) => {
      const conversation = new HttpConversation(options);
      const wire = new WireJudge();
      const request = new RequestJudge();
      const arrived: number[] = [];
      let lost = false;
      for (const action of actions) {
        if (action.by === 'peer-body') arrived.push(...action.data);
        const overBefore = conversation.responseOver;
        const outcome = act(conversation, action);
        if (typeof outcome === 'string') continue;
        for (const output of outcome.outputs) wire.write(output);
        if (outcome.given) request.receive(outcome.given);
        if (action.by === 'peer-lost' && !overBefore) lost = true;
        if (lost) expect(conversation.responseState).toBe('lost');
        expect(wire.terminal !== undefined || lost, 'over without a terminal output').toBe(
          conversation.responseOver,
        );
      }
      for (const output of conversation.applicationEnded('application.returns').outputs)
        wire.write(output);
      expect(conversation.responseOver).toBe(true);
      expect(wire.terminal !== undefined).toBe(!lost);
      for (let i = 0; i < 2; i++) {
        const last = conversation.receive()?.event;
        expect(last?.type).toBe('http.closed');
        if (last) request.receive(last);
      }
      expect(arrived.slice(0, request.data.length), 'the body as it arrived').toEqual(request.data);
    }),
    runs(500),
  );
});

test('misuse.no-effect: a conversation with Misuse in it goes on as one without', () => {
  fc.assert(
    fc.property(options, fc.array(action, { maxLength: 30, size: 'max' }), (options, actions) => {
      const tried = new HttpConversation(options);
      const untried = new HttpConversation(options);
      for (const action of actions) {
        const before = snapshot(tried);
        const outcome = act(tried, action);
        if (outcome === 'misuse' || outcome === 'closed') expect(snapshot(tried)).toEqual(before);
        else expect(act(untried, action)).toEqual(outcome);
        expect(snapshot(untried)).toEqual(snapshot(tried));
      }
    }),
    runs(500),
  );
});
