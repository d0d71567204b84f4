// Conformance: the frames of a WebSocket (proposal 4, “Messages”, “Pings” and “Closing”), octet by octet. The whole list
// of `src/gateway/websocket/cases.ts` runs against an application that echoes, each of its cases on a new connection.

import { equal } from 'node:assert/strict';
import {
  type Answer,
  CASE_MESSAGE_OCTETS,
  difference,
  FAREWELL,
  WEBSOCKET_CASES,
  type WebSocketCase,
} from '../../gateway/websocket/cases.ts';
import { area, type CaseSides, conforms } from '../case.ts';
import type { Peer } from '../peer.ts';
import type { PeerWebSocket, WebSocketReceived } from '../websocket.ts';

/** Milliseconds for each case of the list: none has anything to wait for. */
const EACH = 5000;

const untaken = new Set(WEBSOCKET_CASES);

/** Runs all cases of a category and a requirement. */
function frames(category: number, requirement: string): CaseSides {
  const cases = WEBSOCKET_CASES.filter(
    (one) => one.requirement === requirement && one.id.startsWith(`${category}.`),
  );
  if (cases.length === 0) throw new RangeError(`no case ${category} is of ${requirement}`);
  for (const one of cases) untaken.delete(one);
  return {
    ...(requirement === 'websocket.message-limit'
      ? { gateway: { limits: { message_octets: CASE_MESSAGE_OCTETS } } }
      : {}),
    app: {
      async websocket(_scope, receive, send) {
        await send({ type: 'websocket.accept' });
        for (;;) {
          const event = await receive();
          if (event.type === 'websocket.closed') return;
          if (event.type === 'websocket.message') await send(event);
        }
      },
    },
    async client(t) {
      for (const one of cases) {
        try {
          await t.within(EACH, play(t, one), 'the end');
        } catch (error) {
          throw new Error(`${one.id}, ${one.name} (${one.source}): ${(error as Error).message}`);
        }
      }
    },
    ms: 60_000,
  };
}

/** Plays one case of the list. @throws Error with what came and was not expected, or did not come */
async function play(t: Peer, { send, expect }: WebSocketCase): Promise<void> {
  const socket = await t.websocket();
  await socket.accepted();
  // Not awaited: what is echoed has to be read meanwhile, and behind an end there may be nobody to take it.
  const written = (async () => {
    for (const octets of send) await socket.write(octets);
  })();
  written.catch(() => {});
  const seen: Answer[] = [];
  const last = expect.at(-1) as Answer;
  let wanted = expect;
  if (!('close' in last) && !('failed' in last)) {
    while (difference(expect, seen) !== undefined) {
      const answer = answerOf(await socket.next());
      if (!answer) throw new Error(difference(expect, seen));
      seen.push(answer);
    }
    await written;
    await socket.write(FAREWELL);
    wanted = [...expect, { close: 1000 }];
  }
  await end(socket, seen);
  const wrong = difference(wanted, seen);
  if (wrong) throw new Error(wrong);
}

/** Reads what is left, up to the end, and ends the own side. */
async function end(socket: PeerWebSocket, seen: Answer[]): Promise<void> {
  for (;;) {
    const received = await socket.next();
    const answer = answerOf(received);
    if (answer) seen.push(answer);
    else if (received.type === 'over') {
      equal(received.how, 'ended', `the connection has ended out of order: ${received.how}`);
      await socket.stream.end();
      return;
    }
  }
}

function answerOf(received: WebSocketReceived): Answer | undefined {
  switch (received.type) {
    case 'message':
      return 'text' in received ? { text: received.text } : { data: received.data };
    case 'pong':
      return { pong: received.data };
    case 'close':
      equal(received.reason, '', 'the Close frame of the gateway has a reason');
      return { close: received.code ?? 'none' };
    case 'ping':
      throw new Error('a Ping frame came: nothing stood still so long');
    case 'violation':
      throw new Error(`the gateway has broken a rule of frames: ${received.message}`);
    case 'over':
      return undefined;
  }
}

const cases = [
  conforms(
    'websocket.message-whole',
    'framing: lengths, masks, and messages that share a write',
    frames(1, 'websocket.message-whole'),
  ),
  conforms(
    'websocket.frame-rules',
    'framing: lengths that are not in the shortest form, and frames without a mask',
    frames(1, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.ping-pong',
    'Pings and Pongs: a Ping frame is answered with its payload, the latest of several at least',
    frames(2, 'websocket.ping-pong'),
  ),
  conforms(
    'websocket.frame-rules',
    'Pings and Pongs: longer than a control frame can be',
    frames(2, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.frame-rules',
    'reserved bits: set without an extension',
    frames(3, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.frame-rules',
    'opcodes: those that are reserved',
    frames(4, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.message-whole',
    'fragmentation: how many frames carry a message is not seen',
    frames(5, 'websocket.message-whole'),
  ),
  conforms(
    'websocket.ping-pong',
    'fragmentation: a Ping frame between fragments is answered at once',
    frames(5, 'websocket.ping-pong'),
  ),
  conforms(
    'websocket.frame-rules',
    'fragmentation: control frames in fragments, and fragments out of place',
    frames(5, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.message-whole',
    'UTF-8: every kind of character, cut anywhere, and octets that are no text',
    frames(6, 'websocket.message-whole'),
  ),
  conforms(
    'websocket.frame-rules',
    'UTF-8: text that is none, found where it shows',
    frames(6, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.close-frame',
    'closing: the Close frame of the peer is answered with its code, and is the last',
    frames(7, 'websocket.close-frame'),
  ),
  conforms(
    'websocket.frame-rules',
    'closing: codes that no Close frame has, and reasons that are no text',
    frames(7, 'websocket.frame-rules'),
  ),
  conforms(
    'websocket.message-whole',
    'size: long messages, whole and in fragments',
    frames(9, 'websocket.message-whole'),
  ),
  conforms(
    'websocket.message-limit',
    'size: as long as the limit, and longer',
    frames(9, 'websocket.message-limit'),
  ),
  conforms(
    'websocket.message-whole',
    'cuts: many fragments, and many messages',
    frames(10, 'websocket.message-whole'),
  ),
];

if (untaken.size > 0) {
  const ids = [...untaken].map(({ id }) => id).join(', ');
  throw new RangeError(`the area websocket-frames leaves cases out: ${ids}`);
}

export default area('websocket-frames', 'Frames of a WebSocket', cases);
