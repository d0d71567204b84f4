// A gateway that does one thing wrong at a time: the checker names the requirement that this breaks, and no other.

import { describe, expect, test } from 'vitest';
import { Closed, Misuse, UnsupportedScope } from '../interface/index.ts';
import { LIMITS, type Play, Stage, turn } from './stage.fixture.ts';

const octets = (size: number) => new Uint8Array(size).fill(7);
const start = { type: 'http.response.start', status: 200 };
const body = { type: 'http.response.body', data: octets(3) };
const end = { type: 'http.response.end' };
const requestEnd = { type: 'http.request.end', trailers: [] };
const gateway = { interface: '0.1', software: 'stage/1', features: {} };

const base = new Stage();
const scopeOf = (type: string) => base.open(type).scope as unknown as Record<string, unknown>;
const headersOf = (type: string, ...more: [string, string][]) => [
  ...(scopeOf(type)['headers'] as [string, string][]),
  ...more,
];
const without = (type: string, name: string) => headersOf(type).filter(([known]) => known !== name);

test.each(['http', 'websocket', 'tunnel', 'connect', 'lifespan', 'org.example.chat.room'])(
  'a correct scope of the type %s breaks nothing',
  (type) => {
    const stage = new Stage();
    stage.open(type, type === 'connect' ? { type: 'tunnel' } : {});
    // Without a lifespan no tunnel is declared, and none is checked against a declaration.
    expect(stage.findings).toEqual([]);
  },
);

class Custom {
  a = 1;
}

describe('the scope', () => {
  test.each<[requirement: string, type: string, changes: Record<string, unknown>]>([
    ['scope.plain-data', 'http', { path: new Custom() }],
    ['scope.plain-data', 'http', { 'org.example.more.deep': { when: new Date(0) } }],
    ['scope.plain-data', 'http', { 'org.example.more.call': () => 1 }],
    ['scope.plain-data', 'http', { 'org.example.more.map': new Map() }],
    ['scope.plain-data', 'http', { headers: [['host', undefined]] }],
    ['interface.complete', 'http', { method: undefined }],
    ['interface.complete', 'http', { gateway: { ...gateway, software: undefined } }],
    ['interface.complete', 'http', { content_length: 5 }],
    ['interface.complete', 'http', { scheme: 'ws' }],
    ['interface.complete', 'connect', { type: 'tunnel', datagrams: 'capsules' }],
    ['interface.complete', 'tunnel', { datagrams: 'frames' }],
    ['binding.field-types', 'http', { method: 1 }],
    ['binding.field-types', 'http', { method: '\ud800' }],
    ['binding.field-types', 'http', { path: '/\u0100' }],
    ['binding.field-types', 'http', { path: null }],
    ['binding.field-types', 'http', { headers: [['host']] }],
    ['binding.field-types', 'http', { headers: { host: 'example.org' } }],
    ['binding.field-types', 'http', { limits: { ...LIMITS, idle_ms: 0 } }],
    ['binding.field-types', 'http', { limits: [] }],
    ['binding.field-types', 'http', { local: { cancel: {}, state: {} } }],
    ['binding.field-types', 'http', { local: { cancel: new AbortController().signal, state: [] } }],
    ['interface.values-closed', 'http', { http_version: '1.2' }],
    [
      'interface.values-closed',
      'http',
      { peer: { transport: 'pigeon', address: 'a', port: null } },
    ],
    ['feature.private-names', 'http', { extra: 1 }],
    ['feature.private-names', 'http', { '!org.example.extra': 1 }],
    ['feature.private-names', 'http', { 'http.example.extra': 1 }],
    ['feature.private-names', 'http', { gateway: { ...gateway, features: { magic: [1] } } }],
    ['feature.private-names', 'spdy', {}],
    ['feature.listed', 'http', { gateway: { ...gateway, features: { tunnel: [2, 1] } } }],
    ['feature.listed', 'http', { gateway: { ...gateway, features: { tunnel: [] } } }],
    ['feature.default-kept', 'http', { gateway: { ...gateway, features: { 'http.file': [2] } } }],
    ['feature.not-unasked', 'org.example.other.room', {}],
    ['scope.gateway-marker', 'http', { gateway: { ...gateway, interface: '1' } }],
    ['http.headers.lowercase', 'http', { headers: [['Host', 'example.org']] }],
    ['http.headers.no-pseudo', 'http', { headers: [[':path', '/']] }],
    ['security.request-field-syntax', 'http', { headers: [['host', 'a\r\nb']] }],
    ['security.request-field-syntax', 'http', { headers: [['ho st', 'a']] }],
    [
      'http.headers.cookie-joined',
      'http',
      {
        http_version: '2',
        headers: [
          ['cookie', 'a=b'],
          ['cookie', 'c=d'],
        ],
      },
    ],
    ['http.path.encoded', 'http', { path: '/a b/c' }],
    ['http.path.encoded', 'http', { target: '/x/..//y?d', path: '/y' }],
    ['http.path.encoded', 'http', { target: '/x//y?d', path: '/x/y' }],
    ['http.path.encoded', 'http', { target: 'http://example.org/x/./y?d', path: '/x/y' }],
    ['http.query.null', 'http', { query: null }],
    ['http.query.null', 'http', { target: '/a%20b/c', query: '' }],
    ['http.mount.full-path', 'http', { mount: '/a%20b', path: '/c' }],
    ['http.mount.boundary', 'http', { mount: '/a%20' }],
    ['http.mount.boundary', 'http', { mount: '/a%20b/' }],
    ['http.mount.boundary', 'http', { mount: '/x' }],
    [
      'security.framing-conflict',
      'http',
      {
        headers: [
          ['content-length', '5'],
          ['content-length', '6'],
        ],
        content_length: 5,
      },
    ],
    [
      'security.framing-conflict',
      'http',
      {
        headers: [
          ['content-length', '5'],
          ['transfer-encoding', 'chunked'],
        ],
        content_length: 5,
      },
    ],
    [
      'security.framing-conflict',
      'http',
      { headers: [['content-length', '+5']], content_length: 5 },
    ],
    ['http.upgrade.offers', 'http', { upgrade: { offers: ['x'], via: 'upgrade' } }],
    ['http.upgrade.offers', 'http', { upgrade: { offers: [], via: 'upgrade' } }],
    [
      'http.upgrade.offers',
      'http',
      {
        headers: [
          ['connection', 'upgrade'],
          ['upgrade', 'b, a'],
        ],
        upgrade: { offers: ['a', 'b'], via: 'upgrade' },
      },
    ],
    [
      'http.upgrade.offers',
      'http',
      {
        headers: [
          ['connection', 'upgrade'],
          ['upgrade', 'b, a'],
        ],
      },
    ],
    ['http.upgrade.offers', 'http', { upgrade: { offers: ['x'], via: 'extended_connect' } }],
    [
      'security.limits-target',
      'http',
      { target: `/${'a'.repeat(100)}`, path: `/${'a'.repeat(100)}`, query: null },
    ],
    ['security.limits-method', 'http', { method: 'M'.repeat(65) }],
    ['security.limits-head', 'http', { headers: Array.from({ length: 21 }, () => ['a', '']) }],
    ['security.limits-head', 'http', { headers: [['a', 'b'.repeat(1000)]] }],
    [
      'security.limits-body-declared',
      'http',
      { headers: [['content-length', '2001']], content_length: 2001 },
    ],
    [
      'security.tls-facts',
      'http',
      {
        tls: {
          version: '1.3',
          cipher: null,
          alpn: null,
          sni: null,
          client_chain: [],
          verified: true,
        },
      },
    ],
    ['tunnel.undeclared-connect', 'http', { method: 'CONNECT', path: '', query: null }],
    ['websocket.scope-type', 'websocket', { method: 'POST' }],
    ['websocket.scope-type', 'websocket', { http_version: '2', headers: [], upgrade: null }],
    ['websocket.handshake', 'websocket', { headers: without('websocket', 'sec-websocket-key') }],
    [
      'websocket.handshake',
      'websocket',
      { headers: without('websocket', 'sec-websocket-version') },
    ],
    [
      'websocket.handshake',
      'websocket',
      { headers: headersOf('websocket', ['sec-websocket-protocol', 'chat']) },
    ],
    [
      'websocket.handshake',
      'websocket',
      { headers: headersOf('websocket', ['content-length', '3']), content_length: 3 },
    ],
    ['tunnel.declared-only', 'tunnel', { protocol: 'CONNECT' }],
    ['tunnel.declared-only', 'tunnel', { protocol: 'other' }],
    [
      'tunnel.connect-syntax',
      'connect',
      { type: 'tunnel', headers: [['content-length', '3']], content_length: 3 },
    ],
  ])('%s: %s with %j', (requirement, type, changes) => {
    const stage = new Stage();
    stage.open(type, changes);
    expect(stage.broken('gateway', 'middleware', 'application')).toEqual([requirement]);
  });

  test.each([
    'scope',
    'scope.headers',
    'scope.headers.0',
    'scope.limits',
    'scope.gateway.features',
    'scope.local',
    'scope.local.state',
  ])('typescript.frozen: %s is not frozen', (place) => {
    const stage = new Stage();
    stage.open('http', {}, place);
    expect(stage.broken('gateway')).toEqual(['typescript.frozen']);
    expect(stage.findings[0]?.message).toBe(`${place} is not frozen`);
  });

  test('http.mount.full-path: what middleware breaks is its own', () => {
    const stage = new Stage();
    stage.open('http', { mount: '/a%20b', path: '/c' });
    expect(stage.findings).toMatchObject([
      { side: 'middleware', id: 'stage-1', scope: 'http', level: 'error' },
    ]);
  });

  test('a mount that middleware sets well breaks nothing, nor a path that it rewrites', () => {
    const stage = new Stage();
    stage.open('http', { mount: '/a%20b' });
    stage.open('http', { mount: '/a%20b/c' });
    stage.open('http', { path: '/elsewhere', query: null });
    expect(stage.findings).toEqual([]);
  });

  test('scope.gateway-marker: a version that the checker does not know is a warning, and is not checked', async () => {
    const stage = new Stage();
    const play = stage.open('http', { gateway: { ...gateway, interface: '0.2' } });
    play.leave();
    await turn();
    expect(stage.findings).toMatchObject([
      { level: 'warning', requirement: 'scope.gateway-marker' },
    ]);
  });

  test('scope.id-unique, app.once-per-scope: a second conversation with the id, or the scope, of another', () => {
    const stage = new Stage();
    stage.open('http', { id: 'same' });
    const play = stage.open('http', { id: 'same' });
    stage.call(play);
    expect(stage.broken('gateway')).toEqual(['scope.id-unique', 'app.once-per-scope']);
  });

  test('feature.stable-during-run: another gateway in another scope', () => {
    const stage = new Stage();
    stage.open('http');
    stage.open('http', { gateway });
    expect(stage.broken('gateway')).toEqual(['feature.stable-during-run']);
  });

  test('scope.plain-data: a scope that is no map, or cannot be read, is passed on', () => {
    const stage = new Stage();
    const play = stage.open('http');
    Object.assign(play, { scope: 'http' });
    stage.call(play);
    Object.assign(play, {
      scope: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    });
    stage.call(play);
    expect(stage.broken('gateway')).toEqual(['scope.plain-data', 'scope.plain-data']);
  });
});

describe('what is received', () => {
  const rows: [requirement: string, type: string, play: (play: Play) => unknown][] = [
    ['event.plain-data', 'http', given(undefined)],
    ['event.plain-data', 'http', given({})],
    ['event.plain-data', 'http', given(new Custom())],
    ['event.plain-data', 'http', given({ ...requestEnd, 'org.example.at.all': new Date(0) })],
    ['feature.private-names', 'http', given({ type: 'http.request.begin' })],
    ['feature.private-names', 'http', given({ ...requestEnd, last: true })],
    ['feature.private-names', 'http', given({ ...requestEnd, '!trailers': [] })],
    ['event.by-table', 'http', given({ type: 'websocket.message', text: '' })],
    ['event.by-table', 'http', given(start)],
    ['lifespan.drain-order', 'lifespan', given(requestEnd)],
    ['interface.complete', 'http', given({ type: 'http.request.end' })],
    ['binding.field-types', 'http', given({ type: 'http.request.body', data: 'text' })],
    ['binding.field-types', 'http', given({ type: 'gateway.drain', deadline_ms: -1 })],
    ['binding.field-types', 'http', given({ type: 'gateway.drain', deadline_ms: 0.5 })],
    ['interface.values-closed', 'http', given({ type: 'http.closed', cause: 'peer_closed' })],
    [
      'websocket.message-whole',
      'websocket',
      accepted('websocket.accept', { type: 'websocket.message' }),
    ],
    [
      'websocket.message-whole',
      'websocket',
      accepted('websocket.accept', { type: 'websocket.message', text: '', data: octets(1) }),
    ],
    [
      'binding.field-types',
      'websocket',
      accepted('websocket.accept', { type: 'websocket.message', text: '\ud800' }),
    ],
    [
      'websocket.message-limit',
      'websocket',
      accepted('websocket.accept', { type: 'websocket.message', text: 'ä'.repeat(251) }),
    ],
    ['http.request.no-empty-body', 'http', given({ type: 'http.request.body', data: octets(0) })],
    [
      'http.headers.lowercase',
      'http',
      given({ type: 'http.request.end', trailers: [['X-A', '']] }),
    ],
    [
      'security.message-syntax',
      'http',
      given({ type: 'http.request.end', trailers: [['x a', '']] }),
    ],
    [
      'security.limits-body',
      'http',
      given({ type: 'http.request.end', trailers: [['a', 'b'.repeat(1000)]] }),
    ],
    [
      'security.limits-body',
      'http',
      given(...[1, 2, 3].map(() => ({ type: 'http.request.body', data: octets(1000) }))),
    ],
    ['flow.input-bounded', 'http', given({ type: 'http.request.body', data: octets(1001) })],
    [
      'flow.input-bounded',
      'tunnel',
      accepted('tunnel.accept', { type: 'tunnel.data', data: octets(1001) }),
    ],
    [
      'tunnel.data-order',
      'tunnel',
      accepted('tunnel.accept', { type: 'tunnel.data', data: octets(0) }),
    ],
    ['http.request.end-once', 'http', given(requestEnd, { ...requestEnd })],
    [
      'http.request.end-once',
      'http',
      given(requestEnd, { type: 'http.request.body', data: octets(1) }),
    ],
    [
      'http.request.discard-stops',
      'http',
      discarded({ type: 'http.request.body', data: octets(1) }),
    ],
    ['http.request.discard-stops', 'http', discarded(requestEnd)],
    ['http.closed.cause', 'http', given({ type: 'http.closed', cause: 'complete' })],
    ['cancel.on-peer-loss', 'http', given({ type: 'http.closed', cause: 'peer_reset' })],
    ['http.closed.cause', 'http', answered({ type: 'http.closed', cause: 'peer_reset' })],
    [
      'http.closed.repeats',
      'http',
      answered(
        { type: 'http.closed', cause: 'complete' },
        { type: 'http.closed', cause: 'complete', code: 1 },
      ),
    ],
    [
      'http.closed.repeats',
      'http',
      answered({ type: 'http.closed', cause: 'complete' }, { type: 'org.example.news' }),
    ],
    [
      'http.request.end-once',
      'http',
      answered(
        { type: 'http.closed', cause: 'complete' },
        { type: 'http.request.body', data: octets(1) },
      ),
    ],
    [
      'drain.notice',
      'http',
      answered(
        { type: 'http.closed', cause: 'complete' },
        { type: 'gateway.drain', deadline_ms: 0 },
      ),
    ],
    [
      'drain.notice',
      'http',
      given({ type: 'gateway.drain', deadline_ms: 5 }, { type: 'gateway.drain', deadline_ms: 4 }),
    ],
    ['drain.notice', 'http', lost({ type: 'gateway.drain', deadline_ms: 5 })],
    ['websocket.no-early-101', 'websocket', given({ type: 'websocket.message', text: '' })],
    [
      'websocket.no-early-101',
      'websocket',
      given({ type: 'websocket.closed', code: 1006, reason: '', initiator: 'peer', clean: false }),
    ],
    [
      'websocket.close-discards',
      'websocket',
      accepted('websocket.accept', 'websocket.close', { type: 'websocket.message', text: '' }),
    ],
    [
      'websocket.closed.repeats',
      'websocket',
      accepted('websocket.accept', { type: 'http.closed', cause: 'complete' }),
    ],
    [
      'websocket.closed.codes',
      'websocket',
      accepted('websocket.accept', {
        type: 'websocket.closed',
        code: 1000,
        reason: '',
        initiator: 'application',
        clean: true,
      }),
    ],
    [
      'websocket.closed.codes',
      'websocket',
      accepted('websocket.accept', 'websocket.close', {
        type: 'websocket.closed',
        code: 1000,
        reason: '',
        initiator: 'peer',
        clean: true,
      }),
    ],
    [
      'websocket.closed.codes',
      'websocket',
      accepted('websocket.accept', 'websocket.close', {
        type: 'websocket.closed',
        code: 1006,
        reason: '',
        initiator: 'application',
        clean: true,
      }),
    ],
    [
      'websocket.closed.codes',
      'websocket',
      accepted('websocket.accept', 'websocket.close', {
        type: 'websocket.closed',
        code: 1004,
        reason: '',
        initiator: 'application',
        clean: true,
      }),
    ],
    [
      'websocket.closed.codes',
      'websocket',
      accepted('websocket.accept', 'websocket.close', {
        type: 'websocket.closed',
        code: 1005,
        reason: 'so',
        initiator: 'application',
        clean: true,
      }),
    ],
    [
      'websocket.closed.codes',
      'websocket',
      accepted('websocket.accept', {
        type: 'websocket.closed',
        code: 1000,
        reason: '',
        initiator: 'gateway',
        clean: false,
      }),
    ],
    [
      'cancel.on-peer-loss',
      'websocket',
      accepted('websocket.accept', {
        type: 'websocket.closed',
        code: 1001,
        reason: '',
        initiator: 'peer',
        clean: true,
      }),
    ],
    ['tunnel.no-early-answer', 'tunnel', given({ type: 'tunnel.data', data: octets(1) })],
    [
      'tunnel.end-given-once',
      'tunnel',
      accepted('tunnel.accept', { type: 'tunnel.end' }, { type: 'tunnel.data', data: octets(1) }),
    ],
    [
      'tunnel.end-given-once',
      'tunnel',
      accepted('tunnel.accept', { type: 'tunnel.end' }, { type: 'tunnel.end' }),
    ],
    [
      'tunnel.closed.when',
      'tunnel',
      accepted('tunnel.accept', 'tunnel.abort', { type: 'tunnel.data', data: octets(1) }),
    ],
    [
      'tunnel.closed.cause',
      'tunnel',
      accepted('tunnel.accept', { type: 'tunnel.closed', cause: 'complete' }),
    ],
    [
      'tunnel.closed.cause',
      'tunnel',
      accepted('tunnel.accept', 'tunnel.abort', { type: 'tunnel.closed', cause: 'peer_reset' }),
    ],
    [
      'cancel.on-peer-loss',
      'tunnel',
      accepted('tunnel.accept', { type: 'tunnel.closed', cause: 'peer_reset' }),
    ],
    [
      'tunnel.closed.repeats',
      'tunnel',
      accepted(
        'tunnel.accept',
        'tunnel.abort',
        { type: 'tunnel.closed', cause: 'complete' },
        { type: 'tunnel.data', data: octets(1) },
      ),
    ],
    ['cancel.reason', 'http', lost({ type: 'http.closed', cause: 'timeout' })],
    ['cancel.reason', 'http', lost({ type: 'http.closed', cause: 'peer_reset', code: 8 })],
  ];

  test.each(rows)('%s, in a conversation of the type %s (%#)', async (requirement, type, act) => {
    const stage = new Stage();
    const play = stage.open(type);
    await act(play);
    await turn();
    expect(stage.broken('gateway', 'middleware', 'application')).toEqual([requirement]);
  });

  test('http.request.end-once: the body is shorter than declared', async () => {
    const stage = new Stage();
    const play = stage.open('http', { headers: [['content-length', '5']], content_length: 5 });
    await given({ type: 'http.request.body', data: octets(4) }, requestEnd)(play);
    expect(stage.broken('gateway')).toEqual(['http.request.end-once']);
  });

  test('feature.not-unasked: an event of a feature that is not offered', async () => {
    const stage = new Stage();
    const play = stage.open('tunnel', { gateway: { ...gateway, features: { tunnel: [1] } } });
    await accepted('tunnel.accept', { type: 'tunnel.datagram', data: octets(1) })(play);
    expect(stage.broken('gateway')).toEqual(['feature.not-unasked']);
  });

  test('tunnel.datagram.dropped: a datagram that is too long', async () => {
    const stage = new Stage();
    const play = stage.open('tunnel');
    await accepted(
      { type: 'tunnel.accept', datagrams: true },
      { type: 'tunnel.datagram', data: octets(65_536) },
    )(play);
    expect(stage.broken('gateway')).toEqual(['tunnel.datagram.dropped']);
  });

  test('event.plain-data: one object is given as two events', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    const piece = { type: 'http.request.body', data: octets(1) };
    await given(piece)(play);
    piece.data = octets(2);
    await given(piece)(play);
    expect(stage.broken('gateway')).toEqual(['event.plain-data']);
  });

  test('typescript.bytes-kept: memory of one event is used for the next', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    const buffer = octets(10);
    await given(
      { type: 'http.request.body', data: buffer.subarray(0, 5) },
      { type: 'http.request.body', data: buffer.subarray(5, 10) },
      { type: 'http.request.body', data: buffer.subarray(4, 6) },
    )(play);
    expect(stage.broken('gateway')).toEqual(['typescript.bytes-kept']);
  });

  test('receive.single: a second receive is taken', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    const both = [play.receive(), play.receive()];
    await turn();
    play.give({ type: 'http.request.body', data: octets(1) }, requestEnd);
    await Promise.all(both);
    await turn();
    expect(stage.broken('gateway')).toEqual(['receive.single']);
    expect(stage.broken('application')).toEqual(['receive.single']);
  });

  test('receive.single: a receive is rejected although none is pending', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    play.onReceive = () => Promise.reject(new Misuse('receive.single', 'pending'));
    await play.receive().catch(() => {});
    expect(stage.findings).toMatchObject([{ side: 'gateway', requirement: 'receive.single' }]);
  });

  test('misuse.names-requirement: a second receive is rejected by another requirement', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    void play.receive();
    play.onReceive = () => Promise.reject(new Misuse('event.shape', 'pending'));
    await play.receive().catch(() => {});
    expect(stage.findings).toMatchObject([
      { side: 'gateway', requirement: 'misuse.names-requirement' },
    ]);
  });

  test('event.by-table: a receive fails', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    play.onReceive = () => Promise.reject(new Closed('peer_reset'));
    await play.receive().catch(() => {});
    expect(stage.findings).toMatchObject([{ side: 'gateway', requirement: 'event.by-table' }]);
  });

  test('drain.notice: an event is given ahead of it, once the lifespan was told of the drain', async () => {
    const stage = new Stage({ lifespan: true });
    const lifespan = await ready(stage);
    const early = stage.open('http');
    const waiting = early.receive();
    await given({ type: 'lifespan.drain', deadline_ms: 5 })(lifespan);
    early.give({ type: 'gateway.drain', deadline_ms: 5 });
    await waiting;
    await given(requestEnd)(early);
    expect(stage.findings).toEqual([]);
    await given(requestEnd)(stage.open('http'));
    expect(stage.broken('gateway')).toEqual(['drain.notice']);
  });
});

describe('what becomes of a send', () => {
  const fails = (error: unknown) => (play: Play) => {
    play.onSend = () => Promise.reject(error);
  };
  const rows: [requirement: string, play: (play: Play) => unknown][] = [
    // A requirement that is not kept up.
    ['http.start-once', sent(start, start)],
    ['http.body-before-start', sent(body)],
    ['http.nothing-after-end', sent(start, end, body)],
    ['http.field-syntax', sent({ ...start, headers: [['A', '']] })],
    ['http.hop-by-hop', sent({ ...start, headers: [['te', '']] })],
    ['http.length.syntax', sent({ ...start, headers: [['content-length', '']] })],
    ['http.length.forbidden', sent({ ...start, status: 204, headers: [['content-length', '1']] })],
    ['http.length.excess', sent({ ...start, headers: [['content-length', '2']] }, body)],
    ['http.length.shortfall', sent({ ...start, headers: [['content-length', '2']] }, end)],
    ['http.bodyless', sent({ ...start, status: 304 }, body)],
    ['http.trailers.permitted', sent(start, { ...end, trailers: [['date', '']] })],
    [
      'http.refuse.before-bytes',
      sent({ type: 'http.informational', status: 103 }, { type: 'http.refuse' }),
    ],
    ['http.informational.before-commit', sent(start, { type: 'http.informational', status: 103 })],
    ['event.shape', sent({ ...start, status: '200' })],
    ['event.shape', sent(null)],
    ['event.unknown-type-misuse', sent({ type: 'http.response.begin' })],
    ['event.must-understand', sent({ ...start, '!headers!': [] })],
    // Rejections that say the wrong thing, or nothing.
    [
      'event.by-table',
      async (play) => sent(start)(play, fails(new Misuse('http.start-once', 'no'))),
    ],
    ['flow.judged-at-call', async (play) => sent(start)(play, fails(new Error('EPIPE')))],
    ['cancel.on-peer-loss', async (play) => sent(start)(play, fails(new Closed('peer_reset')))],
    ['cancel.on-peer-loss', async (play) => sent(body)(play, fails(new Closed('peer_reset')))],
    [
      'misuse.names-requirement',
      async (play) => sent(body)(play, fails(new Misuse('http.start-once', 'no'))),
    ],
    [
      'misuse.names-requirement',
      async (play) => sent(body)(play, fails(Object.assign(new Error('no'), { name: 'Misuse' }))),
    ],
    [
      'binding.errors',
      async (play) =>
        sent(body)(
          play,
          fails(
            Object.assign(new Error('no'), {
              name: 'Misuse',
              requirement: 'http.body-before-start',
            }),
          ),
        ),
    ],
    [
      'event.check-order',
      async (play) =>
        sent({ ...body, data: '' })(play, fails(new Misuse('http.body-before-start', 'no'))),
    ],
    // After the loss of the peer.
    ['closed.on-send', async (play) => sent(start)(lose(play))],
    [
      'event.closed-first',
      async (play) => sent(body)(lose(play), fails(new Misuse('http.body-before-start', 'no'))),
    ],
    ['event.check-order', async (play) => sent({})(lose(play), fails(new Closed('peer_reset')))],
    ['cancel.reason', async (play) => sent(start)(lose(play), fails(new Closed('timeout')))],
    ['cancel.reason', async (play) => sent(start)(lose(play), fails(new Closed('peer_reset', 8)))],
    [
      'closed.on-send',
      async (play) =>
        sent({ type: 'http.request.discard' })(lose(play), fails(new Closed('peer_reset'))),
    ],
    // The signal.
    ['cancel.reason', (play) => play.cancel.abort()],
    ['cancel.reason', (play) => play.cancel.abort(new Closed('complete'))],
    ['cancel.reason', (play) => play.cancel.abort(new Closed('peer_closed'))],
    ['cancel.reason', (play) => play.cancel.abort('peer_reset')],
    ['binding.errors', (play) => play.cancel.abort(new Closed('peer_reset', '8' as never))],
    [
      'cancel.after-end',
      async (play) => {
        await sent(start, end)(play);
        play.cancel.abort(new Closed('peer_reset'));
      },
    ],
    [
      'flow.send-settles-on-close',
      async (play) => {
        await sent(start)(play);
        play.onSend = () => new Promise(() => {});
        void play.send(body);
        play.cancel.abort(new Closed('peer_reset'));
        await turn();
      },
    ],
    // Promises.
    [
      'typescript.promises',
      (play) =>
        thrown(play, () => {
          throw new Misuse('http.start-once', 'no');
        }),
    ],
    ['typescript.promises', (play) => thrown(play, () => undefined)],
    ['typescript.promises', (play) => thrown(play, () => Object.fromEntries([['then', () => {}]]))],
    [
      'typescript.bytes-kept',
      async (play) => {
        play.onSend = (event) => {
          if ('data' in event) event.data?.fill(0);
          return Promise.resolve();
        };
        await sent(start, { type: 'http.response.body', data: octets(3) })(play);
      },
    ],
    [
      'typescript.bytes-kept',
      async (play) => {
        play.onSend = (event) => {
          if ('data' in event && event.data)
            structuredClone(event.data, { transfer: [event.data.buffer] });
          return Promise.resolve();
        };
        await sent(start, { type: 'http.response.body', data: octets(3) })(play);
      },
    ],
  ];

  test.each(rows)('%s (%#)', async (requirement, act) => {
    const stage = new Stage();
    await act(stage.open('http'));
    await turn();
    expect(stage.broken('gateway', 'middleware')).toEqual([requirement]);
  });

  test.each<[requirement: string, type: string, ...events: object[]]>([
    [
      'websocket.accept-once',
      'websocket',
      { type: 'websocket.accept' },
      { type: 'websocket.accept' },
    ],
    [
      'websocket.accept-headers',
      'websocket',
      { type: 'websocket.accept', headers: [['sec-websocket-key', '']] },
    ],
    [
      'websocket.subprotocol-offered',
      'websocket',
      { type: 'websocket.accept', subprotocol: 'Chat' },
    ],
    ['websocket.message-before-accept', 'websocket', { type: 'websocket.message', text: '' }],
    ['websocket.denial', 'websocket', { ...start, status: 299 }],
    [
      'websocket.no-response-after-accept',
      'websocket',
      { type: 'websocket.accept' },
      { ...start, status: 403 },
    ],
    [
      'websocket.close-codes',
      'websocket',
      { type: 'websocket.accept' },
      { type: 'websocket.close', code: 1006 },
    ],
    [
      'websocket.close-codes',
      'websocket',
      { type: 'websocket.accept' },
      { type: 'websocket.close', code: 1010 },
    ],
    [
      'websocket.close-limits',
      'websocket',
      { type: 'websocket.accept' },
      { type: 'websocket.close', reason: 'ä'.repeat(62) },
    ],
    [
      'websocket.nothing-after-close',
      'websocket',
      { type: 'websocket.accept' },
      { type: 'websocket.close' },
      { type: 'websocket.close' },
    ],
    ['tunnel.accept-once', 'tunnel', { type: 'tunnel.accept' }, { type: 'tunnel.accept' }],
    [
      'tunnel.accept-datagrams',
      'tunnel',
      { type: 'tunnel.accept', datagrams: true, headers: [['content-type', 'a']] },
    ],
    [
      'http.length.forbidden',
      'tunnel',
      { type: 'tunnel.accept', headers: [['content-length', '0']] },
    ],
    ['feature.only-accepted', 'tunnel', { type: 'tunnel.datagram', data: octets(0) }],
    ['tunnel.data-before-accept', 'tunnel', { type: 'tunnel.end' }],
    [
      'tunnel.nothing-after-end',
      'tunnel',
      { type: 'tunnel.accept' },
      { type: 'tunnel.end' },
      { type: 'tunnel.end' },
    ],
    ['tunnel.no-response-after-accept', 'tunnel', { type: 'tunnel.accept' }, start],
  ])('%s is not kept up', async (requirement, type, ...events) => {
    const stage = new Stage();
    await sent(...events)(stage.open(type));
    await turn();
    expect(stage.broken('gateway')).toEqual([requirement]);
    expect(stage.broken('application')).toEqual([requirement]);
  });

  test('tunnel.refuse is not kept up', async () => {
    const stage = new Stage();
    await sent(start)(stage.open('connect', { type: 'tunnel' }));
    await turn();
    expect(stage.broken('gateway')).toEqual(['tunnel.refuse']);
  });

  test('security.file-roots: what only the gateway knows is believed', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    await sent({ ...start, headers: [['content-length', '9']] })(play);
    await sent({ type: 'http.file', path: '/x' })(
      play,
      fails(new Misuse('security.file-roots', 'no')),
    );
    play.onSend = () => Promise.resolve();
    // The length of this one is not known, nor so what is left.
    await sent({ type: 'http.file', path: '/y' }, end)(play);
    await turn();
    expect(stage.findings).toMatchObject([
      { side: 'application', requirement: 'security.file-roots' },
    ]);
    await sent(body)(play);
    await turn();
    expect(stage.broken('gateway')).toEqual(['http.nothing-after-end']);
  });
});

describe('the lifespan', () => {
  test.each<[requirement: string, play: (stage: Stage) => unknown]>([
    ['lifespan.first', (stage) => stage.open('http')],
    [
      'lifespan.first',
      async (stage) => {
        await given(startup)(stage.open('lifespan'));
        stage.open('http');
      },
    ],
    [
      'lifespan.per-process',
      async (stage) => {
        await ready(stage);
        stage.open('lifespan');
      },
    ],
    [
      'lifespan.drain-order',
      (stage) => given({ type: 'lifespan.shutdown' })(stage.open('lifespan')),
    ],
    ['lifespan.drain-order', (stage) => given(startup, { ...startup })(stage.open('lifespan'))],
    [
      'lifespan.drain-order',
      async (stage) => given({ type: 'lifespan.shutdown' })(await ready(stage)),
    ],
    [
      'lifespan.drain-order',
      async (stage) => {
        const play = await ready(stage);
        await given(
          { type: 'lifespan.drain', deadline_ms: 1 },
          { type: 'lifespan.shutdown' },
          { type: 'lifespan.drain', deadline_ms: 1 },
        )(play);
      },
    ],
    [
      'feature.stable-during-run',
      (stage) => given({ ...startup, offers: {} })(stage.open('lifespan')),
    ],
    [
      'lifespan.state-shared',
      async (stage) => {
        await ready(stage, { state: { pool: 1 } });
        stage.open('http');
      },
    ],
    [
      'lifespan.state-shared',
      async (stage) => {
        await ready(stage);
        stage.open('http', { local: { cancel: new AbortController().signal, state: { pool: 1 } } });
      },
    ],
    [
      'feature.not-unasked',
      async (stage) => {
        await ready(stage);
        stage.open('tunnel');
      },
    ],
    [
      'tunnel.declared-only',
      async (stage) => {
        await ready(stage, { accepts: { tunnel: 1 }, tunnels: ['other'] });
        stage.open('tunnel');
      },
    ],
    ['cancel.reason', (stage) => stage.open('lifespan').cancel.abort(new Closed('peer_reset'))],
  ])('%s (%#)', async (requirement, act) => {
    const stage = new Stage({ lifespan: true });
    await act(stage);
    await turn();
    expect(stage.broken('gateway')).toEqual([requirement]);
  });

  test('lifespan.accepts-offered is not kept up', async () => {
    const stage = new Stage({ lifespan: true });
    await ready(stage, { accepts: { 'http.file': 2 } });
    expect(stage.broken('gateway')).toEqual(['lifespan.accepts-offered']);
  });

  test('feature.only-accepted: what the application did not accept is not in force', async () => {
    const stage = new Stage({ lifespan: true });
    await ready(stage);
    await sent(start, { type: 'http.file', path: '/a' })(stage.open('http'));
    await turn();
    expect(stage.broken('gateway')).toEqual(['feature.only-accepted']);
  });

  test('lifespan.unsupported: an application without lifespan is ready, with what is accepted by default', async () => {
    const stage = new Stage({ lifespan: true });
    stage.open('lifespan').leave(new UnsupportedScope('lifespan'));
    await turn();
    await sent(start, { type: 'http.file', path: '/a' }, end)(stage.open('http'));
    await turn();
    expect(stage.findings).toEqual([]);
  });

  test('another run of the gateway begins with another lifespan', async () => {
    const stage = new Stage({ lifespan: true });
    const first = await ready(stage);
    stage.open('http', { id: 'one' });
    await given({ type: 'lifespan.drain', deadline_ms: 1 }, { type: 'lifespan.shutdown' })(first);
    first.leave();
    await turn();
    await ready(stage);
    stage.open('http', { id: 'one' });
    expect(stage.findings).toEqual([]);
  });
});

const startup = {
  type: 'lifespan.startup',
  offers: { 'http.file': [1], tunnel: [1], 'tunnel.datagram': [1], 'org.example.chat': [1, 2] },
  limits: LIMITS,
};

/** Opens a lifespan that becomes ready. */
async function ready(stage: Stage, answer: object = {}): Promise<Play> {
  const play = stage.open('lifespan');
  await given(startup)(play);
  await play.send({ type: 'lifespan.ready', ...answer });
  await turn();
  return play;
}

/** Gives events to an application that asks for each. */
function given(...events: unknown[]): (play: Play) => Promise<void> {
  return async (play) => {
    for (const event of events) {
      play.give(event);
      await play.receive();
    }
  };
}

/** Sends what is named, or is an event that can be sent, and gives the rest. */
function accepted(
  ...events: (string | { readonly type: string; readonly [key: string]: unknown })[]
): (play: Play) => Promise<void> {
  return async (play) => {
    for (const [at, event] of events.entries()) {
      if (typeof event === 'string') await play.send({ type: event });
      else if (at === 0) await play.send(event);
      else await given(event)(play);
    }
  };
}

function discarded(...events: unknown[]): (play: Play) => Promise<void> {
  return async (play) => {
    await play.send({ type: 'http.request.discard' });
    await given(...events)(play);
  };
}

/** Gives events behind a request and a response that are over. */
function answered(...events: unknown[]): (play: Play) => Promise<void> {
  return async (play) => {
    await sent(start, end)(play);
    await given(requestEnd, ...events)(play);
  };
}

function lose(play: Play): Play {
  play.cancel.abort(new Closed('peer_reset'));
  return play;
}

function lost(...events: unknown[]): (play: Play) => Promise<void> {
  return (play) => given(...events)(lose(play));
}

/** Sends events, one after the other, whatever becomes of them. */
function sent(...events: unknown[]): (play: Play, before?: (play: Play) => void) => Promise<void> {
  return async (play, before) => {
    before?.(play);
    for (const event of events) await play.send(event).catch(() => {});
  };
}

async function thrown(play: Play, call: () => unknown): Promise<void> {
  play.onSend = call;
  try {
    void play.send(start);
  } catch (error) {
    expect(error).toBeInstanceOf(Misuse);
  }
}
