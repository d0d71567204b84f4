// The guest on Node, inside a WebContainer: takes calls on stdin, serves the application on a real port of the loopback,
// sends it real requests, and prints frames on stdout.

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import * as kit from '../../app/index.ts';
import { dialNode } from '../../client/node.ts';
import { type Http1Server, listenHttp1 } from '../../gateway/transport/node-http1.ts';
import { type Place, startGuest } from './guest.ts';

/** What `load` carries for this place: where the page has put the program's modules. */
export interface NodeProgram {
  /** Absolute path of the entry, as JavaScript. */
  readonly file: string;
}

// A program's copy of the module `portway` hands these on, so that its errors are the gateway's own.
(globalThis as Record<symbol, unknown>)[Symbol.for('portway.kit')] = kit;

/** Programs stand in a folder `program-<revision>`, with `.js` for `.ts`. */
const FRAME = /\/program-\d+\/(.+?)\.js:(\d+):(\d+)/;

const sid = process.argv[2] ?? '';
const write = process.stdout.write.bind(process.stdout);

const place: Place = {
  post: (text) => void write(`\x1eGW${text}\n`),
  async load(body) {
    const { file } = body as NodeProgram;
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  },
  async open(gateway) {
    const server = await listenHttp1(gateway, { host: '127.0.0.1', port: 0 });
    return { dial: dialNode('127.0.0.1', server.address.port), close: () => end(server) };
  },
  locate(stack) {
    const match = FRAME.exec(stack);
    return match
      ? { file: `${match[1]}.ts`, line: Number(match[2]), column: Number(match[3]) }
      : undefined;
  },
};

/** What is left of earlier requests belongs to a program that is no longer shown. */
function end(server: Http1Server): void {
  void server.close();
  server.destroy();
}

const take = startGuest(place, sid);
// A terminal echoes and may send either line end; what is not an envelope of this session is not taken.
createInterface({ input: process.stdin, terminal: false }).on('line', (line) => take(line.trim()));
