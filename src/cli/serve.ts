// `portway serve`: runs an application on a port, in this process or in several.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { ExitStatus } from '../gateway/service.ts';
import { createPool } from '../worker/pool.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { loadApplication } from './load.ts';
import { locatePythonIn } from './locate-python.ts';
import { createLog, type Log } from './log.ts';
import { firstProcessOperator, personOperator, signals } from './operator.ts';
import { KINDS, type PythonOptions, startPython } from './python.ts';
import { serveHere } from './serving.ts';
import {
  readApplication,
  readMemory,
  readSettings,
  readWorkers,
  SERVE_OPTIONS,
  SERVE_USAGE,
  type Settings,
} from './settings.ts';
import { openFile } from './trace-file.ts';
import { startWorkers, workerRun } from './workers.ts';

export const serve: Command = {
  summary: 'run an application on a port',
  usage: `portway serve: run an application on a port, over HTTP/1.1 and HTTP/2

Usage: portway serve APP [options]
       portway serve --python MODULE:NAME [options]

  APP                 a JavaScript or TypeScript file whose default export is an application
  --python MODULE:NAME
                      a Python application, in processes of its own behind this one; \`:app\` where there is no name
  --kind KIND         what it is written to: portway, asgi, wsgi, or auto (default) to find out from its form
  --python-executable P
                      the interpreter, CPython 3.9 or newer (default python3)
  --worker-memory SIZE
                      what a process of Python may take, such as 512M or 2G: what goes beyond is a MemoryError in it
  --workers N         N processes with the application, which are replaced when they end (default: in this one, or
                      1 for Python)
${SERVE_USAGE}

Stop it with Ctrl+C or SIGTERM: it stops accepting, and conversations have until the deadline, limit drain_ms.
A second signal moves the deadline to now. It ends with 0; with 1 after a fault, such as an address that is taken or a
clean-up that failed; with 3 if the application could not start.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        ...SERVE_OPTIONS,
        workers: { type: 'string' },
        python: { type: 'string' },
        kind: { type: 'string' },
        'python-executable': { type: 'string' },
        'worker-memory': { type: 'string' },
      },
      'serve',
    );
    if (values.python !== undefined) return servePython(values.python, positionals, values, args);
    for (const name of ['kind', 'python-executable', 'worker-memory'] as const)
      if (values[name] !== undefined)
        throw new CommandError(`--${name} is for --python MODULE:NAME.`, 2);
    const app = readApplication(positionals, 'serve');
    const settings = readSettings(values, args);
    const workers = readWorkers(values.workers);
    requireFile(app);

    const run = workerRun();
    if (run !== undefined) return serveAsWorker(app, settings, run);
    const log = createLog(settings.level, console.error);
    if (workers !== undefined) return serveWithWorkers(app, settings, workers, log);
    return serveHere({
      app,
      settings,
      log,
      load: () => loadApplication(app),
      operator: personOperator((urls) => announce(app, urls)),
      run: newRun(),
      began: performance.now(),
      shared: false,
    });
  },
};

export function requireFile(app: string): void {
  if (!existsSync(app)) throw new CommandError(`there is no file ${app}.`, 2);
}

/** Tells this run of the gateway from others. */
export function newRun(): string {
  return randomBytes(4).toString('hex');
}

export function announce(app: string, urls: readonly string[]): void {
  const shown = urls.map((url) => (url.startsWith('http') ? `${url}/` : url));
  console.log(`portway: ${app} on ${shown.join(' and ')}`);
}

interface PythonValues {
  readonly kind?: string;
  readonly 'python-executable'?: string;
  readonly 'worker-memory'?: string;
  readonly workers?: string;
}

const TARGET = /^[^\W\d]\w*(?:\.[^\W\d]\w*)*(?::[^\W\d]\w*(?:\.[^\W\d]\w*)*)?$/u;

/** The gateway in this process, and the application in processes of Python behind it (proposal 12). */
function servePython(
  target: string,
  positionals: readonly string[],
  values: PythonValues & Parameters<typeof readSettings>[0],
  args: readonly string[],
): Promise<ExitStatus> {
  if (positionals.length > 0)
    throw new CommandError(`one application at a time, not also \`${positionals[0]}\`.`, 2);
  if (!TARGET.test(target))
    throw new CommandError(
      `\`${target}\` is not MODULE:NAME, such as \`shop.wsgi:application\`: a module as \`import\` names it, not a path.`,
      2,
    );
  const kind = KINDS.find((known) => known === (values.kind ?? 'auto'));
  if (kind === undefined)
    throw new CommandError(`there is no kind \`${values.kind}\`: ${KINDS.join(', ')}.`, 2);
  const settings = readSettings(values, args);
  const log = createLog(settings.level, console.error);
  const executable = values['python-executable'] ?? 'python3';
  const memory = readMemory(values['worker-memory']);
  return serveHere({
    app: target,
    settings,
    log,
    load: async () =>
      pythonPool({ target, kind, executable, memory }, log, readWorkers(values.workers) ?? 1),
    locate: locatePythonIn(process.cwd()),
    operator: personOperator((urls) => announce(target, urls)),
    run: newRun(),
    began: performance.now(),
    shared: false,
  });
}

function pythonPool(
  options: Pick<PythonOptions, 'target' | 'kind' | 'executable' | 'memory'>,
  log: Log,
  workers: number,
) {
  return createPool({
    workers,
    start: (number) => startPython({ ...options, report: log.report }, number),
    report: log.report,
    onFault: log.fault,
  });
}

function serveAsWorker(app: string, settings: Settings, run: string): Promise<ExitStatus> {
  return serveHere({
    app,
    settings,
    log: createLog(settings.level, console.error, `portway[${process.pid}]`),
    load: () => loadApplication(app),
    operator: firstProcessOperator(),
    run,
    // lifespan.startup-timeout: from the start of the process, since the gateway started it.
    began: 0,
    shared: true,
  });
}

async function serveWithWorkers(
  app: string,
  settings: Settings,
  workers: number,
  log: Log,
): Promise<ExitStatus> {
  const { onStop } = signals();
  await prepareFiles(settings, log);
  let urls: readonly string[] = [];
  const supervisor = startWorkers({
    workers,
    limits: settings.limits,
    log,
    run: newRun(),
    onReady: (now) => {
      if (urls.length > 0 && now.join() !== urls.join()) announce(app, now);
      urls = now;
    },
  });
  onStop((again) => (again ? supervisor.hurry() : supervisor.drain()));
  if (await supervisor.ready) announce(app, urls);
  return supervisor.status;
}

/** Begins the files that all processes write to. */
export async function prepareFiles({ trace, accessLog }: Settings, log: Log): Promise<void> {
  const onError = (message: string) => log.report('error', message);
  if (trace !== undefined) await (await openFile(trace, false, 'the trace', onError)).close();
  if (accessLog !== undefined && accessLog !== '-')
    await (await openFile(accessLog, true, 'the access log', onError)).close();
}
