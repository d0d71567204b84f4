// The behaviour that every transport of the gateway shares, seen through a client. Each transport calls this suite from a
// test file of its own and names how it differs; what only one transport can do is tested beside that transport.

import { afterEach, describe, expect, test } from 'vitest';
import { given, puppet, settled, standing } from '../../tests/fixtures/puppet.ts';
import {
  type Application,
  Closed,
  type Fields,
  type HttpResponseStart,
  type HttpSendEvent,
  UnsupportedScope,
} from '../interface/index.ts';
import type { TraceStep } from '../trace/index.ts';
import type { ClientConnection, ClientRequest, ClientResponse, Dial } from './run.ts';

/** A gateway with an application behind it and a way to reach it. */
export interface Bench {
  readonly dial: Dial;
  /** Messages of the faults that the gateway reported. */
  readonly faults: readonly string[];
  readonly steps: readonly TraceStep[];
  drain(): void;
  /** Resolves when no call of the application is left. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** How a transport differs from the others, each with its reason. */
export interface Differences {
  /** `transport` of `scope.peer`. */
  readonly addresses: 'memory' | 'tcp';
  /** What a client that leaves looks like: TCP tells a reset from a lost connection only at times. */
  readonly lossCauses: readonly string[];
  /** Of HTTP. In version 2 frames say where a message ends, `host` can be absent, and trailers always have a place. */
  readonly version?: '2';
}

/** `lifespan`: whether the application has one. */
export type OpenBench = (application: Application, lifespan: boolean) => Promise<Bench>;

const KIB = 1024;
const MIB = 1024 * KIB;
const octets = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

const start: HttpResponseStart = { type: 'http.response.start', status: 200 };
const end: HttpSendEvent = { type: 'http.response.end' };
const abort: HttpSendEvent = { type: 'http.response.abort' };
const discard: HttpSendEvent = { type: 'http.request.discard' };
const body = (data: string | Uint8Array): HttpSendEvent => ({
  type: 'http.response.body',
  data: typeof data === 'string' ? octets(data) : data,
});

/** Reads what a client sees, one event at a time or to the end. */
class Reader {
  readonly #events: AsyncIterator<ClientResponse>;
  constructor(connection: ClientConnection) {
    this.#events = connection[Symbol.asyncIterator]();
  }

  async next(): Promise<ClientResponse> {
    const { value, done } = await this.#events.next();
    return done ? expect.unreachable('there is no more to read') : value;
  }

  async nextBody(): Promise<string> {
    const next = await this.next();
    return next.type === 'body' ? text(next.data) : expect.unreachable(`not a body: ${next.type}`);
  }

  /** The whole response: what is left of it. */
  async rest() {
    const rest = {
      informational: [] as number[],
      status: undefined as number | undefined,
      headers: [] as Fields,
      body: '',
      size: 0,
      trailers: [] as Fields,
      outcome: '',
    };
    while (!rest.outcome) {
      const next = await this.next();
      if (next.type === 'informational') rest.informational.push(next.status);
      else if (next.type === 'head') ({ status: rest.status, headers: rest.headers } = next);
      else if (next.type === 'body') {
        rest.size += next.data.length;
        if (rest.size < MIB) rest.body += text(next.data);
      } else {
        rest.outcome = next.type;
        if (next.type === 'end') rest.trailers = next.trailers;
      }
    }
    return rest;
  }
}

/** The fields that the application sent; a transport adds its own. */
const sent = (headers: Fields) =>
  headers.filter(
    ([name]) => !['date', 'connection', 'keep-alive', 'transfer-encoding'].includes(name),
  );

export function transportSuite(name: string, open: OpenBench, differences: Differences): void {
  const { version = '1.1' } = differences;
  describe(`transport ${name}`, () => {
    const benches: Bench[] = [];

    async function bench() {
      const { application, calls, next } = puppet();
      const opened = await open(application as unknown as Application, false);
      benches.push(opened);
      const connections: ClientConnection[] = [];
      return {
        ...opened,
        calls,
        next,
        /** Sends a request's head. */
        request(request: Partial<ClientRequest> = {}) {
          const connection = opened.dial({
            method: 'GET',
            target: '/',
            headers: [['Host', 'example.org']],
            ...request,
          });
          connections.push(connection);
          return { connection, reader: new Reader(connection) };
        },
      };
    }

    /** A bench with one request under way, and the call that it led to. */
    async function exchange(request: Partial<ClientRequest> = {}, { whole = true } = {}) {
      const opened = await bench();
      const { connection, reader } = opened.request(request);
      if (whole) connection.end();
      return { ...opened, connection, reader, call: await opened.next() };
    }

    const upload: Partial<ClientRequest> = {
      method: 'POST',
      headers: [
        ['Host', 'example.org'],
        ['Transfer-Encoding', 'chunked'],
      ],
    };

    afterEach(async () => {
      for (const opened of benches.splice(0)) await opened.close();
    });

    describe('the request', () => {
      test('the scope says what was sent', async () => {
        const { call } = await exchange({
          method: 'PURGE',
          target: '/a%2Fb/../c//d?e=%20f',
          headers: [
            ['Host', 'example.org:81'],
            ['X-Twice', 'one'],
            ['x-other', 'ä'],
            ['X-TWICE', 'two'],
            ['Content-Length', '0'],
          ],
        });
        const { headers, ...scope } = call.scope;
        expect(scope).toMatchObject({
          type: 'http',
          http_version: version,
          method: 'PURGE',
          scheme: 'http',
          authority: 'example.org:81',
          target: '/a%2Fb/../c//d?e=%20f',
          path: '/a%2Fb/../c//d',
          mount: '',
          query: 'e=%20f',
          content_length: 0,
          peer: { transport: differences.addresses },
          local_address: { transport: differences.addresses },
        });
        // http.headers.lowercase, http.headers.order
        expect(headers.slice(0, 5)).toEqual([
          ['host', 'example.org:81'],
          ['x-twice', 'one'],
          ['x-other', 'ä'],
          ['x-twice', 'two'],
          ['content-length', '0'],
        ]);
      });

      test('http.query.null: no `?` is null, an empty query is empty', async () => {
        const { request, next } = await bench();
        for (const [target, query] of [
          ['/a', null],
          ['/a?', ''],
        ] as const) {
          request({ target }).connection.end();
          expect((await next()).scope.query).toBe(query);
        }
      });

      test('http.request.end-once: a request without a body ends at once', async () => {
        const { call } = await exchange();
        expect(await call.receive()).toEqual({ type: 'http.request.end', trailers: [] });
      });

      test('http.request.dechunked, http.request.trailers: the body arrives as it was, then the trailers', async () => {
        const { call, connection } = await exchange(upload, { whole: false });
        for (const piece of ['one ', 'two ', 'three']) await connection.write(octets(piece));
        connection.end([['X-Checksum', 'abc']]);
        let whole = '';
        for (;;) {
          const event = await call.receive();
          if (event.type === 'http.request.body') whole += text(event.data);
          else {
            expect(event).toEqual({ type: 'http.request.end', trailers: [['x-checksum', 'abc']] });
            break;
          }
        }
        expect(whole).toBe('one two three');
        expect(call.scope.headers.map(([name]) => name)).not.toContain('x-checksum');
      });

      test('event.plain-data: octets are a Uint8Array and nothing more, on both sides', async () => {
        const { call, connection, reader } = await exchange(upload, { whole: false });
        await connection.write(octets('abc'));
        const event = await call.receive();
        if (event.type !== 'http.request.body') return expect.unreachable(event.type);
        // A Buffer, which is one too, would share its octets where `slice` is to copy them.
        expect(Object.getPrototypeOf(event.data)).toBe(Uint8Array.prototype);
        await call.send(start);
        await call.send(body(event.data));
        await reader.next();
        const answer = await reader.next();
        if (answer.type !== 'body') return expect.unreachable(answer.type);
        expect(Object.getPrototypeOf(answer.data)).toBe(Uint8Array.prototype);
      });

      test('a body of declared length arrives whole', async () => {
        const { call, connection } = await exchange(
          {
            method: 'PUT',
            headers: [
              ['Host', 'a'],
              ['Content-Length', '5'],
            ],
          },
          { whole: false },
        );
        expect(call.scope.content_length).toBe(5);
        await connection.write(octets('whole'));
        connection.end();
        expect(await call.receive()).toMatchObject({
          data: expect.objectContaining({ length: 5 }),
        });
        expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
      });

      test.skipIf(version === '2').each<[string, Fields, number]>([
        [
          'transfer-encoding and content-length',
          [
            ['Host', 'a'],
            ['Transfer-Encoding', 'chunked'],
            ['Content-Length', '5'],
          ],
          400,
        ],
        [
          'an unknown coding',
          [
            ['Host', 'a'],
            ['Transfer-Encoding', 'gzip, chunked'],
          ],
          501,
        ],
        [
          'two hosts',
          [
            ['Host', 'a'],
            ['Host', 'b'],
          ],
          400,
        ],
        ['no host', [], 400],
        ['a host that is none', [['Host', 'a@b']], 400],
      ])('security: %s is answered without the application', async (_, headers, status) => {
        const { request, calls } = await bench();
        const { connection, reader } = request({ method: 'POST', headers });
        const response = await reader.rest();
        connection.reset();
        expect(response).toMatchObject({ status, outcome: 'end' });
        expect(calls).toHaveLength(0);
      });

      test('large and unusual field values pass in both directions', async () => {
        const value = `${'x'.repeat(8 * KIB)} \t "é" \u00ff`;
        const { call, reader } = await exchange({
          headers: [
            ['Host', 'a'],
            ['X-Large', value],
          ],
        });
        expect(call.scope.headers).toContainEqual(['x-large', value]);
        await call.send({ ...start, headers: [['x-large', value]] });
        await call.send(end);
        expect(sent((await reader.rest()).headers)).toEqual([['x-large', value]]);
      });
    });

    describe('the response', () => {
      test('http.response.headers-order: a head, a body and an end arrive, with the fields as they were sent', async () => {
        const { call, reader } = await exchange();
        const headers: Fields = [
          ['set-cookie', 'a=1'],
          ['x-empty', ''],
          ['set-cookie', 'b=2'],
        ];
        await call.send({ type: 'http.response.start', status: 418, headers });
        await call.send(body('Hello, '));
        await call.send(body(''));
        await call.send(body('world'));
        await call.send(end);
        const response = await reader.rest();
        expect(response).toMatchObject({ status: 418, body: 'Hello, world', outcome: 'end' });
        expect(sent(response.headers)).toEqual(headers);
      });

      test('http.date: a response that is sent without a date has the time of now', async () => {
        const { call, reader } = await exchange();
        const before = Math.floor(Date.now() / 1000) * 1000;
        await call.send(start);
        await call.send(end);
        const { headers } = await reader.rest();
        const dates = headers.filter(([name]) => name === 'date').map(([, value]) => value);
        expect(dates).toHaveLength(1);
        expect(dates[0]).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
        // Node writes the same one for up to a second.
        expect(Date.parse(dates[0] ?? '')).toBeGreaterThanOrEqual(before - 1000);
        expect(Date.parse(dates[0] ?? '')).toBeLessThanOrEqual(Date.now());
      });

      test('http.date: the date of the application is kept', async () => {
        const { call, reader } = await exchange();
        const date: Fields = [['date', 'Thu, 01 Jan 1970 00:00:00 GMT']];
        await call.send({ ...start, headers: date });
        await call.send(end);
        const { headers } = await reader.rest();
        expect(headers.filter(([name]) => name === 'date')).toEqual(date);
      });

      test('http.commit.on-start: the head arrives without a body', async () => {
        const { call, reader } = await exchange();
        await call.send(start);
        expect(await reader.next()).toMatchObject({ type: 'head', status: 200 });
        await call.send(body('event'));
        expect(await reader.nextBody()).toBe('event');
      });

      test('http.duplex: the response goes out while the request arrives', async () => {
        const { call, connection, reader } = await exchange(upload, { whole: false });
        await call.send(start);
        expect(await reader.next()).toMatchObject({ type: 'head' });
        for (const piece of ['one', 'two', 'three']) {
          await connection.write(octets(piece));
          const event = await call.receive();
          if (event.type !== 'http.request.body') return expect.unreachable(event.type);
          await call.send(body(event.data));
          expect(await reader.nextBody()).toBe(piece);
        }
        connection.end();
        expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
        await call.send(end);
        expect(await reader.rest()).toMatchObject({ outcome: 'end' });
      });

      test('http.informational.before-commit: any number of informational responses, then the head', async () => {
        const { call, reader } = await exchange();
        const headers: Fields = [
          ['link', '</a.css>; rel=preload'],
          ['link', '</b.js>; rel=preload'],
        ];
        await call.send({ type: 'http.informational', status: 103, headers });
        await call.send({ type: 'http.informational', status: 110 });
        await call.send(start);
        await call.send(end);
        expect(await reader.next()).toEqual({ type: 'informational', status: 103, headers });
        expect(await reader.next()).toMatchObject({ type: 'informational', status: 110 });
        expect(await reader.rest()).toMatchObject({ status: 200, outcome: 'end' });
      });

      const expecting: Partial<ClientRequest> = {
        method: 'POST',
        headers: [
          ['Host', 'a'],
          ['Expect', '100-continue'],
          ['Content-Length', '2'],
        ],
      };

      test('http.continue.on-receive: the 100 comes with the first `receive`', async () => {
        const { call, connection, reader, steps } = await exchange(expecting, { whole: false });
        await settled(() => steps.length);
        expect(steps.map(({ type }) => type)).not.toContain('http.continue');
        const pending = call.receive();
        expect(await reader.next()).toMatchObject({ type: 'informational', status: 100 });
        await connection.write(octets('ok'));
        connection.end();
        expect(await pending).toMatchObject({ type: 'http.request.body' });
        await call.send(start);
        await call.send(end);
        expect(await reader.rest()).toMatchObject({ informational: [], status: 200 });
      });

      test('http.continue.on-receive: an application that does not read gets no body', async () => {
        const { call, reader } = await exchange(expecting, { whole: false });
        await call.send({ type: 'http.response.start', status: 413 });
        await call.send(end);
        call.leave();
        expect(await reader.rest()).toMatchObject({
          informational: [],
          status: 413,
          outcome: 'end',
        });
      });

      test('an expectation that nobody knows is the application’s to judge', async () => {
        const { call } = await exchange({
          headers: [
            ['Host', 'a'],
            ['Expect', 'x-miracle'],
          ],
        });
        expect(call.scope.headers).toContainEqual(['expect', 'x-miracle']);
      });

      test('http.head-length: the body of a response to HEAD is left off', async () => {
        const { call, reader } = await exchange({ method: 'HEAD' });
        await call.send({ ...start, headers: [['content-length', '12']] });
        await call.send(body('Hello, world'));
        await call.send(end);
        const response = await reader.rest();
        expect(response).toMatchObject({ status: 200, size: 0, outcome: 'end' });
        expect(sent(response.headers)).toEqual([['content-length', '12']]);
      });

      test.each([204, 205, 304])('http.bodyless: a %i has no body', async (status) => {
        const { call, reader } = await exchange();
        await call.send({ type: 'http.response.start', status, headers: [['x-a', 'b']] });
        await call.send(end);
        const response = await reader.rest();
        expect(response).toMatchObject({ status, size: 0, outcome: 'end' });
      });

      test('trailers arrive after the body', async () => {
        const { call, reader } = await exchange();
        const trailers: Fields = [
          ['server-timing', 'a;dur=1'],
          ['server-timing', 'b;dur=2'],
        ];
        await call.send({ ...start, headers: [['trailer', 'server-timing']] });
        await call.send(body('x'));
        await call.send({ type: 'http.response.end', trailers });
        expect(await reader.rest()).toMatchObject({ body: 'x', trailers, outcome: 'end' });
      });

      test.each<[string, number, Fields, string[]]>([
        ...(version === '2'
          ? []
          : ([['a declared length', 200, [['content-length', '1']], ['x']]] as const)),
        ['a 304', 304, [], []],
      ] as [string, number, Fields, string[]][])(
        'http.trailers.dropped: with %s there is no place for them',
        async (_, status, headers, pieces) => {
          const { call, reader } = await exchange();
          const announced: Fields = [['trailer', 'server-timing'], ...headers];
          await call.send({ type: 'http.response.start', status, headers: announced });
          for (const piece of pieces) await call.send(body(piece));
          await call.send({ type: 'http.response.end', trailers: [['server-timing', 'x']] });
          const response = await reader.rest();
          expect(response).toMatchObject({ status, trailers: [], outcome: 'end' });
          expect(sent(response.headers)).toEqual(headers);
        },
      );

      test('misuse.no-effect: after a second start the first response goes on', async () => {
        const { call, reader } = await exchange();
        await call.send({ ...start, headers: [['x-first', '1']] });
        await expect(call.send({ ...start, status: 500 })).rejects.toMatchObject({
          requirement: 'http.start-once',
        });
        await expect(call.send({ ...start, headers: [['X', '\n']] })).rejects.toThrow();
        await call.send(body('whole'));
        await call.send(end);
        const response = await reader.rest();
        expect(response).toMatchObject({ status: 200, body: 'whole', outcome: 'end' });
        expect(sent(response.headers)).toEqual([['x-first', '1']]);
      });
    });

    describe('ends', () => {
      test.each<[string, Fields]>([
        ['in chunks', []],
        ['of declared length', [['content-length', '100']]],
      ])(
        'http.abort.stream-only: an aborted response %s is seen to be broken',
        async (_, headers) => {
          const { call, reader } = await exchange();
          await call.send({ ...start, headers });
          await call.send(body('half'));
          expect(await reader.next()).toMatchObject({ type: 'head' });
          expect(await reader.nextBody()).toBe('half');
          await call.send(abort);
          expect(await reader.next()).toEqual({ type: 'aborted' });
        },
      );

      test('http.refuse: the connection closes unanswered', async () => {
        const { call, reader } = await exchange();
        await call.send({ type: 'http.refuse' });
        expect(await reader.rest()).toMatchObject({ status: undefined, outcome: 'closed' });
      });

      test('http.unsupported-scope: a scope that is declined is answered 501', async () => {
        const { call, reader, faults } = await exchange();
        call.leave(new UnsupportedScope('http'));
        expect(await reader.rest()).toMatchObject({ status: 501, outcome: 'end' });
        expect(faults).toEqual([]);
      });

      test('http.500-when-open: an error before the start is answered 500', async () => {
        const { call, reader, faults } = await exchange();
        call.leave(new Error('broken'));
        expect(await reader.rest()).toMatchObject({ status: 500, outcome: 'end' });
        expect(faults).toEqual(['Error: broken']);
      });

      test('http.abort-when-unended: an error after the start aborts', async () => {
        const { call, reader, faults } = await exchange();
        await call.send(start);
        expect(await reader.next()).toMatchObject({ type: 'head' });
        call.leave(new Error('late'));
        expect(await reader.next()).toEqual({ type: 'aborted' });
        expect(faults).toEqual(['Error: late']);
      });

      test('http.abort-when-unended: returning too early aborts', async () => {
        const { call, reader } = await exchange();
        await call.send(start);
        await call.send(body('half'));
        call.leave();
        expect(await reader.rest()).toMatchObject({ outcome: 'aborted' });
      });

      test('http.closed: the cause is `complete`, however long the application waits to ask', async () => {
        const { call, reader, connection, idle } = await exchange();
        await call.send(start);
        await call.send(end);
        expect(await reader.rest()).toMatchObject({ outcome: 'end' });
        connection.reset();
        expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
        const closed = await call.receive();
        expect(closed).toEqual({ type: 'http.closed', cause: 'complete' });
        expect(await call.receive()).toEqual(closed);
        expect(call.scope.local.cancel.aborted).toBe(false);
        call.leave();
        await idle();
      });
    });

    describe('flow', () => {
      const piece = new Uint8Array(64 * KIB).fill(0x78);

      test('flow.send-waits: a client that does not read makes `send` wait, and gets all in the end', async () => {
        const { call, reader } = await exchange();
        const most = 32 * MIB;
        let written = 0;
        const pump = async () => {
          await call.send(start);
          for (; written < most; written += piece.length) await call.send(body(piece));
          await call.send(end);
        };
        const pumping = pump();
        await settled(() => written);
        expect(written).toBeLessThan(most);
        const [response] = await Promise.all([reader.rest(), pumping]);
        expect(response).toMatchObject({ size: most, outcome: 'end' });
      });

      test('flow.input-bounded: an application that does not read makes the client wait, and gets all in the end', async () => {
        const { call, connection, steps } = await exchange(upload, { whole: false });
        const most = 32 * MIB;
        let written = 0;
        const pump = async () => {
          for (; written < most; written += piece.length) await connection.write(piece);
          connection.end();
        };
        const pumping = pump();
        const arrived = () =>
          steps
            .filter(({ lane, type }) => lane === 'gateway' && type === 'http.request.body')
            .reduce((sum, { payload }) => sum + (payload?.size ?? 0), 0);
        await settled(() => written);
        await settled(arrived);
        expect(written).toBeLessThan(most);
        // The high-water mark, and the piece that went beyond it.
        expect(arrived()).toBeLessThanOrEqual(128 * KIB);
        let read = 0;
        for (;;) {
          const event = await call.receive();
          if (event.type !== 'http.request.body') break;
          read += event.data.length;
        }
        await pumping;
        expect(read).toBe(most);
      });

      test('flow.no-sibling-stall: one response that waits does not hold up another', async () => {
        const { call, request, next } = await exchange();
        await call.send(start);
        let waiting = call.send(body(piece));
        while ((await standing(waiting)) !== 'pending') waiting = call.send(body(piece));
        waiting.catch(() => {});
        const other = request({ target: '/other' });
        other.connection.end();
        const second = await next();
        await second.send(start);
        await second.send(end);
        expect(await other.reader.rest()).toMatchObject({ status: 200, outcome: 'end' });
      });

      test('http.request.discard-drains: the rest of the request is read and dropped', async () => {
        const { call, connection, reader } = await exchange(upload, { whole: false });
        await call.send(discard);
        for (let i = 0; i < 64; i++) await connection.write(piece);
        connection.end();
        await call.send(start);
        await call.send(end);
        expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'complete' });
        expect(await reader.rest()).toMatchObject({ status: 200, outcome: 'end' });
      });

      test('flow: an application that returns without reading does not stop the client', async () => {
        const { call, connection, reader } = await exchange(upload, { whole: false });
        const written = connection.write(piece);
        await call.send(start);
        await call.send(end);
        call.leave();
        expect(await reader.rest()).toMatchObject({ status: 200, outcome: 'end' });
        await written;
      });
    });

    describe('the client leaves', () => {
      test('cancel.on-peer-loss: the signal is given, and a later `send` fails with Closed', async () => {
        const { call, connection, faults, idle } = await exchange();
        connection.reset();
        await given(call.scope.local.cancel);
        expect(differences.lossCauses).toContain((call.scope.local.cancel.reason as Closed).cause);
        const error = await call.send(start).catch((error) => error);
        expect(error).toBeInstanceOf(Closed);
        expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
        const { cause, code } = error as Closed;
        // cancel.reason
        const closed = { type: 'http.closed', cause, ...(code === undefined ? {} : { code }) };
        expect(await call.receive()).toEqual(closed);
        call.leave(error);
        await idle();
        expect(faults, 'closed.not-an-error').toEqual([]);
      });

      test('flow.send-settles-on-close: a `send` that waits fails with Closed', async () => {
        const { call, connection } = await exchange();
        await call.send(start);
        let waiting = call.send(body(new Uint8Array(MIB)));
        while ((await standing(waiting)) !== 'pending')
          waiting = call.send(body(new Uint8Array(MIB)));
        connection.reset();
        await expect(waiting).rejects.toThrow(Closed);
      });

      test('http.closed.after-data: what had arrived is given, then `http.closed`', async () => {
        const { call, connection, steps } = await exchange(upload, { whole: false });
        await connection.write(octets('half'));
        await expect.poll(() => steps.some(({ type }) => type === 'http.request.body')).toBe(true);
        connection.reset();
        await given(call.scope.local.cancel);
        expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
        expect(differences.lossCauses).toContain(
          await call
            .receive()
            .then((event) => (event.type === 'http.closed' ? event.cause : event.type)),
        );
      });

      test('a `receive` that waits is given `http.closed`', async () => {
        const { call, connection } = await exchange(upload, { whole: false });
        const waiting = call.receive();
        connection.reset();
        expect(await waiting).toMatchObject({ type: 'http.closed' });
      });

      test('in the middle of a response: the application hears of it, the gateway reports no fault', async () => {
        const { call, connection, reader, faults, idle } = await exchange();
        await call.send(start);
        await call.send(body('half'));
        expect(await reader.next()).toMatchObject({ type: 'head' });
        connection.reset();
        await given(call.scope.local.cancel);
        call.leave(await call.send(body('more')).catch((error) => error));
        await idle();
        expect(faults).toEqual([]);
      });
    });
  });
}
