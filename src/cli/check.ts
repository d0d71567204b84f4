// `portway check`: runs an application against its scenario and says which requirements it broke.

import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import {
  type ClientResult,
  type Dial,
  joinLanes,
  parseScenario,
  runExchanges,
  runRequest,
  ScenarioError,
  type ScenarioExchange,
} from '../client/index.ts';
import { dialMemory } from '../client/memory.ts';
import { dialNode } from '../client/node.ts';
import { createGateway, type Fault } from '../gateway/index.ts';
import { type Listener, listen } from '../gateway/transport/listen.ts';
import { GRACE, settle, windUp } from '../gateway/wind-up.ts';
import type { Application } from '../interface/index.ts';
import { createRecorder, type TraceEvent } from '../trace/index.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { loadApplication } from './load.ts';
import { locateIn } from './locate.ts';
import { locatePythonIn } from './locate-python.ts';
import { filesBeside } from './program-files.ts';

const TRANSPORTS = ['h1', 'h2', 'memory'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export interface ScenarioRun {
  readonly results: readonly ClientResult[];
  readonly events: readonly TraceEvent[];
  readonly faults: readonly Fault[];
  /** Why the application could not start, if it could not (lifespan.failed). */
  readonly notStarted?: string;
}

/** Runs every exchange of a scenario in the .http format. @throws ScenarioError */
export async function runScenario(
  application: Application,
  scenario: string,
  transport: TransportName,
  entry: string,
): Promise<ScenarioRun> {
  return runRequests(application, parseScenario(scenario), transport, entry);
}

async function dialHttp2(port: number): Promise<Dial> {
  const client = await import('../client/node-http2.ts');
  return client.dialHttp2('127.0.0.1', port);
}

/** Starts an application, runs exchanges with it in their order, and lets it clean up. */
export async function runRequests(
  application: Application,
  exchanges: readonly ScenarioExchange[],
  transport: TransportName,
  entry: string,
): Promise<ScenarioRun> {
  const events: TraceEvent[] = [];
  const faults: Fault[] = [];
  const recorder = createRecorder({
    run: transport,
    now: () => performance.now(),
    emit: (event) => events.push(event),
  });
  const lanes = joinLanes(recorder.tap);
  const gateway = createGateway(application, {
    tap: lanes.gateway,
    onFault: (fault) => faults.push(fault),
    locate: entry.endsWith('.py') ? locatePythonIn(dirname(entry)) : locateIn(entry),
    openFile: filesBeside(entry, transport),
    limits: { shutdown_ms: GRACE },
  });
  let results: readonly ClientResult[] = [];
  const started = await gateway.start();
  let listener: Listener | undefined;
  try {
    if (started.ready) {
      let dial: Dial;
      if (transport === 'memory') dial = dialMemory(gateway);
      else {
        listener = await listen(gateway, { http2: transport === 'h2' });
        const { port } = listener.address as AddressInfo;
        dial = transport === 'h2' ? await dialHttp2(port) : dialNode('127.0.0.1', port);
      }
      gateway.onDrain(() => listener?.drain());
      results = await runExchanges(exchanges, (exchange, index) =>
        runRequest(exchange, { dial, conn: index + 1, tap: lanes.client, drain: gateway.drain }),
      );
      // What an application does after its response, such as failing, belongs to the run.
      await settle(gateway);
    }
  } finally {
    listener?.destroy();
    await windUp(gateway);
  }
  if (!started.ready) return { results, events, faults, notStarted: started.message };
  return { results, events, faults };
}

/** @throws CommandError for a name that is none */
export function readTransport(name: string): TransportName {
  const transport = TRANSPORTS.find((known) => known === name);
  if (!transport)
    throw new CommandError(`there is no transport \`${name}\`: ${TRANSPORTS.join(', ')}.`, 2);
  return transport;
}

/** How an exchange went, as a line. */
function inWords(result: ClientResult): string {
  const { name, status, size, outcome, attempts, messages, messagesDropped, closed } = result;
  const sent = messages.filter(({ dir }) => dir === 'out').length;
  const parts = [
    `${name}: ${status ?? 'no response'}`,
    result.kind === 'websocket' && messages.length > 0
      ? `messages: ${sent} out, ${messages.length - sent} in${messagesDropped > 0 ? `, ${messagesDropped} more` : ''}`
      : `${size} octets`,
    outcome,
    closed && `closed with ${closed.code ?? 'no code'}${closed.clean ? '' : ', not cleanly'}`,
    attempts > 1 && `sent ${attempts} times`,
  ];
  return parts.filter(Boolean).join(', ');
}

export const check: Command = {
  summary: 'run an application against a scenario and report what it breaks',
  usage: `portway check: run an application against a scenario and report the requirements that it breaks

Usage: portway check APP [--scenario FILE] [--transport h1|h2|memory] [--trace FILE]

  APP                a JavaScript or TypeScript file whose default export is an application
  --scenario FILE    requests in the .http format (default: requests.http beside APP)
  --transport NAME   h1 (default) or h2 for real sockets on the loopback, memory for none
  --trace FILE       write every event to FILE, one JSON object a line

Exits with 1 if a requirement was broken, and names each.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        scenario: { type: 'string' },
        transport: { type: 'string', default: 'h1' },
        trace: { type: 'string' },
      },
      'check',
    );
    const [app, ...more] = positionals;
    if (app === undefined)
      throw new CommandError('name the application: `portway check app.ts`.', 2);
    if (more.length > 0)
      throw new CommandError(`one application at a time, not also \`${more[0]}\`.`, 2);
    const transport = readTransport(values.transport);
    const file =
      typeof values.scenario === 'string' ? values.scenario : join(dirname(app), 'requests.http');
    const scenario = await readFile(file, 'utf8').catch(() => {
      throw new CommandError(`there is no scenario ${file}. Name one with --scenario.`, 2);
    });
    const application = await loadApplication(app);

    let run: ScenarioRun;
    try {
      run = await runScenario(application, scenario, transport, resolve(app));
    } catch (error) {
      if (error instanceof ScenarioError)
        throw new CommandError(`${file}:${error.line}:${error.column} ${error.message}`, 2);
      throw error;
    }
    if (typeof values.trace === 'string') {
      await writeFile(
        values.trace,
        run.events.map((event) => `${JSON.stringify(event)}\n`).join(''),
      ).catch((error: Error) => {
        throw new CommandError(`cannot write the trace: ${error.message}.`);
      });
    }
    if (run.notStarted !== undefined) {
      console.log(`the application could not start: ${run.notStarted}`);
      return 1;
    }
    for (const result of run.results) {
      console.log(inWords(result));
    }
    const violations = run.events.filter((event) => event.violation);
    for (const { violation, src } of violations) {
      console.log(
        `  ${violation?.message}${violation?.message.startsWith(violation.requirement) ? '' : ` [${violation?.requirement}]`}${src ? ` (${src.file}:${src.line}:${src.column})` : ''}`,
      );
    }
    const errors = run.faults.filter((fault) => fault.requirement === undefined);
    for (const fault of errors) console.log(`  ${fault.message}`);
    const silent = run.results.filter(({ outcome }) => outcome === 'timeout');
    for (const { name } of silent) {
      console.log(
        `  ${name}: nothing happened any more, and the client left. The application waits for something that does not come, or never ends its response.`,
      );
    }
    const ids = [...new Set(violations.map((event) => event.violation?.requirement))];
    if (violations.length + errors.length + silent.length === 0) return 0;
    console.log(ids.length > 0 ? `broken: ${ids.join(', ')}` : 'the application failed');
    return 1;
  },
};
