// Whatever an application and a client do to each other through the gateway and the memory transport, in whatever order:
// every promise settles, the client sees one well-formed response, and nobody is left behind.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runs } from '../../tests/fuzz/runs.ts';
import {
  Closed,
  type HttpReceiveEvent,
  type HttpSendEvent,
  Misuse,
  type Receive,
  type Send,
} from '../interface/index.ts';
import { createRecorder, type TraceEvent } from '../trace/index.ts';
import { createGateway } from './gateway.ts';
import { type MemoryResponse, requestInMemory } from './transport/memory.ts';

/** One turn of the event loop: the memory transport needs no more to settle whatever can be settled. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

type Step =
  | { readonly do: 'send'; readonly event: HttpSendEvent }
  | { readonly do: 'receive' | 'return' | 'raise' | 'read' | 'end' | 'reset' | 'turn' }
  | { readonly do: 'write'; readonly size: number };

const KIB = 1024;
// Around the high-water mark, so that both sides come to wait.
const size = fc.constantFrom(0, 1, 40 * KIB, 70 * KIB);

const event: fc.Arbitrary<HttpSendEvent> = fc.oneof(
  fc.constantFrom<HttpSendEvent>(
    { type: 'http.response.start', status: 200 },
    { type: 'http.response.start', status: 204 },
    { type: 'http.response.start', status: 200, headers: [['content-length', '1']] },
    { type: 'http.response.start', status: 200, headers: [['Broken', 'x']] },
    { type: 'http.response.end', trailers: [['x-a', 'b']] },
    { type: 'http.response.end' },
    { type: 'http.response.abort' },
    { type: 'http.informational', status: 103 },
    { type: 'http.refuse' },
    { type: 'http.request.discard' },
    { type: 'http.response.begin' } as never,
  ),
  size.map((size) => ({ type: 'http.response.body' as const, data: new Uint8Array(size) })),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: event.map((event): Step => ({ do: 'send', event })) },
  { weight: 4, arbitrary: fc.constantFrom<Step>({ do: 'receive' }, { do: 'read' }) },
  { weight: 2, arbitrary: size.map((size): Step => ({ do: 'write', size })) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'turn' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      { do: 'return' },
      { do: 'raise' },
      { do: 'end' },
      { do: 'reset' },
    ),
  },
);

const unhandled = vi.fn();
beforeAll(() => void process.on('unhandledRejection', unhandled));
afterAll(() => void process.off('unhandledRejection', unhandled));

/** Follows promises without waiting for them. */
class Followed {
  readonly errors: unknown[] = [];
  pending = 0;
  add(promise: Promise<unknown>): void {
    this.pending++;
    promise.then(
      () => this.pending--,
      (error) => {
        this.pending--;
        this.errors.push(error);
      },
    );
  }
}

/** The grammar of what a client sees. @returns the terminal that was seen */
function judge(seen: readonly MemoryResponse[]): string | undefined {
  const types = seen.map(({ type }) => type);
  expect(types.filter((type) => type === 'head').length).toBeLessThanOrEqual(1);
  expect(types.join(' ')).toMatch(
    /^(?:(?:informational ?)*(?:closed$|head(?: body)*(?: (?:end|aborted|closed))?$)?)$/,
  );
  return types.findLast((type) => ['end', 'aborted', 'closed'].includes(type));
}

/** What a trace of calls that have all settled owes: every wait has its end, and every cause came before. */
function judgeTrace(events: readonly TraceEvent[]): void {
  const waits = new Map<number, TraceEvent>();
  for (const event of events) {
    const { seq, span, phase, cause } = event;
    if (cause !== undefined) expect(events[cause - 1]?.seq).toBeLessThan(seq);
    if (phase === 'i') expect(span).toBeUndefined();
    else if (phase === 'B') {
      expect(waits.has(span as number), 'a span begins twice').toBe(false);
      waits.set(span as number, event);
    } else {
      const begin = waits.get(span as number);
      expect(begin?.phase, 'a span ends that has not begun, or ends twice').toBe('B');
      expect(event.type === 'send').toBe(begin?.type === 'send');
      waits.set(span as number, event);
    }
    if (event.buffered !== undefined) expect(event.buffered).toBeGreaterThanOrEqual(0);
  }
  for (const { phase, seq } of waits.values()) expect(phase, `of event ${seq}`).toBe('E');
}

test('gateway: every call settles, and the client sees one well-formed response', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25, size: 'max' }),
      fc.constantFrom('GET', 'HEAD'),
      async (steps, method) => {
        unhandled.mockClear();
        let receive: Receive<HttpReceiveEvent> = () => expect.unreachable();
        let send: Send<HttpSendEvent> = () => expect.unreachable();
        let leave: (error?: Error) => void = () => {};
        const events: TraceEvent[] = [];
        const recorder = createRecorder({
          run: 'property',
          now: () => 0,
          emit: (event) => events.push(event),
        });
        const gateway = createGateway(
          (_scope, ...calls) => {
            [receive, send] = calls;
            return new Promise((resolve, reject) => {
              leave = (error) => (error ? reject(error) : resolve());
            });
          },
          { tap: recorder.tap, lifespan: false },
        );
        const client = requestInMemory(gateway, { method, target: '/', headers: [['host', 'a']] });
        const reader = client[Symbol.asyncIterator]();
        const seen: MemoryResponse[] = [];
        const calls = new Followed();
        const writes = new Followed();
        let reading: Promise<void> = Promise.resolve();
        const read = () => {
          reading = reading.then(async () => {
            const { value, done } = await reader.next();
            if (!done) seen.push(value);
          });
          writes.add(reading);
        };
        await turn();

        for (const step of steps) {
          switch (step.do) {
            case 'send':
              calls.add(send(step.event));
              break;
            case 'receive':
              calls.add(receive());
              break;
            case 'return':
              leave();
              break;
            case 'raise':
              leave(new Error('raised'));
              break;
            case 'write':
              writes.add(client.write(new Uint8Array(step.size)));
              break;
            case 'end':
              client.end();
              break;
            case 'reset':
              client.reset('peer_reset');
              break;
            case 'read':
              read();
              break;
            case 'turn':
              await turn();
          }
        }

        // The application goes; the client reads to the end and leaves.
        leave();
        await turn();
        expect(calls.pending, 'a `send` or `receive` waits for ever').toBe(0);
        while (judge(seen) === undefined) {
          const before = seen.length;
          read();
          await turn();
          expect(seen.length, 'the client waits for ever').toBeGreaterThan(before);
        }
        client.reset();
        await turn();
        expect(gateway.active, 'a conversation is never over').toBe(0);
        expect(writes.pending, 'a client waits for ever').toBe(0);
        expect(writes.errors).toEqual([]);
        for (const error of calls.errors)
          expect(error instanceof Misuse || error instanceof Closed, String(error)).toBe(true);
        expect(unhandled).not.toHaveBeenCalled();
        calls.add(receive());
        await turn();
        expect(calls.pending).toBe(0);
        judgeTrace(events);
      },
    ),
    runs(400),
  );
});
