// Makes the viewer of a live trace from its sources, as one script and one style sheet. Needs what the site is built with;
// a package brings what this has made.

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import { compile, compileModule } from 'svelte/compiler';

/** Colours and type are those of the site. */
const ENTRY = `
import './src/site/styles/theme.css';
import './src/explorer/trace-page/live.css';
import './src/explorer/trace-page/live.ts';
`;

/** This file: it says how the rest is put together. */
const OWN = 'src/cli/live-bundle.ts';

/** @returns both texts, and the files that they were made of, relative to the root of the checkout */
export async function bundleLive(root: string) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: ENTRY, resolveDir: root, sourcefile: 'live-entry.js' },
    absWorkingDir: root,
    outfile: 'page.js',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['svelte'],
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [svelte()],
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  const inputs = Object.keys(metafile.inputs).filter((path) => !/^(?:<|live-entry)|:/.test(path));
  return { script: text('.js'), style: text('.css'), inputs: [...inputs, OWN] };
}

/** Svelte components, each with its style, and modules with runes. */
function svelte(): Plugin {
  return {
    name: 'svelte',
    setup({ onLoad, onResolve }) {
      const styles = new Map<string, string>();
      onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const { js, css } = compile(source, { filename: path, css: 'external', dev: false });
        const style = `${path}.css`;
        if (css) styles.set(style, css.code);
        return {
          contents: css ? `${js.code}\nimport ${JSON.stringify(style)};` : js.code,
          resolveDir: dirname(path),
          loader: 'js',
        };
      });
      onLoad({ filter: /\.svelte\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const { code } = await transform(source, {
          loader: 'ts',
          target: 'esnext',
          tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
        });
        const { js } = compileModule(code, { filename: path, dev: false });
        return { contents: js.code, resolveDir: dirname(path), loader: 'js' };
      });
      onResolve({ filter: /\.svelte\.css$/ }, ({ path }) => ({ path, namespace: 'svelte-style' }));
      onLoad({ filter: /./, namespace: 'svelte-style' }, ({ path }) => ({
        contents: styles.get(path) ?? '',
        loader: 'css',
      }));
    },
  };
}
