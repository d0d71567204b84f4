// Loads by wrk and h2load, and their reports as figures. A run with a single error or wrong answer is no measurement.

import { outsiderPath } from '../../scripts/lib/outsiders.mjs';
import { benchPath, Failed, runLoad } from './process.ts';

export interface Load {
  readonly requests: number;
  readonly seconds: number;
  /** Octets received, heads and framing included. */
  readonly octets: number;
  /** The latency that 99 of 100 answers keep, where the tool tells. */
  readonly p99Ms?: number;
}

export interface WrkOptions {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  readonly method?: 'GET' | 'POST';
  /** Octets of a request body. */
  readonly body?: number;
  /** The body that every answer must have. Looking at it costs wrk time: for counting, not for speed. */
  readonly expect?: string;
}

/** A load over HTTP/1.1 by wrk, one thread. @throws Failed on any error, timeout or wrong answer */
export async function wrk(options: WrkOptions): Promise<Load> {
  const { port, path, connections, seconds, method = 'GET', body = 0, expect } = options;
  const output = await runLoad([
    commandOf('wrk'),
    ...['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s'],
    ...['-s', benchPath('lib/load.lua'), `http://127.0.0.1:${port}${path}`],
    ...['--', method, String(body), ...(expect === undefined ? [] : [expect])],
  ]);
  return readWrk(output);
}

export interface H2loadOptions {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  /** Requests at a time on one connection. */
  readonly streams: number;
  /** Either how long, or how many. */
  readonly seconds?: number;
  readonly requests?: number;
}

/** A load over HTTP/2 in clear text by h2load, one thread. @throws Failed on any error, timeout or wrong status */
export async function h2load(options: H2loadOptions): Promise<Load & { dataOctets: number }> {
  const { port, path, connections, streams, seconds, requests } = options;
  const output = await runLoad([
    commandOf('h2load'),
    ...['-t', '1', '-c', String(connections), '-m', String(streams)],
    ...(requests === undefined ? ['-D', String(seconds)] : ['-n', String(requests)]),
    `http://127.0.0.1:${port}${path}`,
  ]);
  return readH2load(output);
}

/** Reads the summary of load.lua. @throws Failed on errors in it */
export function readWrk(output: string): Load {
  const line = output.split('\n').findLast((one) => one.startsWith('{'));
  if (line === undefined) throw new Failed(`wrk did not report: ${output.trim()}`);
  const { requests, us, octets, p99us, ...errors } = JSON.parse(line) as Record<string, number>;
  refuseErrors('wrk', errors);
  if (!requests || !us) throw new Failed('wrk had no answer at all');
  return { requests, seconds: us / 1e6, octets: octets ?? 0, p99Ms: (p99us ?? 0) / 1000 };
}

/** Reads what h2load prints. @throws Failed on errors in it */
export function readH2load(output: string): Load & { dataOctets: number } {
  const find = (pattern: RegExp): string[] => {
    const found = pattern.exec(output);
    if (!found) throw new Failed(`h2load did not report: ${output.trim().slice(-500)}`);
    return found.slice(1);
  };
  const [time = '', unit = ''] = find(/^finished in ([\d.]+)(us|ms|s|m)\b/m);
  const [done = '', succeeded = '', failed = '', errored = '', timeout = ''] = find(
    /^requests: .* (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/m,
  );
  const [right = '', ...others] = find(
    /^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/m,
  );
  const [octets = '', dataOctets = ''] = find(/^traffic: .*?\((\d+)\) total, .*\((\d+)\) data/m);
  const redirected = others.reduce((sum, count) => sum + Number(count), 0);
  refuseErrors('h2load', {
    failed: Number(failed),
    errored: Number(errored),
    timeout: Number(timeout),
    status: redirected,
    // With -D the run ends in the middle: what is counted as done must have succeeded, no less.
    unanswered: Number(done) - Number(succeeded),
  });
  if (Number(right) === 0) throw new Failed('h2load had no answer at all');
  return {
    requests: Number(succeeded),
    seconds: Number(time) / ({ us: 1e6, ms: 1e3, s: 1, m: 1 / 60 }[unit] ?? Number.NaN),
    octets: Number(octets),
    dataOctets: Number(dataOctets),
  };
}

function refuseErrors(tool: string, errors: Readonly<Record<string, number>>): void {
  const found = Object.entries(errors).filter(([, count]) => count !== 0);
  if (found.length === 0) return;
  throw new Failed(
    `${tool} counted errors: ${found.map(([what, count]) => `${count} ${what}`).join(', ')}`,
  );
}

function commandOf(name: string): string {
  const path = outsiderPath(name);
  if (path === undefined) throw new Failed(`${name} is not installed`);
  return path;
}
