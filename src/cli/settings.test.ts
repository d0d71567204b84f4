// What the options of `serve` and `dev` come to, and what is said of those that are not understood.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { DEFAULT_LIMITS } from '../gateway/limits.ts';
import { CommandError, parseOptions } from './command.ts';
import { fromProposals } from './drafts.ts';
import { readLibrary } from './proposal/repository.ts';
import { FROM_ZERO, NULLABLE, readLimits, readSettings, SERVE_OPTIONS } from './settings.ts';

const settings = (...args: string[]) =>
  readSettings(parseOptions(args, SERVE_OPTIONS, 'serve').values, args);

function failure(act: () => unknown): CommandError {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

test('without options: the loopback, port 8000, no TLS, and the limits that a gateway has', () => {
  expect(settings()).toEqual({
    host: '127.0.0.1',
    port: 8000,
    path: undefined,
    http2: false,
    tls: undefined,
    trace: undefined,
    mask: expect.any(Function),
    traceBodies: false,
    accessLog: undefined,
    trust: [],
    roots: [],
    limits: {},
    level: 'info',
  });
});

test.each<[string, Record<string, number | null>]>([
  ['send_buffer_octets=64KiB', { send_buffer_octets: 65_536 }],
  ['body_octets=10MiB', { body_octets: 10_485_760 }],
  ['body_octets=1GiB', { body_octets: 1_073_741_824 }],
  ['body_octets=12B', { body_octets: 12 }],
  ['body_octets=0', { body_octets: 0 }],
  ['body_octets=none', { body_octets: null }],
  ['startup_ms=none', { startup_ms: null }],
  ['idle_ms=30s', { idle_ms: 30_000 }],
  ['idle_ms=250ms', { idle_ms: 250 }],
  ['drain_ms=2min', { drain_ms: 120_000 }],
  ['drain_ms=0', { drain_ms: 0 }],
  ['header_fields=12', { header_fields: 12 }],
])('--limit %s', (text, limits) => {
  expect(readLimits([text])).toEqual(limits);
});

test('--limit: several, of which the last of a name counts', () => {
  expect(readLimits(['idle_ms=1s', 'head_ms=2s', 'idle_ms=3s'])).toEqual({
    idle_ms: 3000,
    head_ms: 2000,
  });
});

test.each([
  ['idle', 'there is no limit `idle`. Known are send_buffer_octets, '],
  ['toString=1', 'there is no limit `toString`'],
  [
    'idle_ms',
    '`` is no value for idle_ms: a whole number from 1 to 2147483647, perhaps with ms, s, min.',
  ],
  ['idle_ms=0', '`0` is no value'],
  ['idle_ms=none', '`none` is no value'],
  ['idle_ms=1KiB', '`1KiB` is no value'],
  ['idle_ms=25d', '`25d` is no value'],
  ['idle_ms=1.5s', '`1.5s` is no value'],
  ['idle_ms=-1', '`-1` is no value'],
  ['idle_ms=3000000s', '`3000000s` is no value'],
  ['body_octets=1s', 'perhaps with B, KiB, MiB, GiB, or none.'],
  ['body_octets=9007199254740992', 'is no value'],
  ['header_fields=1K', '`1K` is no value for header_fields: a whole number from 1 to 2147483647.'],
])('--limit %s is wrong usage', (text, message) => {
  const error = failure(() => readLimits([text]));
  expect(error.message).toContain(message);
  expect(error.exitCode).toBe(2);
});

test('flow.limits-stated: the names, least values and nulls are those of the record `limits`', async () => {
  const fields = fromProposals(await readLibrary(ROOT), ({ records }) =>
    Object.entries(records.get('limits')?.fields ?? {}),
  );
  expect(fields.map(([name]) => name).sort()).toEqual(Object.keys(DEFAULT_LIMITS).sort());
  expect(fields.filter(([, field]) => field.nullable).map(([name]) => name)).toEqual([...NULLABLE]);
  expect(fields.filter(([, field]) => field.minimum === 0).map(([name]) => name)).toEqual([
    ...FROM_ZERO,
  ]);
});

test('--trust: entries in their order; security.forwarded: nothing is trusted unless it was declared', () => {
  const { trust } = settings('--trust', '10.0.0.0/8', '--trust', 'unix:/run/a.sock=x-forwarded');
  expect(trust.map(({ name, fields }) => [name, fields])).toEqual([
    ['10.0.0.0/8', 'forwarded'],
    ['unix:/run/a.sock=x-forwarded', 'x-forwarded'],
  ]);
});

test('--tls-cert and --tls-key, and clients are asked for a certificate only with --tls-ca', () => {
  const dir = folder({ cert: 'C', key: 'K', ca: 'A' });
  const [cert, key, ca] = ['cert', 'key', 'ca'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const { tls } = settings('--tls-cert', cert, '--tls-key', key);
  expect(tls).toEqual({ cert: Buffer.from('C'), key: Buffer.from('K') });
  expect(settings('--tls-cert', cert, '--tls-key', key, '--tls-ca', ca).tls).toMatchObject({
    ca: Buffer.from('A'),
    requestCert: true,
  });
});

test.each<[string[], string]>([
  [['--tls-cert', 'c'], '--tls-cert and --tls-key go together: --tls-key is missing.'],
  [['--tls-key', 'k'], '--tls-cert and --tls-key go together: --tls-cert is missing.'],
  [['--tls-ca', 'a'], '--tls-ca needs --tls-cert and --tls-key.'],
  [['--tls-cert', 'none.pem', '--tls-key', 'k'], 'cannot read --tls-cert: ENOENT'],
  [['--trust', 'everybody'], '--trust: '],
  [['--log-level', 'all'], 'there is no level `all`: error, warning, info.'],
  [['--path', '/s', '--port', '1'], '--path names a socket, so --port has no meaning beside it.'],
  [['--path', '/s', '--host=a'], '--path names a socket, so --host has no meaning beside it.'],
  [['--path', ''], '--path needs the path of a socket.'],
  [['--root', 'no/such/folder'], '--root: there is no folder no/such/folder.'],
  [['--root', 'package.json'], '--root: there is no folder package.json.'],
])('%j is wrong usage', (args, message) => {
  const error = failure(() => settings(...args));
  expect(error.message).toContain(message);
  expect(error.exitCode).toBe(2);
});

test('--trace-mask: a name that no field can have is said to be none', () => {
  expect(() => settings('--trace-mask', 'a b')).toThrow('`a b` is not the name of a field');
});
