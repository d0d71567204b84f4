// What a client did on a WebSocket or in a tunnel, from its lane of a trace: the messages it sent, and for what it waited
// before each. Knows nothing of how a conversation was opened.

import type { TraceEvent } from '../trace/index.ts';
import type { Step } from './exchange.ts';
import { type Bodies, messageOf, octetsOf, textOf } from './recorded-data.ts';

/** Gaps between two acts of a client that are shorter, in milliseconds, are no pauses. */
export const LEAST_PAUSE = 5;

export interface StepOptions {
  readonly bodies?: Bodies | undefined;
  /** Whether the client waits as long as it did before it sends. */
  readonly pauses: boolean;
}

/** Events by which the client leaves, breaking off. */
const LEFT = /^client\.(?:left|reset|limit)$/;
/** Events by which it learns that nothing more comes. Behind a break it could do nothing: for that it has not waited. */
const SERVER_ENDED = /^client\.(?:websocket\.close|tunnel\.end)$/;
const CLOSE = /^code (\d+)(?: · reason (.*))?$/s;

/**
 * The steps that send the same again, each after as many messages as had come before it.
 * @returns in words what is missing, where something is
 */
export function stepsOf(events: readonly TraceEvent[], options: StepOptions): Step[] | string {
  const steps: Step[] = [];
  const socket = events.some(({ type }) => type.startsWith('client.websocket.'));
  let [arrived, serverEnded, heard] = [0, false, false];
  /** When the client last did something or heard something. */
  let last: number | undefined;
  const wait = () => {
    // One more than came is waited for until there can be no more.
    const messages = arrived + (serverEnded && !heard ? 1 : 0);
    if (messages > 0) steps.push({ do: 'wait', messages });
    heard ||= serverEnded;
    arrived = 0;
  };
  const act = (t: number, step: Step) => {
    wait();
    const ms = Math.round(t - (last ?? t));
    if (options.pauses && ms >= LEAST_PAUSE) steps.push({ do: 'pause', ms });
    steps.push(step);
  };
  let over = false;
  for (const [at, event] of events.entries()) {
    const { dir, type, payload, t } = event;
    if (dir === 'in') {
      if (/\.(?:receive|octets)$/.test(type)) arrived++;
      else if (SERVER_ENDED.test(type)) serverEnded = true;
    } else if (type === 'client.websocket.send') {
      const message = messageOf(payload, options.bodies);
      if ('missing' in message) return message.missing;
      act(t, { do: 'send', data: message.data });
    } else if (type === 'client.tunnel.octets') {
      const octets = octetsOf(payload, options.bodies, 'a piece of what it sent');
      if (typeof octets === 'string') return octets;
      act(t, { do: 'send', data: textOf(octets) ?? octets });
    } else if (/^client\.(?:websocket|tunnel)\.end$/.test(type)) {
      act(t, { do: 'end' });
      over ||= !socket;
    } else if (LEFT.test(type)) {
      act(t, { do: 'reset' });
      over = true;
    } else if (type === 'client.websocket.close' && !serverEnded && !isProtest(events, at)) {
      const close = closeOf(payload?.preview ?? '');
      if (typeof close === 'string') return close;
      act(t, close);
      over = true;
    }
    last = t;
  }
  // What the client did not end was ended for it: it waits for that, and does not end it before.
  if (!over) {
    serverEnded = true;
    wait();
  }
  return steps;
}

/** A Close frame with which the client answers what breaks RFC 6455; it does so by itself. */
function isProtest(events: readonly TraceEvent[], at: number): boolean {
  return (
    /^client\.(?:aborted|limit)$/.test(events[at + 1]?.type ?? '') && events[at + 1]?.dir === 'out'
  );
}

function closeOf(preview: string): Extract<Step, { do: 'close' }> | string {
  if (preview === '') return { do: 'close', reason: '' };
  const [, code, reason = ''] = CLOSE.exec(preview) ?? [];
  if (code === undefined || reason.endsWith('…'))
    return 'the reason with which it was closed is not in the trace as a whole';
  return { do: 'close', code: Number(code), reason };
}
