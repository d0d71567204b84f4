// HTTP/1 on raw sockets: requests that are refused or given up, and how requests and responses stand on the wire. What all
// transports share is in src/client/transport.suite.ts.

import { describe, expect, test } from 'vitest';
import { given, settled, turn } from '../../../tests/fixtures/puppet.ts';
import { RawClient } from '../../../tests/fixtures/raw-client.ts';
import { Closed, type Fields, type HttpSendEvent } from '../../interface/index.ts';
import {
  abort,
  answer,
  body,
  cleanUp,
  clock,
  connected,
  counted,
  end,
  exchange,
  GET,
  get,
  post,
  seen,
  serve,
  start,
} from './http1.fixture.ts';

cleanUp();

const MANY_FIELDS = { header_fields: 3000, header_octets: 256 * 1024 };

describe('requests that are refused', () => {
  const chunked = ['5', 'abcde', '0', ''];
  const smuggled = get('/smuggled');

  test.each<[clause: string, what: string, head: string[], rest: string[]]>([
    [
      '9112 6.3',
      'content-length and transfer-encoding',
      ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked', ''],
      chunked,
    ],
    [
      '9112 6.3',
      'transfer-encoding and content-length',
      ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Content-Length: 5', ''],
      chunked,
    ],
    [
      '9112 6.3',
      'two lengths',
      ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Content-Length: 0', ''],
      ['abcde'],
    ],
    [
      '9110 8.6',
      'a list of lengths',
      ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5, 0', ''],
      ['abcde'],
    ],
    [
      '9110 8.6',
      'a length with a sign',
      ['POST / HTTP/1.1', 'Host: a', 'Content-Length: +5', ''],
      ['abcde'],
    ],
    [
      '9110 8.6',
      'a length beyond every number',
      ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 18446744073709551621', ''],
      ['abcde'],
    ],
    [
      '9112 6.1',
      'an unknown coding',
      ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip', ''],
      chunked,
    ],
    [
      '9112 6.1',
      'an unknown coding before chunked',
      ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked', ''],
      chunked,
    ],
    [
      '9112 6.1',
      'a coding after chunked',
      ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked, identity', ''],
      chunked,
    ],
    [
      '9112 6.1',
      'chunked twice',
      [
        'POST / HTTP/1.1',
        'Host: a',
        'Transfer-Encoding: chunked',
        'Transfer-Encoding: chunked',
        '',
      ],
      chunked,
    ],
    [
      '9112 6.1',
      'chunked in HTTP/1.0',
      ['POST / HTTP/1.0', 'Host: a', 'Connection: keep-alive', 'Transfer-Encoding: chunked', ''],
      chunked,
    ],
    [
      '9112 5.1',
      'a space before the colon',
      ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding : chunked', ''],
      chunked,
    ],
    [
      '9112 5.2',
      'a folded line',
      ['POST / HTTP/1.1', 'Host: a', 'X-A: b', ' Transfer-Encoding: chunked', ''],
      chunked,
    ],
    [
      '9112 2.2',
      'a bare CR in a value',
      ['GET / HTTP/1.1', 'Host: a', 'X-A: b\rTransfer-Encoding: chunked', ''],
      [],
    ],
    ['9112 2.2', 'white space before the first field', ['GET / HTTP/1.1', ' Host: a', ''], []],
    ['9110 5.5', 'NUL in a value', ['GET / HTTP/1.1', 'Host: a', 'X-A: b\0c', ''], []],
    ['9112 3.2', 'no host', ['GET / HTTP/1.1', ''], []],
    ['9112 3.2', 'two hosts', ['GET / HTTP/1.1', 'Host: a', 'Host: b', ''], []],
    ['9112 3.2', 'a host with user information', ['GET / HTTP/1.1', 'Host: a@b', ''], []],
    ['9112 3.2', 'a target with a fragment', get('/a#b'), []],
    ['9112 3.2.4', 'an asterisk with GET', get('*'), []],
    ['9110 4.2.4', 'an absolute target with user information', get('http://a@b/'), []],
    ['9112 3', 'an unknown version', ['GET / HTTP/9.9', 'Host: a', ''], []],
    ['9112 2.3', 'HTTP/2.0 in the form of HTTP/1', ['GET / HTTP/2.0', 'Host: a', ''], []],
    ['9113 3.4', 'the preface of HTTP/2', ['PRI * HTTP/2.0', '', 'SM', ''], []],
    ['9112 3', 'no version', ['GET /', 'Host: a', ''], []],
    ['9112 3', 'what is not HTTP', ['\x16\x03\x01\x02\0\x01\0\x01\xfc'], []],
  ])(
    'RFC %s: %s is answered without the application, and nothing after it is read',
    async (_, __, head, rest) => {
      const { client, calls } = await connected();
      client.lines(...head, ...rest, ...smuggled);
      const whole = await client.whole();
      expect(whole).toMatch(/^HTTP\/1\.1 (?:400|501|505) /);
      expect(whole.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(calls).toHaveLength(0);
    },
  );

  test('security.host-single: a second host is found behind 2500 other fields', async () => {
    const { calls, ...served } = await serve({ limits: MANY_FIELDS });
    const client = await served.client();
    client.lines('GET / HTTP/1.1', 'Host: a', ...Array<string>(2500).fill('a:'), 'Host: b', '');
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 400 [\s\S]*security\.host-single/);
    expect(calls).toHaveLength(0);
  });

  test.each<[string, string, string[]]>([
    ['a value that is too large', '431 ', get('/', `X-Large: ${'x'.repeat(64 * 1024)}`)],
    ['more than Node reads', '431 ', get('/', `X-Large: ${'x'.repeat(256 * 1024)}`)],
    ['too many fields', '431 ', get('/', ...Array<string>(1000).fill('a:'))],
    ['a target that is too long', '414 ', get(`/${'x'.repeat(16 * 1024)}`)],
  ])(
    'security.limits-head, security.limits-target: %s is answered %s',
    async (_, status, lines) => {
      const { calls, ...served } = await serve();
      const client = await served.client();
      client.lines(...lines);
      expect((await client.whole()).startsWith(`HTTP/1.1 ${status}`)).toBe(true);
      expect(calls).toHaveLength(0);
    },
  );

  test('security.head-time: a head that stands still is answered 408', async () => {
    const advance = clock();
    const { calls, client, port } = await connected();
    client.write('GET / HTTP/1.1\r\nHost: a\r\n');
    await seen(port);
    await advance(29_000);
    await settled(() => client.received);
    expect(client.received).toBe('');
    await advance(2_000);
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 408 [^\0]*\r\nconnection: close\r\n/);
    expect(calls).toHaveLength(0);
  });

  test('security.head-time-silent: a connection that says nothing is closed without an answer', async () => {
    const advance = clock();
    const { client, port } = await connected();
    client.write('\r\n\r\n');
    await seen(port);
    await advance(31_000);
    expect(await client.whole()).toBe('');
  });

  test('security.given-up-answer: a response that has begun is broken off instead', async () => {
    const { client, call } = await exchange(post('Transfer-Encoding: chunked'));
    await call.send(start);
    await call.send(body('begun'));
    await client.until('begun');
    client.lines('xyz');
    const whole = await client.whole();
    expect(whole).not.toContain('HTTP/1.1 400');
    expect(whole).not.toContain('0\r\n\r\n');
  });

  test.each<[string, number, string, string[]]>([
    ['a body', 413, '', ['b', 'elevenoctet', '0', '']],
    ['chunk extensions', 413, '', [`1;a=${'x'.repeat(16_384)}`, 'x', '0', '']],
    ['trailer fields', 431, 'x', ['1', 'x', '0', `a: ${'x'.repeat(300)}`, '']],
  ])('security.limits-body: too much of %s is answered %i', async (_, status, __, rest) => {
    const limits = { body_octets: 10, header_octets: 200 };
    const { client, call } = await exchange(post('Transfer-Encoding: chunked'), { limits });
    client.lines(...rest);
    await given(call.scope.local.cancel);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('limit'));
    expect(await client.whole()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test('security.limits-body: what is discarded is counted too', async () => {
    const limits = { body_octets: 10 };
    const { client, call } = await exchange(post('Transfer-Encoding: chunked'), { limits });
    await call.send({ type: 'http.request.discard' });
    client.lines('b', 'elevenoctet', '0', '');
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('security.framing-conflict: the refusal is traced with its requirement', async () => {
    const { client, steps } = await connected();
    client.lines('POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked', '', '0', '');
    expect(await client.whole()).toContain(
      'security.framing-conflict: the transfer coding "gzip, chunked" is not known',
    );
    expect(steps).toMatchObject([
      { type: 'http.refused-request', requirement: 'security.framing-conflict' },
    ]);
  });

  test.each([
    ['a first line that is none', 'security.message-syntax', ['hello'], /^400 [^(]*$/],
    [
      'a field that is none',
      'security.request-field-syntax',
      ['GET /a?b HTTP/1.1', 'Host'],
      /^400 .* \(GET \/a\?b HTTP\/1\.1\)$/,
    ],
    [
      'too many fields, of the second request',
      'security.limits-head',
      ['PUT /second HTTP/1.1', ...Array.from({ length: 101 }, () => 'a: b')],
      /^431 .* \(PUT \/second HTTP\/1\.1\)$/,
    ],
  ])(
    '%s: what is refused before its head was read is traced (%s)',
    async (what, requirement, lines, preview) => {
      const { client, next, steps } = await connected({ limits: { header_fields: 100 } });
      if (what.endsWith('second request')) {
        client.lines('GET /first HTTP/1.1', 'Host: a', '');
        await answer(await next(), 'one');
      }
      const before = steps.length;
      client.lines(...lines, '', '');
      expect(await client.whole()).toContain(requirement);
      expect(steps.slice(before).filter(({ lane }) => lane === 'gateway')).toEqual([
        {
          conn: expect.any(Number),
          lane: 'gateway',
          dir: 'in',
          type: 'http.refused-request',
          phase: 'i',
          requirement,
          payload: {
            preview: expect.stringMatching(preview),
            status: Number(String(preview).slice(2, 5)),
          },
        },
      ]);
    },
  );

  test.each([
    ['a size that is none', ['xyz']],
    ['a negative size', ['-5', 'abcde']],
    ['a size with a prefix', ['0x5', 'abcde']],
    ['a size beyond every number', ['ffffffffffffffffff', 'abcde']],
    ['data longer than its size', ['3', 'abcdef', '0', '']],
  ])(
    'RFC 9112 7.1: a chunk with %s gives the exchange up as a protocol error',
    async (_, chunks) => {
      const { client, call, calls } = await exchange([
        'POST / HTTP/1.1',
        'Host: a',
        'Transfer-Encoding: chunked',
        '',
      ]);
      client.lines(...chunks, ...smuggled);
      await given(call.scope.local.cancel);
      expect(call.scope.local.cancel.reason).toEqual(new Closed('protocol_error'));
      for (
        let event = await call.receive();
        event.type !== 'http.closed';
        event = await call.receive()
      )
        expect(event.type, 'http.request.end-once').toBe('http.request.body');
      // security.given-up-answer, security.nothing-after-last
      expect(await client.whole()).toMatch(/^HTTP\/1\.1 400 [^\0]*Bad Request\n$/);
      expect(calls).toHaveLength(1);
    },
  );

  test('tunnel.undeclared-connect: CONNECT is answered 501, and the connection closes', async () => {
    const { client, calls, steps } = await connected();
    client.lines('CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443', '');
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\n/);
    expect(calls).toHaveLength(0);
    expect(steps).toMatchObject([{ requirement: 'tunnel.undeclared-connect' }]);
  });

  test('tunnel.undeclared-connect: a peer that resets a CONNECT does not bring the server down', async () => {
    const { client, port, next } = await connected();
    client
      .lines('CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443', '')
      .write('x'.repeat(1000));
    await turn();
    client.reset();
    await client.closed;
    const other = await RawClient.connect(port);
    other.lines(...GET);
    await answer(await next(), 'alive');
    await other.until('alive');
    other.socket.destroy();
  });

  test('security.refusal-order: a refusal stands behind the whole response before it', async () => {
    const { call, client } = await exchange([...GET, 'CONNECT a:443 HTTP/1.1', 'Host: a:443', '']);
    await call.send(start);
    await call.send(body('first'));
    await settled(() => client.received);
    expect(client.received).not.toContain('501');
    await call.send(end);
    expect(await client.whole()).toMatch(/\r\nfirst\r\n0\r\n\r\nHTTP\/1\.1 501 /);
  });

  test('tunnel.undeclared-upgrade: an Upgrade that nobody serves is an ordinary request', async () => {
    const { call, client } = await exchange(get('/', 'Connection: Upgrade', 'Upgrade: chat'));
    expect(call.scope.upgrade).toEqual({ offers: ['chat'], via: 'upgrade' });
    await answer(call, 'plain');
    expect(await client.until('plain')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('the request', () => {
  test('http.headers.order: thousands of fields arrive, none left out', async () => {
    const names = Array.from({ length: 2500 }, (_, i) => `x${i.toString(36)}`);
    const { next, ...served } = await serve({ limits: MANY_FIELDS });
    const client = await served.client();
    client.lines('GET / HTTP/1.1', ...names.map((name) => `${name}:`), 'Host: a', '');
    const call = await next();
    expect(call.scope.headers.map(([name]) => name)).toEqual([...names, 'host']);
  });

  test('field values are octets', async () => {
    const { call } = await exchange(get('/', 'X-A: \xe4\xff\t"'));
    expect(call.scope.headers).toContainEqual(['x-a', '\xe4\xff\t"']);
  });

  test('http.target.raw: an absolute target is given as it came, with its authority', async () => {
    const { call } = await exchange(get('http://example.org:81/a%2fb?c'));
    expect(call.scope).toMatchObject({
      target: 'http://example.org:81/a%2fb?c',
      authority: 'example.org:81',
      path: '/a%2fb',
      query: 'c',
    });
  });

  test('http.half-close: a peer that ends its side after the request gets the response', async () => {
    const { call, client } = await exchange();
    client.halfClose();
    expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
    await settled(() => client.received);
    expect(call.scope.local.cancel.aborted).toBe(false);
    await call.send(start);
    await call.send(body('still here'));
    await call.send(end);
    expect(await client.whole()).toContain('still here');
    expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'complete' });
  });

  test('http.half-close: a peer that has left altogether is noticed when something is written', async () => {
    const { call, client } = await exchange();
    client.socket.destroy();
    await client.closed;
    await call.send(start);
    let error: unknown;
    while (error === undefined) {
      error = await call.send(body('anybody there?')).catch((error) => error);
      await turn();
    }
    expect(error).toBeInstanceOf(Closed);
    expect(call.scope.local.cancel.aborted).toBe(true);
  });

  test('http.request.end-once: a peer that ends its side within the request is lost', async () => {
    const { call, client } = await exchange([
      'POST / HTTP/1.1',
      'Host: a',
      'Content-Length: 10',
      '',
    ]);
    client.write('half').halfClose();
    await given(call.scope.local.cancel);
    expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
    expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'connection_lost' });
  });

  test('http.request.trailers: they come with the end, and never among the headers', async () => {
    const { call, client } = await exchange([
      'POST / HTTP/1.1',
      'Host: a',
      'Trailer: X-T',
      'Transfer-Encoding: chunked',
      '',
    ]);
    client.lines('2;ext=1', 'ab', '0', 'X-T: \xe4', 'Host: b', '');
    expect(await call.receive()).toMatchObject({ data: expect.objectContaining({ length: 2 }) });
    expect(await call.receive()).toEqual({
      type: 'http.request.end',
      trailers: [
        ['x-t', '\xe4'],
        ['host', 'b'],
      ],
    });
    expect(call.scope.authority).toBe('a');
  });
});

describe('100-continue', () => {
  const expecting = (version: string) => [
    `POST / HTTP/${version}`,
    'Host: a',
    'Expect: 100-continue',
    'Content-Length: 2',
    '',
  ];

  test('http.continue.on-receive: nothing is written before the first `receive`', async () => {
    const { call, client } = await exchange(expecting('1.1'));
    await settled(() => client.received);
    expect(client.received).toBe('');
    const pending = call.receive();
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.write('ab');
    expect(await pending).toMatchObject({ type: 'http.request.body' });
    await answer(call, 'done');
    expect((await client.until('done')).match(/ 100 /g)).toHaveLength(1);
  });

  test('http.continue.on-receive: no 100 once the body has begun to arrive', async () => {
    const served = await serve();
    const client = await served.client();
    client.write(`${expecting('1.1').join('\r\n')}\r\nab`);
    const call = await served.next();
    await expect
      .poll(() => served.steps.some(({ type }) => type === 'http.request.end'))
      .toBe(true);
    expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
    await answer(call, 'done');
    expect(await client.until('done')).not.toContain(' 100 ');
  });

  test('http.continue.on-receive: a final response without a `receive` closes the connection (RFC 9112 section 9.3)', async () => {
    const { call, client } = await exchange(expecting('1.1'));
    await answer(call, 'no');
    const whole = await client.whole();
    expect(whole).toMatch(/^HTTP\/1\.1 200 /);
    expect(whole).toMatch(/\r\nConnection: close\r\n/i);
  });

  test('a peer of HTTP/1.0 gets no 100 (RFC 9110 section 10.1.1)', async () => {
    const { call, client } = await exchange(expecting('1.0'));
    const pending = call.receive();
    client.write('ab');
    await pending;
    await answer(call, 'done');
    expect(await client.whole()).not.toContain(' 100 ');
  });
});

describe('framing of the response', () => {
  test('HTTP/1.1 without a declared length: chunks, and the connection stays', async () => {
    const { call, client, next } = await exchange();
    await call.send(start);
    await call.send(body('abc'));
    await call.send(end);
    expect(await client.until('0\r\n\r\n')).toMatch(
      /\r\nTransfer-Encoding: chunked\r\n(?:[\s\S]*\r\n)?\r\n3\r\nabc\r\n0\r\n\r\n$/i,
    );
    client.lines(...GET);
    await answer(await next(), 'second');
    await client.until('second');
  });

  test('HTTP/1.1 with a declared length: no chunks', async () => {
    const { call, client } = await exchange();
    await answer(call, 'abc');
    const whole = await client.until(/\r\n\r\nabc$/);
    expect(whole).not.toMatch(/transfer-encoding/i);
    expect(whole.match(/content-length/gi)).toHaveLength(1);
  });

  test('HTTP/1.0 without a declared length: no chunks, and the connection ends the body', async () => {
    const { call, client } = await exchange(['GET / HTTP/1.0', '']);
    await call.send(start);
    await call.send(body('abc'));
    await call.send({ type: 'http.response.end', trailers: [['x-t', 'v']] });
    const whole = await client.whole();
    expect(whole).not.toMatch(/transfer-encoding/i);
    expect(whole).toMatch(/\r\n\r\nabc$/);
    expect(await client.closed).toBe('end');
  });

  test('RFC 9112 6.1: a peer of HTTP/1.0 that says `te: chunked` gets no chunks', async () => {
    const { call, client } = await exchange(['GET / HTTP/1.0', 'TE: chunked', '']);
    await call.send(start);
    await call.send(body('abc'));
    await call.send(end);
    const whole = await client.whole();
    expect(whole).not.toMatch(/transfer-encoding/i);
    expect(whole).toMatch(/\r\n\r\nabc$/);
  });

  test('HTTP/1.0 with keep-alive and a declared length: the connection stays', async () => {
    const keep = ['GET / HTTP/1.0', 'Connection: keep-alive', ''];
    const { call, client, next } = await exchange(keep);
    await answer(call, 'first');
    expect(await client.until('first')).toMatch(/\r\nConnection: keep-alive\r\n/i);
    client.lines(...keep);
    await answer(await next(), 'second');
    await client.until('second');
  });

  test('http.informational.http-1-0: nothing of a 1xx reaches a peer of HTTP/1.0', async () => {
    const { call, client } = await exchange(['GET / HTTP/1.0', '']);
    await call.send({ type: 'http.informational', status: 103 });
    await answer(call, 'done');
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each<[string, HttpSendEvent[]]>([
    ['a response to HEAD', [counted(5), body('abcde'), end]],
    ['a response to HEAD without a length', [start, body('abcde'), end]],
  ])('http.head-length: %s ends with its head, and the connection stays', async (_, events) => {
    const { call, client, next } = await exchange(['HEAD / HTTP/1.1', 'Host: a', '']);
    for (const event of events) await call.send(event);
    expect(await client.until('\r\n\r\n')).toMatch(/\r\n\r\n$/);
    client.lines(...GET);
    await answer(await next(), 'second');
    expect(await client.until('second')).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^\0]*?\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    );
  });

  test.each([204, 304])(
    'http.bodyless: a %i has neither chunks nor length, and the connection stays',
    async (status) => {
      const { call, client, next } = await exchange();
      await call.send({ type: 'http.response.start', status });
      await call.send(end);
      const head = await client.until('\r\n\r\n');
      expect(head).toMatch(/\r\n\r\n$/);
      expect(head).not.toMatch(/transfer-encoding|content-length/i);
      client.lines(...GET);
      await answer(await next(), 'second');
      expect(await client.until('second')).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    },
  );

  test('http.bodyless: a 205 says that it is empty (RFC 9110 section 15.3.6)', async () => {
    const { call, client } = await exchange();
    await call.send({ type: 'http.response.start', status: 205 });
    await call.send(end);
    expect(await client.until(/\r\n\r\n(?:0\r\n\r\n)?$/)).toMatch(
      /content-length: 0\r\n|transfer-encoding: chunked\r\n/i,
    );
  });

  test('http.commit.on-start: the head goes out before any body, in octets', async () => {
    const { call, client } = await exchange();
    await call.send({ ...start, headers: [['x-a', '\xe4\xff']] });
    expect(await client.until('\r\n\r\n')).toContain('\r\nx-a: \xe4\xff\r\n');
    await call.send(body('x'));
    await client.until('1\r\nx\r\n');
  });

  test.each<[string, string[]]>([
    ['with a body in the same turn', GET],
    ['to HEAD', ['HEAD / HTTP/1.1', 'Host: a', '']],
  ])('http.commit.on-start: the head %s is in octets too', async (_, lines) => {
    const { call, client } = await exchange(lines);
    await Promise.all([
      call.send({ ...start, headers: [['x-a', '\xe4\xff']] }),
      call.send(body('x')),
    ]);
    expect(await client.until('\r\n\r\n')).toContain('\r\nx-a: \xe4\xff\r\n');
  });

  test.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const)(
    'http.commit.on-start: the head of %s %i does not wait for the end',
    async (method, status) => {
      const { call, client } = await exchange([`${method} / HTTP/1.1`, 'Host: a', '']);
      await call.send({ type: 'http.response.start', status });
      await client.until('\r\n\r\n');
      await call.send(end);
    },
  );

  test('http.commit.on-start: head and body of one turn go out together', async () => {
    const { call, client } = await exchange();
    const pieces: string[] = [];
    client.socket.on('data', (data) => pieces.push(String(data)));
    await Promise.all([call.send(counted(1)), call.send(body('x')), call.send(end)]);
    await client.until(/\r\n\r\nx$/);
    expect(pieces).toHaveLength(1);
  });

  test('informational responses and trailers are in octets', async () => {
    const { call, client } = await exchange();
    await call.send({ type: 'http.informational', status: 103, headers: [['link', '</\xe4>']] });
    await call.send(start);
    await call.send(body('x'));
    await call.send({
      type: 'http.response.end',
      trailers: [
        ['x-t', '\xe4'],
        ['x-t', 'two'],
      ],
    });
    const whole = await client.until('x-t: two\r\n\r\n');
    expect(whole).toMatch(/^HTTP\/1\.1 103 [^\r]*\r\nlink: <\/\xe4>\r\n\r\nHTTP\/1\.1 200 /);
    expect(whole).toMatch(/\r\n1\r\nx\r\n0\r\nx-t: \xe4\r\nx-t: two\r\n\r\n$/);
  });

  test('http.response.headers-order: fields keep their order and their duplicates', async () => {
    const { call, client } = await exchange();
    const fields: Fields = [
      ['x-b', '1'],
      ['set-cookie', 'a=1'],
      ['x-a', '2'],
      ['set-cookie', 'b=2'],
      ['x-b', '3'],
    ];
    await answer(call, 'x', fields);
    const lines = (await client.until(/\r\n\r\nx$/)).split('\r\n');
    const written = lines.filter((line) => /^(?:x-|set-cookie)/.test(line));
    expect(written).toEqual(fields.map(([name, value]) => `${name}: ${value}`));
  });

  test('http.date: a `date` of the application is the only one', async () => {
    const { call, client } = await exchange();
    await answer(call, 'x', [['date', 'Thu, 01 Jan 1970 00:00:00 GMT']]);
    expect((await client.until(/\r\n\r\nx$/)).match(/\ndate:/gi)).toHaveLength(1);
  });
});

describe('broken responses', () => {
  test('http.abort-when-unended: chunks end without the last one', async () => {
    const { call, client } = await exchange();
    await call.send(start);
    await call.send(body('half'));
    await call.send(abort);
    const whole = await client.whole();
    expect(whole).toMatch(/\r\n4\r\nhalf\r\n$/);
    expect(whole).not.toContain('0\r\n\r\n');
  });

  test('http.abort-when-unended: a declared length is not reached', async () => {
    const { call, client } = await exchange();
    await call.send(counted(10));
    await call.send(body('half'));
    call.leave();
    expect(await client.whole()).toMatch(/\r\n\r\nhalf$/);
  });

  test('http.abort-when-unended: the head goes out even if the abort comes in the same turn', async () => {
    const { call, client } = await exchange();
    await Promise.all([call.send(start), call.send(abort)]);
    const whole = await client.whole();
    expect(whole).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
    expect(whole).not.toContain('0\r\n\r\n');
  });

  test('http.abort-when-unended: where the connection ends the body, it is reset instead', async () => {
    const { call, client } = await exchange(['GET / HTTP/1.0', '']);
    await call.send(start);
    await call.send(body('half'));
    await client.until('half');
    await call.send(abort);
    expect(await client.closed).toBe('reset');
  });

  test('http.refuse: not an octet is written', async () => {
    const { call, client } = await exchange();
    await call.send({ type: 'http.refuse' });
    expect(await client.whole()).toBe('');
    expect(await call.receive()).toEqual({ type: 'http.request.end', trailers: [] });
    expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'complete' });
  });
});
