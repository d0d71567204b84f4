// The guest in a Worker of the page: evaluates the program here, and reaches the gateway through memory.
// It starts with one message from the frame: the session's name and the port to the page.

import * as kit from '../../app/index.ts';
import { dialMemory } from '../../client/memory.ts';
import { filesInMemory } from '../../gateway/transport/memory-files.ts';
import type { Time } from '../../trace/time.ts';
import { sourceColumn } from '../columns.ts';
import type { Files } from '../program.ts';
import type { Module } from '../transpile.ts';
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

/** The getter that a property of an object has by inheritance, if it is one. */
function getterOf(object: object, name: string): (() => unknown) | undefined {
  for (let at = Object.getPrototypeOf(object); at; at = Object.getPrototypeOf(at)) {
    const { get } = Object.getOwnPropertyDescriptor(at, name) ?? {};
    if (get) return get;
  }
  return undefined;
}

/**
 * What a Worker has and a program does without: to end itself unheard, and to start others, which no heartbeat shows.
 */
const WITHHELD = ['close', 'Worker', 'SharedWorker', 'importScripts'];

addEventListener(
  'message',
  function begin(event: MessageEvent<{ sid: string; port: MessagePort }>) {
    removeEventListener('message', begin);
    const { sid, port } = event.data;
    for (const name of WITHHELD) {
      for (
        let owner: object | null = globalThis;
        owner && owner !== Object.prototype;
        owner = Object.getPrototypeOf(owner)
      ) {
        if (!Object.hasOwn(owner, name)) continue;
        Object.defineProperty(owner, name, { value: undefined, configurable: false });
      }
    }
    // Whoever gets at the port can speak for the guest: nothing that a program can change may be handed it.
    const post = port.postMessage.bind(port);
    const { apply } = Reflect;
    let data: (() => unknown) | undefined;
    let first = true;
    let unchanged = () => true;
    let heldTime: Time | undefined;
    let endClock = () => {};
    const place: Place = {
      post: (text) => post(text),
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
    port.onmessage = (message: MessageEvent<unknown>) => {
      // The first message comes before any program.
      if (first) data = getterOf(message, 'data');
      first = false;
      const text = data ? apply(data, message, []) : message.data;
      if (typeof text === 'string') take(text);
    };
  },
);
