// Conformance: flow control, cancellation and limits of time (proposal 6).

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { HttpReceiveEvent, HttpSendEvent, Send } from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import type { Stage } from '../stage.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const MIB = 1024 * 1024;
const start: HttpSendEvent = { type: 'http.response.start', status: 200 };
const end: HttpSendEvent = { type: 'http.response.end' };
const body = (data: string | Uint8Array): HttpSendEvent => ({
  type: 'http.response.body',
  data: typeof data === 'string' ? octets(data) : data,
});
/** More than the buffers of two systems between a gateway and its peer hold. */
const MANY = 64;

/** Sends until a `send` waits. @returns the promise that waits, and how many pieces were sent with it */
async function fill(
  send: Send<HttpSendEvent>,
  stage: Stage,
  piece: Uint8Array,
): Promise<{ readonly waiting: Promise<void>; readonly pieces: number }> {
  for (let pieces = 1; pieces <= MANY; pieces++) {
    const waiting = send(body(piece));
    if ((await stage.standing(waiting)) === 'pending') return { waiting, pieces };
    await waiting;
  }
  throw new Error(`${MANY} pieces of ${piece.length} octets were accepted, and none had to wait`);
}

/** An application that fills the buffer, notes how the waiting `send` ended, and ends its response. */
const fills = (then?: (stage: Stage) => Promise<void>): StageHandlers => ({
  async http(_scope, _receive, send, stage) {
    await send(start);
    const { waiting, pieces } = await fill(send, stage, new Uint8Array(MIB));
    stage.note('full', pieces);
    await then?.(stage);
    stage.note('outcome', await stage.outcome(waiting));
    stage.note('end', await stage.outcome(send(end)));
  },
});

/** Receives to the end of the conversation, and notes each event. */
const listens: StageHandlers = {
  async http(_scope, receive, _send, stage) {
    let event: HttpReceiveEvent;
    do {
      event = await receive();
      stage.note('received', event);
    } while (event.type !== 'http.closed');
  },
};

export default area('flow', 'Flow control, cancellation and time', [
  conforms('flow.limits-stated', 'the limits of the scope are those that the operator has set', {
    gateway: { limits: { target_octets: 100, idle_ms: 12_345 } },
    app: {
      async http(scope, _receive, send, stage) {
        stage.note('limits', scope.limits);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      equal((await t.fetch({ target: `/${'a'.repeat(99)}` })).status, 200);
      const limits = await t.seen<Record<string, unknown>>('limits');
      equal(limits.target_octets, 100);
      equal(limits.idle_ms, 12_345);
      equal((await t.fetch({ target: `/${'a'.repeat(100)}` })).status, 414);
    },
  }),

  conforms(
    'flow.send-waits',
    'a `send` waits while the buffer is full, and resolves when the peer reads',
    {
      app: fills(),
      async client(t) {
        const stream = await t.request();
        const pieces = await t.seen<number>('full');
        const whole = await stream.whole();
        equal(await t.seen('outcome'), 'accepted');
        equal(whole.body.length, pieces * MIB);
        equal(whole.ending, 'end');
      },
    },
  ),

  conforms('flow.send-waits', 'a `send` of little resolves at once, though nobody reads', {
    app: {
      async http(_scope, _receive, send, stage) {
        await send(start);
        stage.note('standing', await stage.standing(send(body('little'))));
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request();
      equal(await t.seen('standing'), 'accepted');
      equal((await stream.whole()).text, 'little');
    },
  }),

  conforms('flow.judged-at-call', 'while one `send` waits, the next is judged at once', {
    app: {
      async http(_scope, _receive, send, stage) {
        await send({ ...start, headers: [['content-length', String(MANY * MIB)]] });
        const { waiting } = await fill(send, stage, new Uint8Array(MIB));
        stage.note('second start', await stage.standing(send(start)));
        stage.note('no event', await stage.standing(send({} as HttpSendEvent)));
        stage.note('full');
        stage.note('outcome', await stage.outcome(waiting));
        await send({ type: 'http.response.abort' });
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('full');
      equal(await t.seen('second start'), 'Misuse: http.start-once');
      equal(await t.seen('no event'), 'Misuse: event.shape');
      stream.leave();
    },
  }),

  conforms(
    'flow.large-event',
    'an event is accepted however large it is, and however full the buffer',
    {
      app: {
        async http(_scope, _receive, send, stage) {
          await send(start);
          const first = send(body(new Uint8Array(8 * MIB)));
          const second = send(body(new Uint8Array(8 * MIB)));
          stage.note('outcomes', await Promise.all([stage.outcome(first), stage.outcome(second)]));
          await send(end);
        },
      },
      async client(t) {
        const whole = await t.fetch();
        equal(whole.body.length, 16 * MIB);
        deepEqual(await t.seen('outcomes'), ['accepted', 'accepted']);
      },
    },
  ),

  ...(['http.response.end', 'http.response.abort'] as const).map((type) =>
    conforms('flow.end-settles', `\`${type}\` lets every \`send\` that waits go on`, {
      app: {
        async http(_scope, _receive, send, stage) {
          await send(start);
          const { waiting } = await fill(send, stage, new Uint8Array(MIB));
          const last = send({ type });
          stage.note('waiting', await stage.standing(waiting));
          stage.note('last', await stage.standing(last));
        },
      },
      async client(t) {
        const stream = await t.request();
        equal(await t.seen('waiting'), 'accepted');
        equal(await t.seen('last'), 'accepted');
        stream.leave();
      },
    }),
  ),

  conforms(
    'flow.end-settles',
    'what was accepted before the end is written though the application has returned',
    {
      app: {
        async http(_scope, _receive, send, stage) {
          await send(start);
          const { waiting, pieces } = await fill(send, stage, new Uint8Array(MIB));
          void send(end);
          await waiting;
          stage.note('returns', pieces);
        },
      },
      async client(t) {
        const stream = await t.request();
        const pieces = await t.seen<number>('returns');
        const whole = await stream.whole();
        equal(whole.ending, 'end');
        equal(whole.body.length, pieces * MIB);
      },
    },
  ),

  conforms(
    'flow.send-settles-on-close',
    'a `send` that waits fails with Closed when the peer leaves',
    {
      app: fills(),
      async client(t) {
        const stream = await t.request();
        await t.seen('full');
        stream.reset();
        ok(/^Closed: (peer_reset|connection_lost)$/.test(await t.seen<string>('outcome')));
        ok(/^Closed: /.test(await t.seen<string>('end')));
      },
    },
  ),

  conforms('flow.no-hold', 'a line of an event stream arrives before there is another one', {
    app: {
      async http(_scope, _receive, send, stage) {
        await send(start);
        for (const line of ['one\n', 'two\n']) {
          await send(body(line));
          await stage.reached(line);
        }
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request();
      for (const line of ['one\n', 'two\n']) {
        equal(await stream.readText(4), line);
        await t.open(line);
      }
      equal((await stream.whole()).text, '');
    },
  }),

  conforms('flow.no-hold', 'one octet of a body is given before the next one arrives', {
    app: listens,
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      for (const letter of 'ab') {
        await stream.write(octets(letter));
        const { type, data } = await t.seen<{ type: string; data: Uint8Array }>('received');
        equal(type, 'http.request.body');
        equal(new TextDecoder().decode(data), letter);
      }
      stream.reset();
    },
  }),

  conforms('flow.input-bounded', 'a body that nobody receives is not read for ever', {
    app: {
      async http(_scope, receive, send, stage) {
        await receive();
        stage.note('received one');
        await stage.reached('go on');
        let size = 0;
        for (;;) {
          const event = await receive();
          if (event.type === 'http.request.body') size += event.data.length;
          else break;
        }
        stage.note('size', size);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      await stream.write(octets('x'));
      await t.seen('received one');
      const piece = new Uint8Array(MIB);
      let sent = 0;
      let writing = Promise.resolve();
      let stalled = false;
      while (sent < MANY && !stalled) {
        writing = stream.write(piece);
        sent++;
        stalled = await Promise.race([
          writing.then(() => false),
          new Promise<boolean>((resolve) => setTimeout(resolve, 300, true)),
        ]);
      }
      ok(stalled, `${sent} MiB were read while nobody received them`);
      await t.open('go on');
      await writing;
      await stream.end();
      equal(await t.seen('size'), sent * MIB);
      equal((await stream.whole()).status, 200);
    },
  }),

  conforms('flow.input-resumes', 'a body many times the size of the buffer arrives whole', {
    app: {
      async http(_scope, receive, send, stage) {
        let size = 0;
        let largest = 0;
        for (;;) {
          const event = await receive();
          if (event.type !== 'http.request.body') break;
          size += event.data.length;
          largest = Math.max(largest, event.data.length);
        }
        stage.note('size', size);
        stage.note('largest', largest);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      // Written in small pieces: over the memory transport a piece is what was written.
      for (let sent = 0; sent < 4 * MIB; sent += 32_768) await stream.write(new Uint8Array(32_768));
      await stream.end();
      equal((await stream.whole()).status, 200);
      equal(await t.seen('size'), 4 * MIB);
      ok((await t.seen<number>('largest')) <= 65_536, 'a piece is larger than the buffer');
    },
  }),

  conforms('flow.receive-while-sending', 'a `receive` resolves while a `send` waits', {
    app: {
      async http(_scope, receive, send, stage) {
        await send(start);
        const { waiting } = await fill(send, stage, new Uint8Array(MIB));
        stage.note('full');
        stage.note('received', (await receive()).type);
        stage.note('waiting', await stage.standing(waiting));
        await send({ type: 'http.response.abort' });
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      await t.seen('full');
      await stream.write(octets('while you wait'));
      equal(await t.seen('received'), 'http.request.body');
      equal(await t.seen('waiting'), 'pending');
      stream.leave();
    },
  }),

  conforms('flow.receive-while-sending', 'a `send` is accepted while a `receive` waits', {
    app: {
      async http(_scope, receive, send, stage) {
        const waiting = receive();
        await send(start);
        await send(body('hello'));
        await stage.reached('read');
        await waiting;
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      equal(await stream.readText(5), 'hello');
      await t.open('read');
      await stream.write(octets('x'));
      await stream.end();
      equal((await stream.whole()).ending, 'end');
    },
  }),

  conforms('flow.no-sibling-stall', 'a stream that nobody reads does not hold up its siblings', {
    drivers: ['h2'],
    why: 'only HTTP/2 has several conversations on one connection at a time',
    app: {
      async http(scope, _receive, send, stage) {
        await send(start);
        if (scope.path === '/stalled') {
          const { waiting } = await fill(send, stage, new Uint8Array(MIB));
          stage.note('full');
          await waiting.catch(() => {});
          return;
        }
        await send(body('sibling'));
        await send(end);
      },
    },
    async client(t) {
      const connection = await t.connect();
      const stalled = await connection.request({ target: '/stalled' });
      await t.seen('full');
      equal((await connection.fetch({ target: '/' })).text, 'sibling');
      stalled.reset();
      connection.close();
    },
  }),

  conforms(
    'flow.no-sibling-stall',
    'a body that nobody receives does not hold up the bodies of its siblings',
    {
      drivers: ['h2'],
      why: 'only HTTP/2 has several conversations on one connection at a time',
      app: {
        async http(scope, receive, send, stage) {
          if (scope.path === '/unread') {
            stage.note('called');
            await stage.reached('over');
            return;
          }
          let size = 0;
          for (;;) {
            const event = await receive();
            if (event.type !== 'http.request.body') break;
            size += event.data.length;
          }
          await send(start);
          await send(body(String(size)));
          await send(end);
        },
      },
      async client(t) {
        const connection = await t.connect();
        const unread = await connection.request({ target: '/unread', method: 'POST', open: true });
        // More than one stream may hold, and not awaited: nobody receives it.
        void unread.write(new Uint8Array(4 * MIB)).catch(() => {});
        await t.seen('called');
        const sibling = await connection.request({ method: 'POST', open: true });
        await sibling.write(new Uint8Array(MIB));
        await sibling.end();
        equal((await sibling.whole()).text, String(MIB));
        await t.open('over');
        connection.close();
      },
    },
  ),

  conforms(
    'cancel.on-peer-loss',
    'the signal is given without a call of `receive`, ahead of the event',
    {
      app: {
        async http(scope, receive, send, stage) {
          await send(start);
          stage.note('listening');
          await new Promise<void>((resolve) => {
            scope.local.cancel.addEventListener('abort', () => resolve(), { once: true });
          });
          stage.note('reason', (scope.local.cancel.reason as { name: string }).name);
          let event = await receive();
          while (event.type !== 'http.closed') event = await receive();
          stage.note('cause', event.cause);
        },
      },
      async client(t) {
        const stream = await t.request();
        await t.seen('listening');
        stream.reset();
        equal(await t.seen('reason'), 'Closed');
        ok(/^(peer_reset|connection_lost)$/.test(await t.seen<string>('cause')));
      },
    },
  ),

  conforms('cancel.no-kill', 'an application goes on after the peer has left', {
    app: {
      async http(scope, _receive, send, stage) {
        await send(start);
        stage.note('listening');
        await new Promise<void>((resolve) => {
          scope.local.cancel.addEventListener('abort', () => resolve(), { once: true });
        });
        await stage.reached('work done');
        stage.note('finished');
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('listening');
      stream.reset();
      await t.open('work done');
      await t.seen('finished');
    },
  }),

  conforms('cancel.reason', 'the signal, `send` and the last event have one cause', {
    app: {
      async http(scope, receive, send, stage) {
        await send(start);
        stage.note('listening');
        await new Promise<void>((resolve) => {
          scope.local.cancel.addEventListener('abort', () => resolve(), { once: true });
        });
        const { cause, code } = scope.local.cancel.reason as { cause: string; code?: number };
        const failed = await send(body('late')).then(
          () => undefined,
          (error: { cause: string; code?: number }) => error,
        );
        let event = await receive();
        while (event.type !== 'http.closed') event = await receive();
        stage.note('causes', [cause, failed?.cause ?? 'none', event.cause]);
        stage.note('codes', [code ?? null, failed?.code ?? null, event.code ?? null]);
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('listening');
      stream.reset(8);
      const causes = await t.seen<string[]>('causes');
      equal(new Set(causes).size, 1, causes.join());
      const code = t.driver === 'h2' ? 8 : null;
      deepEqual(await t.seen('codes'), [code, code, code]);
    },
  }),

  conforms('cancel.once', 'the reason stays what it was when a deadline passes behind a loss', {
    app: {
      async http(scope, _receive, send, stage) {
        let signals = 0;
        scope.local.cancel.addEventListener('abort', () => {
          signals++;
          stage.note('signal', (scope.local.cancel.reason as { cause: string }).cause);
        });
        await send(start);
        stage.note('listening');
        await stage.reached('deadline');
        stage.note('after', [signals, (scope.local.cancel.reason as { cause: string }).cause]);
      },
    },
    async client(t) {
      const { operator } = t;
      const stream = await t.request();
      await t.seen('listening');
      stream.reset();
      const cause = await t.seen('signal');
      operator.drain();
      operator.deadline();
      await t.open('deadline');
      deepEqual(await t.seen('after'), [1, cause]);
    },
  }),

  conforms(
    'cancel.after-end',
    'a peer that leaves behind a complete response has cancelled nothing',
    {
      app: {
        async http(scope, _receive, send, stage) {
          await send(start);
          await send(end);
          await stage.reached('left');
          await stage.turns(20);
          stage.note('aborted', scope.local.cancel.aborted);
        },
      },
      async client(t) {
        const connection = await t.connect();
        equal((await connection.fetch()).ending, 'end');
        connection.reset();
        await t.open('left');
        equal(await t.seen('aborted'), false);
      },
    },
  ),

  conforms(
    'cancel.on-deadline',
    'a call that works on after its response is told of the deadline',
    {
      app: {
        async http(scope, _receive, send, stage) {
          await send(start);
          await send(end);
          stage.note('response over');
          await new Promise<void>((resolve) => {
            scope.local.cancel.addEventListener('abort', () => resolve(), { once: true });
          });
          stage.note('cause', (scope.local.cancel.reason as { cause: string }).cause);
        },
      },
      async client(t) {
        const { operator } = t;
        equal((await t.fetch()).ending, 'end');
        await t.seen('response over');
        operator.drain();
        operator.deadline();
        equal(await t.seen('cause'), 'shutdown');
      },
    },
  ),

  conforms('timeout.acts', 'a body that stands still is given up with 408', {
    gateway: { limits: { idle_ms: 300 } },
    app: listens,
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      await stream.write(octets('x'));
      equal((await stream.whole()).status, 408);
    },
  }),

  conforms(
    'timeout.acts',
    'behind the start of a response a body that stands still breaks it off',
    {
      gateway: { limits: { idle_ms: 300 } },
      app: {
        async http(_scope, receive, send, stage) {
          await send(start);
          await send(body('begun'));
          stage.note('received', await receive());
        },
      },
      async client(t) {
        const stream = await t.request({ method: 'POST', open: true });
        const whole = await stream.whole();
        equal(whole.status, 200);
        ok(whole.ending !== 'end', 'the response has a clean end');
        equal((await t.seen<{ cause?: string }>('received')).cause, 'timeout');
      },
    },
  ),

  conforms('timeout.progress', 'a body that takes long but never stands still is taken whole', {
    gateway: { limits: { idle_ms: 600 } },
    app: {
      async http(_scope, receive, send) {
        let event = await receive();
        let size = 0;
        while (event.type === 'http.request.body') {
          size += event.data.length;
          event = await receive();
        }
        await send(start);
        await send(body(`${size} ${event.type}`));
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      for (let piece = 0; piece < 10; piece++) {
        await stream.write(octets('x'));
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      await stream.end();
      equal((await stream.whole()).text, '10 http.request.end');
    },
  }),

  conforms(
    'timeout.stalled-reader',
    'a peer that takes nothing is given up, though the application has returned',
    {
      gateway: { limits: { idle_ms: 400 } },
      app: {
        async http(scope, _receive, send, stage) {
          await send(start);
          void fill(send, stage, new Uint8Array(MIB)).then(({ waiting }) => {
            stage.note('full');
            waiting.catch(() => {});
          });
          await new Promise<void>((resolve) => {
            scope.local.cancel.addEventListener('abort', () => resolve(), { once: true });
          });
          stage.note('cause', (scope.local.cancel.reason as { cause: string }).cause);
        },
      },
      async client(t) {
        const stream = await t.request();
        await t.seen('full');
        equal(await t.within(5000, t.seen('cause'), 'the loss'), 'timeout');
        ok((await stream.whole()).ending !== 'end', 'the response has a clean end');
      },
    },
  ),

  conforms('timeout.nothing-owed', 'an event stream may be silent for longer than any limit', {
    gateway: { limits: { idle_ms: 300, keep_alive_ms: 300, head_ms: 300 } },
    app: {
      async http(scope, _receive, send, stage) {
        await send(start);
        await send(body('a'));
        await new Promise((resolve) => setTimeout(resolve, 1800));
        stage.note('aborted', scope.local.cancel.aborted);
        await send(body('b'));
        await send(end);
      },
    },
    async client(t) {
      const whole = await t.fetch();
      equal(await t.seen('aborted'), false);
      equal(whole.text, 'ab');
      equal(whole.ending, 'end');
    },
  }),

  conforms('timeout.nothing-owed', 'a body that nobody receives is not owed', {
    gateway: { limits: { idle_ms: 300 } },
    app: {
      async http(_scope, receive, send) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        let size = 0;
        for (
          let event = await receive();
          event.type === 'http.request.body';
          event = await receive()
        )
          size += event.data.length;
        await send(start);
        await send(body(String(size)));
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      await stream.write(new Uint8Array(200_000));
      await stream.end();
      equal((await stream.whole()).text, '200000');
    },
  }),

  conforms(
    'timeout.cause',
    'a conversation given up at a limit of time is lost with the cause timeout',
    {
      gateway: { limits: { idle_ms: 300 } },
      app: listens,
      async client(t) {
        const stream = await t.request({ method: 'POST', open: true });
        deepEqual(await t.seen('received'), { type: 'http.closed', cause: 'timeout' });
        equal((await stream.whole()).status, 408);
      },
    },
  ),
]);
