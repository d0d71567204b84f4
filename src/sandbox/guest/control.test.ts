// Control over an application, with a real gateway and a client in memory; the application does what the test says.

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  type Call,
  puppet,
  settled,
  standing,
  turn,
  until,
} from '../../../tests/fixtures/puppet.ts';
import { runs } from '../../../tests/fuzz/runs.ts';
import { createGateway, type Fault } from '../../gateway/index.ts';
import { type MemoryExchange, requestInMemory } from '../../gateway/transport/memory.ts';
import type { Application, HttpSendEvent } from '../../interface/index.ts';
import type { TraceEvent, TraceStep } from '../../trace/index.ts';
import { isWait } from '../../trace/normalise.ts';
import type { Arming } from '../control.ts';
import { Control } from './control.ts';

const START: HttpSendEvent = { type: 'http.response.start', status: 200 };
const BODY: HttpSendEvent = { type: 'http.response.body', data: new Uint8Array(10) };
const FINISH: HttpSendEvent = { type: 'http.response.end' };

async function serve(arming: Arming = {}) {
  const { application, next, calls } = puppet();
  const steps: TraceStep[] = [];
  const faults: Fault[] = [];
  const time = { hold: vi.fn(), release: vi.fn() };
  const onStanding = vi.fn();
  const control = new Control({
    arming,
    time,
    tap: (step) => void steps.push(step),
    numberOf: (conn) => conn,
    onStanding,
  });
  const gateway = createGateway(control.wrap(application as Application), {
    lifespan: false,
    tap: (step) => void steps.push(step),
    onFault: (fault) => void faults.push(fault),
  });
  const open = async (): Promise<Call & { client: MemoryExchange }> => {
    const client = requestInMemory(gateway, {
      method: 'POST',
      target: '/',
      headers: [
        ['host', 'localhost'],
        ['transfer-encoding', 'chunked'],
      ],
    });
    return { ...(await next()), client };
  };
  /** Types of what the application has done, as the gateway saw it. */
  const seen = (conn = 1) =>
    steps
      .filter((step) => step.conn === conn && step.lane === 'app' && !isWait(step as TraceEvent))
      .map(({ type }) => type);
  return { control, gateway, open, steps, faults, time, onStanding, seen, calls };
}

const stopsAt = ({ standing: { before: event } }: Control) =>
  event && `${event.conn} ${event.type}`;

describe('nothing armed', () => {
  test('events pass at once, in the same turn', async () => {
    const { open, control, seen, time } = await serve();
    const { send } = await open();
    void send(START);
    expect(seen()).toEqual(['http.response.start']);
    expect(control.paused).toBe(false);
    expect(time.hold).not.toHaveBeenCalled();
    expect(await standing(control.running())).toBe('resolved');
  });

  test('app.unsupported-scope: what the application raises is raised as it is', async () => {
    const { open, faults } = await serve();
    const { leave } = await open();
    const error = new Error('mine');
    leave(error);
    await until(() => faults.length > 0);
    expect(faults[0]?.error).toBe(error);
  });
});

describe('an event that is held', () => {
  test('is not seen by the gateway, and time stands until it goes', async () => {
    const { open, control, seen, time, onStanding } = await serve({ when: { type: '*.body' } });
    const { send } = await open();
    await send(START);
    const sent = send(BODY);
    expect(stopsAt(control)).toBe('1 http.response.body');
    expect(seen()).toEqual(['http.response.start']);
    expect(await standing(sent)).toBe('pending');
    expect(await standing(control.running())).toBe('pending');
    expect(time.hold).toHaveBeenCalledTimes(1);
    expect(time.release).not.toHaveBeenCalled();
    control.resume();
    await sent;
    expect(seen()).toEqual(['http.response.start', 'http.response.body']);
    expect(time.release).toHaveBeenCalledTimes(1);
    expect(onStanding).toHaveBeenCalled();
  });

  test('holds all that come behind it, in every conversation, in their order', async () => {
    const { open, control, seen } = await serve({ when: { type: '*', conn: 1 } });
    const [one, two] = [await open(), await open()];
    void one.send(START);
    void two.send(START);
    void one.send(BODY);
    void two.send(BODY);
    expect(control.standing).toMatchObject({ held: 4, before: { conn: 1 } });
    expect([seen(1), seen(2)]).toEqual([[], []]);
    control.arm(undefined);
    control.resume();
    expect(seen(1)).toEqual(['http.response.start', 'http.response.body']);
    expect(seen(2)).toEqual(['http.response.start', 'http.response.body']);
  });

  test('of a call that returns without waiting goes before the return', async () => {
    const { open, control, seen, faults } = await serve({ paused: true });
    const { send, leave } = await open();
    void send(START);
    void send(FINISH);
    leave();
    await until(() => control.standing.held === 3);
    control.resume();
    await until(() => seen().length === 3);
    expect(seen()).toEqual(['http.response.start', 'http.response.end', 'application.returns']);
    expect(faults).toEqual([]);
  });

  test('event.check-order: a misuse is one when it goes, and not before', async () => {
    const { open, control } = await serve({ paused: true });
    const { send } = await open();
    const sent = send(BODY);
    expect(await standing(sent)).toBe('pending');
    control.resume();
    await expect(sent).rejects.toMatchObject({ name: 'Misuse' });
  });

  test('cancel.on-peer-loss: local.cancel fires all the same, and closed.on-send: its send fails when it goes', async () => {
    const { open, control, faults, seen } = await serve({ when: { type: '*.body' } });
    const { send, scope, client, leave } = await open();
    await send(START);
    const sent = send(BODY);
    client.reset();
    expect(scope.local.cancel.aborted).toBe(true);
    expect(await standing(sent)).toBe('pending');
    control.resume();
    await expect(sent).rejects.toMatchObject({ name: 'Closed', cause: 'peer_reset' });
    leave(await sent.catch((error: unknown) => error));
    await until(() => seen().includes('application.raises'));
    expect(faults).toEqual([]);
  });

  test('closed.not-an-error: nobody need wait for it', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { open, control } = await serve({ paused: true });
    const { send, client } = await open();
    void send(START);
    client.reset();
    control.release();
    await settled(() => control.paused, 5);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('what is received', () => {
  test('is held behind the gateway, and goes as it came', async () => {
    const { open, control, seen } = await serve({ when: { type: 'http.request.*', dir: 'in' } });
    const { receive, client } = await open();
    const received = receive();
    void client.write(new Uint8Array([1, 2]));
    await until(() => control.paused);
    expect(seen()).toEqual(['http.request.body']);
    expect(await standing(received)).toBe('pending');
    control.step();
    expect(await received).toMatchObject({ type: 'http.request.body' });
  });

  test('receive.single: another receive while it is held is Misuse, and told as the gateway tells it', async () => {
    const { open, control, steps } = await serve({ when: { type: '*', dir: 'in' } });
    const { receive, client } = await open();
    const first = receive();
    void client.write(new Uint8Array([1]));
    await until(() => control.paused);
    await expect(receive()).rejects.toMatchObject({
      name: 'Misuse',
      requirement: 'receive.single',
    });
    const told = steps.filter(({ violation }) => violation);
    control.release();
    await first;
    const [waiting, second] = [receive(), receive()];
    void waiting.catch(() => {});
    await expect(second).rejects.toMatchObject({ requirement: 'receive.single' });
    const own = steps.filter(({ violation }) => violation).at(-1) as TraceStep;
    expect(told).toHaveLength(1);
    expect({ ...told[0], state: own.state }).toEqual({ ...own, src: told[0]?.src });
  });

  test('flow.receive-while-sending: a send passes while a receive waits for the peer', async () => {
    const { open, seen, control } = await serve({ when: { type: '*', dir: 'in' } });
    const { receive, send } = await open();
    void receive();
    await send(START);
    expect(seen()).toEqual(['http.response.start']);
    expect(control.paused).toBe(false);
  });
});

describe('a step', () => {
  test('lets one event go, and stops before the next, whatever it is', async () => {
    const { open, control, seen, time } = await serve();
    control.step();
    expect(control.standing).toEqual({ before: null, held: 0, stepping: true });
    const { send, leave } = await open();
    const start = send(START);
    expect(control.standing).toEqual({
      before: { conn: 1, dir: 'out', type: 'http.response.start' },
      held: 1,
      stepping: false,
    });
    control.step();
    await start;
    expect(control.standing).toEqual({ before: null, held: 0, stepping: true });
    expect(time.release).toHaveBeenCalledTimes(1);
    void send(FINISH);
    expect(stopsAt(control)).toBe('1 http.response.end');
    control.step();
    leave();
    await until(() => control.paused);
    expect(stopsAt(control)).toBe('1 application.returns');
    control.step();
    await until(() => seen().includes('application.returns'));
  });

  test('does not let time go where another event is held already', async () => {
    const { open, control, time } = await serve({ paused: true });
    const { send } = await open();
    void send(START);
    void send(BODY);
    control.step();
    expect(stopsAt(control)).toBe('1 http.response.body');
    expect(time.release).not.toHaveBeenCalled();
  });
});

describe('resume', () => {
  test('stops again before what is armed, among what is held too', async () => {
    const { open, control, seen } = await serve({ when: { type: '*.end' }, paused: true });
    const { send } = await open();
    for (const event of [START, BODY, FINISH]) void send(event);
    control.resume();
    expect(stopsAt(control)).toBe('1 http.response.end');
    expect(seen()).toEqual(['http.response.start', 'http.response.body']);
    control.resume();
    expect(control.paused).toBe(false);
  });

  test('with nothing held ends a step that waits for an event', async () => {
    const { open, control, seen } = await serve({ paused: true });
    control.resume();
    const { send } = await open();
    await send(START);
    expect(seen()).toEqual(['http.response.start']);
  });
});

test('release lets everything go, stops before nothing, and whoever waited goes on', async () => {
  const { open, control, seen, time } = await serve({ when: { type: '*' } });
  const { send } = await open();
  void send(START);
  void send(BODY);
  const running = control.running();
  control.release();
  await running;
  await send(FINISH);
  expect(seen()).toEqual(['http.response.start', 'http.response.body', 'http.response.end']);
  expect(time.hold).toHaveBeenCalledTimes(1);
  expect(time.release).toHaveBeenCalledTimes(1);
});

test('a lifespan is not held', async () => {
  const { control } = await serve({ paused: true });
  const called = vi.fn(async () => {});
  await control.wrap(called)(
    { type: 'lifespan', id: 'r-0' } as never,
    noop as never,
    noop as never,
  );
  expect(called).toHaveBeenCalledTimes(1);
  expect(control.paused).toBe(false);
});
const noop = () => {};

test('whatever is asked and sent: no event is lost, none overtakes another, and time stands exactly while one is held', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom('send 1', 'send 2') },
          { weight: 2, arbitrary: fc.constantFrom('step', 'resume', 'arm', 'disarm') },
          { weight: 1, arbitrary: fc.constantFrom('release', 'turn') },
        ),
        { maxLength: 40 },
      ),
      async (acts) => {
        const { open, control, seen, time, faults } = await serve();
        const conversations = [await open(), await open()];
        const sent: number[] = [0, 0];
        for (const { send } of conversations) await send(START);
        for (const act of acts) {
          const at = act === 'send 1' ? 0 : act === 'send 2' ? 1 : undefined;
          if (at !== undefined) {
            sent[at] = (sent[at] as number) + 1;
            void conversations[at]?.send({
              type: 'http.informational',
              status: 103,
              headers: [['link', `<${sent[at]}>; rel=preload`]],
            } as never);
          } else if (act === 'step') control.step();
          else if (act === 'resume') control.resume();
          else if (act === 'release') control.release();
          else if (act === 'arm') control.arm({ type: '*', conn: 1 });
          else if (act === 'disarm') control.arm(undefined);
          else await turn();
          const held = time.hold.mock.calls.length - time.release.mock.calls.length;
          expect(held).toBe(control.paused ? 1 : 0);
          expect(control.paused).toBe(control.standing.held > 0);
        }
        control.release();
        for (const at of [0, 1]) expect(seen(at + 1)).toHaveLength((sent[at] as number) + 1);
        expect(faults).toEqual([]);
      },
    ),
    runs(100),
  );
});
