// The guest on Node, inside a WebContainer: takes calls on stdin, serves the application on a real port of the loopback,
// sends it real requests, and prints frames on stdout.

import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import * as kit from '../../app/index.ts';
import { dialNode } from '../../client/node.ts';
import { isFault } from '../../gateway/conversation/output.ts';
import { openBelow } from '../../gateway/files.ts';
import { createHttp1Acceptor, endsOf } from '../../gateway/transport/http1.ts';
import { type Columns, sourceColumn } from '../columns.ts';
import { type Place, PROGRAM_ROOT, startGuest } from './guest.ts';
import { rememberRealm } from './realm.ts';
import { bindTimers } from './timers.ts';

/** What `load` carries for this place: where the page has put the program's modules. */
export interface NodeProgram {
  /** Absolute path of the entry, as JavaScript. */
  readonly file: string;
  /** Absolute path of the folder that has all of its files, as they are written. */
  readonly folder: string;
  /** By the path of each script as JavaScript: what it was made from. */
  readonly sources: Readonly<Record<string, { readonly path: string; readonly columns: Columns }>>;
}

// A program's copy of the module `portway` hands these on, so that its errors are the gateway's own.
(globalThis as Record<symbol, unknown>)[Symbol.for('portway.kit')] = kit;

/** Programs stand in a folder `program-<revision>`, with `.js` for `.ts`. */
const FRAME = /\/program-\d+\/(.+?\.[cm]?js):(\d+):(\d+)/;

let sources: NodeProgram['sources'] = {};
let folder = '';

const sid = process.argv[2] ?? '';
// Not for the program: with it, it could speak for the guest.
process.argv.length = 2;
const write = process.stdout.write.bind(process.stdout);

let unchanged = () => true;
let loads = 0;

const place: Place = {
  post: (text) => void write(`\x1eGW${text}\n`),
  stale: () => !unchanged(),
  async load(body) {
    const program = body as NodeProgram;
    loads++;
    sources = program.sources;
    folder = program.folder;
    const module = (await import(pathToFileURL(program.file).href)) as { default?: unknown };
    return module.default;
  },
  openFile(path, offset, length) {
    if (!path.startsWith(`${PROGRAM_ROOT}/`)) {
      const message = `${JSON.stringify(path)} is not below ${PROGRAM_ROOT}, where the files of the program stand`;
      return { guard: 'file-outside', message };
    }
    const opened = openBelow([folder])(folder + path.slice(PROGRAM_ROOT.length), offset, length);
    if (!isFault(opened)) return opened;
    return { ...opened, message: opened.message.replaceAll(folder, PROGRAM_ROOT) };
  },
  async open(gateway) {
    // Without the listener: its TLS and HTTP/2 are more than this place has.
    const acceptor = createHttp1Acceptor(gateway);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      acceptor.accept(socket, {
        ...endsOf(socket, 'tcp'),
        tls: null,
        reset: () => void (socket.destroyed || socket.resetAndDestroy()),
      }),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    gateway.onDrain(() => {
      server.close();
      acceptor.drain();
    });
    const { port } = server.address() as AddressInfo;
    return {
      dial: dialNode('127.0.0.1', port),
      // What is left of earlier requests belongs to a program that is no longer shown.
      close() {
        server.close();
        acceptor.destroy();
      },
    };
  },
  locate(stack) {
    const [, file, lineText, column] = FRAME.exec(stack) ?? [];
    const source = file === undefined ? undefined : sources[file];
    if (!source) return undefined;
    const line = Number(lineText);
    return {
      file: source.path,
      line,
      column: sourceColumn(source.columns, line, Number(column)),
    };
  },
};

const take = startGuest(place, sid);
bindTimers(() => loads);
unchanged = rememberRealm();
// A terminal echoes and may send either line end; what is no envelope for this guest is not taken.
createInterface({ input: process.stdin, terminal: false }).on('line', (line) => take(line.trim()));
