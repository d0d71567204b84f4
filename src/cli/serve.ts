// `portway serve`: runs an application on a port, and writes the trace if asked to.

import { createWriteStream, type WriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { createGateway, type Fault } from '../gateway/index.ts';
import { listenHttp1 } from '../gateway/transport/node-http1.ts';
import { createRecorder, type Tap } from '../trace/index.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { loadApplication } from './load.ts';
import { locateIn } from './locate.ts';

export const serve: Command = {
  summary: 'run an application on a port',
  usage: `portway serve: run an application on a port, over HTTP/1.1

Usage: portway serve APP [--host HOST] [--port PORT] [--trace FILE]

  APP            a JavaScript or TypeScript file whose default export is an application
  --host HOST    address to listen on (default 127.0.0.1)
  --port PORT    port to listen on (default 8000; 0 takes a free one)
  --trace FILE   write every event to FILE, one JSON object a line

Stop it with Ctrl+C or SIGTERM: it stops accepting, lets responses and applications end, and exits with 0.
A second signal breaks connections off and exits with 1.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8000' },
        trace: { type: 'string' },
      },
      'serve',
    );
    const [app, ...more] = positionals;
    if (app === undefined)
      throw new CommandError('name the application: `portway serve app.ts`.', 2);
    if (more.length > 0)
      throw new CommandError(`one application at a time, not also \`${more[0]}\`.`, 2);
    const port = readPort(values.port as string);
    const application = await loadApplication(app);

    const trace = typeof values.trace === 'string' ? await openTrace(values.trace) : undefined;
    const gateway = createGateway(application, {
      onFault: logFault,
      ...(trace ? { tap: trace.tap, locate: locateIn(resolve(app)) } : {}),
    });
    const host = values.host as string;
    const server = await listenHttp1(gateway, { host, port }).catch(
      (error: NodeJS.ErrnoException) => {
        throw new CommandError(listenMessage(error, host, port));
      },
    );
    const name =
      server.address.family === 'IPv6' ? `[${server.address.address}]` : server.address.address;
    console.log(`portway: ${app} on http://${name}:${server.address.port}/`);

    const code = await new Promise<number>((done) => {
      let stopping = false;
      const stop = () => {
        if (stopping) {
          server.destroy();
          done(1);
          return;
        }
        stopping = true;
        server
          .close()
          .then(() => gateway.idle())
          .then(() => done(0));
      };
      process.on('SIGINT', stop);
      process.on('SIGTERM', stop);
    });
    await trace?.close();
    return code;
  },
};

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new CommandError(`\`${text}\` is not a port: a number from 0 to 65535.`, 2);
  return port;
}

function listenMessage(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${host} is taken. Choose another with --port, or 0 for a free one.`;
  if (error.code === 'EACCES')
    return `port ${port} needs more rights than this process has. Choose one above 1023.`;
  return `cannot listen on ${host} port ${port}: ${error.message}.`;
}

function logFault(fault: Fault): void {
  const { scope, message, error } = fault;
  const stack = stackOf(error);
  const requirement =
    fault.requirement && !message.includes(fault.requirement) ? ` [${fault.requirement}]` : '';
  console.error(`portway: ${scope.method} ${scope.target}: ${message}${requirement}${stack}`);
}

/** The frames of an error, each on a line; nothing for what has none, for anything can be thrown. */
function stackOf(error: unknown): string {
  try {
    const { stack } = error as { stack?: unknown };
    return typeof stack === 'string' ? stack.replace(/^.*?(?=\n {4}at |$)/s, '') : '';
  } catch {
    return '';
  }
}

/** A tap that writes to a file. @throws CommandError if the file cannot be written */
async function openTrace(path: string): Promise<{ tap: Tap; close(): Promise<void> }> {
  const stream = createWriteStream(path);
  await new Promise<void>((opened, failed) => {
    stream.once('open', () => opened());
    stream.once('error', failed);
  }).catch((error: Error) => {
    throw new CommandError(`cannot write the trace: ${error.message}.`);
  });
  const recorder = createRecorder({
    run: new Date().toISOString(),
    now: () => performance.now(),
    emit: (event) => stream.write(`${JSON.stringify(event)}\n`),
  });
  return { tap: recorder.tap, close: () => end(stream) };
}

function end(stream: WriteStream): Promise<void> {
  return new Promise((done) => stream.end(done));
}
