// Serves an application in this process: loads it, runs its gateway, writes the logs, and ends with a status.

import { resolve } from 'node:path';
import type { OpenFileBelow } from '../gateway/conversation/output.ts';
import { createGateway, type GatewayOptions } from '../gateway/index.ts';
import { type ExitStatus, runService } from '../gateway/service.ts';
import { listen } from '../gateway/transport/listen.ts';
import type { Application } from '../interface/index.ts';
import type { SourcePosition, Tap } from '../trace/index.ts';
import { withAccessLog } from './access-log.ts';
import { CommandError } from './command.ts';
import type { InspectedTrace } from './live.ts';
import { locateIn } from './locate.ts';
import type { Log } from './log.ts';
import type { Operator } from './operator.ts';
import type { Settings } from './settings.ts';
import { openFile, openTrace } from './trace-file.ts';

export interface Serving {
  /** The application's file, as it was typed. */
  readonly app: string;
  readonly load: () => Promise<Application>;
  readonly settings: Settings;
  readonly operator: Operator;
  readonly log: Log;
  /** Begins the ids of all conversations, and names the trace. */
  readonly run: string;
  /** When the time for the start began, as of `performance.now()` (lifespan.startup-timeout). */
  readonly began: number;
  /** Other processes write to the same files. */
  readonly shared: boolean;
  /** Finds the application's line in the stack of an error. Default: in that of JavaScript, by the folder of `app`. */
  readonly locate?: (stack: string) => SourcePosition | undefined;
  /** Opens files for the application where the settings declare no roots (http.file). */
  readonly openFile?: OpenFileBelow;
  /** Is told what the trace is told, too. */
  readonly inspected?: InspectedTrace;
}

/** @throws CommandError for what keeps it from starting, with status 3 if that is the application */
export async function serveHere(serving: Serving): Promise<ExitStatus> {
  const { settings, operator, log, run, shared } = serving;
  const onError = (message: string) => log.report('error', message);
  const trace =
    settings.trace === undefined
      ? undefined
      : await openTrace(settings.trace, {
          run,
          mask: settings.mask,
          bodies: settings.traceBodies,
          append: shared,
          onError,
        });
  const accessLog = await openAccessLog(settings.accessLog, onError);
  const taps = [trace, serving.inspected].flatMap((told) => (told ? [told.tap] : []));
  const options: GatewayOptions = {
    run,
    limits: settings.limits,
    trust: settings.trust,
    onFault: log.fault,
    ...(settings.roots.length > 0
      ? { openFile: await filesBelow(settings.roots) }
      : serving.openFile
        ? { openFile: serving.openFile }
        : {}),
    ...(taps.length > 0
      ? { tap: tapOf(taps), locate: serving.locate ?? locateIn(resolve(serving.app)) }
      : {}),
  };

  const application = await loadInTime(serving);
  // drain.during-startup: a drain that begins before the application was called ends the process without a call.
  if (!application) return operator.leave(0);
  const gateway = createGateway(application, options);
  const entrance = accessLog
    ? withAccessLog(gateway, { write: accessLog.write, trust: settings.trust })
    : gateway;
  gateway.onDrain(() => {
    if (service.listeners.length > 0)
      log.report('info', `draining: ${gateway.active} open, ${gateway.limits.drain_ms} ms at most`);
    operator.draining();
  });
  const { host, port, path, http2, tls } = settings;
  const service = runService(gateway, {
    report: log.report,
    spent: performance.now() - serving.began,
    onFailure: (what) => operator.failed(what),
    listen: () => [
      listen(entrance, {
        ...(path === undefined ? { host, port } : { path }),
        http2,
        ...(tls ? { tls } : {}),
      }).catch((error: NodeJS.ErrnoException) => {
        throw new Error(listenMessage(error, settings));
      }),
    ],
  });
  operator.onStop((again) => (again ? service.hurry() : service.drain()));
  service.ready.then((ready) => {
    if (ready) operator.ready(service.listeners.map(({ url }) => url));
  });
  const status = await operator.leave(await service.status);
  await Promise.all([trace?.close(), serving.inspected?.close(), accessLog?.close()]);
  return status;
}

/** One tap for several that number alike. */
function tapOf(taps: readonly Tap[]): Tap {
  const [first, ...others] = taps as [Tap, ...Tap[]];
  if (others.length === 0) return first;
  return (step, data) => {
    for (const tap of others) tap(step, data);
    return first(step, data);
  };
}

/** The application, or nothing if a demand to stop was first. A CommandError on the way is a failed start. */
async function loadInTime({
  load,
  operator,
  settings,
  began,
}: Serving): Promise<Application | undefined> {
  const { startup_ms } = settings.limits;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (startup_ms === undefined || startup_ms === null) return;
    timer = setTimeout(
      () => reject(new CommandError('the application did not load within startup_ms.', 3)),
      startup_ms - (performance.now() - began),
    );
  });
  try {
    return await Promise.race([load(), late, operator.stopped.then(() => undefined)]);
  } catch (error) {
    operator.failed('start');
    await operator.leave(3);
    // lifespan.fatal-start
    if (error instanceof CommandError && error.exitCode === 1)
      throw new CommandError(error.message, 3);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function openAccessLog(path: string | undefined, onError: (message: string) => void) {
  if (path === undefined) return undefined;
  if (path === '-') {
    return { write: (line: string) => void process.stdout.write(line), close: async () => {} };
  }
  return openFile(path, true, 'the access log', onError);
}

async function filesBelow(roots: readonly string[]) {
  const { openBelow } = await import('../gateway/files.ts');
  return openBelow(roots);
}

function listenMessage(
  error: NodeJS.ErrnoException,
  { host, port, path }: Pick<Settings, 'host' | 'port' | 'path'>,
): string {
  if (error.code?.startsWith('ERR_OSSL'))
    return `the certificate or its key cannot be used: ${error.message}. See --tls-cert and --tls-key.`;
  if (path !== undefined) {
    if (error.code === 'EADDRINUSE')
      return `the socket ${path} is there already. Remove it if nothing listens on it.`;
    return `cannot listen on ${path}: ${error.message}.`;
  }
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${host} is taken. Choose another with --port, or 0 for a free one.`;
  if (error.code === 'EACCES')
    return `port ${port} needs more rights than this process has. Choose one above 1023.`;
  return `cannot listen on ${host} port ${port}: ${error.message}.`;
}
