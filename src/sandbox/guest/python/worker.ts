// The guest for Python in a Worker of the page: the gateway here, and the application in Pyodide beside it, joined by
// the frames that a gateway and a worker process speak. Reaches the gateway through memory.

import { dialMemory } from '../../../client/memory.ts';
import { filesInMemory } from '../../../gateway/transport/memory-files.ts';
import type { AnySendEvent, Application } from '../../../interface/index.ts';
import type { SourcePosition } from '../../../trace/index.ts';
import type { Time } from '../../../trace/time.ts';
import { createFront, type Front } from '../../../worker/front.ts';
import type { Files } from '../../program.ts';
import { onConnect } from '../connect.ts';
import { useClock } from '../dates.ts';
import { type Place, PROGRAM_ROOT, startGuest } from '../guest.ts';
import { rememberRealm } from '../realm.ts';
import { bindTimers } from '../timers.ts';
import { locateInTraceback } from './position.ts';
import programs from './program.py';
import { type PyodideAPI, startPyodide } from './pyodide.ts';
import turns from './turns.py';

/** What `load` carries for this place. */
export interface PythonProgram {
  /** All that it consists of, as it is written. */
  readonly files: Files;
  readonly entry: string;
  readonly revision: number;
}

/** What `Programs` in program.py is to this file. */
interface Programs {
  changed(): boolean;
  /** @returns JSON: null, or what is wrong with the program */
  load(files: string, entry: string): string;
  feed(octets: Uint8Array): void;
  eof(): void;
  end(): void;
  turn(): void;
}

/** What `Programs` asks of this file. */
interface Page {
  /** Asks for a turn of the loop, in so many seconds. */
  wake(seconds: number): void;
  /** Seconds, of a clock that only goes forward. */
  now(): number;
  write(octets: PyBuffer): void;
  /** Where the application has called `send`: told in the order of the calls in each conversation. */
  sends(id: string, file: string, line: number, column: number): void;
}

interface PyBuffer {
  toJs(): Uint8Array;
}

/** How a stack of Python begins. One of an application is printed, as by a process of its own. */
const TRACEBACK = 'Traceback (most recent call last):';

/** An error that the program has raised while it was loaded, in its own words. */
class PythonError extends Error {
  constructor({ name, message, stack }: { name: string; message: string; stack: string }) {
    super(message);
    this.name = name;
    this.stack = stack;
  }
}

onConnect(({ sid, assets, post, listen }) => {
  start(sid, assets as never, post).then(listen, (error: unknown) => {
    // As an error of the Worker, of which the frame tells the page.
    queueMicrotask(() => {
      throw error;
    });
  });
});

async function start(
  sid: string,
  assets: { interpreter: ArrayBuffer; library: ArrayBuffer; portway: ArrayBuffer },
  post: (text: string) => void,
): Promise<(text: string) => void> {
  const pyodide = await startPyodide(assets);
  const { setTimeout, performance } = globalThis;
  const { port1, port2 } = new MessageChannel();
  let program: PythonProgram = { files: {}, entry: '', revision: 0 };
  let heldTime: Time | undefined;
  let endClock = () => {};
  let unchanged = () => true;
  let front: Front | undefined;
  /** By conversation, where the application has sent the events that the front has not read yet. */
  const sends = new Map<string, SourcePosition[]>();
  /** Where the events come from that are on their way to the gateway. */
  const origins = new WeakMap<object, SourcePosition>();
  /** Where the event comes from that the gateway looks at now. */
  let origin: SourcePosition | undefined;

  const page: Page = {
    wake(seconds) {
      // What is due at once is so behind a pause too: it takes no time.
      if (seconds === 0) port2.postMessage(null);
      else if (heldTime) heldTime.after(seconds * 1000, turn);
      else setTimeout(turn, seconds * 1000);
    },
    now: () => (heldTime?.now() ?? performance.now()) / 1000,
    write(octets) {
      front?.feed(octets.toJs());
    },
    sends(id, file, line, column) {
      const known = sends.get(id);
      // Nothing of the program's own has called it.
      if (file === '') return;
      const position = { file, line, column };
      if (known) known.push(position);
      else sends.set(id, [position]);
    },
  };
  const python = await startPrograms(pyodide, assets.portway, page);
  const turn = () => python.turn();
  port1.onmessage = turn;

  /** Says of each event that the application sends where that was. */
  const placed = (application: Application): Application =>
    ((scope, receive, send) =>
      application(scope as never, receive as never, (event: AnySendEvent) => {
        const position = sends.get(scope.id)?.shift();
        if (position) origins.set(event, position);
        return send(event as never);
      })
        .finally(() => sends.delete(scope.id))
        .catch((error: Error) => {
          if (error.stack?.startsWith(TRACEBACK)) console.error(error.stack);
          throw error;
        })) as Application;

  const place: Place = {
    post,
    leave() {
      python.end();
      front?.lost('another program was loaded');
      front = undefined;
      sends.clear();
    },
    stale: () => !unchanged() || python.changed(),
    async load(body) {
      program = body as PythonProgram;
      front = createFront({
        write(pieces) {
          for (const piece of pieces) python.feed(piece);
        },
        end: () => python.eof(),
      });
      const wrong = JSON.parse(python.load(JSON.stringify(program.files), program.entry));
      if (wrong) {
        if (wrong.stack) console.error(wrong.stack.trimEnd());
        throw new PythonError(wrong);
      }
      return placed(front.application);
    },
    useTime(time) {
      heldTime = time;
      endClock();
      endClock = time ? useClock(time) : () => {};
    },
    outermost: (application): Application =>
      ((scope, receive, send) =>
        application(scope as never, receive as never, (event: AnySendEvent) => {
          origin = origins.get(event);
          try {
            return send(event as never);
          } finally {
            origin = undefined;
          }
        })) as Application,
    openFile: (...file) => filesInMemory(PROGRAM_ROOT, program.files)(...file),
    // Nothing is left to break off: the client resets each connection when its request is over.
    open: async (gateway) => ({ dial: dialMemory(gateway), close() {} }),
    locate: (stack) => origin ?? locateInTraceback(stack, program.files),
  };
  const take = startGuest(place, sid);
  pyodide.setStdout({ batched: (line) => console.log(line) });
  pyodide.setStderr({ batched: (line) => console.error(line) });
  bindTimers(
    () => program.revision,
    () => heldTime,
  );
  unchanged = rememberRealm();
  return take;
}

async function startPrograms(
  pyodide: PyodideAPI,
  portway: ArrayBuffer,
  page: Page,
): Promise<Programs> {
  const { FS } = pyodide;
  const library = JSON.parse(new TextDecoder().decode(portway)) as Record<string, string>;
  const own = { 'portway_page/__init__.py': '', 'portway_page/turns.py': turns };
  for (const [path, text] of Object.entries({
    ...library,
    ...own,
    'portway_page/program.py': programs,
  })) {
    const whole = `/lib/portway/${path}`;
    FS.mkdirTree(whole.slice(0, whole.lastIndexOf('/')));
    FS.writeFile(whole, text);
  }
  const begin = pyodide.runPython(
    "import sys; sys.path.insert(0, '/lib/portway'); from portway_page.program import begin; begin",
  );
  return begin(page) as Programs;
}
