// What the build needs for the sandboxes: their bundles, the name under which examples import the interface, and the
// directive that wakes an island at the reader's first touch; and what the worker of the page for proposing must not take.
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { bundlesPlugin } from './bundles.ts';

export function sandboxes(): AstroIntegration {
  return {
    name: 'portway:sandboxes',
    hooks: {
      'astro:config:setup'({ addClientDirective, updateConfig }) {
        addClientDirective({ name: 'intent', entrypoint: './src/site/intent.ts' });
        updateConfig({
          vite: {
            plugins: [bundlesPlugin()],
            resolve: {
              alias: [
                {
                  find: /^portway$/,
                  replacement: fileURLToPath(new URL('../app/index.ts', import.meta.url)),
                },
                // What Vite takes for browsers asks the document for the names of characters, and a worker has none.
                {
                  find: /^decode-named-character-reference$/,
                  replacement: fileURLToPath(
                    import.meta.resolve('decode-named-character-reference'),
                  ),
                },
              ],
            },
            worker: { format: 'es' },
            // Found late, they would make the development server reload the page under the reader.
            optimizeDeps: { include: ['acorn', 'sucrase', 'zod/mini'] },
          },
        });
      },
    },
  };
}

declare module 'astro' {
  interface AstroClientDirectives {
    /** Hydrates at the reader's first touch. The value: a key of local storage that means "at once". */
    'client:intent'?: string;
  }
}
