// Reading a request body, and sending small responses.

import { expect, test } from 'vitest';
import { Closed } from '../interface/index.ts';
import { application } from './application.ts';
import { BodyTooLong, bodyStream, readBody, sendJson, sendStatus, sendText, utf8 } from './body.ts';
import { body, type Conversation, converse, turn } from './conversation.fixture.ts';

const reading = (limit: number) => {
  let result: unknown;
  const app = application({
    async http(_, receive, send) {
      result = await readBody(receive, { limit }).catch((error: unknown) => error);
      await sendStatus(send, 204);
    },
  });
  return { app, result: () => result };
};

test.each([
  [[], ''],
  [['one'], 'one'],
  [['one', ' ', 'two'], 'one two'],
])('readBody: the pieces %j', async (pieces, whole) => {
  const { app, result } = reading(1000);
  await converse(app, {}, body(...pieces)).outcome;
  expect(result()).toEqual(utf8(whole));
});

test('readBody: notices and unknown events are passed over (event.unknown-type-ignored)', async () => {
  const { app, result } = reading(1000);
  const [piece, end] = body('x');
  const unknown = { type: 'org.example.notice' } as never;
  await converse(app, {}, [
    unknown,
    piece as never,
    { type: 'gateway.drain', deadline_ms: 1 },
    end as never,
  ]).outcome;
  expect(result()).toEqual(utf8('x'));
});

test('readBody: a body of the limit is taken, and one octet more is too long, at once', async () => {
  const within = reading(6);
  await converse(within.app, {}, body('abc', 'def')).outcome;
  expect(within.result()).toEqual(utf8('abcdef'));

  const { app, result } = reading(5);
  const conversation = converse(app, {}, body('abc', 'def', 'ghi'));
  await conversation.outcome;
  expect(result()).toEqual(new BodyTooLong(5));
  expect(conversation.receives).toBe(2);
});

test.each([undefined, Number.NaN, -1])('readBody: the limit %j is none', async (limit) => {
  const { app, result } = reading(limit as number);
  await converse(app).outcome;
  expect(result()).toBeInstanceOf(RangeError);
});

test('readBody: a request that did not arrive whole is Closed, with its cause and code', async () => {
  const { app, result } = reading(1000);
  const [piece] = body('part');
  await converse(app, {}, [piece as never, { type: 'http.closed', cause: 'peer_reset', code: 8 }])
    .outcome;
  expect(result()).toEqual(new Closed('peer_reset', 8));
});

test('bodyStream: one receive for each piece that is asked for, and the trailer fields at the end', async () => {
  const received: (string | object)[] = [];
  const app = application({
    async http(_, receive, send) {
      const stream = bodyStream(receive);
      const first = await stream.next();
      received.push(first);
      await sendText(send, 'early');
      for (;;) {
        const next = await stream.next();
        received.push(next);
        if (next.done) return;
      }
    },
  });
  const conversation: Conversation = converse(app, {}, [
    { type: 'http.request.body', data: utf8('a') },
  ]);
  await conversation.until(() => conversation.types.includes('http.response.end'));
  await turn();
  expect(received).toEqual([{ done: false, value: utf8('a') }]);
  conversation.give({ type: 'http.request.end', trailers: [['x-sum', '1']] });
  await conversation.outcome;
  expect(received.at(-1)).toEqual({ done: true, value: [['x-sum', '1']] });
});

test('sendText and sendJson: whole responses with type and length', async () => {
  const text = converse(
    application({ http: (_, __, send) => sendText(send, 'grüß', { status: 201 }) }),
  );
  await text.outcome;
  expect(text.head).toEqual({
    status: 201,
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', '6'],
    ],
  });
  expect(text.text).toBe('grüß');
  expect(text.state).toBe('ended');

  const json = converse(
    application({
      http: (_, __, send) =>
        sendJson(send, { a: [1] }, { headers: [['content-type', 'application/problem+json']] }),
    }),
  );
  await json.outcome;
  expect(json.head.headers).toEqual([
    ['content-type', 'application/problem+json'],
    ['content-length', '9'],
  ]);
  expect(JSON.parse(json.text)).toEqual({ a: [1] });
});

test.each([undefined, () => {}])(
  'sendJson: %o has no form in JSON, and nothing is sent',
  async (value) => {
    const conversation = converse(application({ http: (_, __, send) => sendJson(send, value) }));
    expect(await conversation.outcome).toEqual({ raised: expect.any(TypeError) });
    expect(conversation.sent).toEqual([]);
  },
);

test.each([200, 204, 205, 304, 404])(
  'sendStatus: %i is a whole response without content',
  async (status) => {
    const conversation = converse(application({ http: (_, __, send) => sendStatus(send, status) }));
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.state).toBe('ended');
    expect(conversation.misuses).toEqual([]);
    expect(conversation.text).toBe('');
  },
);

test('closed.on-send: what is sent to nobody is Closed', async () => {
  const app = application({
    async http(scope, _, send) {
      await new Promise((resolve) => scope.local.cancel.addEventListener('abort', resolve));
      await sendText(send, 'nobody');
    },
  });
  const conversation = converse(app);
  conversation.lose('peer_reset');
  expect(await conversation.outcome).toEqual({ raised: new Closed('peer_reset') });
});
