// Whether a program has changed what it shares with the guest and with the program after it: the intrinsics of the
// language, and the platform's classes through which a guest speaks. Changes nothing itself.

/**
 * Globals of the language, and those of the platform that guest, client and gateway use. None that Node loads late: to
 * look at it costs a tenth of a second.
 */
const NAMES = [
  ...['Object', 'Function', 'Array', 'Number', 'Boolean', 'String', 'Symbol', 'BigInt', 'Math'],
  ...['JSON', 'Reflect', 'Promise', 'Proxy', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef'],
  ...['Date', 'RegExp', 'Error', 'TypeError', 'RangeError', 'ArrayBuffer', 'DataView'],
  ...['Uint8Array', 'TextEncoder', 'TextDecoder', 'AbortController', 'AbortSignal', 'Event'],
  ...['EventTarget', 'MessagePort', 'MessageEvent', 'globalThis', 'eval', 'performance'],
  ...[
    'btoa',
    'atob',
    'queueMicrotask',
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
  ],
] as const;

type Held = readonly [
  owner: object,
  keys: readonly PropertyKey[],
  descriptors: readonly (PropertyDescriptor | undefined)[],
];

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const { is } = Object;

/** Remembers how the realm is now. @returns whether it is still so. Costs a few milliseconds */
export function rememberRealm(scope: object = globalThis): () => boolean {
  const globals = NAMES.map((name) => (scope as Record<string, unknown>)[name]);
  const owners = new Set<object>();
  for (const value of globals) {
    if (!isObject(value) || value === scope) continue;
    owners.add(value);
    const { prototype } = value as { prototype?: unknown };
    if (isObject(prototype)) owners.add(prototype);
  }
  for (const hidden of hiddenIntrinsics()) owners.add(hidden);
  const held = [...owners].map(hold);
  const names = ownKeys(scope).length;
  return () => {
    // By index, and with nothing but what was taken above: the program may have changed all that is between.
    for (let i = 0; i < NAMES.length; i++) {
      if (!is((scope as Record<string, unknown>)[NAMES[i] as string], globals[i])) return false;
    }
    for (let i = 0; i < held.length; i++) if (!isAsHeld(held[i] as Held)) return false;
    return ownKeys(scope).length === names;
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Those that have no name: what iterators, generators, asynchronous functions and typed arrays inherit from. */
function hiddenIntrinsics(): object[] {
  const samples = [
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    ''[Symbol.iterator](),
    (function* () {})(),
    (async function* () {})(),
    async () => {},
    Uint8Array,
    Uint8Array.prototype,
  ];
  const found = new Set<object>();
  for (const sample of samples) {
    for (let at = getPrototypeOf(sample); at; at = getPrototypeOf(at)) found.add(at);
  }
  return [...found];
}

function hold(owner: object): Held {
  const keys = ownKeys(owner);
  return [owner, keys, keys.map((key) => getOwnPropertyDescriptor(owner, key))];
}

function isAsHeld([owner, keys, descriptors]: Held): boolean {
  if (ownKeys(owner).length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const was = descriptors[i];
    const now = getOwnPropertyDescriptor(owner, keys[i] as PropertyKey);
    if (!was || !now) return false;
    const same =
      is(was.value, now.value) &&
      was.get === now.get &&
      was.set === now.set &&
      was.writable === now.writable &&
      was.configurable === now.configurable;
    if (!same) return false;
  }
  return true;
}
