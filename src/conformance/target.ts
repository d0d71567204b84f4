// What a case runs against: a gateway of this process, made for the case and reached by one of the drivers, or one that
// somebody else has started.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TrustEntry } from '../gateway/conversation/forwarded.ts';
import { createGateway, type Fault, type Gateway } from '../gateway/index.ts';
import { runService, type Service, type ServiceListener } from '../gateway/service.ts';
import { listen } from '../gateway/transport/listen.ts';
import { parseTrust } from '../gateway/trust.ts';
import type { Application } from '../interface/index.ts';
import { createRecorder, type TraceEvent } from '../trace/index.ts';
import type { GatewaySetup, PlacedCase } from './case.ts';
import { http1Client } from './clients/http1.ts';
import { http2Client } from './clients/http2.ts';
import { memoryClient } from './clients/memory.ts';
import { hostApplication } from './host.ts';
import type { DriverName } from './names.ts';
import type { Operator } from './peer.ts';
import { remoteLink } from './remote.ts';
import { Runs, type StageLink } from './stage.ts';
import type { Client } from './stream.ts';

/** One run of one case, made ready. */
export interface Setting {
  readonly client: Client;
  readonly link: StageLink;
  /** Value of the field that names case and run. */
  readonly mark: string;
  /** Undefined for a gateway in another process. */
  readonly operator: Operator | undefined;
  /** Ends everything that was begun. */
  close(): Promise<void>;
}

/** Something that cases run against. */
export interface Target {
  readonly driver: DriverName;
  /** Why a case cannot run here; undefined if it can. */
  skips(one: PlacedCase): string | undefined;
  prepare(one: PlacedCase): Promise<Setting>;
}

/** What stands between a gateway and the application of a case, such as a worker behind frames. */
export type Through = (application: Application) => Application;

/** Gateways of this process, a new one for each case. */
export function inProcess(driver: DriverName, through: Through = (same) => same): Target {
  return {
    driver,
    skips: () => undefined,
    prepare: (one) => prepare(driver, one, through),
  };
}

/**
 * A gateway in another process, of which only the outside is seen. It has to run `src/conformance/application.ts`, in one
 * process. The driver says how it is spoken to: `h1`, or `h2` with prior knowledge.
 */
export function remote(host: string, port: number, driver: 'h1' | 'h2'): Target {
  const dial = driver === 'h1' ? http1Client : http2Client;
  return {
    driver,
    skips({ gateway, app }) {
      if (gateway) return 'needs a gateway that is configured for it';
      return app?.lifespan && 'needs an application with a lifespan of its own';
    },
    async prepare(one) {
      const client = dial(host, port);
      const name = runName();
      const link = remoteLink(client, name);
      return {
        client,
        link,
        mark: `${one.key} ${name}`,
        operator: undefined,
        async close() {
          await link.close();
          await client.close();
        },
      };
    },
  };
}

/**
 * A server of another process that calls the suite's application in this one, through servers/relay.py. `lacks` says why
 * a case cannot be of it, such as that it has no WebSockets.
 */
export function relayed(
  port: number,
  driver: 'h1' | 'h2',
  runs: Runs,
  lacks: (one: PlacedCase) => string | undefined,
): Target {
  const there = remote(HOST, port, driver);
  return {
    driver,
    skips: (one) => there.skips(one) ?? lacks(one),
    async prepare(one) {
      const client = driver === 'h1' ? http1Client(HOST, port) : http2Client(HOST, port);
      const name = runName();
      return {
        client,
        link: runs.of(name),
        mark: `${one.key} ${name}`,
        operator: undefined,
        async close() {
          runs.close(name);
          await client.close();
        },
      };
    },
  };
}

/** Makes a gateway reachable, and a client that reaches it. */
type Open = (
  gateway: Gateway,
  setup: GatewaySetup,
) => Promise<{ readonly listener: ServiceListener; readonly client: Client }>;

const HOST = '127.0.0.1';

const OPEN: Readonly<Record<DriverName, Open>> = {
  async memory(gateway) {
    const closed = Promise.withResolvers<void>();
    return {
      listener: { drain: closed.resolve, closed: closed.promise, destroy: closed.resolve },
      client: memoryClient(gateway),
    };
  },
  async h1(gateway, setup) {
    const { listener, port } = await listening(gateway, setup, false);
    return { listener, client: http1Client(HOST, port) };
  },
  async h2(gateway, setup) {
    const { listener, port } = await listening(gateway, setup, true);
    return { listener, client: http2Client(HOST, port) };
  },
};

async function listening(gateway: Gateway, { concurrency }: GatewaySetup, http2: boolean) {
  const listener = await listen(gateway, {
    host: HOST,
    http2,
    ...(concurrency === undefined ? {} : { calls: concurrency }),
  });
  return { listener, port: (listener.address as AddressInfo).port };
}

/** Cases that hang are not to be waited for; one that measures this time sets it. */
const LIMITS = { shutdown_ms: 500 };

async function prepare(driver: DriverName, one: PlacedCase, through: Through): Promise<Setting> {
  const setup = one.gateway ?? {};
  const name = runName();
  const runs = new Runs();
  const run = runs.of(name);
  const root = setup.files && makeFiles(setup.files);
  run.root = root;
  const faults: Fault[] = [];
  const lines: string[] = [];
  const events: TraceEvent[] = [];
  const recorder = createRecorder({
    run: name,
    now: () => performance.now(),
    emit: (event) => events.push(event),
  });
  const gateway = createGateway(through(hostApplication([one], { runs, run: name })), {
    tap: recorder.tap,
    onFault: (fault) => faults.push(fault),
    limits: { ...LIMITS, ...setup.limits },
    trust: (setup.trust ?? []).map(trustEntry),
    ...(root ? { openFile: (await import('../gateway/files.ts')).openBelow([root]) } : {}),
  });

  let service: Service | undefined;
  let opened: Client | undefined;
  const start = async () => {
    service ??= runService(gateway, {
      listen: () => [
        OPEN[driver](gateway, setup).then(({ listener, client }) => {
          opened = client;
          return listener;
        }),
      ],
      report: (level, line) => lines.push(`${level}: ${line}`),
    });
    const ready = await service.ready;
    const outcome = await gateway.start();
    if (ready || outcome.ready) return { ready };
    return outcome;
  };
  const reachable = (): Client => {
    if (!opened) throw new Error('the gateway does not listen: it has not started');
    return opened;
  };
  const close = async () => {
    await opened?.close();
    run.close();
    if (service) {
      service.hurry();
      await service.status;
    }
    if (root) rmSync(root, { recursive: true, force: true });
  };
  const needed = (): Service => {
    if (!service) throw new Error('the gateway has not been started: `t.operator.start()`');
    return service;
  };

  if (!setup.startedByClient) {
    const { ready } = await start();
    if (!ready) {
      await close();
      throw new Error(`the gateway has not started: ${lines.join('; ')}`);
    }
  }
  return {
    mark: `${one.key} ${name}`,
    link: run,
    close,
    client: {
      version: driver === 'h2' ? '2' : '1.1',
      connect: async () => reachable().connect(),
      get raw() {
        return reachable().raw;
      },
      close: async () => opened?.close(),
    },
    operator: {
      start,
      faults: () =>
        faults.map(({ scope, requirement, message }) => ({
          id: scope.id,
          message,
          ...(requirement === undefined ? {} : { requirement }),
        })),
      log: () => lines,
      trace: () => events,
      drain: () => needed().drain(),
      deadline: () => needed().hurry(),
      status: () => needed().status,
      active: () => gateway.active,
      idle: () => gateway.idle(),
    },
  };
}

/** The declaration of a trusted peer; `memory` is the other end of the transport of that name. */
function trustEntry(text: string): TrustEntry {
  const [, fields] = /^memory(?:=(.*))?$/.exec(text) ?? [];
  if (!text.startsWith('memory')) return parseTrust(text);
  return {
    name: text,
    fields: fields === 'x-forwarded' ? 'x-forwarded' : 'forwarded',
    matches: ({ transport }) => transport === 'memory',
  };
}

let count = 0;

/** Names a run; also apart from the runs of other processes that speak to the same gateway. */
export function runName(): string {
  return `${Math.random().toString(36).slice(2, 8)}${(count++).toString(36)}`;
}

function makeFiles(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'conformance-')));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}
