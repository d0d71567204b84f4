// The guest in a Worker of the page: evaluates the program here, and reaches the gateway through memory.
// It starts with one message from the frame: the session's name and the port to the page.

import * as kit from '../../app/index.ts';
import { dialMemory } from '../../client/memory.ts';
import { sourceColumn } from '../columns.ts';
import type { Module } from '../transpile.ts';
import { type Place, startGuest } from './guest.ts';

/** What `load` carries for this place. */
export interface WorkerProgram {
  readonly modules: Readonly<Record<string, Module>>;
  readonly entry: string;
  readonly revision: number;
}

/** A frame of the program in a stack: the names are given with `sourceURL` below. */
const FRAME = /portway-program\/\d+\/(.+?):(\d+):(\d+)/;

type Evaluate = (require: (name: string) => unknown, exports: object) => Promise<void>;

/** Stands before the first line of each module. */
const HEAD = '(async function (require, exports) {';

let program: WorkerProgram = { modules: {}, entry: '', revision: 0 };

async function load(body: unknown): Promise<unknown> {
  program = body as WorkerProgram;
  const { modules, entry, revision } = program;
  const loaded = new Map<string, { exports: object }>();

  async function evaluate(path: string): Promise<{ exports: object }> {
    const known = loaded.get(path);
    if (known) return known;
    const module = { exports: {} };
    loaded.set(path, module);
    const source = modules[path];
    if (!source) throw new Error(`there is no script \`${path}\``);
    for (const name of source.imports) await evaluate(name);
    // On one line with the code's first, so that line numbers are the reader's. Indirect, so that it sees only globals.
    // biome-ignore lint/security/noGlobalEval: running the reader's code is what this Worker is for
    const run = globalThis.eval(
      `${HEAD}${source.code}\n})\n//# sourceURL=portway-program/${revision}/${path}`,
    ) as Evaluate;
    await run((name) => required(name, path), module.exports);
    return module;
  }

  function required(name: string, from: string): unknown {
    if (name === 'portway') return kit;
    const parts = from.split('/').slice(0, -1);
    for (const part of name.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    const module = loaded.get(parts.join('/'));
    // Only what is imported by a name in the code is there before it is asked for.
    if (!module)
      throw new Error(`\`${name}\` cannot be imported here: write its name in the import`);
    return module.exports;
  }

  return ((await evaluate(entry)).exports as { default?: unknown }).default;
}

addEventListener(
  'message',
  function begin(event: MessageEvent<{ sid: string; port: MessagePort }>) {
    removeEventListener('message', begin);
    const { sid, port } = event.data;
    const place: Place = {
      post: (text) => port.postMessage(text),
      load,
      // Nothing is left to break off: the client resets each connection when its request is over.
      open: async (gateway) => ({ dial: dialMemory(gateway), close() {} }),
      locate(stack) {
        const [, file, lineText, columnText] = FRAME.exec(stack) ?? [];
        if (file === undefined) return undefined;
        const line = Number(lineText);
        const column = Number(columnText) - (line === 1 ? HEAD.length : 0);
        const { columns = [] } = program.modules[file] ?? {};
        return { file, line, column: sourceColumn(columns, line, column) };
      },
    };
    const take = startGuest(place, sid);
    port.onmessage = (message: MessageEvent<unknown>) => {
      if (typeof message.data === 'string') take(message.data);
    };
  },
);
