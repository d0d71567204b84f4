// The guest in a Worker of the page: evaluates the program here, and reaches the gateway through memory.
// It starts with one message from the frame: the session's name and the port to the page.

import * as kit from '../../app/index.ts';
import { dialMemory } from '../../client/memory.ts';
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

type Evaluate = (
  require: (name: string) => unknown,
  module: { exports: object },
  exports: object,
) => Promise<void>;

async function load(body: unknown): Promise<unknown> {
  const { modules, entry, revision } = body as WorkerProgram;
  const loaded = new Map<string, { exports: object }>();

  async function evaluate(path: string): Promise<{ exports: object }> {
    const known = loaded.get(path);
    if (known) return known;
    const module = { exports: {} };
    loaded.set(path, module);
    const source = modules[path];
    if (!source) throw new Error(`there is no module ${path}`);
    for (const name of source.imports) await evaluate(name);
    // On one line with the code's first, so that line numbers are the reader's. Indirect, so that it sees only globals.
    // biome-ignore lint/security/noGlobalEval: running the reader's code is what this Worker is for
    const run = globalThis.eval(
      `(async function (require, module, exports) {${source.code}\n})\n//# sourceURL=portway-program/${revision}/${path}`,
    ) as Evaluate;
    await run((name) => required(name, path), module, module.exports);
    return module;
  }

  function required(name: string, from: string): unknown {
    if (name === 'portway') return kit;
    const parts = from.split('/').slice(0, -1);
    for (const part of name.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    return loaded.get(parts.join('/'))?.exports;
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
      open: async (gateway) => ({ dial: dialMemory(gateway), close() {} }),
      locate(stack) {
        const match = FRAME.exec(stack);
        return match
          ? { file: match[1] as string, line: Number(match[2]), column: Number(match[3]) }
          : undefined;
      },
    };
    const take = startGuest(place, sid);
    port.onmessage = (message: MessageEvent<unknown>) => {
      if (typeof message.data === 'string') take(message.data);
    };
  },
);
