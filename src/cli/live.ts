// Joins the processes of `portway dev` to the viewer of its trace: the first process listens on the loopback and keeps
// what is told, the process with the application tells it.

import cluster, { type Worker } from 'node:cluster';
import { fromFetch } from '../app/index.ts';
import { createGateway } from '../gateway/index.ts';
import { type Listener, listen } from '../gateway/transport/listen.ts';
import { createRecorder, type Tap, type TraceEvent } from '../trace/index.ts';
import { CommandError } from './command.ts';
import { liveAssets } from './live-assets.ts';
import { LiveFeed, type TraceBatch } from './live-feed.ts';
import { liveHandler } from './live-handler.ts';
import { LiveLog } from './live-log.ts';
import type { Log } from './log.ts';

/** Asked for where nobody says otherwise, so that a page that is open finds the next `portway dev`. */
const USUAL_PORT = 9800;
const LOOPBACK = '127.0.0.1';

/** What the processes say to each other. */
type FromFeed = { readonly portway: 'trace' } & TraceBatch;
type ToFeed =
  | { readonly portway: 'watch'; readonly run: string; readonly after: number }
  | { readonly portway: 'unwatch' };

export interface LiveServerOptions {
  readonly app: string;
  /** Undefined takes the usual one, or a free one if that is taken; 0 takes a free one. */
  readonly port: number | undefined;
  readonly site: string | undefined;
  readonly log: Log;
}

export interface LiveServer {
  readonly url: string;
  /** The next run will be because of this file. */
  changed(file: string): void;
  close(): Promise<void>;
}

/** For the first process, before it starts others. @throws CommandError for a port that is not to be had */
export async function openLive({ app, port, site, log }: LiveServerOptions): Promise<LiveServer> {
  /** Which process has which run. */
  const runs = new Map<Worker, string>();
  const say = (worker: Worker, message: ToFeed) => {
    if (worker.isConnected()) worker.send(message, () => {});
  };
  const watch = (worker: Worker, run: string) =>
    say(worker, { portway: 'watch', run, after: events.lastOf(run) });
  const events = new LiveLog({
    onWatched: (watched) => {
      for (const [worker, run] of runs)
        if (watched) watch(worker, run);
        else say(worker, { portway: 'unwatch' });
    },
  });
  const hear = (worker: Worker, message: Partial<FromFeed> | null) => {
    if (message?.portway !== 'trace') return;
    const batch = message as FromFeed;
    runs.set(worker, batch.run);
    if (events.add(batch) && events.watched) watch(worker, batch.run);
  };
  const gone = (worker: Worker) => runs.delete(worker);
  cluster.on('message', hear);
  cluster.on('exit', gone);

  const handler = liveHandler({
    app,
    log: events,
    assets: liveAssets,
    port: () => portOf(listener),
    site,
  });
  const gateway = createGateway(fromFetch(handler), {
    limits: { drain_ms: 0, shutdown_ms: 0 },
    onFault: log.fault,
  });
  await gateway.start();
  const listener = await listenSomewhere(port, (wanted) =>
    listen(gateway, { host: LOOPBACK, port: wanted }),
  );
  return {
    url: `http://${LOOPBACK}:${portOf(listener)}/`,
    changed: (file) => events.changed(file),
    async close() {
      cluster.off('message', hear);
      cluster.off('exit', gone);
      events.close();
      gateway.drain();
      gateway.deadline();
      listener.destroy();
      await gateway.stop();
    },
  };
}

function portOf({ address }: Listener): number {
  return typeof address === 'string' ? 0 : address.port;
}

async function listenSomewhere(
  port: number | undefined,
  listenAt: (port: number) => Promise<Listener>,
): Promise<Listener> {
  try {
    return await listenAt(port ?? USUAL_PORT);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (port === undefined) return listenAt(0);
    throw new CommandError(
      `cannot show the trace on port ${port}: ${code === 'EADDRINUSE' ? 'it is taken' : message}. Choose another with --inspect-port, 0 for a free one, or --no-inspect.`,
    );
  }
}

/** The trace of this process, for the first one. */
export interface InspectedTrace {
  readonly tap: Tap;
  /** Hands over what is left. */
  close(): Promise<void>;
}

/** For the process with the application. */
export function inspectedTrace(
  run: string,
  mask: (event: TraceEvent) => TraceEvent,
): InspectedTrace {
  const timeOrigin = Date.now();
  const feed = new LiveFeed({ run, timeOrigin, mask, send: sendBatch });
  process.on('message', (message: Partial<ToFeed> | null) => {
    if (message?.portway === 'watch') feed.watch((message as { after: number }).after);
    else if (message?.portway === 'unwatch') feed.unwatch();
  });
  const recorder = createRecorder({
    run,
    timeOrigin,
    now: () => performance.now(),
    emit: feed.emit,
  });
  feed.announce();
  return { tap: recorder.tap, close: () => feed.close() };
}

/** Resolves when it is written, or nobody hears it any more. */
function sendBatch(batch: TraceBatch): Promise<void> {
  return new Promise((done) => {
    const message: FromFeed = { portway: 'trace', ...batch };
    if (!process.connected || !process.send) done();
    else process.send(message, undefined, undefined, () => done());
  });
}
