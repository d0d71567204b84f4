// One trace of two parties that count for themselves: which conversation of the gateway is which exchange of the client.

import { expect, test } from 'vitest';
import type { TraceStep } from '../trace/index.ts';
import { joinLanes } from './lanes.ts';

function joined() {
  const steps: string[] = [];
  const lanes = joinLanes(({ lane, conn, type }) => steps.push(`${lane} ${conn} ${type}`));
  const step = (lane: 'client' | 'gateway', conn: number, type: string, preview: string) =>
    lanes[lane]({
      lane,
      conn,
      type,
      dir: type === 'client.request' ? 'out' : 'in',
      phase: 'i',
      payload: { preview },
    } as TraceStep);
  return {
    steps,
    sends: (conn: number, head: string) => step('client', conn, 'client.request', head),
    answered: (conn: number) => step('client', conn, 'client.response', '400'),
    arrives: (conn: number, head: string) =>
      step('gateway', conn, 'http.request', `${head} HTTP/1.1`),
    refuses: (conn: number) => step('gateway', conn, 'http.refused-request', '400 no host'),
    lifespan: () => step('gateway', 0, 'lifespan.startup', ''),
  };
}

test('joinLanes: a request that is sent again keeps its number, and so does the next', () => {
  const { steps, sends, arrives } = joined();
  for (const conn of [1, 2]) {
    sends(1, 'GET /a');
    arrives(conn, 'GET /a');
  }
  sends(2, 'GET /b');
  arrives(3, 'GET /b');
  expect(steps.filter((step) => step.startsWith('gateway'))).toEqual([
    'gateway 1 http.request',
    'gateway 1 http.request',
    'gateway 2 http.request',
  ]);
});

test('joinLanes: what arrives in another order is found by its head', () => {
  const { steps, sends, arrives } = joined();
  sends(1, 'GET /a');
  sends(2, 'GET /b');
  arrives(1, 'GET /b');
  arrives(2, 'GET /a');
  expect(steps.slice(2)).toEqual(['gateway 2 http.request', 'gateway 1 http.request']);
});

test('joinLanes: what a transport answers alone is none of the gateway’s', () => {
  const { steps, sends, answered, arrives } = joined();
  sends(1, 'GET /a');
  answered(1);
  sends(2, 'GET /a');
  arrives(1, 'GET /a');
  expect(steps.at(-1)).toBe('gateway 2 http.request');
});

test('joinLanes: a request that the gateway refuses, the lifespan, and what no client sent', () => {
  const { steps, sends, refuses, lifespan, arrives } = joined();
  lifespan();
  sends(4, 'GET /a');
  refuses(1);
  arrives(9, 'GET /other');
  expect(steps).toEqual([
    'gateway 0 lifespan.startup',
    'client 4 client.request',
    'gateway 4 http.refused-request',
    'gateway 9 http.request',
  ]);
});
