// `portway dev`: serves an application, starts it anew when one of its files changes, and shows its errors in the page.

import { relative, resolve } from 'node:path';
import type { ExitStatus } from '../gateway/service.ts';
import type { Application } from '../interface/index.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { inDevelopment } from './dev-application.ts';
import type { Trouble } from './dev-page.ts';
import { inspectedTrace, openLive } from './live.ts';
import { explain, loadApplication } from './load.ts';
import { createLog } from './log.ts';
import { firstProcessOperator, signals, tell } from './operator.ts';
import { filesBeside } from './program-files.ts';
import { announce, newRun, prepareFiles, requireFile } from './serve.ts';
import { serveHere } from './serving.ts';
import {
  readApplication,
  readPort,
  readSettings,
  SERVE_OPTIONS,
  SERVE_USAGE,
  type Settings,
} from './settings.ts';
import { FileWatch, onLoaded } from './watch.ts';
import { startWorkers, workerRun } from './workers.ts';

/** Conversations of the old code have so long, unless --limit says otherwise: a page that streams is reloaded soon. */
const DRAIN_MS = 2000;

export const dev: Command = {
  summary: 'run an application while you write it',
  usage: `portway dev: run an application, start it anew when one of its files changes, and show errors in the page

Usage: portway dev APP [options]

  APP                 a JavaScript or TypeScript file whose default export is an application
${SERVE_USAGE}
  --inspect-port PORT port on 127.0.0.1 where the trace is shown (default 9800, or a free one; 0 takes a free one)
  --no-inspect        do not show the trace
  --site URL          where the specification is read: the clauses of the trace link there

The trace is a page in a browser that shows every event as it comes. Only this machine can ask for it.

Watched are the files that the application imports, packages apart. The new code takes over when it is loaded, on the
same port; conversations of the old code have ${DRAIN_MS / 1000} s, or limit drain_ms. An application that does not load, or fails before
its response begins, is answered for with a page that shows the error. Without --root the application can send the
files beside it, as /app/NAME. Stop it with Ctrl+C.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        ...SERVE_OPTIONS,
        'inspect-port': { type: 'string' },
        'no-inspect': { type: 'boolean', default: false },
        site: { type: 'string' },
      },
      'dev',
    );
    const app = readApplication(positionals, 'dev');
    const read = readSettings(values, args);
    const settings = { ...read, limits: { drain_ms: DRAIN_MS, ...read.limits } };
    const inspection = readInspection(values);
    requireFile(app);
    const run = workerRun();
    return run === undefined
      ? watchOver(app, settings, inspection)
      : serveInDevelopment(app, settings, run, inspection !== undefined);
  },
};

/** Where the trace is shown. */
interface Inspection {
  readonly port: number | undefined;
  /** Ends with a slash. */
  readonly site: string | undefined;
}

function readInspection(values: {
  readonly 'inspect-port'?: string | undefined;
  readonly 'no-inspect': boolean;
  readonly site?: string | undefined;
}): Inspection | undefined {
  const { 'inspect-port': port, 'no-inspect': none, site } = values;
  if (none && port !== undefined)
    throw new CommandError('--no-inspect and --inspect-port exclude each other.', 2);
  if (site !== undefined && !/^https?:\/\/[^\s?#<>]+$/.test(site))
    throw new CommandError(
      `--site needs an http or https URL without query and fragment, not \`${site}\`.`,
      2,
    );
  if (none) return undefined;
  return {
    port: port === undefined ? undefined : readPort(port),
    site: site?.replace(/\/*$/, '/'),
  };
}

/** The first process: has the application in another one, and starts that anew. */
async function watchOver(
  app: string,
  settings: Settings,
  inspection: Inspection | undefined,
): Promise<ExitStatus> {
  const { onStop } = signals();
  const log = createLog(settings.level, console.error);
  await prepareFiles(settings, log);
  const live = inspection && (await openLive({ app, log, ...inspection }));
  let urls: readonly string[] = [];
  const watch = new FileWatch((file) => {
    const changed = relative(process.cwd(), file);
    log.report('info', `${changed} has changed`);
    live?.changed(changed);
    supervisor.replace();
  });
  watch.add([resolve(app)]);
  const supervisor = startWorkers({
    workers: 1,
    limits: settings.limits,
    log,
    run: newRun(),
    onReady: (now) => {
      if (now.join() !== urls.join()) announce(app, now);
      if (live && urls.length === 0) console.log(`portway: the trace of it on ${live.url}`);
      urls = now;
    },
    onLoaded: (files) => watch.add(files),
  });
  onStop((again) => (again ? supervisor.hurry() : supervisor.drain()));
  const status = await supervisor.status;
  watch.close();
  await live?.close();
  return status;
}

/** The process that has the application. */
function serveInDevelopment(
  app: string,
  settings: Settings,
  run: string,
  inspected: boolean,
): Promise<ExitStatus> {
  const log = createLog(settings.level === 'info' ? 'warning' : settings.level, console.error);
  onLoaded((file) => void tell({ portway: 'loaded', files: [file] }));
  const options = {
    folder: process.cwd(),
    explain,
    report: (line: string) => console.error(`portway: ${line}`),
  };
  const load = async (): Promise<Application> => {
    const development = inDevelopment(await loadOrTrouble(app), options);
    // An error that nobody waits for would end the process, and with it the page that says so.
    process.on('uncaughtException', (error) => {
      console.error(`portway: an error that nothing has caught:\n${explain(error)}`);
      development.trouble({
        title: 'The application has thrown an error that nothing has caught',
        text: explain(error),
      });
    });
    return development.application;
  };
  return serveHere({
    app,
    settings,
    log,
    load,
    operator: firstProcessOperator(),
    run,
    began: 0,
    shared: true,
    openFile: filesBeside(resolve(app), 'h1'),
    ...(inspected ? { inspected: inspectedTrace(run, settings.mask) } : {}),
  });
}

async function loadOrTrouble(app: string): Promise<Application | Trouble> {
  try {
    return await loadApplication(app);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`portway: ${error.message}`);
    return { title: `${app} does not load`, text: error.message };
  }
}
