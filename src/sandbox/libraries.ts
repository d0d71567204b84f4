// The libraries that a program in a sandbox may import besides `portway`: pinned copies, bundled by the build, fetched
// by the page when a program first imports them. Knows nothing of what they do.

import { type Failure, RuntimeError } from './runtime.ts';
import type { Module, Target } from './transpile.ts';

/** Library to the URLs of its two forms: an ECMAScript module, and a body for `(module, exports)`. */
const URLS: Readonly<Record<string, Readonly<Record<Target, () => Promise<{ default: string }>>>>> =
  {
    hono: {
      module: () => import('virtual:portway/hono-module'),
      function: () => import('virtual:portway/hono-function'),
    },
  };

const FAILED: Omit<Failure, 'message'> = {
  code: 'library-unavailable',
  help: 'Check the connection and run again.',
  retryable: true,
};

/** What was fetched, by URL. A fetch that failed is not kept. */
const fetched = new Map<string, Promise<string>>();

/**
 * The code of every library that a program imports, by its name.
 * @throws RuntimeError where one cannot be loaded
 */
export async function fetchLibraries(
  modules: Readonly<Record<string, Module>>,
  target: Target,
): Promise<Record<string, string>> {
  const names = new Set(Object.values(modules).flatMap(({ libraries }) => libraries));
  const codes = await Promise.all(
    [...names].map(async (name) => [name, await fetchLibrary(name, target)] as const),
  );
  return Object.fromEntries(codes);
}

async function fetchLibrary(name: string, target: Target): Promise<string> {
  try {
    const { default: url } = (await URLS[name]?.[target]()) ?? { default: '' };
    const text = fetched.get(url) ?? fetchText(url);
    fetched.set(url, text);
    return await text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeError({
      ...FAILED,
      message: `The library \`${name}\` could not be loaded (${reason}).`,
    });
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} for ${url}`);
    return await response.text();
  } catch (error) {
    fetched.delete(url);
    throw error;
  }
}
