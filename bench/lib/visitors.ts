// Clients of the soak that no load tool offers: one that is well behaved and waits, and those that leave in the middle.

import { Agent } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { HELLO } from '../peers/shared.ts';
import { ask } from './answer.ts';
import { Failed } from './process.ts';

const DEADLINE_MS = 10_000;

/** What a well-behaved client saw. */
export interface Visit {
  readonly requests: number;
  readonly failures: readonly string[];
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Asks for /hello again and again, each second time on a new connection, until `over` is settled. */
export async function visit(port: number, over: Promise<unknown>): Promise<Visit> {
  let going = true;
  over.finally(() => (going = false)).catch(() => {});
  const times: number[] = [];
  const failures: string[] = [];
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  while (going) {
    const started = performance.now();
    const fresh = times.length % 2 === 1;
    try {
      const { status, body } = await ask(port, '/hello', undefined, fresh ? undefined : kept);
      if (status !== 200 || body.toString() !== HELLO) failures.push(`answered ${status}`);
    } catch (error) {
      failures.push((error as Error).message);
    }
    times.push(performance.now() - started);
  }
  kept.destroy();
  times.sort((a, b) => a - b);
  const p99Ms = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
  return { requests: times.length, failures, p99Ms, maxMs: times.at(-1) ?? Number.NaN };
}

/** Begins a download and leaves after some of it, every second time with a reset. */
export function abandonDownload(port: number, turn: number): Promise<void> {
  const wanted = 1 + ((turn * 48_271) % 500_000);
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let octets = 0;
    socket.setTimeout(DEADLINE_MS, () => reject(new Failed('a download stood still')));
    socket.once('data', (data) => {
      if (!data.toString('latin1').startsWith('HTTP/1.1 200 '))
        reject(new Failed(`a download was answered ${data.toString('latin1').split('\r\n')[0]}`));
    });
    socket.on('data', (data) => {
      octets += data.length;
      if (octets < wanted) return;
      if (turn % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (octets < wanted) reject(new Failed(`a download ended after ${octets} octets`));
      else resolve();
    });
    socket.write('GET /download HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  });
}

/** Opens a WebSocket, exchanges a few messages, and leaves: with a close, or every second time without a word. */
export function visitWebSocket(port: number, turn: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { handshakeTimeout: DEADLINE_MS });
  const messages = [`turn ${turn}`, 'x'.repeat(70_000), ''];
  let returned = 0;
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      for (const message of messages) socket.send(message);
    });
    socket.on('message', (data) => {
      if (data.toString() !== messages[returned++]) reject(new Failed('another message came back'));
      if (returned < messages.length) return;
      if (turn % 2 === 0) socket.close(1000);
      else socket.terminate();
    });
    socket.on('close', (code) => {
      const whole = returned === messages.length && (turn % 2 === 1 || code === 1000);
      if (whole) resolve();
      else reject(new Failed(`a WebSocket closed with ${code} after ${returned} messages`));
    });
  });
}
