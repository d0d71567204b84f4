// Whatever an application, a client, a drain and the clock do to one conversation of any type, through a whole gateway and
// the memory transport: one well-formed exchange, every promise settled, and nobody left behind.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { turn } from '../../tests/fixtures/puppet.ts';
import { runs } from '../../tests/fuzz/runs.ts';
import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type Application,
  Closed,
  Misuse,
} from '../interface/index.ts';
import { http, inWords, type Kind, tunnel, websocket } from './conversation/drive.fixture.ts';
import type { Input } from './conversation/model.fixture.ts';
import type { Output } from './conversation/output.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { type MemoryRequest, type MemoryResponse, requestInMemory } from './transport/memory.ts';

const bound = 300;
const LIMITS = {
  send_buffer_octets: bound,
  receive_buffer_octets: bound,
  message_octets: 100,
  body_octets: 600,
  idle_ms: 1000,
  drain_ms: 5000,
};

interface Type {
  readonly kind: Kind;
  readonly request: MemoryRequest;
  readonly grammar: RegExp;
  readonly datagrams?: true;
}

const RESPONSE =
  '(?:(?:informational \\d+|continue);)*(?:head \\d+;(?:(?:body|file) \\d+;)*(?:end;(?:abort [^;]+;)?|abort [^;]+;)?|refuse;|abort [^;]+;)?';
const host = ['host', 'a'] as const;

const TUNNEL_REQUEST: MemoryRequest = {
  method: 'GET',
  target: '/',
  headers: [host, ['connection', 'upgrade'], ['upgrade', 'echo']],
};
const TUNNEL_GRAMMAR = new RegExp(
  `^(?:${RESPONSE}|(?:informational \\d+;)*switch \\d+;(?:octets [^;]+;)*(?:shut;)?(?:drop [^;]+ reset;)?)$`,
);

const TYPES: readonly Type[] = [
  {
    kind: http({ method: 'POST', http_version: '1.1', bound }),
    request: { method: 'POST', target: '/', headers: [host, ['expect', '100-continue']] },
    grammar: new RegExp(`^${RESPONSE}$`),
  },
  {
    kind: websocket({ bound }),
    request: {
      method: 'GET',
      target: '/',
      headers: [
        host,
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
        ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ['sec-websocket-version', '13'],
        ['sec-websocket-protocol', 'chat'],
      ],
    },
    grammar: new RegExp(
      `^(?:${RESPONSE}|(?:informational \\d+;)*switch \\d+;(?:(?:text|data|pong|ping)[^;]*;)*(?:Close[^;]*;(?:close;)?)?(?:drop cancel;)?)$`,
    ),
  },
  {
    kind: tunnel({ by: 'upgrade', datagrams: 'none', bound }),
    request: TUNNEL_REQUEST,
    grammar: TUNNEL_GRAMMAR,
  },
  {
    kind: tunnel({ by: 'upgrade', datagrams: 'capsules', bound }),
    request: TUNNEL_REQUEST,
    grammar: TUNNEL_GRAMMAR,
    datagrams: true,
  },
];

type Step =
  | { readonly do: 'send'; readonly event: AnySendEvent }
  | { readonly do: 'write'; readonly data: Uint8Array }
  | { readonly do: 'pass'; readonly milliseconds: number }
  | {
      readonly do:
        | 'receive'
        | 'return'
        | 'raise'
        | 'read'
        | 'end'
        | 'reset'
        | 'turn'
        | 'drain'
        | 'deadline';
    };

const large = new Uint8Array(bound + 1).fill(7);

function stepsOf({ kind }: Type): fc.Arbitrary<readonly Step[]> {
  const sends: Step[] = [];
  const writes: Step[] = [];
  for (const input of kind.inputs as readonly Input[]) {
    if (input.do === 'send') sends.push({ do: 'send', event: input.event });
    if (input.do === 'send-malformed')
      sends.push({ do: 'send', event: input.event as AnySendEvent });
    if (input.do === 'frame' || input.do === 'octets')
      writes.push({ do: 'write', data: input.data });
  }
  const [type = ''] = kind.name.split(' ');
  const bulky: Readonly<Record<string, Step>> = {
    http: { do: 'send', event: { type: 'http.response.body', data: large } },
    websocket: { do: 'send', event: { type: 'websocket.message', data: large } },
    tunnel: { do: 'send', event: { type: 'tunnel.data', data: large } },
  };
  if (type !== 'websocket') writes.push({ do: 'write', data: large });
  const opening = sends.filter(
    (step) =>
      step.do === 'send' &&
      /^(?:websocket|tunnel)\.accept$|^http\.response\.start$/.test(step.event?.type ?? ''),
  );
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...sends) },
    { weight: 3, arbitrary: fc.constant(bulky[type] as Step) },
    { weight: 5, arbitrary: fc.constant<Step>({ do: 'receive' }) },
    { weight: 4, arbitrary: fc.constant<Step>({ do: 'read' }) },
    { weight: 5, arbitrary: fc.constantFrom(...writes) },
    { weight: 4, arbitrary: fc.constant<Step>({ do: 'turn' }) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(250, 1250, 2500)
        .map((ms): Step => ({ do: 'pass', milliseconds: ms })),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Step>(
        ...(['return', 'raise', 'end', 'reset', 'drain', 'deadline'] as const).map((what) => ({
          do: what,
        })),
      ),
    },
  );
  const first = fc.constantFrom<readonly Step[]>([], ...opening.map((step) => [step]));
  return fc
    .tuple(first, fc.array(step, { maxLength: 40, size: 'max' }))
    .map(([first, rest]) => [...first, ...rest]);
}

const unhandled = vi.fn();
beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'],
  });
  process.on('unhandledRejection', unhandled);
});
afterEach(() => {
  vi.useRealTimers();
  process.off('unhandledRejection', unhandled);
});

/** Follows the calls of an application without waiting for them. */
class Calls {
  pending = 0;
  readonly errors: unknown[] = [];
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(promise: Promise<unknown>, then: (value: unknown) => void = () => {}): void {
    this.pending++;
    promise.then(
      (value) => {
        this.pending--;
        then(value);
      },
      (error: unknown) => {
        this.pending--;
        this.errors.push(error);
        // cancel.on-peer-loss, cancel.reason
        if (!(error instanceof Closed)) return;
        const { aborted, reason } = this.#signal;
        if (!aborted || reason.cause !== error.cause)
          this.errors.push(new Error(`${error.message}, and local.cancel has ${reason}`));
      },
    );
  }
}

interface Conversation {
  readonly scope: AnyScope;
  readonly receive: () => Promise<AnyReceiveEvent>;
  readonly send: (event: AnySendEvent) => Promise<void>;
  leave(error?: Error): void;
}

async function begin(type: Type) {
  let call: Conversation | undefined;
  const application: Application = async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      await receive();
      await send({
        type: 'lifespan.ready',
        accepts: { tunnel: 1, 'http.file': 1, ...(type.datagrams ? { 'tunnel.datagram': 1 } : {}) },
        tunnels: ['echo'],
      });
      await receive();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      call = { scope, receive, send, leave: (error) => (error ? reject(error) : resolve()) };
    });
  };
  const gateway = createGateway(application, {
    limits: LIMITS,
    openFile: (path) =>
      path === '/srv/one'
        ? ({ offset: 0, length: 1, close() {}, read: () => large.subarray(0, 1) } as never)
        : { guard: path.slice('/srv/'.length) as 'file-missing', message: path },
  });
  expect(await gateway.start()).toEqual({ ready: true });
  const outputs: Output[] = [];
  const recorded: Gateway = {
    ...gateway,
    request: (head, wire) => {
      const write = wire.write.bind(wire);
      wire.write = (output) => {
        outputs.push(output);
        write(output);
      };
      return gateway.request(head, wire);
    },
  };
  const client = requestInMemory(recorded, type.request);
  await turn();
  if (!call) throw new Error('the application was not called');
  return { gateway, client, outputs, call };
}

describe.each(TYPES)('$kind.name', (type) => {
  test('gateway: one well-formed exchange, and every call settles', async () => {
    await fc.assert(
      fc.asyncProperty(stepsOf(type), async (steps) => {
        unhandled.mockClear();
        const { gateway, client, outputs, call } = await begin(type);
        const { scope, receive, send, leave } = call;
        const signal = scope.local.cancel;
        const calls = new Calls(signal);
        const writes = new Calls(signal);
        const reader = client[Symbol.asyncIterator]();
        const seen: MemoryResponse[] = [];
        const given: AnyReceiveEvent[] = [];
        const sentOctets: number[] = [];
        const written: number[] = [];
        let reading: Promise<void> = Promise.resolve();
        let over = false;
        const read = () => {
          reading = reading.then(async () => {
            const { value, done } = await reader.next();
            if (done) over = true;
            else seen.push(value);
          });
          writes.add(reading);
        };
        const take = (event: unknown) => {
          given.push(event as AnyReceiveEvent);
          const { cause } = event as { cause?: string };
          const lost = cause !== undefined && cause !== 'complete';
          if (lost && signal.reason?.cause !== cause)
            calls.errors.push(
              new Error(`${cause} was given, and local.cancel has ${signal.reason}`),
            );
        };

        let clientGone = false;
        for (const step of steps) {
          switch (step.do) {
            case 'send':
              calls.add(
                send(step.event).then(() => {
                  if (step.event?.type === 'tunnel.data') sentOctets.push(...step.event.data);
                }),
              );
              break;
            case 'receive':
              calls.add(receive(), take);
              break;
            case 'return':
              leave();
              break;
            case 'raise':
              leave(new Error('raised'));
              break;
            case 'write':
              if (clientGone) break;
              written.push(...step.data);
              writes.add(client.write(step.data));
              break;
            case 'end':
              clientGone = true;
              client.end();
              break;
            case 'reset':
              clientGone = true;
              client.reset('peer_reset');
              break;
            case 'read':
              read();
              break;
            case 'drain':
              gateway.drain();
              break;
            case 'deadline':
              gateway.drain();
              gateway.deadline();
              break;
            case 'pass':
              vi.advanceTimersByTime(step.milliseconds);
              break;
            case 'turn':
              await turn();
          }
        }
        const firstReason = signal.reason;

        // The application goes, the client reads to the end, and all limits of time pass.
        leave();
        await turn();
        for (let i = 0; i < 200 && !over; i++) {
          read();
          await turn();
          if (i % 10 === 9) vi.advanceTimersByTime(2500);
        }
        client.reset();
        await turn();
        vi.advanceTimersByTime(5000);
        await turn();
        calls.add(receive(), take);
        await turn();

        expect(calls.pending, 'a `send` or `receive` waits for ever').toBe(0);
        expect(writes.pending, 'the client waits for ever').toBe(0);
        expect(gateway.active, 'a conversation is never over').toBe(0);
        expect(unhandled).not.toHaveBeenCalled();
        for (const error of calls.errors)
          expect(error instanceof Misuse || error instanceof Closed, String(error)).toBe(true);
        expect(writes.errors).toEqual([]);
        if (firstReason !== undefined) expect(signal.reason, 'cancel.once').toBe(firstReason);

        const wire = inWords(outputs.filter((output) => output.do !== 'discard'));
        expect(wire.map((word) => `${word};`).join('')).toMatch(type.grammar);
        judgeGiven(given);
        if (type.datagrams) return;
        const arrived = given.flatMap((event) =>
          event.type === 'tunnel.data' || event.type === 'http.request.body' ? [...event.data] : [],
        );
        expect(arrived, 'octets as they were sent').toEqual(written.slice(0, arrived.length));
        if (scope.type === 'tunnel') {
          const onWire = outputs.flatMap((output) =>
            output.do === 'octets' ? [...output.data] : [],
          );
          expect(sentOctets, 'octets of a send that resolved').toEqual(
            onWire.slice(0, sentOctets.length),
          );
        }
      }),
      runs(250),
    );
  });
});

/** The last event repeats, a drain is told of once, and everything comes before the last event. */
function judgeGiven(given: readonly AnyReceiveEvent[]): void {
  const first = given.findIndex(({ type }) => type.endsWith('.closed'));
  expect(first, 'the last event was given').toBeGreaterThanOrEqual(0);
  for (const event of given.slice(first)) expect(event).toEqual(given[first]);
  expect(given.filter(({ type }) => type === 'gateway.drain').length).toBeLessThanOrEqual(1);
}
