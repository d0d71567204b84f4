// Makes the bundles that the sandboxes load by URL: the guests, which run elsewhere than in the page, the libraries
// that programs import there, the WebContainer client, of which a second copy must be loadable, and the editor's types
// and style. And what draws the panel beside a text, which pages load when somebody points at a link.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { interfaceDeclarations } from './declarations.ts';
import { libraryTypes } from './library-types.ts';
import { portwayPackage } from './package-bundle.ts';
import { pythonPackage } from './python-package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Bundle {
  readonly file: string;
  readonly type: string;
  make(): Promise<string | Uint8Array<ArrayBuffer>>;
}

function script(entry: string, options: BuildOptions): () => Promise<string> {
  return async () => {
    const result = await build({
      entryPoints: [entry],
      absWorkingDir: root,
      bundle: true,
      write: false,
      minify: true,
      keepNames: true,
      charset: 'ascii',
      legalComments: 'none',
      logLevel: 'silent',
      ...options,
    });
    return result.outputFiles?.[0]?.text ?? '';
  };
}

/** The declarations under the names of the sources, by which they import each other. */
async function interfaceTypes(): Promise<string> {
  const texts = Object.entries(await interfaceDeclarations());
  return JSON.stringify(Object.fromEntries(texts.map(([path, text]) => [`${path}.ts`, text])));
}

/** A library that a program in a sandbox may import, whole and in one file. */
function library(name: string, format: 'esm' | 'cjs'): () => Promise<string> {
  return script(name, {
    format,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    target: 'es2022',
  });
}

/** By name. Exported for tests that run a guest without a build. */
export const bundles: Readonly<Record<string, Bundle>> = {
  // For the container, where it is a module, and for the Worker, where it is the body of a function.
  'hono-module': {
    file: 'hono-module.js',
    type: 'text/javascript',
    make: library('hono', 'esm'),
  },
  'hono-function': {
    file: 'hono-function.js',
    type: 'text/javascript',
    make: library('hono', 'cjs'),
  },
  'guest-worker': {
    file: 'guest-worker.js',
    type: 'text/javascript',
    // A classic script: module workers from a blob do not start in a frame of opaque origin.
    make: script('src/sandbox/guest/worker.ts', {
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
    }),
  },
  'guest-node': {
    file: 'guest-node.mjs',
    type: 'text/javascript',
    make: script('src/sandbox/guest/node.ts', {
      format: 'esm',
      platform: 'node',
      target: 'node18',
    }),
  },
  // The guest for Python, with the code of Pyodide in it; and the octets that it needs.
  'guest-python': {
    file: 'guest-python.js',
    type: 'text/javascript',
    make: script('src/sandbox/guest/python/worker.ts', {
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      loader: { '.py': 'text' },
      // What it would load on Node.
      external: ['node:*', 'ws'],
      define: { 'import.meta.url': '"https://pyodide.invalid/pyodide.asm.mjs"' },
    }),
  },
  'python-interpreter': {
    file: 'python.wasm',
    type: 'application/wasm',
    make: () => readFile(fileURLToPath(import.meta.resolve('pyodide/pyodide.asm.wasm'))),
  },
  'python-library': {
    file: 'python-library.zip',
    type: 'application/zip',
    make: () => readFile(fileURLToPath(import.meta.resolve('pyodide/python_stdlib.zip'))),
  },
  'portway-python': {
    file: 'portway-python.json',
    type: 'application/json',
    make: async () => JSON.stringify(await pythonPackage()),
  },
  'webcontainer-client': {
    file: 'webcontainer-client.js',
    type: 'text/javascript',
    make: script('src/sandbox/webcontainer-client.ts', {
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
    }),
  },
  // As an asset, because Vite would put a loader of its own into every page that can ask for it.
  panel: {
    file: 'panel-view.js',
    type: 'text/javascript',
    make: script('src/site/panel-view.ts', {
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      keepNames: false,
      loader: { '.css': 'text' },
    }),
  },
  // Astro drops the style sheets of what an island imports late.
  'monaco-style': {
    file: 'monaco.css',
    type: 'text/css',
    make: () =>
      readFile(`${root}/node_modules/monaco-editor/min/vs/editor/editor.main.css`, 'utf8'),
  },
  'hono-types': {
    file: 'hono-types.json',
    type: 'application/json',
    make: () => libraryTypes('hono', 'dist/types/index.d.ts'),
  },
  // What a downloaded program takes along.
  'portway-package': {
    file: 'portway-package.json',
    type: 'application/json',
    make: async () => JSON.stringify(await portwayPackage()),
  },
  'interface-types': {
    file: 'interface-types.json',
    type: 'application/json',
    make: interfaceTypes,
  },
};

const PREFIX = 'virtual:portway/';
const DEV_PATH = '/@portway/';

interface DevServer {
  readonly config: { readonly base: string };
  readonly middlewares: {
    use(
      handler: (
        request: { url?: string | undefined },
        response: {
          setHeader(name: string, value: string): void;
          end(content: string | Uint8Array): void;
        },
        next: (error?: unknown) => void,
      ) => void,
    ): void;
  };
}

/** Whether made for the server or for browsers, a bundle of a build is the same. */
const made = new Map<string, Promise<string | Uint8Array<ArrayBuffer>>>();

function makeOnce(name: string, bundle: Bundle): Promise<string | Uint8Array<ArrayBuffer>> {
  const making = made.get(name) ?? bundle.make();
  made.set(name, making);
  return making;
}

interface EmitContext {
  emitFile(file: { type: 'asset'; fileName: string; source: string | Uint8Array }): string;
}

/** A Vite plugin: `virtual:portway/<name>` exports the URL of that bundle. */
export function bundlesPlugin() {
  let base = '/';
  let serving = false;
  return {
    name: 'portway-bundles',
    configResolved(config: { base: string; command: string }) {
      base = config.base.endsWith('/') ? config.base : `${config.base}/`;
      serving = config.command === 'serve';
    },
    resolveId(id: string) {
      return id.startsWith(PREFIX) ? `\0${id}` : undefined;
    },
    async load(this: EmitContext, id: string) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const name = id.slice(PREFIX.length + 1);
      const bundle = bundles[name];
      if (!bundle)
        throw new Error(`there is no bundle \`${name}\`: ${Object.keys(bundles).join(', ')}`);
      if (serving)
        return `export default ${JSON.stringify(`${base}${DEV_PATH.slice(1)}${bundle.file}`)};`;
      const source = await makeOnce(name, bundle);
      const hash = createHash('sha256').update(source).digest('hex').slice(0, 8);
      const fileName = `_astro/${bundle.file.replace(/(\.\w+)$/, `.${hash}$1`)}`;
      this.emitFile({ type: 'asset', fileName, source });
      return `export default ${JSON.stringify(`${base}${fileName}`)};`;
    },
    configureServer(server: DevServer) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0] ?? '';
        const bundle = Object.values(bundles).find(({ file }) =>
          path.endsWith(`${DEV_PATH}${file}`),
        );
        if (!bundle) return next();
        bundle.make().then((content) => {
          response.setHeader('content-type', bundle.type);
          response.setHeader('cache-control', 'no-store');
          response.end(content);
        }, next);
      });
    },
  };
}
