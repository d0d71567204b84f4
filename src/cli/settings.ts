// The options of the commands that serve, and what they come to.

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TrustEntry } from '../gateway/conversation/forwarded.ts';
import { DEFAULT_LIMITS } from '../gateway/limits.ts';
import type { Level } from '../gateway/service.ts';
import { parseTrust } from '../gateway/trust.ts';
import type { Limits } from '../interface/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import { maskingOf } from '../trace/secrets.ts';
import { CommandError, type parseOptions } from './command.ts';
import { LEVELS } from './log.ts';

export const SERVE_OPTIONS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8000' },
  path: { type: 'string' },
  http2: { type: 'boolean', default: false },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-ca': { type: 'string' },
  trace: { type: 'string' },
  'trace-secrets': { type: 'boolean', default: false },
  'trace-bodies': { type: 'boolean', default: false },
  'trace-mask': { type: 'string', multiple: true, default: [] as string[] },
  'access-log': { type: 'string' },
  trust: { type: 'string', multiple: true, default: [] as string[] },
  root: { type: 'string', multiple: true, default: [] as string[] },
  limit: { type: 'string', multiple: true, default: [] as string[] },
  'log-level': { type: 'string', default: 'info' },
} as const;

export const SERVE_USAGE = `\
  --host HOST         address to listen on (default 127.0.0.1)
  --port PORT         port to listen on (default 8000; 0 takes a free one)
  --path SOCKET       listen on a Unix socket, in place of --host and --port
  --http2             HTTP/2 too: with TLS as negotiated, without it from a peer that begins with it
  --tls-cert FILE     certificate chain in PEM; with --tls-key, connections are TLS
  --tls-key FILE      its private key in PEM
  --tls-ca FILE       ask clients for a certificate, and verify it against these
  --trust ENTRY       believe the forwarded fields of a peer: an address, a network or unix:SOCKET,
                      with =forwarded (default) or =x-forwarded behind it; can be repeated
  --root DIR          let the application send files below DIR (http.file); can be repeated
  --limit NAME=VALUE  a field of \`limits\`, such as body_octets=10MiB, idle_ms=30s or startup_ms=none;
                      can be repeated
  --trace FILE        write every event to FILE, one JSON object a line
  --trace-secrets     with the values of authorization, cookie, proxy-authorization and set-cookie
  --trace-bodies      with bodies as a whole, up to 1 MiB a piece, and not their beginnings alone
  --trace-mask NAME   without the values of this field, or of this parameter in a target; can be repeated
  --access-log FILE   write a line for each request to FILE, or to standard output for -
  --log-level LEVEL   error, warning or info (default info)`;

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly path: string | undefined;
  readonly http2: boolean;
  readonly tls:
    | {
        readonly cert: Buffer;
        readonly key: Buffer;
        readonly ca?: Buffer;
        readonly requestCert?: boolean;
      }
    | undefined;
  readonly trace: string | undefined;
  /** Takes out of an event what is secret (security.trace-secrets). */
  readonly mask: (event: TraceEvent) => TraceEvent;
  /** Bodies belong to the trace as a whole. */
  readonly traceBodies: boolean;
  readonly accessLog: string | undefined;
  readonly trust: readonly TrustEntry[];
  readonly roots: readonly string[];
  readonly limits: Partial<Limits>;
  readonly level: Level;
}

type Values = ReturnType<typeof parseOptions<typeof SERVE_OPTIONS>>['values'];

/** @throws CommandError for what is not understood, or cannot be read */
export function readSettings(values: Values, given: readonly string[]): Settings {
  if (values.path !== undefined) {
    const other = ['--host', '--port'].find((name) =>
      given.some((argument) => argument === name || argument.startsWith(`${name}=`)),
    );
    if (other) throw usage(`--path names a socket, so ${other} has no meaning beside it.`);
    if (values.path === '') throw usage('--path needs the path of a socket.');
  }
  return {
    host: values.host,
    port: readPort(values.port),
    path: values.path,
    http2: values.http2,
    tls: readTls(values),
    trace: values.trace,
    traceBodies: values['trace-bodies'],
    mask: maskingOf(values['trace-mask'].map(readMasked), !values['trace-secrets']),
    accessLog: values['access-log'],
    trust: values.trust.map(readTrust),
    roots: values.root.map(readRoot),
    limits: readLimits(values.limit),
    level: readLevel(values['log-level']),
  };
}

/** The one application of a command line. */
export function readApplication(positionals: readonly string[], command: string): string {
  const [app, ...more] = positionals;
  if (app === undefined) throw usage(`name the application: \`portway ${command} app.ts\`.`);
  if (more.length > 0) throw usage(`one application at a time, not also \`${more[0]}\`.`);
  return app;
}

export function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw usage(`\`${text}\` is not a port: a number from 0 to 65535.`);
  return port;
}

/** A number of processes. */
export function readWorkers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw usage(`\`${text}\` is not a number of processes: 1 or more.`);
  return Number(text);
}

const SIZE = /^([1-9]\d{0,5})([MG])$/;

/** Memory, in octets: `512M` or `2G`, of 2^20 and 2^30. */
export function readMemory(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = SIZE.exec(text) ?? [];
  if (count === undefined)
    throw usage(`\`${text}\` is not an amount of memory, such as 512M or 2G.`);
  return Number(count) * (unit === 'G' ? 2 ** 30 : 2 ** 20);
}

function readMasked(name: string): string {
  if (!/^[\w!#$%&'*+.^`|~-]{1,200}$/.test(name))
    throw usage(`\`${name}\` is not the name of a field: --trace-mask x-api-key masks one.`);
  return name;
}

function readTls(values: Values): Settings['tls'] {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-ca': ca } = values;
  if (cert === undefined && key === undefined) {
    if (ca !== undefined) throw usage('--tls-ca needs --tls-cert and --tls-key.');
    return undefined;
  }
  if (cert === undefined || key === undefined)
    throw usage(
      `--tls-cert and --tls-key go together: ${cert === undefined ? '--tls-cert' : '--tls-key'} is missing.`,
    );
  return {
    cert: readPem('--tls-cert', cert),
    key: readPem('--tls-key', key),
    ...(ca === undefined ? {} : { ca: readPem('--tls-ca', ca), requestCert: true }),
  };
}

function readPem(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw usage(`cannot read ${option}: ${(error as Error).message}.`);
  }
}

/** A folder, as files are compared with it: absolute (security.file-roots). */
function readRoot(path: string): string {
  if (path === '' || !statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw usage(`--root: there is no folder ${path}.`);
  return resolve(path);
}

function readTrust(text: string): TrustEntry {
  try {
    return parseTrust(text);
  } catch (error) {
    throw usage(`--trust: ${(error as Error).message}.`);
  }
}

function readLevel(text: string): Level {
  const level = LEVELS.find((known) => known === text);
  if (!level) throw usage(`there is no level \`${text}\`: ${LEVELS.join(', ')}.`);
  return level;
}

type LimitName = keyof Limits;

/** Where `none` is a value (the record `limits` of proposal 6). */
export const NULLABLE: ReadonlySet<string> = new Set<LimitName>(['body_octets', 'startup_ms']);
/** Where 0 is one. The others are at least 1. */
export const FROM_ZERO: ReadonlySet<string> = new Set<LimitName>([
  'body_octets',
  'keep_alive_ms',
  'drain_ms',
  'shutdown_ms',
]);

const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  octets: { '': 1, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  ms: { '': 1, ms: 1, s: 1000, min: 60_000 },
  fields: { '': 1 },
};
/** The longest time of a timer, and a size that every program can count. */
const LARGEST: Readonly<Record<string, number>> = {
  octets: Number.MAX_SAFE_INTEGER,
  ms: 2 ** 31 - 1,
  fields: 2 ** 31 - 1,
};

/** `NAME=VALUE`, each a field of the record `limits`. A later one of a name replaces an earlier one. */
export function readLimits(texts: readonly string[]): Partial<Limits> {
  const limits: Partial<Record<LimitName, number | null>> = {};
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      throw usage(
        `--limit: there is no limit \`${name}\`. Known are ${Object.keys(DEFAULT_LIMITS).join(', ')}.`,
      );
    }
    limits[name as LimitName] = readLimit(name, value);
  }
  return limits as Partial<Limits>;
}

function readLimit(name: string, text: string): number | null {
  if (text === 'none' && NULLABLE.has(name)) return null;
  const kind = name.slice(name.lastIndexOf('_') + 1);
  const units = UNITS[kind] as Readonly<Record<string, number>>;
  const [, digits = '', unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  const value = factor === undefined || digits === '' ? Number.NaN : Number(digits) * factor;
  const least = FROM_ZERO.has(name) ? 0 : 1;
  if (!(value >= least && value <= (LARGEST[kind] as number))) {
    const names = Object.keys(units).filter((known) => known !== '');
    throw usage(
      `--limit: \`${text}\` is no value for ${name}: a whole number from ${least} to ${LARGEST[kind]}` +
        `${names.length > 0 ? `, perhaps with ${names.join(', ')}` : ''}${NULLABLE.has(name) ? ', or none' : ''}.`,
    );
  }
  return value;
}

function usage(message: string): CommandError {
  return new CommandError(message, 2);
}
