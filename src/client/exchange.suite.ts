// What every transport of the client makes of the exchanges of a scenario: WebSockets, tunnels, and requests that end, begin
// again or run beside others in ways of their own. Against real applications behind a real gateway.

import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../tests/fixtures/puppet.ts';
import type {
  Application,
  HttpScope,
  Receive,
  Send,
  TunnelReceiveEvent,
  TunnelScope,
  TunnelSendEvent,
  WebsocketReceiveEvent,
  WebsocketScope,
  WebsocketSendEvent,
} from '../interface/index.ts';
import { type HttpReceiveEvent, type HttpSendEvent, UnsupportedScope } from '../interface/index.ts';
import { normalise, type TraceEvent, type TraceStep } from '../trace/index.ts';
import {
  type ClientResult,
  joinLanes,
  openSocket,
  parseScenario,
  type RunOptions,
  runExchanges,
  runRequest,
  type ScenarioWebSocket,
  type SocketEvent,
} from './index.ts';
import type { Bench, Differences, OpenBench } from './transport.suite.ts';

interface Parts {
  http?(
    scope: HttpScope,
    receive: Receive<HttpReceiveEvent>,
    send: Send<HttpSendEvent>,
  ): Promise<void>;
  websocket?(
    scope: WebsocketScope,
    receive: Receive<WebsocketReceiveEvent>,
    send: Send<WebsocketSendEvent>,
  ): Promise<void>;
  tunnel?(
    scope: TunnelScope,
    receive: Receive<TunnelReceiveEvent>,
    send: Send<TunnelSendEvent>,
  ): Promise<void>;
}

/** An application of parts, which takes CONNECT as a tunnel. */
function applicationOf(parts: Parts): Application {
  const call = async (
    scope: { readonly type: string },
    receive: () => Promise<{ readonly type: string }>,
    send: (event: unknown) => Promise<void>,
  ) => {
    if (scope.type === 'lifespan') {
      await receive();
      await send({
        type: 'lifespan.ready',
        accepts: { tunnel: 1 },
        tunnels: ['CONNECT'],
      });
      while ((await receive()).type !== 'lifespan.shutdown');
      return;
    }
    const part = parts[scope.type as keyof Parts] as
      | ((...call: unknown[]) => Promise<void>)
      | undefined;
    if (!part) throw new UnsupportedScope(scope.type);
    await part(scope, receive, send);
  };
  return call as unknown as Application;
}

const octets = (text: string) => new TextEncoder().encode(text);
const text = (data: string | Uint8Array) =>
  typeof data === 'string' ? data : new TextDecoder().decode(data);

/** Echoes messages, and gives the close back. */
const echo: NonNullable<Parts['websocket']> = async (scope, receive, send) => {
  const [subprotocol] = scope.subprotocols;
  await send({ type: 'websocket.accept', ...(subprotocol ? { subprotocol } : {}) });
  for (;;) {
    const event = await receive();
    if (event.type === 'websocket.closed') return;
    if (event.type === 'websocket.message') await send(event);
  }
};

const answer = async (send: Send<HttpSendEvent>, body: string, status = 200) => {
  await send({ type: 'http.response.start', status });
  await send({ type: 'http.response.body', data: octets(body) });
  await send({ type: 'http.response.end' });
};

export function exchangeSuite(name: string, open: OpenBench, differences: Differences): void {
  const { version = '1.1' } = differences;
  describe(`exchanges over ${name}`, () => {
    const benches: Bench[] = [];
    afterEach(async () => {
      for (const opened of benches.splice(0)) await opened.close();
    });

    async function bench(parts: Parts) {
      const opened = await open(applicationOf(parts), true);
      benches.push(opened);
      return opened;
    }

    /** Runs a scenario against an application. */
    async function run(parts: Parts, scenario: string) {
      const opened = await bench(parts);
      const steps: TraceStep[] = [];
      const results = await runExchanges(parseScenario(scenario), (exchange, index) =>
        runRequest(exchange, {
          dial: opened.dial,
          conn: index + 1,
          tap: (step) => steps.push(step),
          drain: () => opened.drain(),
        }),
      );
      await opened.idle();
      const [result] = results as [ClientResult, ...ClientResult[]];
      return { ...opened, results, result, steps };
    }

    const said = ({ messages }: ClientResult) =>
      messages.map(({ dir, data }) => `${dir} ${text(data)}`);

    describe('WebSockets', () => {
      test('websocket.message-whole: messages go both ways as they are, and the close is clean', async () => {
        const { result, steps } = await run(
          { websocket: echo },
          'WEBSOCKET /chat?a\n\nhällo\n=== wait-for-server\n# @hex\n00 ff\n===\n# @text ""\n=== wait-for-server 2\n# @close 3001 bye',
        );
        expect(result).toMatchObject({
          kind: 'websocket',
          outcome: 'complete',
          status: version === '2' ? 200 : 101,
          size: 6 + 2,
          attempts: 1,
          messagesDropped: 0,
          closed: { code: 3001, clean: true },
          times: { head: expect.any(Number), end: expect.any(Number) },
        });
        expect(result.messages.filter(({ dir }) => dir === 'out').map(({ data }) => data)).toEqual([
          'hällo',
          Uint8Array.of(0, 255),
          '',
        ]);
        expect(result.messages.filter(({ dir }) => dir === 'in').map(({ data }) => data)).toEqual([
          'hällo',
          Uint8Array.of(0, 255),
          '',
        ]);
        // How the directions interleave is the transport's.
        const types = (wanted: string) =>
          steps.filter(({ dir }) => dir === wanted).map(({ type }) => type.replace('client.', ''));
        const sent = Array(3).fill('websocket.send');
        const came = Array(3).fill('websocket.receive');
        expect(types('out')).toEqual(['request', ...sent, 'websocket.close']);
        expect(types('in')).toEqual(['response', ...came, 'websocket.close']);
      });

      test('when its steps are over the client closes with 1000', async () => {
        let closed: unknown;
        const { result } = await run(
          {
            async websocket(_, receive, send) {
              await send({ type: 'websocket.accept' });
              do closed = await receive();
              while ((closed as { type: string }).type !== 'websocket.closed');
            },
          },
          'WEBSOCKET /\n\nhello',
        );
        expect(closed).toMatchObject({ code: 1000, reason: '', initiator: 'peer', clean: true });
        expect(result).toMatchObject({ outcome: 'complete', closed: { code: 1000, clean: true } });
      });

      test('fields go out as they are written, and the handshake has what they lack', async () => {
        let scope: WebsocketScope | undefined;
        const { result } = await run(
          {
            websocket(its, receive, send) {
              scope = its;
              return echo(its, receive, send);
            },
          },
          'WEBSOCKET /a\nX-One: 1\nx-one: 2\nSec-WebSocket-Protocol: b, a\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n',
        );
        expect(scope?.subprotocols).toEqual(['b', 'a']);
        expect(scope?.headers.filter(([field]) => field === 'x-one')).toEqual([
          ['x-one', '1'],
          ['x-one', '2'],
        ]);
        expect(result).toMatchObject({ outcome: 'complete', subprotocol: 'b' });
        if (version !== '2') {
          // RFC 6455 section 1.3.
          expect(result.headers).toContainEqual([
            'sec-websocket-accept',
            's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
          ]);
        }
      });

      test('websocket.denial: a denial is a response like any other', async () => {
        const { result } = await run(
          {
            async websocket(_, __, send) {
              await send({ type: 'http.response.start', status: 403, headers: [['x-why', 'no']] });
              await send({ type: 'http.response.body', data: octets('Members only') });
              await send({ type: 'http.response.end' });
            },
          },
          'WEBSOCKET /\n\nnever sent',
        );
        expect(result).toMatchObject({ outcome: 'complete', status: 403, messages: [] });
        expect(text(result.body)).toBe('Members only');
        expect(result.headers).toContainEqual(['x-why', 'no']);
        expect(result.closed).toBeUndefined();
      });

      test('websocket.handshake: a handshake in an old version is answered without the application', async () => {
        const { result } = await run({ websocket: echo }, 'WEBSOCKET /\nSec-WebSocket-Version: 8');
        expect(result).toMatchObject({ outcome: 'complete', status: version === '2' ? 400 : 426 });
      });

      test('websocket.close-frame: a close of the application is answered', async () => {
        const { result } = await run(
          {
            async websocket(_, receive, send) {
              await send({ type: 'websocket.accept' });
              await send({ type: 'websocket.message', text: 'one' });
              await send({ type: 'websocket.close', code: 4001, reason: 'session expired' });
              while ((await receive()).type !== 'websocket.closed');
            },
          },
          'WEBSOCKET /\n\n=== wait-for-server 5\nnever sent',
        );
        expect(said(result)).toEqual(['in one']);
        expect(result).toMatchObject({
          outcome: 'complete',
          closed: { code: 4001, reason: 'session expired', clean: true },
        });
      });

      test('@reset: the client is gone, and the application hears of it', async () => {
        let closed: unknown;
        const { result } = await run(
          {
            async websocket(_, receive, send) {
              await send({ type: 'websocket.accept' });
              await receive();
              closed = await receive();
            },
          },
          'WEBSOCKET /\n\nhello\n# @reset',
        );
        expect(closed).toMatchObject({ type: 'websocket.closed', code: 1006, clean: false });
        expect(result).toMatchObject({ outcome: 'left', closed: { clean: false } });
      });

      test('an error of the application is a Close frame like any other', async () => {
        const { result } = await run(
          {
            async websocket(_, __, send) {
              await send({ type: 'websocket.accept' });
              throw new Error('broken');
            },
          },
          'WEBSOCKET /\n\n=== wait-for-server',
        );
        expect(result).toMatchObject({ outcome: 'complete', closed: { code: 1011, clean: true } });
      });

      test('openSocket: a person sends and closes, and is told what comes', async () => {
        const opened = await bench({ websocket: echo });
        const [request] = parseScenario('WEBSOCKET /\nSec-WebSocket-Protocol: a\n\nleft out');
        const events: SocketEvent[] = [];
        const options: RunOptions = { dial: opened.dial, conn: 1 };
        const live = openSocket(request as ScenarioWebSocket, {
          ...options,
          onEvent: (event) => events.push(event),
        });
        // Before it is open: it waits.
        live.send('one');
        live.send(Uint8Array.of(1, 2));
        await until(() => events.length === 3);
        expect(() => live.close(1005)).toThrow(RangeError);
        live.close(1000, 'bye');
        live.send('too late');
        const result = await live.done;
        expect(events).toEqual([
          {
            type: 'open',
            status: version === '2' ? 200 : 101,
            headers: expect.any(Array),
            subprotocol: 'a',
          },
          { type: 'message', data: 'one' },
          { type: 'message', data: Uint8Array.of(1, 2) },
          { type: 'closed', code: 1000, reason: expect.any(String), clean: true },
        ]);
        expect(result).toMatchObject({ outcome: 'complete', kind: 'websocket' });
        expect(result.messages).toHaveLength(4);
      });

      test('openSocket: a denial is told once, with its body', async () => {
        const opened = await bench({
          websocket: (_, __, send) => answer(send as Send<HttpSendEvent>, 'No', 403),
        });
        const events: SocketEvent[] = [];
        const [request] = parseScenario('WEBSOCKET /');
        const live = openSocket(request as ScenarioWebSocket, {
          dial: opened.dial,
          conn: 1,
          onEvent: (event) => events.push(event),
        });
        await live.done;
        expect(events).toEqual([
          { type: 'denied', status: 403, headers: expect.any(Array), body: octets('No') },
        ]);
      });
    });

    describe('tunnels', () => {
      const tunnel: NonNullable<Parts['tunnel']> = async (_, receive, send) => {
        await send({ type: 'tunnel.accept' });
        for (;;) {
          const event = await receive();
          if (event.type === 'tunnel.data') await send(event);
          else if (event.type === 'tunnel.end') return send({ type: 'tunnel.end' });
          else if (event.type === 'tunnel.closed') return;
        }
      };

      test('tunnel.end-half-close: octets go both ways, and each direction ends by itself', async () => {
        const { result, steps } = await run(
          { tunnel },
          'CONNECT example.org:443\n\nping\n=== wait-for-server\n# @hex\n00ff\n',
        );
        expect(result).toMatchObject({ kind: 'tunnel', outcome: 'complete', status: 200, size: 6 });
        expect([...result.body]).toEqual([...octets('ping'), 0, 255]);
        const types = steps.map(({ dir, type }) => `${dir} ${type.replace('client.', '')}`);
        expect(types.slice(0, 4)).toEqual([
          'out request',
          'in response',
          'out tunnel.octets',
          'in tunnel.octets',
        ]);
        expect(types).toContain('out tunnel.end');
        expect(types.at(-1)).toBe('in tunnel.end');
      });

      test('tunnel.end-half-close: what the client sends behind the end of the server arrives', async () => {
        let came = '';
        const { result } = await run(
          {
            async tunnel(_, receive, send) {
              await send({ type: 'tunnel.accept' });
              await send({ type: 'tunnel.data', data: octets('over') });
              await send({ type: 'tunnel.end' });
              for (
                let event = await receive();
                event.type === 'tunnel.data';
                event = await receive()
              )
                came += text(event.data);
            },
          },
          'CONNECT example.org:443\n\n=== wait-for-server\n# @pause 20ms\none\n# @pause 20ms\ntwo',
        );
        expect(text(result.body)).toBe('over');
        expect(came).toBe('onetwo');
        expect(result.outcome).toBe('complete');
      });

      test('a tunnel that is denied is a response like any other', async () => {
        const { result } = await run(
          {
            async tunnel(_, __, send) {
              await answer(send as Send<HttpSendEvent>, 'Not there', 403);
            },
          },
          'CONNECT example.org:443\n\nnever sent',
        );
        expect(result).toMatchObject({ outcome: 'complete', status: 403, messages: [] });
        expect(text(result.body)).toBe('Not there');
      });
    });

    describe('requests', () => {
      const reading = (done: (size: number, last: HttpReceiveEvent) => void): Parts => ({
        async http(_, receive, send) {
          let size = 0;
          let event = await receive();
          for (; event.type === 'http.request.body'; event = await receive())
            size += event.data.length;
          done(size, event);
          if (event.type === 'http.request.end') await answer(send, `${size} octets`);
        },
      });

      test('http.half-close: a client that ends its direction reads its response', async () => {
        const { result, steps } = await run(
          reading(() => {}),
          '# @half-close\n# @chunks lines\nPOST /\n\none\ntwo',
        );
        expect(result).toMatchObject({ outcome: 'complete', status: 200 });
        expect(text(result.body)).toBe('7 octets');
        expect(steps.map(({ type }) => type)).toContain('client.half-close');
      });

      test.each([
        ['# @disconnect-after 5\n# @chunks 2\nPOST /\n\nabcdefgh', 5],
        ['# @disconnect-after 3\nPOST /\n\nabcdefgh', 3],
        ['# @disconnect-after 0\nPOST /\n\nabc', 0],
      ])('http.closed.after-data: %j', async (scenario, octetsOfBody) => {
        let came: [number, HttpReceiveEvent] | undefined;
        const { result, steps } = await run(
          reading((...how) => (came = how)),
          scenario,
        );
        expect(came?.[0]).toBe(octetsOfBody);
        expect(came?.[1].type).toBe('http.closed');
        expect(result).toMatchObject({ outcome: 'left', status: undefined });
        expect(steps.at(-1)?.type).toBe('client.left');
      });

      test('@retry: what was refused is sent again, and no more often than it says', async () => {
        let calls = 0;
        const refusing = (times: number): Parts => ({
          async http(_, __, send) {
            if (++calls % 10 <= times) await send({ type: 'http.refuse' });
            else await answer(send, 'at last');
          },
        });
        const taken = await run(refusing(2), '# @retry 5\nPOST /\n\nabc');
        expect(taken.result).toMatchObject({ outcome: 'complete', status: 200, attempts: 3 });
        calls = 0;
        const given = await run(refusing(2), '# @retry 1\nGET /');
        expect(given.result).toMatchObject({ outcome: 'closed', status: undefined, attempts: 2 });
      });

      test('@together: requests wait for each other in the application, and results keep their order', async () => {
        const arrived: string[] = [];
        const { results } = await run(
          {
            async http({ path }, _, send) {
              arrived.push(path);
              await until(() => arrived.length >= (path === '/last' ? 4 : 3));
              await answer(send, path);
            },
          },
          'GET /1\n###\n# @together\nGET /2\n###\n# @together\nGET /3\n###\nGET /last',
        );
        expect(results.map(({ body }) => text(body))).toEqual(['/1', '/2', '/3', '/last']);
        expect(arrived[3]).toBe('/last');
      });

      test('drain.notice: @drain begins once the response has', async () => {
        const { result } = await run(
          {
            async http(_, receive, send) {
              await send({ type: 'http.response.start', status: 200 });
              let event = await receive();
              while (event.type !== 'gateway.drain') event = await receive();
              await send({ type: 'http.response.body', data: octets('drained') });
              await send({ type: 'http.response.end' });
            },
          },
          '# @drain\nGET /',
        );
        expect(result).toMatchObject({ outcome: 'complete', status: 200 });
        expect(text(result.body)).toBe('drained');
      });

      test.skipIf(version === '2')('@http 1.0 goes out in that version', async () => {
        let scope: HttpScope | undefined;
        const { result } = await run(
          {
            async http(its, _, send) {
              scope = its;
              await answer(send, 'old');
            },
          },
          '# @http 1.0\n# @chunks 1\nPOST /\n\nabc',
        );
        expect(scope).toMatchObject({ http_version: '1.0', content_length: 3 });
        expect(text(result.body)).toBe('old');
      });
    });

    test('joinLanes: what is sent again, and at the same time, has one number in both lanes', async () => {
      let refused = false;
      const opened = await bench({
        websocket: echo,
        async http({ path }, _, send) {
          const refuse = path === '/again' && !refused;
          refused ||= refuse;
          if (refuse) await send({ type: 'http.refuse' });
          else await answer(send, path);
        },
      });
      const joined: TraceStep[] = [];
      const lanes = joinLanes((step) => joined.push(step));
      let replayed = 0;
      const catchUp = () => {
        for (; replayed < opened.steps.length; replayed++)
          lanes.gateway(opened.steps[replayed] as TraceStep);
      };
      await runExchanges(
        parseScenario(
          '# @retry 1\nGET /again\n###\n# @together\nGET /b\n###\n# @together\nWEBSOCKET /c\n###\nGET /d',
        ),
        (exchange, index) =>
          runRequest(exchange, {
            dial: opened.dial,
            conn: index + 1,
            tap(step) {
              if (step.dir === 'in') catchUp();
              lanes.client(step);
            },
          }),
      );
      await opened.idle();
      catchUp();
      const heads = joined.filter(({ type }) => type === 'http.request');
      const numbered = heads.map(
        ({ conn, payload }) => `${conn} ${payload?.preview.split(' ')[1]}`,
      );
      expect(numbered.sort()).toEqual(['1 /again', '1 /again', '2 /b', '3 /c', '4 /d']);
    });

    test('normalise: a WebSocket has the same trace each time, whatever its key', async () => {
      const scenario = 'WEBSOCKET /\n\nhello\n=== wait-for-server';
      const traces = await Promise.all(
        [1, 2].map(async () => {
          const { steps } = await run({ websocket: echo }, scenario);
          return normalise(steps as unknown as TraceEvent[]);
        }),
      );
      expect(traces[0]).toEqual(traces[1]);
    });
  });
}
