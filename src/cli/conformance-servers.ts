// `portway conformance --server NAME`: the outside half of the suite over servers of others that call Python.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlacedCase } from '../conformance/case.ts';
import { hostApplication } from '../conformance/host.ts';
import { DistantRun, listenForCalls, OpenCalls } from '../conformance/relay.ts';
import { runCases } from '../conformance/run.ts';
import {
  lacks,
  OTHER_SERVERS,
  type OtherServer,
  type ServerReport,
  serverReport,
} from '../conformance/servers.ts';
import { Runs } from '../conformance/stage.ts';
import { relayed } from '../conformance/target.ts';
import { CommandError } from './command.ts';

const HOST = '127.0.0.1';
const PYTHONPATH = ['../python/', '../conformance/servers/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
/** Milliseconds in which a server listens. */
const STARTS = 20_000;
/** Most cases wait for something: many wait together. */
const AT_ONCE = 16;

/** The servers named, separated by commas; `all` for all of them. @throws CommandError for one that is not known */
export function serversOf(named: string): readonly OtherServer[] {
  if (named === 'all') return OTHER_SERVERS;
  return named.split(',').map((name) => {
    const found = OTHER_SERVERS.find((server) => server.name === name);
    if (found) return found;
    const known = OTHER_SERVERS.map((server) => server.name).join(', ');
    throw new CommandError(
      `conformance: \`${name}\` is no server that is known: ${known}, or all.`,
      2,
    );
  });
}

/** Starts a server, runs the cases over each of its protocols, and ends it. */
export async function runOver(
  server: OtherServer,
  cases: readonly PlacedCase[],
  all: readonly PlacedCase[],
  python: string,
): Promise<readonly ServerReport[]> {
  const version = versionOf(server.name, python);
  const folder = mkdtempSync(join(tmpdir(), 'portway-relay-'));
  const path = join(folder, 'relay.sock');
  const open = new OpenCalls();
  const runs = new Runs(() => new DistantRun(open));
  const calls = await listenForCalls(path, hostApplication(all, { runs }), open);
  const port = await freePort();
  const args = server.args.map((arg) => arg.replace('PORT', String(port)));
  const child = spawn(python, ['-m', ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      PORTWAY_RELAY: path,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: PYTHONPATH.join(delimiter),
    },
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 100) said.push(text);
  });
  try {
    if (!(await listens(port, child))) {
      throw new CommandError(`conformance: ${server.name} has not started:\n${said.join('')}`);
    }
    const reports: ServerReport[] = [];
    for (const driver of server.drivers) {
      const target = relayed(port, driver, runs, lacks(server.adapter));
      const results = await runCases(cases, target, { atOnce: AT_ONCE });
      reports.push(serverReport(server, version, driver, results));
    }
    return reports;
  } finally {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : [];
    child.kill('SIGKILL');
    await ended;
    calls.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws CommandError where Python or the server is missing */
function versionOf(name: string, python: string): string {
  const script = 'import sys, importlib.metadata as m; print(m.version(sys.argv[1]))';
  try {
    return execFileSync(python, ['-c', script, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    throw new CommandError(
      `conformance: ${python} has no ${name}. Install it there, or name another Python with --python-executable.`,
    );
  }
}

/** The version of an interpreter, as it says it. */
export function pythonVersion(python: string): string {
  return execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  }).trim();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Resolves when somebody listens; to false when the process ends before, or takes too long. */
async function listens(port: number, child: ChildProcess): Promise<boolean> {
  const last = performance.now() + STARTS;
  while (performance.now() < last && child.exitCode === null && child.signalCode === null) {
    if (await answers(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
