// The reader by hand: its calls and states, what it hands on without copying, how early it fails and how much it holds.
// Which messages it takes and which not is in malformed.test.ts.

import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../limits.ts';
import type { Framing, Http1Event, Http1ReaderLimits } from './events.ts';
import { Http1RequestReader } from './reader.ts';

const octets = (text: string) => Buffer.from(text, 'latin1');
const text = (data: Uint8Array) => Buffer.from(data).toString('latin1');

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const NONE: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };

function reader(limits: Partial<Http1ReaderLimits> = {}): Http1RequestReader {
  return new Http1RequestReader({ ...DEFAULT_LIMITS, ...limits });
}

/** A reader whose next event is what stands behind a head of this framing. */
function within(framing: Framing, limits: Partial<Http1ReaderLimits> = {}): Http1RequestReader {
  const it = reader(limits);
  it.push(octets(GET));
  expect(it.next()?.type).toBe('head');
  it.expect(framing);
  return it;
}

function eventsOf(it: Http1RequestReader): Http1Event[] {
  const events: Http1Event[] = [];
  for (let event = it.next(); event; event = it.next()) events.push(event);
  return events;
}

const bodyOf = (events: readonly Http1Event[]) =>
  events.map((event) => (event.type === 'body' ? text(event.data) : event.type));

describe('the calls', () => {
  test('http.target.raw, http.headers.lowercase, http.headers.order: a head', () => {
    const it = reader();
    it.push(
      octets('PUT /a%20b?\xff HTTP/1.0\r\nHOST: a\r\nX-a:b\r\nx-A: \xe4 c\t\r\nhost2:\r\n\r\n'),
    );
    expect(it.next()).toEqual({
      type: 'head',
      head: {
        http_version: '1.0',
        method: 'PUT',
        target: '/a%20b?\xff',
        headers: [
          ['host', 'a'],
          ['x-a', 'b'],
          ['x-a', '\xe4 c'],
          ['host2', ''],
        ],
      },
    });
  });

  test('the state follows the message', () => {
    const it = reader();
    const states = [it.state];
    const push = (data: string) => {
      it.push(octets(data));
      const event = it.next();
      states.push(it.state);
      return event?.type;
    };
    expect(push('\r\n\r')).toBeUndefined();
    expect(push('\nG')).toBeUndefined();
    expect(push('ET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('head');
    it.expect(CHUNKED);
    states.push(it.state);
    expect(push('1\r\na')).toBe('body');
    expect(push('\r\n0\r\n')).toBeUndefined();
    expect(push('\r\n')).toBe('end');
    expect(push('\0')).toBe('error');
    expect(states).toEqual([
      'idle',
      'idle',
      'head',
      'between-head-and-expect',
      'body',
      'body',
      'body',
      'idle',
      'failed',
    ]);
  });

  test('`next` before `expect` is a fault of the caller', () => {
    const it = reader();
    it.push(octets(GET));
    it.next();
    expect(() => it.next()).toThrow('expect');
  });

  test('`expect` without a head, or twice, is a fault of the caller', () => {
    expect(() => reader().expect(NONE)).toThrow('expect');
    expect(() => within(NONE).expect(NONE)).toThrow('expect');
  });

  test('`take` in another mode than raw is a fault of the caller', () => {
    expect(() => within(NONE).take()).toThrow('raw');
  });

  test('no octets are no push', () => {
    const it = reader();
    it.push(Buffer.alloc(0));
    expect(it.next()).toBeUndefined();
    expect(it.buffered).toBe(0);
  });

  test('a request without a body ends at once', () => {
    const it = within(NONE);
    expect(eventsOf(it)).toEqual([{ type: 'end', trailers: [] }]);
    expect(it.state).toBe('idle');
  });

  test('a declared length of 0 ends at once', () => {
    expect(eventsOf(within({ kind: 'length', length: 0 }))).toEqual([
      { type: 'end', trailers: [] },
    ]);
  });

  test('what waits behind a request is counted, and read when it is asked for', () => {
    const it = reader();
    it.push(octets(GET + GET));
    it.push(octets(GET));
    it.next();
    expect(it.buffered).toBe(2 * GET.length);
    it.expect(NONE);
    expect(it.next()?.type).toBe('end');
    expect(it.buffered).toBe(2 * GET.length);
    expect(it.next()?.type).toBe('head');
    expect(it.buffered).toBe(GET.length);
  });

  test('security.nothing-after-last: behind an error nothing is read or kept', () => {
    const it = reader();
    it.push(octets(`\0${GET}`));
    expect(it.next()?.type).toBe('error');
    expect(it.buffered).toBe(0);
    it.push(octets(GET));
    expect(it.next()).toBeUndefined();
    expect(it.buffered).toBe(0);
    expect(it.state).toBe('failed');
  });
});

describe('raw mode', () => {
  test('tunnel.early-data, websocket.early-octets: what came behind the head is kept for it', () => {
    const it = reader();
    it.push(octets(`${GET}abc`));
    it.push(octets('def'));
    it.next();
    expect(it.buffered).toBe(6);
    it.expect({ kind: 'raw' });
    expect(it.next()).toBeUndefined();
    expect(text(it.take())).toBe('abcdef');
    expect(it.take()).toHaveLength(0);
    it.push(octets(GET));
    expect(it.next()).toBeUndefined();
    expect(text(it.take())).toBe(GET);
    expect(it.state).toBe('raw');
  });
});

describe('bodies', () => {
  test('http.request.no-empty-body: a piece is what is there', () => {
    const it = within({ kind: 'length', length: 5 });
    expect(it.next()).toBeUndefined();
    it.push(octets('ab'));
    it.push(octets('cdefg'));
    expect(bodyOf(eventsOf(it).slice(0, 3))).toEqual(['ab', 'cde', 'end']);
  });

  test('flow.input-bounded: no piece is larger than the receive buffer', () => {
    const it = within({ kind: 'length', length: 7 }, { receive_buffer_octets: 3 });
    it.push(octets('abcdefg'));
    expect(bodyOf(eventsOf(it))).toEqual(['abc', 'def', 'g', 'end']);
  });

  test('flow.input-bounded: no piece of a chunk is larger than the receive buffer', () => {
    const it = within(CHUNKED, { receive_buffer_octets: 3 });
    it.push(octets('7\r\nabcdefg\r\n0\r\n\r\n'));
    expect(bodyOf(eventsOf(it))).toEqual(['abc', 'def', 'g', 'end']);
  });

  test.each<[string, Framing, string]>([
    ['of declared length', { kind: 'length', length: 3 }, 'abc'],
    ['in chunks', CHUNKED, '3\r\nabc\r\n0\r\n\r\n'],
  ])('a piece of a body %s is a view of what was pushed, and no Buffer', (_, framing, data) => {
    const it = within(framing);
    const pushed = octets(data);
    it.push(pushed);
    const event = it.next();
    if (event?.type !== 'body') return expect.unreachable(event?.type);
    expect(Object.getPrototypeOf(event.data)).toBe(Uint8Array.prototype);
    expect(event.data.buffer).toBe(pushed.buffer);
    expect(text(event.data)).toBe('abc');
  });

  test('a cut line of a chunk costs no copy of the data behind it', () => {
    const it = within(CHUNKED);
    it.push(octets('3'));
    expect(it.next()).toBeUndefined();
    const pushed = octets('\r\nabc\r\n0\r\n\r\n');
    it.push(pushed);
    const event = it.next();
    expect(event?.type === 'body' && event.data.buffer).toBe(pushed.buffer);
  });

  test('security.limits-body: a declared length beyond the limit fails before anything is read', () => {
    const it = within({ kind: 'length', length: 11 }, { body_octets: 10 });
    expect(it.next()).toMatchObject({ status: 413, requirement: 'security.limits-body' });
  });

  test('security.limits-body: a limit of 0 lets an empty body through', () => {
    const it = within(CHUNKED, { body_octets: 0 });
    it.push(octets('0\r\n\r\n'));
    expect(bodyOf(eventsOf(it))).toEqual(['end']);
  });

  test('security.limits-body: the count begins anew with each request', () => {
    const it = within(CHUNKED, { body_octets: 3 });
    const body = '3\r\nabc\r\n0\r\n\r\n';
    it.push(octets(body + GET + body));
    expect(bodyOf([it.next(), it.next(), it.next()] as Http1Event[])).toEqual([
      'abc',
      'end',
      'head',
    ]);
    it.expect(CHUNKED);
    expect(bodyOf(eventsOf(it))).toEqual(['abc', 'end']);
  });

  test('security.limits-body: a body without a limit has none', () => {
    const it = within(CHUNKED, { body_octets: null });
    it.push(octets('fffffffffffff\r\nabc'));
    expect(bodyOf(eventsOf(it))).toEqual(['abc']);
  });
});

describe('failing as soon as it is known', () => {
  test.each<[requirement: string, status: number, what: string, begin: string]>([
    ['security.target-syntax', 400, 'a first octet that begins no method', '\x16'],
    ['security.message-syntax', 400, 'LF before a request', '\n'],
    ['security.message-syntax', 400, 'CR that no LF follows', '\rG'],
    ['security.message-syntax', 400, 'CR in the request line', 'GET / HTTP/1.1\rH'],
    ['security.message-syntax', 400, 'LF behind the request line', 'GET / HTTP/1.1\n'],
    ['security.version-known', 505, 'another version', 'PRI * HTTP/2.0\r\n'],
    ['security.message-syntax', 400, 'a folded first line', 'GET / HTTP/1.1\r\n a: b\r\n'],
    ['security.message-syntax', 400, 'CR in a field', 'GET / HTTP/1.1\r\na: b\rc'],
    ['security.limits-method', 501, 'a long method', 'M'.repeat(65)],
    ['security.limits-target', 414, 'a long target', `GET /${'a'.repeat(100)}`],
    ['security.message-syntax', 400, 'a long version', `GET / ${'a'.repeat(200)}`],
    ['security.limits-head', 431, 'a long value', `GET / HTTP/1.1\r\na:${'a'.repeat(2000)}`],
    ['security.limits-head', 431, 'one field too many', 'GET / HTTP/1.1\r\na:\r\nb:\r\nc'],
  ])('%s: %i for %s', (requirement, status, _, begin) => {
    const it = reader({ target_octets: 100, header_octets: 100, header_fields: 2 });
    it.push(octets(begin));
    expect(it.next()).toMatchObject({ type: 'error', status, requirement });
  });

  test.each<[requirement: string, status: number, what: string, begin: string]>([
    ['security.message-syntax', 400, 'data that is no size', '\n'],
    ['security.message-syntax', 400, 'CR in the line of a chunk', '5\ra'],
    ['security.message-syntax', 400, 'one octet behind the data', '1\r\nab'],
    ['security.limits-body', 413, 'a size beyond the limit', 'b\r\n'],
    ['security.limits-body', 413, 'a long extension', `1;${'a'.repeat(17_000)}`],
    ['security.limits-body', 431, 'a long trailer', `0\r\na:${'a'.repeat(2000)}`],
    ['security.limits-body', 431, 'one trailer field too many', '0\r\na:\r\nb:\r\nc'],
  ])('%s: %i for %s, in chunks', (requirement, status, _, begin) => {
    const it = within(CHUNKED, { body_octets: 10, header_octets: 100, header_fields: 2 });
    it.push(octets(begin));
    expect(eventsOf(it).at(-1)).toMatchObject({ type: 'error', status, requirement });
  });

  test('security.limits-head: the size is that of names and values, of 100 octets no more', () => {
    const head = (value: number) => `GET / HTTP/1.1\r\nab:  ${'x'.repeat(value)}  \r\n\r\n`;
    const outcome = (value: number) => {
      const it = reader({ header_octets: 100 });
      it.push(octets(head(value)));
      return it.next()?.type;
    };
    expect(outcome(98)).toBe('head');
    expect(outcome(99)).toBe('error');
  });
});

test('white space around one value has a bound of its own, of 1024 octets', () => {
  const outcome = (padding: number) => {
    const it = reader();
    it.push(octets(`GET / HTTP/1.1\r\nHost:a\r\nX:${' '.repeat(padding - 1)}a\t\r\n\r\n`));
    return it.next();
  };
  expect(outcome(1024)).toMatchObject({ type: 'head' });
  expect(outcome(1025)).toMatchObject({ status: 431, requirement: 'security.limits-head' });
});

test('security.message-syntax: empty lines are counted for each request anew', () => {
  const it = reader({ header_octets: 10 });
  for (let count = 0; count < 6; count++) {
    it.push(octets(`\r\n${GET}`));
    expect(it.next()?.type).toBe('head');
    it.expect(NONE);
    expect(it.next()?.type).toBe('end');
  }
});

describe('cost', () => {
  /** How many octets were copied to put lines together, while `data` came in pieces of one octet. */
  function copied(it: Http1RequestReader, data: string): number {
    let copies = 0;
    const { copy } = Buffer.prototype;
    Buffer.prototype.copy = function (this: Buffer, ...args: Parameters<typeof copy>) {
      const octets = copy.apply(this, args);
      copies += octets;
      return octets;
    };
    try {
      for (const octet of octets(data)) {
        it.push(Buffer.from([octet]));
        it.next();
      }
    } finally {
      Buffer.prototype.copy = copy;
    }
    return copies;
  }

  test('a line that comes octet by octet is copied a few times in all, and not at every octet', () => {
    const it = reader();
    const size = 60_000;
    const copies = copied(it, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(size)}\r\n\r\n`);
    expect(it.state).toBe('between-head-and-expect');
    expect(copies).toBeGreaterThan(size);
    expect(copies).toBeLessThan(4 * size);
  });
});
