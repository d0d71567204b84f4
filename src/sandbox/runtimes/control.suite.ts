// What every runtime does with a program under control: it is held still, stepped and disturbed, and its clock with it.

import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../tests/fixtures/puppet.ts';
import {
  parseScenario,
  type ScenarioExchange,
  type ScenarioWebSocket,
  type SocketEvent,
} from '../../client/index.ts';
import { isWait } from '../../trace/normalise.ts';
import type { Arming } from '../control.ts';
import type { Files } from '../program.ts';
import type { LogLine, Session } from '../runtime.ts';
import { expectedSteps, load, run, steps, text } from './contract.fixture.ts';
import type { Language } from './contract.language.ts';

/** The suite, for the guest that the caller keeps. `printed` leaves out what is not the program's. */
export function controlContract(
  guest: () => Session,
  printed: (logs: readonly LogLine[]) => string[],
  language: Language,
): void {
  const { answers, endless } = language;
  describe('under control', () => {
    let session: Session;
    beforeAll(() => {
      session = guest();
    });
    const [request] = parseScenario('GET / HTTP/1.1') as [ScenarioExchange];
    type Told = Awaited<ReturnType<typeof load>>;

    /** Loads a program under control and sends it a request, which goes on until the test lets it end. */
    async function begin(program: Files, control: Arming, scenario?: string) {
      const told = await load(session, program, control);
      const [exchange] = scenario ? parseScenario(scenario) : [request];
      const report = session.request(exchange as ScenarioExchange, 1);
      report.catch(() => {});
      return { told, report };
    }

    const paused = (told: Told, type: string) =>
      until(() => told.standings.at(-1)?.before?.type === type);
    const running = (told: Told) => until(() => told.standings.at(-1)?.before === null);
    /** The application waits with a `send`. */
    const waits = ({ events }: Told) =>
      until(() => events.some(({ type, phase }) => type === 'send' && phase === 'B'));
    /** Nothing happens any more: not within two signs of life. */
    const quiet = async (told: Told) => {
      for (let events = -1; events !== told.events.length; ) {
        events = told.events.length;
        const { beats } = told;
        await until(() => told.beats > beats + 1);
      }
    };
    /** Of the application, what has been in the trace. */
    const seen = ({ events }: Told) =>
      events.filter((event) => event.lane === 'app' && !isWait(event)).map(({ type }) => type);

    test('a run that stops nowhere has the trace of one without control', async () => {
      const { events, reports } = await run(session, answers);
      const { told, report } = await begin(answers, {});
      expect(text(await report)).toBe(text(reports[0]));
      await until(() => told.events.length === events.length);
      expect(steps(told.events)).toEqual(steps(events));
      expect(steps(events)).toEqual(await expectedSteps());
    });

    test('an event that is to be stopped before is held, and nothing of it happens', async () => {
      const { told, report } = await begin(answers, {
        when: { type: 'http.response.b*', dir: 'out', conn: 1 },
      });
      await paused(told, 'http.response.body');
      expect(told.standings.at(-1)).toEqual({
        before: { conn: 1, dir: 'out', type: 'http.response.body' },
        held: 1,
        stepping: false,
        open: [{ conn: 1 }],
      });
      expect(seen(told)).toEqual(['http.response.start']);
      session.control({ do: 'resume' });
      expect(text(await report)).toBe('answer');
      expect(steps(told.events)).toEqual(await expectedSteps());
    });

    test('what is received is held once the gateway has given it', async () => {
      const { told, report } = await begin(
        language.tells,
        { when: { type: '*', dir: 'in' } },
        'POST / HTTP/1.1\n\nbody',
      );
      await paused(told, 'http.request.body');
      expect(seen(told)).toContain('http.request.body');
      expect(printed(told.logs)).toEqual([]);
      session.control({ do: 'resume' });
      await report;
      expect(printed(told.logs)).toEqual(['got http.request.body']);
    });

    test('a step lets one event go, and stops before the next', async () => {
      const { told, report } = await begin(answers, { paused: true });
      await paused(told, 'http.response.start');
      for (const next of ['http.response.body', 'http.response.end', 'application.returns']) {
        session.control({ do: 'step' });
        await paused(told, next);
      }
      expect(seen(told)).toEqual([
        'http.response.start',
        'http.response.body',
        'http.response.end',
      ]);
      session.control({ do: 'step' });
      expect(text(await report)).toBe('answer');
      await until(() => seen(told).includes('application.returns'));
      expect(steps(told.events)).toEqual(await expectedSteps());
    });

    test('the next exchange waits while something is held', async () => {
      const { told, report } = await begin(answers, { paused: true });
      await paused(told, 'http.response.start');
      session.control({ do: 'arm', when: null });
      session.control({ do: 'inject', fault: 'reset', conn: 1 });
      expect((await report).result.outcome).toBe('left');
      const next = session.request(request, 2);
      session.control({ do: 'resume' });
      expect((await next).result.status).toBe(200);
      const began = told.events.find(({ conn }) => conn === 2)?.seq ?? 0;
      const sent = told.events.find(({ lane, conn }) => lane === 'app' && conn === 1)?.seq ?? 0;
      expect(began).toBeGreaterThan(sent);
    });

    test('Pause, inject disconnect, the application sees Closed, local.cancel fires, and nothing is logged as a fault', async () => {
      const { told, report } = await begin(endless(1024), { when: { type: 'http.response.body' } });
      await paused(told, 'http.response.body');
      session.control({ do: 'arm', when: null });
      session.control({ do: 'inject', fault: 'disconnect', conn: 1 });
      const { result, faults } = await report;
      expect(result).toMatchObject({ outcome: 'left', status: 200 });
      session.control({ do: 'resume' });
      await until(() => seen(told).includes('application.raises'));
      expect(await session.finish()).toMatchObject({ faults: [] });
      expect(faults).toEqual([]);
      expect(printed(told.logs)).toEqual(['cancel fires', 'Closed, after cancel']);
      const [injected] = told.events.filter(({ fault }) => fault);
      expect(injected).toMatchObject({
        lane: 'client',
        dir: 'out',
        type: 'client.left',
        fault: 'disconnect',
        conn: 1,
      });
      expect(told.events.filter(({ violation }) => violation)).toEqual([]);
    });

    test('cancel.on-peer-loss: local.cancel fires while an event is held, and its send fails when it is let go', async () => {
      const { told, report } = await begin(endless(1024), { when: { type: 'http.response.body' } });
      await paused(told, 'http.response.body');
      session.control({ do: 'inject', fault: 'reset', conn: 1 });
      await until(() => printed(told.logs).includes('cancel fires'));
      expect(printed(told.logs)).toEqual(['cancel fires']);
      session.control({ do: 'resume' });
      const { result, faults } = await report;
      expect(result.outcome).toBe('left');
      expect(faults).toEqual([]);
      await until(() => printed(told.logs).length === 2);
      expect(printed(told.logs)).toEqual(['cancel fires', 'Closed, after cancel']);
      expect(told.events.filter(({ fault }) => fault)).toMatchObject([
        { type: 'client.reset', fault: 'reset' },
      ]);
    });

    test('a client that stalls takes nothing, loses no patience, and goes on when it is let', async () => {
      const { told, report } = await begin(
        language.sends(512, 16_384),
        { when: { type: 'http.response.body' } },
        '# @timeout 1s\nGET / HTTP/1.1',
      );
      await paused(told, 'http.response.body');
      session.control({ do: 'inject', fault: 'stall', conn: 1 });
      session.control({ do: 'arm', when: null });
      session.control({ do: 'resume' });
      await waits(told);
      // More than the client would wait, of its own clock.
      session.control({ do: 'move', ms: 5000 });
      await running(told);
      expect(told.standings.at(-1)?.open).toEqual([{ conn: 1, hindrance: 'stall' }]);
      expect(told.events.some(({ type }) => type === 'client.timeout')).toBe(false);
      session.control({ do: 'relent', conn: 1 });
      const { result } = await report;
      expect(result).toMatchObject({ outcome: 'complete', size: 512 * 16384 });
      expect(told.events.map(({ type }) => type)).toContain('client.goes-on');
    });

    test('timeout.stalled-reader: with the clock moved, a client that stalls is given up', async () => {
      const { told, report } = await begin(endless(65_536), {
        when: { type: 'http.response.body' },
      });
      await paused(told, 'http.response.body');
      session.control({ do: 'inject', fault: 'stall', conn: 1 });
      session.control({ do: 'arm', when: null });
      session.control({ do: 'resume' });
      await waits(told);
      // Where the system takes much for a client that reads nothing, the last wait is not the first.
      await quiet(told);
      session.control({ do: 'move', ms: 61_000 });
      await until(() => seen(told).includes('application.raises'));
      expect(told.events.filter(({ type }) => type === 'peer.lost')).toMatchObject([
        { payload: { preview: 'timeout' } },
      ]);
      session.control({ do: 'relent', conn: 1 });
      expect((await report).result.outcome).toBe('aborted');
    });

    test('a slow client reads small pieces', async () => {
      const { told, report } = await begin(language.sends(1, 4096), {
        when: { type: 'http.response.body' },
      });
      await paused(told, 'http.response.body');
      session.control({ do: 'inject', fault: 'slow', conn: 1 });
      session.control({ do: 'resume' });
      const { result } = await report;
      expect(result).toMatchObject({ outcome: 'complete', size: 4096 });
      const pieces = told.events.filter(({ type }) => type === 'client.response.body');
      expect(pieces.map(({ payload }) => payload?.size)).toEqual([1024, 1024, 1024, 1024]);
    });

    test('time stands still with it, and what is held is not in the times of the trace', async () => {
      const { told, report } = await begin(answers, {
        when: { type: 'http.response.body' },
      });
      await paused(told, 'http.response.body');
      const from = performance.now();
      const { beats } = told;
      // Two signs of life: more than a second.
      await until(() => told.beats > beats + 1);
      const held = performance.now() - from;
      session.control({ do: 'resume' });
      const { result } = await report;
      expect(result.times.end).toBeLessThan(held);
      expect(told.events.at(-1)?.t).toBeLessThan(held);
    });

    test('an interrupt lets all go at once', async () => {
      const { told, report } = await begin(endless(1024), { paused: true });
      await paused(told, 'http.response.start');
      session.interrupt();
      const { result, faults } = await report;
      expect(result.outcome).toBe('interrupted');
      expect(faults).toEqual([]);
      await running(told);
      expect(await session.finish()).toMatchObject({ faults: [] });
      // The next program is free of it.
      expect(text((await run(session, answers)).reports[0])).toBe('answer');
    });

    test('the next program is not held, and what was held is of no concern to it', async () => {
      const { told } = await begin(endless(1024), { paused: true });
      await paused(told, 'http.response.start');
      const { reports, logs } = await run(session, answers);
      expect(text(reports[0])).toBe('answer');
      expect(printed(logs)).toEqual([]);
    });

    test('what is asked of a program without control does nothing', async () => {
      await load(session, answers);
      session.control({ do: 'step' });
      expect(text(await session.request(request, 1))).toBe('answer');
    });

    test('a message of a live socket can be held, and its client reset', async () => {
      const told = await load(session, language.sockets, { when: { type: 'websocket.message' } });
      const [socketRequest] = parseScenario('WEBSOCKET /echo') as [ScenarioWebSocket];
      const events: SocketEvent[] = [];
      const socket = await session.open(socketRequest, 1, (event) => void events.push(event));
      await until(() => events.length === 1);
      socket.send('one');
      await paused(told, 'websocket.message');
      session.control({ do: 'inject', fault: 'reset', conn: 1 });
      session.control({ do: 'resume' });
      expect(await socket.done).toMatchObject({ faults: [] });
      expect(events.at(-1)).toMatchObject({ type: 'closed', clean: false });
    });

    test('the timers of the program stand as far as the place says', async () => {
      const { files, printed: lines } = language.sleeps;
      const { told, report } = await begin(
        files,
        { paused: true },
        '# @timeout 90s\nGET / HTTP/1.1',
      );
      await paused(told, 'http.response.start');
      const { beats } = told;
      await until(() => told.beats > beats + 1);
      const stands = session.capabilities.clock === 'all';
      expect(printed(told.logs)).toEqual(stands ? [] : lines.slice(0, 1));
      session.control({ do: 'resume' });
      if (stands) {
        session.control({ do: 'move', ms: 60_000 });
        expect((await report).result.outcome).toBe('complete');
        const end = told.events.find(({ type }) => type === 'http.response.end');
        expect(end?.t).toBeGreaterThan(49_000);
        expect(printed(told.logs)).toEqual(lines);
      } else session.interrupt();
      await report;
    });
  });
}
