// What the tap is told of calls that wait, of what fills the buffers, and of what brings what about.

import { expect, test } from 'vitest';
import { turn } from '../../tests/fixtures/puppet.ts';
import type { HttpHandler } from '../app/index.ts';
import { application } from '../app/index.ts';
import type { Limits } from '../interface/index.ts';
import { createRecorder, normalise, type TraceEvent } from '../trace/index.ts';
import { createGateway } from './gateway.ts';
import { type MemoryExchange, requestInMemory } from './transport/memory.ts';

/** Events of one request, and the request itself. */
function ask(http: HttpHandler, limits: Partial<Limits> = {}) {
  const events: TraceEvent[] = [];
  const recorder = createRecorder({
    run: 'test',
    now: () => events.length,
    emit: (event) => events.push(event),
  });
  const gateway = createGateway(application({ http }), {
    tap: recorder.tap,
    lifespan: false,
    limits,
  });
  const client = requestInMemory(gateway, {
    method: 'POST',
    target: '/',
    headers: [['host', 'a']],
  });
  return { events, client, gateway };
}

/** Reads what there is until the response is over. */
async function readAll(client: MemoryExchange): Promise<number> {
  let size = 0;
  for await (const part of client) if (part.type === 'body') size += part.data.length;
  return size;
}

const brief = ({ type, phase, span, cause, buffered, requirement }: TraceEvent) => ({
  type,
  phase,
  ...(span === undefined ? {} : { span }),
  ...(cause === undefined ? {} : { cause }),
  ...(buffered === undefined ? {} : { buffered }),
  requirement,
});

const ofApp = (events: readonly TraceEvent[]) => events.filter(({ lane }) => lane === 'app');
const START = { type: 'http.response.start', status: 200, headers: [] } as const;
const END = { type: 'http.response.end' } as const;
const HIGH = 65_536;
const bodyOf = (size: number) =>
  ({ type: 'http.response.body', data: new Uint8Array(size) }) as const;

test('flow.send-waits: a `send` that waits is a span from its event to the moment at which there is room', async () => {
  const { events, client } = ask(
    async (_scope, _receive, send) => {
      await send(START);
      await send(bodyOf(HIGH));
      await send(END);
    },
    { send_buffer_octets: HIGH },
  );
  await turn();
  const stopped = ofApp(events).map(brief);
  expect(stopped).toEqual([
    { type: 'http.response.start', phase: 'i', buffered: 0, requirement: 'http.commit.on-start' },
    { type: 'http.response.body', phase: 'i', buffered: HIGH + 32, requirement: 'http.duplex' },
    {
      type: 'send',
      phase: 'B',
      span: 1,
      cause: events.find(({ type }) => type === 'http.response.body')?.seq,
      buffered: HIGH + 32,
      requirement: 'flow.send-waits',
    },
  ]);
  expect(await readAll(client)).toBe(HIGH);
  await turn();
  expect(ofApp(events).slice(stopped.length).map(brief)).toMatchObject([
    { type: 'send', phase: 'E', span: 1, buffered: 0, requirement: 'flow.send-waits' },
    { type: 'http.response.end' },
    { type: 'application.returns' },
  ]);
});

test('flow.send-settles-on-close: a wait that the loss of the peer ends says so, and why', async () => {
  const { events, client } = ask(
    async (_scope, _receive, send) => {
      await send(START);
      await send(bodyOf(HIGH));
    },
    { send_buffer_octets: HIGH },
  );
  await turn();
  client.reset('peer_reset');
  await turn();
  const lost = events.find(({ type }) => type === 'peer.lost')?.seq;
  expect(lost).toBeDefined();
  expect(events.find(({ type, phase }) => type === 'send' && phase === 'E')).toMatchObject({
    span: 1,
    cause: lost,
    requirement: 'flow.send-settles-on-close',
    payload: { preview: expect.stringContaining('peer_reset') },
  });
});

test('flow.end-settles: an end of the response ends the waits of all `send`s before it', async () => {
  const { events, client } = ask(
    async (_scope, _receive, send) => {
      await send(START);
      void send(bodyOf(HIGH));
      void send(bodyOf(HIGH));
      await send(END);
    },
    { send_buffer_octets: HIGH },
  );
  await turn();
  const waits = ofApp(events).filter(({ type }) => type === 'send');
  expect(waits.map(brief)).toMatchObject([
    { phase: 'B', span: 1, buffered: HIGH + 32 },
    { phase: 'B', span: 2, buffered: 2 * (HIGH + 32) },
    { phase: 'E', span: 1, requirement: 'flow.end-settles' },
    { phase: 'E', span: 2, requirement: 'flow.end-settles' },
  ]);
  await readAll(client);
});

test('receive: one that waits is a span up to the event that it gives, which follows from what arrived', async () => {
  const { events, client } = ask(async (_scope, receive, send) => {
    await receive();
    await receive();
    await send(START);
    await send(END);
  });
  await turn();
  void client.write(new Uint8Array(10));
  client.end();
  await readAll(client);
  await turn();
  const seqOf = (type: string) =>
    events.find((event) => event.lane === 'gateway' && event.type === type)?.seq;
  expect(ofApp(events).slice(0, 3).map(brief)).toEqual([
    { type: 'receive', phase: 'B', span: 1, requirement: undefined },
    {
      type: 'http.request.body',
      phase: 'E',
      span: 1,
      cause: seqOf('http.request.body'),
      buffered: 0,
      requirement: 'http.request.no-empty-body',
    },
    // What is there when it is asked for was not waited for.
    {
      type: 'http.request.end',
      phase: 'i',
      cause: seqOf('http.request.end'),
      buffered: 0,
      requirement: 'http.request.end-once',
    },
  ]);
});

test('flow.input-bounded: what has arrived and was not received is told as a level', async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { events, client } = ask(async (_scope, receive, send) => {
    await gate;
    for (let type = ''; type !== 'http.request.end'; ) type = (await receive()).type;
    await send(START);
    await send(END);
  });
  await turn();
  void client.write(new Uint8Array(100));
  void client.write(new Uint8Array(200));
  client.end();
  await turn();
  go();
  await readAll(client);
  const levels = (lane: string) =>
    events.filter((event) => event.lane === lane && event.dir === 'in').map((e) => e.buffered);
  expect(levels('gateway').slice(1)).toEqual([132, 364, 396]);
  expect(levels('app')).toEqual([264, 32, 0]);
});

test('a gateway that acts by itself says after what: the end of the call, or the loss', async () => {
  const { events, client } = ask(async () => {
    throw new Error('broken');
  });
  await readAll(client);
  const raised = events.find(({ type }) => type === 'application.raises')?.seq;
  expect(raised).toBeDefined();
  expect(
    events.filter(({ lane, dir }) => lane === 'gateway' && dir === 'out').map(({ cause }) => cause),
  ).toEqual([raised, raised, raised]);
});

test('normalise: whether a call waited is a matter of time, and no difference', async () => {
  const http: HttpHandler = async (_scope, receive, send) => {
    await receive();
    await send(START);
    await send(END);
  };
  const [early, late] = [ask(http), ask(http)];
  early.client.end();
  await readAll(early.client);
  await turn();
  late.client.end();
  await readAll(late.client);
  await turn();
  expect(late.events.some(({ phase }) => phase === 'B')).toBe(true);
  expect(early.events.some(({ phase }) => phase === 'B')).toBe(false);
  expect(normalise(late.events)).toEqual(normalise(early.events));
});
