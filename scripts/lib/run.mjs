// Runs a child process so that none outlives us: signals are passed on, and whatever a finished
// child left in its process group is ended. Runs on Node 20; knows nothing of what it runs.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { belowNpm, whenParentEnds } from './parent.mjs';

const graceMilliseconds = 5000;
const live = new Set();
let stopping;

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, capture?: boolean, shell?: boolean }} [options]
 *   capture: return the output instead of showing it, and give the child no standard input.
 * @returns {Promise<{ code: number, output: string }>} code is 128 + n when signal n ended it.
 */
export function run(command, args, { cwd, env, capture = false, shell = false } = {}) {
  passSignalsOn();
  // A terminal's foreground child must stay in our group, or reading the keyboard would stop it.
  const ownGroup = process.platform !== 'win32' && (capture || !process.stdin.isTTY);
  const child = spawn(command, args, {
    cwd,
    env,
    shell,
    detached: ownGroup,
    stdio: capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  const entry = { child, ownGroup };
  live.add(entry);

  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));

  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      live.delete(entry);
      reject(error);
    });
    // At `exit`, not `close`: a grandchild that holds the pipe would keep us waiting.
    child.on('exit', () => {
      if (ownGroup) send(entry, 'SIGKILL');
    });
    child.on('close', (code, signal) => {
      live.delete(entry);
      if (stopping && live.size === 0) process.exit(exitCodeOf(stopping));
      resolve({ code: code ?? exitCodeOf(signal), output: Buffer.concat(chunks).toString() });
    });
  });
}

function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0);
}

function send({ child, ownGroup }, signal) {
  try {
    if (ownGroup) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function passSignalsOn() {
  if (passSignalsOn.done) return;
  passSignalsOn.done = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  if (belowNpm) whenParentEnds(() => stop('SIGTERM'));
}

function stop(signal) {
  stopping ??= signal;
  if (live.size === 0) process.exit(exitCodeOf(signal));
  for (const entry of live) send(entry, signal);
  setTimeout(() => {
    for (const entry of live) send(entry, 'SIGKILL');
  }, graceMilliseconds).unref();
}
