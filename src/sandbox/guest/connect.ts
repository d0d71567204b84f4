// How a guest in a Worker of the page begins: one message from the frame brings the session's name, the port to the
// page, and what else the place needs. Keeps the port from the program. Knows nothing of what the guest runs.

/** What the frame hands to the Worker. */
interface Connect {
  readonly sid: string;
  readonly port: MessagePort;
  /** Octets that the page has loaded for it, by name. */
  readonly assets?: Readonly<Record<string, ArrayBuffer>>;
}

export interface Connection {
  readonly sid: string;
  readonly assets: Readonly<Record<string, ArrayBuffer>>;
  /** Hands a message to the page. */
  post(text: string): void;
  /** Takes what the page says from here on; what it said before has waited. */
  listen(take: (text: string) => void): void;
}

/**
 * What a Worker has and a program does without: to end itself unheard, and to start others, which no heartbeat shows.
 */
const WITHHELD = ['close', 'Worker', 'SharedWorker', 'importScripts'];

/** Calls `begin` with the connection when the frame has made it, in a realm that is ready for a program. */
export function onConnect(begin: (connection: Connection) => void): void {
  addEventListener('message', function connect(event: MessageEvent<Connect>) {
    removeEventListener('message', connect);
    const { sid, port, assets = {} } = event.data;
    for (const name of WITHHELD) withhold(name);
    // Whoever gets at the port can speak for the guest: nothing that a program can change may be handed it.
    const post = port.postMessage.bind(port);
    const { apply } = Reflect;
    begin({
      sid,
      assets,
      post: (text) => post(text),
      listen(take) {
        let data: (() => unknown) | undefined;
        let first = true;
        port.onmessage = (message: MessageEvent<unknown>) => {
          // The first message comes before any program.
          if (first) data = getterOf(message, 'data');
          first = false;
          const text = data ? apply(data, message, []) : message.data;
          if (typeof text === 'string') take(text);
        };
      },
    });
  });
}

function withhold(name: string): void {
  for (
    let owner: object | null = globalThis;
    owner && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    if (!Object.hasOwn(owner, name)) continue;
    Object.defineProperty(owner, name, { value: undefined, configurable: false });
  }
}

/** The getter that a property of an object has by inheritance, if it is one. */
function getterOf(object: object, name: string): (() => unknown) | undefined {
  for (let at = Object.getPrototypeOf(object); at; at = Object.getPrototypeOf(at)) {
    const { get } = Object.getOwnPropertyDescriptor(at, name) ?? {};
    if (get) return get;
  }
  return undefined;
}
