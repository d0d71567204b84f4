// Against Node's own parser: what this reader takes, Node takes for the same requests. Where this reader is stricter,
// that is well; where Node is, the difference is named below.

import { createServer, METHODS } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MESSAGE_CASES } from './malformed.ts';
import { mutated, requests } from './messages.arbitrary.ts';
import { type ReadRequest, readAll } from './read-all.ts';

type Read = Pick<ReadRequest, 'method' | 'target' | 'headers' | 'body' | 'trailers'>;

const octets = (text: string) => Buffer.from(text, 'latin1');

/** A connection that has sent everything and reads every answer. */
class Sent extends Duplex {
  constructor(data: Buffer) {
    super();
    this.push(data);
    this.push(null);
  }

  override _read(): void {}

  override _write(_: unknown, __: BufferEncoding, done: () => void): void {
    done();
  }
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    (raw[2 * index] as string).toLowerCase(),
    raw[2 * index + 1] as string,
  ]);
}

/** Serves connections with Node, and gives the requests that were whole. */
function nodeServer(): (data: Buffer) => Promise<Read[]> {
  const server = createServer({ requireHostHeader: false, maxHeaderSize: 1024 * 1024 });
  server.maxHeadersCount = 0;
  const read = new WeakMap<Duplex, Read[]>();
  server.on('request', (req, res) => {
    const body: Buffer[] = [];
    req.on('data', (data: Buffer) => body.push(data));
    req.on('error', () => {});
    req.on('end', () => {
      read.get(req.socket)?.push({
        method: req.method ?? '',
        target: req.url ?? '',
        headers: pairs(req.rawHeaders),
        body: Buffer.concat(body).toString('latin1'),
        trailers: pairs(req.rawTrailers),
      });
      res.end();
    });
  });
  // Not at once: what came before the error is still on its way to us.
  server.on('clientError', (_, socket) => setImmediate(() => socket.destroy()));
  onTestFinished(() => void server.close());
  return (data) =>
    new Promise((resolve) => {
      const connection = new Sent(data);
      const requests: Read[] = [];
      read.set(connection, requests);
      connection.on('error', () => {});
      connection.on('close', () => resolve(requests));
      server.emit('connection', connection);
    });
}

function ours(message: string): Read[] {
  const { requests } = readAll([octets(message)]);
  // A request of HTTP/1.0 is the last on its connection (security.nothing-after-last); none here asks for more.
  const last = requests.findIndex(({ http_version }) => http_version === '1.0');
  return requests
    .slice(0, last < 0 ? requests.length : last + 1)
    .map(({ method, target, headers, body, trailers }) => ({
      method,
      target,
      headers,
      body,
      trailers,
    }));
}

/** Where Node refuses what the text has a gateway take: the case of malformed.ts that shows it, and how it is told. */
interface Difference {
  readonly why: string;
  readonly shown: readonly string[];
  applies(request: Read, message: string): boolean;
}

const count = ({ headers }: Read, wanted: string) =>
  headers.filter(([name]) => name === wanted).length;

const NODE_IS_STRICTER: readonly Difference[] = [
  {
    why: 'Node knows a list of methods, in capitals',
    shown: [
      'a method in lowercase, which is another method',
      'a method that nobody knows',
      'a method of 64 octets',
    ],
    applies: ({ method }) => !METHODS.includes(method),
  },
  {
    why: 'Node takes a length that is declared twice for a conflict',
    shown: ['one length twice'],
    applies: (request) => count(request, 'content-length') > 1,
  },
  {
    why: 'Node takes no octets above 0x7F in a target',
    shown: ['octets above 0x7F in the target'],
    applies: ({ target }) => /[\x80-\xff]/.test(target),
  },
  {
    why: 'Node knows schemes of letters alone',
    shown: ['an absolute target whose scheme has more than letters'],
    applies: ({ target }) => /^[A-Za-z]+[^A-Za-z:/?*]/.test(target),
  },
  {
    why: 'Node takes a tab behind a transfer coding for a part of it',
    shown: ['chunked before a tab'],
    applies: (_, message) => /chunked *\t/i.test(message),
  },
  {
    why: 'Node takes no framing field in a trailer section',
    shown: [
      'a length in the trailer section, which frames nothing',
      'a coding in the trailer section, which frames nothing',
    ],
    applies: ({ trailers }) =>
      trailers.some(([name]) => name === 'content-length' || name === 'transfer-encoding'),
  },
  {
    why: 'Node takes no white space in the extensions of a chunk (BWS of RFC 9112 section 7.1.1)',
    shown: ['an extension with white space around it'],
    applies: (request, message) =>
      count(request, 'transfer-encoding') > 0 && /[ \t][;=]|[;=][ \t]/.test(message),
  },
  {
    why: 'Node reads no request behind an offer of another protocol',
    shown: ['a body with a length and an offer of another protocol'],
    applies: () => false,
  },
];

/** Compares request by request. The first that Node does not take has to have a reason. */
function compare(mine: readonly Read[], theirs: readonly Read[], message: string): void {
  const common = theirs.slice(0, mine.length);
  expect(common).toEqual(mine.slice(0, common.length));
  const missing = mine[common.length];
  if (missing && !NODE_IS_STRICTER.some(({ applies }) => applies(missing, message)))
    expect(common, 'Node takes fewer requests').toEqual(mine);
}

test('what is taken here is the same request to Node', async () => {
  const node = nodeServer();
  const message = fc.oneof(requests, mutated(requests));
  await fc.assert(
    fc.asyncProperty(message, async (text) => compare(ours(text), await node(octets(text)), text)),
    { numRuns: 2000 },
  );
});

const stricter = NODE_IS_STRICTER.flatMap(({ shown }) => shown);

describe.each(NODE_IS_STRICTER)('$why', ({ shown }) => {
  test.each(shown)('%s', async (name) => {
    const text = MESSAGE_CASES.find((each) => each.name === name)?.octets ?? '';
    const mine = ours(text);
    const theirs = await nodeServer()(octets(text));
    expect(theirs.length).toBeLessThan(mine.length);
    expect(theirs).toEqual(mine.slice(0, theirs.length));
  });
});

test.each(MESSAGE_CASES.filter(({ name }) => !stricter.includes(name)))(
  '$requirement: $name is the same request to Node, if it is one here',
  async ({ octets: text }) => {
    const mine = ours(text);
    const theirs = await nodeServer()(octets(text));
    expect(theirs.slice(0, mine.length)).toEqual(mine);
  },
);
