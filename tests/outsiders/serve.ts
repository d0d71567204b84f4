// `portway serve` with the application of these tests, as a process of its own on a free port; and what it has noted.

import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { authority, serverCert, serverKey } from '../../src/gateway/transport/tls.fixture.ts';
import { folder } from '../fixtures/folder.ts';
import { type Program, start } from './machine.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const APP = fileURLToPath(new URL('app.ts', import.meta.url));

export interface Served {
  /** Without a slash at the end, such as `http://127.0.0.1:8000`. Empty where it listens on a socket. */
  readonly url: string;
  readonly port: number;
  readonly program: Program;
  /** Path of the certificate of the authority that has signed the server's, in PEM. */
  readonly authority: string;
  /** What the application has noted under a key; waits for it. */
  noted(key: string): Promise<unknown>;
  /** Has it drain, and waits for its end. Done for every test file, if it has not done so itself. */
  stop(): Promise<void>;
}

/** Lines of the log that are no fault of anybody's, and the frames behind one that is. */
const HARMLESS = /^(?:portway: draining: .*| {4}at .*|)$/;

/**
 * Starts it, in a test file that ends it. It has to end in order: with status 0, and with nothing in its log but what
 * `expected` matches.
 */
export async function serve(
  args: readonly string[] = [],
  { tls = false, expected }: { tls?: boolean; expected?: RegExp } = {},
): Promise<Served> {
  const files = folder({ 'cert.pem': serverCert, 'key.pem': serverKey, 'ca.pem': authority });
  const secure = tls
    ? ['--tls-cert', join(files, 'cert.pem'), '--tls-key', join(files, 'key.pem')]
    : [];
  const program = start(process.execPath, [
    join(ROOT, 'bin/portway.mjs'),
    'serve',
    APP,
    ...(args.includes('--path') ? [] : ['--port', '0']),
    '--log-level',
    'warning',
    '--limit',
    'drain_ms=5s',
    ...secure,
    ...args,
  ]);
  const [, url = '', port = ''] = await program.printed(
    /on (?:(https?:\/\/127\.0\.0\.1:(\d+))\/|unix:.*)\n/,
  );
  let stopped: Promise<void> | undefined;
  const served: Served = {
    url,
    port: Number(port),
    program,
    authority: join(files, 'ca.pem'),
    noted: (key) => ask(`${url}/notes?key=${key}`),
    stop() {
      stopped ??= end(program, expected);
      return stopped;
    },
  };
  afterAll(() => served.stop());
  return served;
}

/** The JSON that a URL has. The certificate is one for tests. */
async function ask(url: string): Promise<unknown> {
  const get = url.startsWith('https') ? requestTls : request;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false, rejectUnauthorized: false }, resolve).on('error', reject).end();
  });
  return json(response);
}

async function end(program: Program, expected: RegExp | undefined): Promise<void> {
  program.child.kill('SIGTERM');
  const { code, signal, stderr } = await program.finished;
  const lines = stderr.split('\n').filter((line) => !HARMLESS.test(line) && !expected?.test(line));
  expect({ code, signal, log: lines }).toEqual({ code: 0, signal: null, log: [] });
}

/** A file of a test's own, with pseudo-random octets that repeat nowhere within 4 MiB. @returns its path */
export function fileOf(folderPath: string, name: string, octets: number): string {
  const path = join(folderPath, name);
  writeFileSync(path, patternOf(octets));
  return path;
}

/** Octets in which a piece that is lost, doubled or displaced shows. */
export function patternOf(octets: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(octets / 4));
  let state = 0x9e3779b9;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, octets);
}
