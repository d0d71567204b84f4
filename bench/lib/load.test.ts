// What the load tools print, as figures; and that a run with errors is none.

import { expect, test } from 'vitest';
import { readH2load, readWrk } from './load.ts';
import { readSlowReport } from './slow-clients.ts';

const summary = {
  requests: 5000,
  us: 2_000_000,
  octets: 885_000,
  p99us: 1500,
  wrong: 0,
  connect: 0,
  read: 0,
  write: 0,
  status: 0,
  timeout: 0,
};
const wrkOutput = (changes: Partial<typeof summary> = {}) =>
  `Running 2s test @ http://127.0.0.1:1/\n  1 threads and 64 connections\n{"not": the last\n${JSON.stringify({ ...summary, ...changes })}\n`;

test('wrk: requests, time, octets and latency are those of the summary', () => {
  expect(readWrk(wrkOutput())).toEqual({ requests: 5000, seconds: 2, octets: 885_000, p99Ms: 1.5 });
});

test.each(['wrong', 'connect', 'read', 'write', 'status', 'timeout'] as const)(
  'wrk: one %s error spoils the run',
  (error) => expect(() => readWrk(wrkOutput({ [error]: 1 }))).toThrow(`1 ${error}`),
);

test('wrk: a run without an answer, or without a summary, is none', () => {
  expect(() => readWrk(wrkOutput({ requests: 0 }))).toThrow('no answer');
  expect(() => readWrk('unable to connect\n')).toThrow('unable to connect');
});

const h2loadOutput = `starting benchmark...
spawning thread #0: 8 total client(s). 20000 total requests
Application protocol: h2c
progress: 100% done

finished in 500.50ms, 39960.04 req/s, 1.36MB/s
requests: 20000 total, 20000 started, 20000 done, 20000 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 20000 2xx, 0 3xx, 0 4xx, 0 5xx
traffic: 683.72KB (700128) total, 78.13KB (80000) headers (space savings 95.65%), 253.91KB (260000) data
                     min         max         mean         sd        +/- sd
time for request:      102us     10.32ms      3.21ms      1.01ms    70.00%
`;

test('h2load: requests, time and octets are those of its report', () => {
  expect(readH2load(h2loadOutput)).toEqual({
    requests: 20_000,
    seconds: 0.5005,
    octets: 700_128,
    dataOctets: 260_000,
  });
});

test.each([
  ['0 failed', '1 failed', '1 failed'],
  ['0 errored', '2 errored', '2 errored'],
  ['0 timeout', '3 timeout', '3 timeout'],
  ['0 5xx', '4 5xx', '4 status'],
  ['0 3xx', '5 3xx', '5 status'],
  ['20000 succeeded', '19999 succeeded', '1 unanswered'],
  ['20000 2xx', '0 2xx', 'no answer'],
  ['finished in', 'broken off in', 'did not report'],
])('h2load: "%s" as "%s" spoils the run', (from, to, message) => {
  expect(() => readH2load(h2loadOutput.replace(from, to))).toThrow(message);
});

const status = (second: number, connected: number, closed: number) =>
  `\u001b[0mMon Nov 23 02:03:40 2026:\u001b[1;32m\nslow HTTP test status on \u001b[0;32m${second}\u001b[1;32mth second:\n\n` +
  `\u001b[1;32minitializing:\u001b[1;32m        0\n\u001b[1;32mpending:     \u001b[1;32m        0\n` +
  `\u001b[1;32mconnected:   \u001b[1;32m        ${connected}\n\u001b[1;32merror:       \u001b[1;32m        0\n` +
  `\u001b[1;32mclosed:      \u001b[1;32m        ${closed}\n\u001b[1;32mservice available:\u001b[1;32m   \u001b[1;32mYES\u001b[0m\n`;
const ending =
  '\u001b[0;36m\nTest ended on 7th second\nExit status:\u001b[1;36m Hit test time limit\n\u001b[0m';

test('slowhttptest: the last status counts, without its colours', () => {
  expect(readSlowReport(status(0, 50, 0) + status(5, 20, 30) + ending)).toEqual({
    closed: 30,
    connected: 20,
    error: 0,
    ended: 'Hit test time limit',
  });
});

test('slowhttptest: a run without a status, or without an end, is none', () => {
  expect(() => readSlowReport(ending)).toThrow('did not report');
  expect(() => readSlowReport(status(0, 50, 0))).toThrow('did not report');
});
