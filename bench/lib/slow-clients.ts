// Slow clients by slowhttptest: what it is told for each of its modes, and what it reports.

import { stripVTControlCharacters } from 'node:util';
import { outsiderPath } from '../../scripts/lib/outsiders.mjs';
import { Failed, runLoad } from './process.ts';

/** The ways to be slow: to send a head, to send a body, and to read a response. */
export const SLOW_MODES = {
  headers: { name: 'slow heads (-H)', args: ['-H', '-i', '2', '-x', '24'], path: '/hello' },
  body: {
    name: 'slow bodies (-B)',
    args: ['-B', '-i', '2', '-x', '10', '-s', '8192'],
    path: '/echo',
  },
  read: {
    name: 'slow reading (-X)',
    args: ['-X', '-w', '256', '-y', '512', '-n', '2', '-z', '32', '-k', '3'],
    path: '/download',
  },
} as const;

export interface SlowReport {
  /** Connections at the end of the run: given up by the server, under way, never made. */
  readonly closed: number;
  readonly connected: number;
  readonly error: number;
  /** Why the run ended, in its words. */
  readonly ended: string;
}

/** Runs one mode. Ends by itself when the time is over, or when the server has closed every connection. */
export async function slowClients(
  mode: keyof typeof SLOW_MODES,
  options: { port: number; connections: number; seconds: number },
): Promise<SlowReport> {
  const program = outsiderPath('slowhttptest');
  if (program === undefined) throw new Failed('slowhttptest is not installed');
  const { args, path } = SLOW_MODES[mode];
  const { port, connections, seconds } = options;
  const output = await runLoad([
    program,
    ...args,
    ...['-c', String(connections), '-r', String(connections), '-l', String(seconds), '-p', '5'],
    ...['-u', `http://127.0.0.1:${port}${path}`],
  ]);
  return readSlowReport(output);
}

/** Reads the last status that slowhttptest printed. */
export function readSlowReport(output: string): SlowReport {
  const text = stripVTControlCharacters(output);
  const last = (pattern: RegExp) => [...text.matchAll(pattern)].at(-1)?.[1];
  const report = {
    closed: Number(last(/^closed: +(\d+)/gm)),
    connected: Number(last(/^connected: +(\d+)/gm)),
    error: Number(last(/^error: +(\d+)/gm)),
    ended: last(/^Exit status: *(.*\S)/gm) ?? '',
  };
  if (report.ended === '' || !(report.closed + report.connected + report.error >= 0))
    throw new Failed(`slowhttptest did not report: ${text.trim().slice(-300)}`);
  return report;
}
