// The requirements of proposals 2 and 3 that bind the gateway and can be seen without a transport, one test or table each.

import { describe, expect, test } from 'vitest';
import { Closed, type Fields, type HttpSendEvent, Misuse } from '../../interface/index.ts';
import type { ConversationOptions as HttpConversationOptions } from './conversation.ts';
import { HttpConversation } from './http.ts';
import type { Output as HttpOutput } from './output.ts';

const octets = (text: string) => new TextEncoder().encode(text);

function converse(options: Partial<HttpConversationOptions> = {}): HttpConversation {
  return new HttpConversation({
    method: 'GET',
    http_version: '1.1',
    expectContinue: false,
    ...options,
  });
}

/** A conversation whose response has been started. */
function committed(
  headers: Fields = [],
  { status = 200, ...options }: Partial<HttpConversationOptions> & { status?: number } = {},
): HttpConversation {
  const conversation = converse(options);
  conversation.send({ type: 'http.response.start', status, headers });
  return conversation;
}

const refuse: HttpSendEvent = { type: 'http.refuse' };
const discard: HttpSendEvent = { type: 'http.request.discard' };
const hint: HttpSendEvent = { type: 'http.informational', status: 103 };
const start: HttpSendEvent = { type: 'http.response.start', status: 200 };
const end: HttpSendEvent = { type: 'http.response.end' };
const abort: HttpSendEvent = { type: 'http.response.abort' };
const body = (text = 'x'): HttpSendEvent => ({ type: 'http.response.body', data: octets(text) });

/** Sends what is expected to be Misuse, and sees to it that nothing has changed. */
function misuseOf(conversation: HttpConversation, event: HttpSendEvent): Misuse {
  const before = snapshot(conversation);
  let misuse: unknown;
  try {
    conversation.send(event);
  } catch (error) {
    misuse = error;
  }
  expect(misuse).toBeInstanceOf(Misuse);
  expect(snapshot(conversation), 'misuse.no-effect').toEqual(before);
  return misuse as Misuse;
}

const snapshot = (conversation: HttpConversation) => ({
  response: conversation.responseState,
  request: conversation.requestState,
  over: conversation.responseOver,
  buffered: conversation.buffered,
});

const outputs = (conversation: HttpConversation, event: HttpSendEvent): readonly HttpOutput[] =>
  conversation.send(event).outputs;

/** Everything that can be received now, without its data. */
function received(conversation: HttpConversation, most = 9): string[] {
  const types: string[] = [];
  while (types.length < most) {
    const next = conversation.receive();
    if (!next) break;
    types.push(next.event.type);
    if (next.event.type === 'http.closed') break;
  }
  return types;
}

describe('reading the request', () => {
  test('http.request.end-once: a request without a body has `http.request.end` as its first event', () => {
    const conversation = converse();
    conversation.end();
    expect(conversation.receive()?.event).toEqual({ type: 'http.request.end', trailers: [] });
    expect(conversation.receive()).toBeUndefined();
  });

  test('http.request.end-once: the end comes after the last piece, and once', () => {
    const conversation = converse();
    conversation.octets(octets('a'));
    conversation.octets(octets('b'));
    conversation.end();
    expect(received(conversation)).toEqual([
      'http.request.body',
      'http.request.body',
      'http.request.end',
    ]);
  });

  test('http.request.end-once: a transport that says the end twice is heard once', () => {
    const conversation = converse();
    conversation.end();
    expect(conversation.expectsInput).toBe(false);
    expect(conversation.expectsInput).toBe(false);
    expect(received(conversation)).toEqual(['http.request.end']);
    expect(conversation.expectsInput).toBe(false);
    expect(received(conversation)).toEqual([]);
  });

  test('http.request.end-once: a request that did not arrive whole has none', () => {
    const conversation = converse();
    conversation.octets(octets('half'));
    conversation.lost('peer_reset');
    expect(received(conversation)).toEqual(['http.request.body', 'http.closed']);
  });

  test('http.request.no-empty-body: an empty piece is not given', () => {
    const conversation = converse();
    conversation.octets(new Uint8Array());
    expect(conversation.receive()).toBeUndefined();
  });

  test('http.request.trailers: trailer fields are given with the end', () => {
    const conversation = converse();
    conversation.end([['x-checksum', 'abc']]);
    expect(conversation.receive()?.event).toEqual({
      type: 'http.request.end',
      trailers: [['x-checksum', 'abc']],
    });
  });

  test('http.closed.after-data: what arrived before the peer was lost is given first', () => {
    const conversation = converse();
    conversation.octets(octets('a'));
    conversation.end();
    conversation.lost('connection_lost');
    expect(received(conversation)).toEqual([
      'http.request.body',
      'http.request.end',
      'http.closed',
    ]);
  });

  test('http.closed.repeats: every later `receive` gives the same fields', () => {
    const conversation = converse();
    conversation.lost('peer_reset', 8);
    const first = conversation.receive()?.event;
    expect(first).toEqual({ type: 'http.closed', cause: 'peer_reset', code: 8 });
    expect(() => Object.assign(first as object, { cause: 'timeout' })).toThrow(TypeError);
    conversation.lost('timeout');
    conversation.applicationEnded('application.returns');
    for (let i = 0; i < 3; i++)
      expect(conversation.receive()?.event).toEqual({
        type: 'http.closed',
        cause: 'peer_reset',
        code: 8,
      });
  });

  test('http.closed: nothing is given after it, whatever arrives', () => {
    const conversation = converse();
    conversation.lost('timeout');
    expect(conversation.expectsInput).toBe(false);
    expect(conversation.expectsInput).toBe(false);
    expect(received(conversation)).toEqual(['http.closed']);
  });

  test.each<[string, HttpSendEvent[]]>([
    ['ended', [start, end]],
    ['aborted', [start, abort]],
    ['refused', [refuse]],
  ])(
    'http.closed: the cause is `complete` once the application has %s the response',
    (_, events) => {
      const conversation = converse();
      conversation.end();
      for (const event of events) conversation.send(event);
      expect(conversation.receive()?.event.type).toBe('http.request.end');
      expect(conversation.receive()?.event).toEqual({ type: 'http.closed', cause: 'complete' });
    },
  );

  test.each<[string, HttpSendEvent[]]>([
    ['end', [start, end]],
    ['abort', [start, abort]],
    ['refusal', [refuse]],
  ])(
    'http.closed: a connection that goes after the %s leaves the cause `complete`',
    (_, events) => {
      const conversation = converse();
      conversation.end();
      for (const event of events) conversation.send(event);
      expect(conversation.lost('connection_lost', 3)).toBe(false);
      expect(conversation.receive()?.event.type).toBe('http.request.end');
      expect(conversation.receive()?.event).toEqual({ type: 'http.closed', cause: 'complete' });
    },
  );

  test('http.duplex: a response that is over does not end a request that is still arriving', () => {
    const conversation = converse();
    conversation.send(start);
    conversation.send(end);
    expect(conversation.receive()).toBeUndefined();
    conversation.octets(octets('a'));
    conversation.end();
    expect(received(conversation)).toEqual([
      'http.request.body',
      'http.request.end',
      'http.closed',
    ]);
  });

  test.each<[string, HttpSendEvent[]]>([
    ['aborted', [start, abort]],
    ['refused', [refuse]],
  ])(
    'http.closed: comes at once when the response was %s, for nothing more will be read',
    (_, events) => {
      const conversation = converse();
      for (const event of events) conversation.send(event);
      expect(received(conversation)).toEqual(['http.closed']);
    },
  );

  test('http.closed: comes at once when the application has returned', () => {
    const conversation = converse();
    conversation.octets(octets('unread'));
    conversation.send(start);
    conversation.send(end);
    conversation.applicationEnded('application.returns');
    expect(received(conversation)).toEqual(['http.closed']);
  });

  test('flow: what arrives after the application has returned is not kept', () => {
    const conversation = converse();
    conversation.octets(octets('before'));
    conversation.applicationEnded('application.returns');
    expect(conversation.expectsInput).toBe(false);
    expect(conversation.buffered).toBe(0);
  });

  test('flow: `buffered` counts the octets that wait for the application', () => {
    const conversation = converse();
    conversation.octets(octets('abc'));
    conversation.octets(octets('de'));
    expect(conversation.buffered).toBe(5 + 2 * 32);
    conversation.receive();
    expect(conversation.buffered).toBe(2 + 32);
    conversation.send(discard);
    expect(conversation.buffered).toBe(0);
  });
});

describe('http.request.discard', () => {
  test('http.request.discard-drains: nothing of the request is given any more', () => {
    const conversation = converse();
    conversation.octets(octets('waiting'));
    expect(outputs(conversation, discard)).toEqual([{ do: 'discard' }]);
    expect(conversation.expectsInput).toBe(false);
    expect(conversation.expectsInput).toBe(false);
    expect(conversation.receive()).toBeUndefined();
    conversation.lost('connection_lost');
    expect(received(conversation)).toEqual(['http.closed']);
  });

  test('http.request.discard-drains: a second discard changes nothing', () => {
    const conversation = converse();
    conversation.send(discard);
    expect(conversation.send(discard)).toMatchObject({ outputs: [], state: 'discarded' });
  });

  test('http.request.discard-drains: an end that arrived and was not received is not given', () => {
    const conversation = converse();
    conversation.end();
    conversation.send(discard);
    expect(conversation.receive()).toBeUndefined();
  });

  test('http.request.discard-drains: with the response over, `http.closed` follows', () => {
    const conversation = converse();
    conversation.send(discard);
    conversation.send(start);
    conversation.send(end);
    expect(received(conversation)).toEqual(['http.closed']);
  });

  test.each<[string, (conversation: HttpConversation) => void]>([
    ['http.request.end', (conversation) => conversation.end()],
    ['http.closed', (conversation) => conversation.lost('timeout')],
  ])('http.request.discard-open: after `%s` was received it is Misuse', (_, arrive) => {
    const conversation = converse();
    arrive(conversation);
    conversation.receive();
    expect(misuseOf(conversation, discard).requirement).toBe('http.request.discard-open');
  });

  test('http.request.discard-open: an end that waits unreceived does not count', () => {
    const conversation = converse();
    conversation.end();
    expect(() => conversation.send(discard)).not.toThrow();
  });
});

describe('http.continue.on-receive', () => {
  const expecting = (options: Partial<HttpConversationOptions> = {}) =>
    converse({ expectContinue: true, ...options });

  test('a 100 is owed at the first `receive`, and only then', () => {
    const conversation = expecting();
    expect(conversation.asked()).toEqual([{ do: 'continue' }]);
    expect(conversation.asked()).toEqual([]);
  });

  test.each<[string, HttpConversation, ((conversation: HttpConversation) => void)?]>([
    ['the request expects none', converse()],
    ['the peer speaks HTTP/1.0 (RFC 9110 section 10.1.1)', expecting({ http_version: '1.0' })],
    ['the response is committed', expecting(), (c) => c.send(start)],
    ['the response was refused', expecting(), (c) => c.send(refuse)],
    ['the peer is lost', expecting(), (c) => c.lost('connection_lost')],
    ['the request was discarded', expecting(), (c) => c.send(discard)],
    ['part of the body has arrived', expecting(), (c) => c.octets(octets('a'))],
    ['the request has arrived', expecting(), (c) => c.end()],
    ['the application has returned', expecting(), (c) => c.applicationEnded('application.returns')],
  ])('no 100 when %s', (_, conversation, prepare) => {
    prepare?.(conversation);
    expect(conversation.asked()).toEqual([]);
  });

  test('an informational response does not stand for the 100', () => {
    const conversation = expecting();
    conversation.send(hint);
    expect(conversation.asked()).toEqual([{ do: 'continue' }]);
  });
});

describe('committing', () => {
  test('http.commit.on-start: the head is written at once, without a body', () => {
    const headers: Fields = [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ];
    expect(outputs(converse(), { type: 'http.response.start', status: 201, headers })).toEqual([
      { do: 'head', status: 201, headers, length: null, content: true, last: false },
    ]);
  });

  test.each<[string, number, string, boolean]>([
    ['GET', 200, 'has content', true],
    ['HEAD', 200, 'has none', false],
    ['GET', 204, 'has none', false],
    ['GET', 205, 'has none', false],
    ['GET', 304, 'has none', false],
    ['POST', 404, 'has content', true],
    ['head', 200, 'has content: methods have case', true],
  ])('the head of %s %i says whether it %s', (method, status, _, content) => {
    expect(outputs(converse({ method }), { type: 'http.response.start', status })).toMatchObject([
      { content },
    ]);
  });

  test('the head carries the declared length', () => {
    const event: HttpSendEvent = { ...start, headers: [['content-length', '12']] };
    expect(outputs(converse(), event)).toMatchObject([{ length: 12 }]);
  });

  test('http.start-once: a second start is Misuse and leaves the wire alone', () => {
    const conversation = committed();
    expect(misuseOf(conversation, start).message).toBe(
      'http.start-once: the response has already been started (`http.response.start` in the state committed)',
    );
    expect(outputs(conversation, body('first'))).toEqual([{ do: 'body', data: octets('first') }]);
  });

  test('http.start-once: a start after the end is Misuse too', () => {
    const conversation = committed();
    conversation.send(end);
    expect(misuseOf(conversation, start).requirement).toBe('http.start-once');
  });

  test.each([body(), end, abort])(
    'http.body-before-start: $type before the start is Misuse',
    (event) => {
      const conversation = converse();
      expect(misuseOf(conversation, event).requirement).toBe('http.body-before-start');
      expect(() => conversation.send(start)).not.toThrow();
    },
  );

  describe.each<[string, HttpSendEvent[]]>([
    ['ended', [start, end]],
    ['aborted', [start, abort]],
    ['refused', [refuse]],
  ])('http.nothing-after-end: once %s', (state, before) => {
    const after: HttpSendEvent[] = [hint, body(), end, abort, refuse];
    test.each(state === 'ended' ? after : [...after, start])('$type is Misuse', (event) => {
      const conversation = converse();
      for (const earlier of before) conversation.send(earlier);
      expect(misuseOf(conversation, event).requirement).toBe('http.nothing-after-end');
    });
  });
});

describe('informational responses', () => {
  test('http.informational.before-commit: any number may come before the start', () => {
    const conversation = converse();
    const headers: Fields = [['link', '</a>; rel=preload']];
    for (const status of [102, 103, 199])
      expect(outputs(conversation, { type: 'http.informational', status, headers })).toEqual([
        { do: 'informational', status, headers },
      ]);
    expect(conversation.responseState).toBe('open');
  });

  test('http.informational.before-commit: after the start it is Misuse', () => {
    expect(misuseOf(committed(), hint).requirement).toBe('http.informational.before-commit');
  });

  test('http.informational.http-1-0: nothing of it is written to a peer of HTTP/1.0', () => {
    expect(outputs(converse({ http_version: '1.0' }), hint)).toEqual([]);
  });
});

describe('http.refuse', () => {
  test('http.refuse.before-bytes: an untouched request can be refused', () => {
    const conversation = converse();
    expect(outputs(conversation, refuse)).toEqual([{ do: 'refuse' }]);
    expect(conversation.responseOver).toBe(true);
  });

  test('http.refuse.before-bytes: after an informational response it is Misuse', () => {
    const conversation = converse();
    conversation.send(hint);
    expect(misuseOf(conversation, refuse).requirement).toBe('http.refuse.before-bytes');
  });

  test('http.refuse.before-bytes: an informational response that was not written does not count', () => {
    const conversation = converse({ http_version: '1.0' });
    conversation.send(hint);
    expect(outputs(conversation, refuse)).toEqual([{ do: 'refuse' }]);
  });

  test('http.refuse.before-bytes: a 100 of the gateway does not count', () => {
    const conversation = converse({ expectContinue: true });
    conversation.asked();
    expect(outputs(conversation, refuse)).toEqual([{ do: 'refuse' }]);
  });

  test('http.nothing-after-end: after the start it is Misuse', () => {
    expect(misuseOf(committed(), refuse).requirement).toBe('http.nothing-after-end');
  });
});

describe('the end of the application', () => {
  const how = ['application.returns', 'application.raises'] as const;

  test.each(how)('http.500-when-open: %s while open writes a whole 500', (trigger) => {
    const ended = converse().applicationEnded(trigger);
    expect(ended).toMatchObject({ state: 'ended', requirement: 'http.500-when-open' });
    const [head, data, last] = ended.outputs;
    expect(head).toMatchObject({ do: 'head', status: 500, content: true });
    if (head?.do !== 'head' || data?.do !== 'body') return expect.unreachable();
    expect(data.data.length).toBe(head.length);
    expect(last).toEqual({ do: 'end', trailers: [] });
    expect(ended.outputs).toHaveLength(3);
  });

  test('http.500-when-open: the 500 for HEAD has no body', () => {
    const {
      outputs: [head, ...rest],
    } = converse({ method: 'HEAD' }).applicationEnded('application.raises');
    expect(head).toMatchObject({ do: 'head', status: 500, content: false });
    expect(rest).toEqual([{ do: 'end', trailers: [] }]);
  });

  test('http.unsupported-scope: a scope that is declined while open is answered 501, whole', () => {
    const ended = converse().applicationEnded('application.raises', true);
    expect(ended).toMatchObject({ state: 'ended', requirement: 'http.unsupported-scope' });
    const [head, data, last] = ended.outputs;
    expect(head).toMatchObject({ do: 'head', status: 501, content: true });
    if (head?.do !== 'head' || data?.do !== 'body') return expect.unreachable();
    expect(data.data.length).toBe(head.length);
    expect(last).toEqual({ do: 'end', trailers: [] });
  });

  test('http.abort-when-unended: a scope that is declined too late is aborted', () => {
    expect(committed().applicationEnded('application.raises', true)).toMatchObject({
      state: 'aborted',
    });
  });

  test.each(how)('http.abort-when-unended: %s while committed aborts', (trigger) => {
    expect(committed().applicationEnded(trigger)).toEqual({
      state: 'aborted',
      requirement: 'http.abort-when-unended',
      outputs: [{ do: 'abort', code: 'internal' }],
    });
  });

  test.each<[string, HttpSendEvent[]]>([
    ['ended', [start, end]],
    ['aborted', [start, abort]],
    ['refused', [refuse]],
  ])('nothing is written when the response is already %s', (state, events) => {
    for (const trigger of how) {
      const conversation = converse();
      for (const event of events) conversation.send(event);
      expect(conversation.applicationEnded(trigger)).toEqual({ outputs: [], state });
    }
  });

  test('nothing is written when the peer is lost', () => {
    const conversation = committed();
    conversation.lost('connection_lost');
    expect(conversation.applicationEnded('application.raises')).toEqual({
      outputs: [],
      state: 'lost',
    });
  });

  test('http.abort.stream-only: the code goes with the abort', () => {
    expect(outputs(committed(), { ...abort, code: 2 })).toEqual([{ do: 'abort', code: 2 }]);
    expect(outputs(committed(), abort)).toEqual([{ do: 'abort', code: 'internal' }]);
  });
});

describe('the loss of the peer', () => {
  const all: HttpSendEvent[] = [hint, start, body(), end, abort, refuse];

  test.each(all)('closed.on-send: $type fails with Closed once the peer is lost', (event) => {
    const conversation = converse();
    expect(conversation.lost('peer_reset')).toBe(true);
    expect(() => conversation.send(event)).toThrow(new Closed('peer_reset'));
    expect(conversation.responseState).toBe('lost');
  });

  test('closed.on-send: a malformed event is Misuse all the same, for it would be every time', () => {
    const conversation = converse();
    conversation.lost('peer_reset');
    expect(() => conversation.send({ ...start, status: 42 })).toThrow(Misuse);
  });

  test('cancel.on-peer-loss: the loss takes something only from a response that is not over', () => {
    const conversation = committed();
    conversation.send(end);
    expect(conversation.lost('connection_lost')).toBe(false);
    expect(conversation.responseState).toBe('ended');
  });

  test('cancel.on-peer-loss: the second loss is none', () => {
    const conversation = converse();
    expect(conversation.lost('peer_reset')).toBe(true);
    expect(conversation.lost('timeout')).toBe(false);
  });
});

describe('length and content', () => {
  const ofLength = (
    length: number,
    options: Partial<HttpConversationOptions> & { status?: number } = {},
  ) => committed([['content-length', String(length)]], options);

  test('http.length.excess: a piece that goes beyond the declared length is Misuse', () => {
    const conversation = ofLength(5);
    conversation.send(body('abc'));
    expect(misuseOf(conversation, body('def')).message).toBe(
      'http.length.excess: 6 octets would be more than the declared 5',
    );
    expect(outputs(conversation, body('de'))).toHaveLength(1);
    expect(outputs(conversation, end)).toHaveLength(1);
  });

  test('http.length.excess: the length counts octets, not characters', () => {
    expect(() => ofLength(2).send(body('ä'))).not.toThrow();
    expect(misuseOf(ofLength(1), body('ä')).requirement).toBe('http.length.excess');
  });

  test('http.length.excess: an empty piece never exceeds', () => {
    expect(outputs(ofLength(0), body(''))).toEqual([]);
  });

  test('http.length.shortfall: an end before the declared length is Misuse', () => {
    const conversation = ofLength(5);
    conversation.send(body('abc'));
    expect(misuseOf(conversation, end).message).toBe(
      'http.length.shortfall: 3 of the declared 5 octets were sent',
    );
    conversation.send(body('de'));
    expect(outputs(conversation, end)).toEqual([{ do: 'end', trailers: [] }]);
  });

  test('http.length.shortfall: a 304 declares the length of what it does not carry (RFC 9110 section 15.4.5)', () => {
    expect(() => ofLength(5, { status: 304 }).send(end)).not.toThrow();
  });

  test.each([204, 205, 304])(
    'http.bodyless: data in a %i is Misuse, an empty piece is not',
    (status) => {
      const conversation = committed([], { status });
      expect(misuseOf(conversation, body()).requirement).toBe('http.bodyless');
      expect(outputs(conversation, body(''))).toEqual([]);
      expect(outputs(conversation, end)).toHaveLength(1);
    },
  );

  test('http.bodyless: holds for HEAD too, for the status is the application’s own choice', () => {
    expect(misuseOf(committed([], { status: 204, method: 'HEAD' }), body()).requirement).toBe(
      'http.bodyless',
    );
  });

  test.each([
    ['nothing', []],
    ['less than declared', ['abc']],
    ['exactly what is declared', ['abc', 'de']],
    ['more than declared', ['abc', 'def', 'ghi']],
  ])('http.head-length: to HEAD, %s is complete and nothing of it is written', (_, pieces) => {
    const conversation = ofLength(5, { method: 'HEAD' });
    for (const piece of pieces) expect(outputs(conversation, body(piece))).toEqual([]);
    expect(outputs(conversation, end)).toEqual([{ do: 'end', trailers: [] }]);
  });

  test('an empty piece writes nothing', () => {
    expect(outputs(committed(), body(''))).toEqual([]);
  });

  test('http.length.syntax: two lengths in a head are Misuse', () => {
    const event: HttpSendEvent = {
      ...start,
      headers: [
        ['content-length', '1'],
        ['content-length', '1'],
      ],
    };
    expect(misuseOf(converse(), event).requirement).toBe('http.length.syntax');
  });

  test.each<[string, HttpSendEvent]>([
    ['an informational response', { ...hint, headers: [['content-length', '0']] }],
    ['a 204', { ...start, status: 204, headers: [['content-length', '0']] }],
    ['a 205 that is not empty', { ...start, status: 205, headers: [['content-length', '1']] }],
  ])('http.length.forbidden: content-length in %s is Misuse (RFC 9110 section 8.6)', (_, event) => {
    const misuse = misuseOf(converse(), event);
    expect(misuse.requirement).toBe('http.length.forbidden');
    expect(misuse.message).toContain('content-length');
  });

  test('http.length.forbidden: a 205 may say that it is empty (RFC 9110 section 15.3.6)', () => {
    const conversation = ofLength(0, { status: 205 });
    expect(outputs(conversation, end)).toHaveLength(1);
  });
});

describe('fields', () => {
  test.each<[string, (field: Fields[number]) => [HttpConversation, HttpSendEvent]]>([
    ['http.informational', (field) => [converse(), { ...hint, headers: [field] }]],
    ['http.response.start', (field) => [converse(), { ...start, headers: [field] }]],
    ['http.response.end', (field) => [committed(), { ...end, trailers: [field] }]],
  ])('http.field-syntax: a broken field in %s is Misuse', (_, make) => {
    for (const field of [
      ['x-a', 'b\r\nset-cookie: c'],
      ['X-A', 'b'],
      ['x a', 'b'],
      ['x-a', ' b'],
    ] as const)
      expect(misuseOf(...make(field)).requirement).toBe('http.field-syntax');
  });

  test('http.field-syntax: the explanation names the field', () => {
    expect(
      misuseOf(converse(), { ...start, headers: [['Content-Type', 'text/plain']] }).message,
    ).toBe('http.field-syntax: the field name "Content-Type" is not in lowercase');
  });

  test.each(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])(
    'http.hop-by-hop: `%s` from the application is Misuse',
    (name) => {
      for (const event of [hint, start]) {
        const misuse = misuseOf(converse(), { ...event, headers: [[name, 'x']] });
        expect(misuse.requirement).toBe('http.hop-by-hop');
        expect(misuse.message).toContain(`\`${name}\``);
      }
    },
  );

  test.each(['content-length', 'connection', 'set-cookie', 'trailer'])(
    'http.trailers.permitted: `%s` as a trailer is Misuse',
    (name) => {
      const misuse = misuseOf(committed(), { ...end, trailers: [[name, 'x']] });
      expect(misuse.requirement).toBe('http.trailers.permitted');
      expect(misuse.message).toContain(`\`${name}\``);
    },
  );

  const trailers: Fields = [['server-timing', 'x']];

  test.each<[string, HttpConversation]>([
    ['HTTP/1.1 in chunks', committed()],
    ['HTTP/2 with a declared length', committed([['content-length', '0']], { http_version: '2' })],
    ['HTTP/3', committed([], { http_version: '3' })],
  ])('http.trailers.permitted: trailers go out over %s', (_, conversation) => {
    expect(outputs(conversation, { ...end, trailers })).toEqual([{ do: 'end', trailers }]);
  });

  test.each<[string, Fields, Partial<HttpConversationOptions> & { status?: number }]>([
    ['HTTP/1.0', [], { http_version: '1.0' }],
    ['HTTP/1.1 with a declared length', [['content-length', '0']], {}],
    ['HTTP/1.1 to HEAD', [], { method: 'HEAD' }],
    ['HTTP/1.1 with a 204', [], { status: 204 }],
    ['HTTP/1.1 with a 304', [], { status: 304 }],
  ])('http.trailers.dropped: %s has no place for trailers', (_, headers, options) => {
    const { status = 200, ...rest } = options;
    const conversation = converse(rest);
    const announced: Fields = [['trailer', 'server-timing'], ['x-a', 'b'], ...headers];
    expect(outputs(conversation, { ...start, status, headers: announced })).toMatchObject([
      { do: 'head', headers: [['x-a', 'b'], ...headers] },
    ]);
    expect(outputs(conversation, { ...end, trailers })).toEqual([{ do: 'end', trailers: [] }]);
  });

  test('http.trailers.dropped: where there is a place, the announcement stays', () => {
    const headers: Fields = [['trailer', 'server-timing']];
    expect(outputs(converse(), { ...start, headers })).toMatchObject([{ headers }]);
  });
});

describe('what an accepted event reports', () => {
  test.each<[HttpSendEvent, HttpConversation, string, string]>([
    [hint, converse(), 'open', 'http.informational.before-commit'],
    [start, converse(), 'committed', 'http.commit.on-start'],
    [body(), committed(), 'committed', 'http.duplex'],
    [end, committed(), 'ended', 'http.finish'],
    [abort, committed(), 'aborted', 'http.abort.stream-only'],
    [refuse, converse(), 'refused', 'http.refuse.before-bytes'],
    [discard, converse(), 'discarded', 'http.request.discard-drains'],
  ])(
    '$0.type: the state after it and the requirement that governs it',
    (event, conversation, state, requirement) => {
      expect(conversation.send(event)).toMatchObject({ state, requirement });
    },
  );
});
