// The guest in a Worker of the page: evaluates the program here, and reaches the gateway through memory.

import * as kit from '../../app/index.ts';
import { dialMemory } from '../../client/memory.ts';
import { filesInMemory } from '../../gateway/transport/memory-files.ts';
import type { Time } from '../../trace/time.ts';
import { sourceColumn } from '../columns.ts';
import type { Files } from '../program.ts';
import type { Module } from '../transpile.ts';
import { onConnect } from './connect.ts';
import { useClock } from './dates.ts';
import { type Place, PROGRAM_ROOT, startGuest } from './guest.ts';
import { rememberRealm } from './realm.ts';
import { bindTimers } from './timers.ts';

/** What `load` carries for this place. */
export interface WorkerProgram {
  readonly modules: Readonly<Record<string, Module>>;
  /** All that it consists of, as it is written. */
  readonly files: Files;
  readonly entry: string;
  readonly revision: number;
  /** Libraries that it imports: bodies for `(module, exports)`, by name. */
  readonly libraries: Readonly<Record<string, string>>;
}

/** A frame of the program in a stack: the names are given with `sourceURL` below. */
const FRAME = /portway-program\/\d+\/(.+?):(\d+):(\d+)/;

type Evaluate = (require: (name: string) => unknown, exports: object) => Promise<void>;

/** Stands before the first line of each module. */
const HEAD = '(async function (require, exports) {';

let program: WorkerProgram = { modules: {}, files: {}, entry: '', revision: 0, libraries: {} };

// A program may put others in their place.
const { eval: evaluateGlobally } = globalThis;

async function load(body: unknown): Promise<unknown> {
  program = body as WorkerProgram;
  const { modules, entry, revision, libraries } = program;
  const loaded = new Map<string, { exports: object }>();
  const evaluated = new Map<string, { exports: object }>();

  async function evaluate(path: string): Promise<{ exports: object }> {
    const known = loaded.get(path);
    if (known) return known;
    const module = { exports: {} };
    loaded.set(path, module);
    const source = modules[path];
    if (!source) throw new Error(`there is no script \`${path}\``);
    for (const name of source.imports) await evaluate(name);
    // On one line with the code's first, so that line numbers are the reader's. Indirect, so that it sees only globals.
    const run = evaluateGlobally(
      `${HEAD}${source.code}\n})\n//# sourceURL=portway-program/${revision}/${path}`,
    ) as Evaluate;
    await run((name) => required(name, path), module.exports);
    return module;
  }

  function library(name: string, code: string): object {
    const known = evaluated.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    evaluated.set(name, module);
    const run = evaluateGlobally(`(function (module, exports) {${code}\n})`) as (
      module: object,
      exports: object,
    ) => void;
    run(module, module.exports);
    return module.exports;
  }

  function required(name: string, from: string): unknown {
    if (name === 'portway') return kit;
    const code = Object.hasOwn(libraries, name) ? libraries[name] : undefined;
    if (code !== undefined) return library(name, code);
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

onConnect(({ sid, post, listen }) => {
  let unchanged = () => true;
  let heldTime: Time | undefined;
  let endClock = () => {};
  const place: Place = {
    post,
    stale: () => !unchanged(),
    load,
    useTime(time) {
      heldTime = time;
      endClock();
      endClock = time ? useClock(time) : () => {};
    },
    openFile: (...file) => filesInMemory(PROGRAM_ROOT, program.files)(...file),
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
  bindTimers(
    () => program.revision,
    () => heldTime,
  );
  unchanged = rememberRealm();
  listen(take);
});
