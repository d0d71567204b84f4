// The client against the gateway's own side: what one writes, the other takes.

import { describe, expect, test } from 'vitest';
import type { Fields } from '../../interface/index.ts';
import { type HandshakeAnswer, WebSocketClient } from './client.ts';
import { closeFrame, FrameReader, OPCODE, pingFrame, textFrame } from './frames.ts';
import { acceptFields, checkHandshake, isHandshake } from './handshake.ts';

/** Octets that differ from call to call. */
function source(): (octets: number) => Uint8Array {
  let next = 1;
  return (octets) => Uint8Array.from({ length: octets }, () => next++ & 255);
}

const versions = ['1.1', '2', '3'] as const;
const connect = (http_version: '1.1' | '2' | '3' = '1.1', subprotocols: string[] = []) =>
  new WebSocketClient({ http_version, random: source(), subprotocols });

describe('websocket.handshake', () => {
  test.each(versions)('over HTTP/%s, the client asks what the gateway accepts', (http_version) => {
    const client = connect(http_version, ['chat', 'superchat']);
    expect(isHandshake(client.request, [])).toBe(true);
    expect(checkHandshake(client.request)).toMatchObject({ subprotocols: ['chat', 'superchat'] });
    const headers = acceptFields(client.request, 'superchat', [['x-own', 'a']]);
    const status = http_version === '1.1' ? 101 : 200;
    expect(client.checkAnswer({ status, headers })).toEqual({ subprotocol: 'superchat' });
  });

  test('fields of the caller stand behind those of the handshake', () => {
    const headers: Fields = [['origin', 'https://example.org']];
    const client = new WebSocketClient({ random: source(), headers });
    expect(client.request.headers.at(-1)).toEqual(headers[0]);
    expect(client.request.headers.map(([name]) => name)).not.toContain('sec-websocket-protocol');
  });
});

describe('websocket.accept-answer', () => {
  const field = (fields: Fields, name: string, value?: string): Fields => [
    ...fields.filter((each) => each[0] !== name),
    ...(value === undefined ? [] : [[name, value] as const]),
  ];

  test.each<[what: string, change: (answer: HandshakeAnswer) => HandshakeAnswer, message: RegExp]>([
    ['a denial', (answer) => ({ ...answer, status: 403 }), /403/],
    ['the status of HTTP/2', (answer) => ({ ...answer, status: 200 }), /200/],
    ...(
      [
        ['upgrade', undefined, /switch/],
        ['upgrade', 'h2c', /switch/],
        ['connection', 'close', /lacks upgrade/],
        ['sec-websocket-accept', undefined, /answer the key/],
        ['sec-websocket-accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', /answer the key/],
        ['sec-websocket-protocol', 'other', /"other" was not offered/],
        ['sec-websocket-extensions', 'permessage-deflate', /extensions/],
      ] as const
    ).map(
      ([name, value, message]): [string, (answer: HandshakeAnswer) => HandshakeAnswer, RegExp] => [
        `${name} as ${value}`,
        ({ status, headers }) => ({ status, headers: field(headers, name, value) }),
        message,
      ],
    ),
    [
      'a field twice',
      ({ status, headers }) => ({ status, headers: [...headers, ...headers] }),
      /2 fields upgrade/,
    ],
  ])('over HTTP/1.1 the client rejects %s', (_, change, message) => {
    const client = connect('1.1', ['chat']);
    const answer = { status: 101, headers: acceptFields(client.request, 'chat', []) };
    expect(client.checkAnswer(answer)).toEqual({ subprotocol: 'chat' });
    expect(() => client.checkAnswer(change(answer))).toThrow(message);
  });

  test.each<[what: string, answer: HandshakeAnswer, message: RegExp]>([
    ['101', { status: 101, headers: [] }, /101/],
    ['upgrade', { status: 200, headers: [['upgrade', 'websocket']] }, /upgrade/],
    [
      'sec-websocket-accept',
      { status: 200, headers: [['sec-websocket-accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=']] },
      /sec-websocket-accept/,
    ],
  ])('over HTTP/2 the client rejects %s', (_, answer, message) => {
    expect(() => connect('2').checkAnswer(answer)).toThrow(message);
  });
});

describe('frames', () => {
  test('every frame is masked anew, and read by a server as it was meant', () => {
    const client = connect();
    const sent = [
      client.text('Hello'),
      client.data(Uint8Array.of(1, 2)),
      client.ping(Uint8Array.of(3)),
      client.pong(),
      client.frame({ opcode: OPCODE.text, fin: false, payload: Uint8Array.of(0x61) }),
      client.close(4000, 'bye'),
    ];
    expect(new Set(sent.map((octets) => octets.slice(2, 6).join())).size).toBe(sent.length);
    const reader = new FrameReader({ messageOctets: 100, masked: true });
    for (const octets of sent) reader.push(octets);
    expect(Array.from({ length: 6 }, () => reader.next())).toEqual([
      { type: 'message', text: 'Hello', size: 5 },
      { type: 'message', data: Uint8Array.of(1, 2), size: 2 },
      { type: 'ping', data: Uint8Array.of(3) },
      { type: 'pong', data: new Uint8Array(0) },
      { type: 'close', code: 4000, reason: 'bye' },
      undefined,
    ]);
  });

  test('a frame without a mask can be asked for', () => {
    expect(connect().frame({ opcode: OPCODE.ping, mask: undefined })).toEqual(pingFrame());
  });

  test('the frames of a server are read, a masked one is a fault', () => {
    const client = connect();
    client.push(textFrame('a'));
    client.push(closeFrame(1001));
    expect([client.next(), client.next()]).toEqual([
      { type: 'message', text: 'a', size: 1 },
      { type: 'close', code: 1001, reason: '' },
    ]);
    const other = connect();
    other.push(other.text('a'));
    expect(other.next()).toMatchObject({ type: 'violation', code: 1002 });
  });

  test('websocket.message-limit: the client has a limit where one is given', () => {
    const client = new WebSocketClient({ random: source(), messageOctets: 2 });
    client.push(textFrame('abc'));
    expect(client.next()).toMatchObject({ type: 'violation', code: 1009 });
  });
});
