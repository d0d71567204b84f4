// The package `portway` as a program takes it along that is downloaded from a sandbox: the library, its types and the
// command, in few files and without dependencies. Where it is put is not its concern.
import { readdir, readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { liveAssets } from '../cli/live-assets.ts';
import type { PortwayPackage } from '../sandbox/zip.ts';
import { interfaceDeclarations } from './declarations.ts';
import { pythonPackage } from './python-package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Oldest Node that loads TypeScript as it is. */
const NODE = '>=22.18';

/** Starts the command. A file of its own: `portway dev` starts further processes with it. */
const BIN = `#!/usr/bin/env node
// Starts the \`portway\` command.
if (!process.features.typescript) {
  console.error(\`portway: needs Node 22.18 or newer, which loads TypeScript as it is (this is \${process.version}).\`);
  process.exit(1);
}
const { main } = await import('../dist/cli/main.js');
const code = await main(process.argv.slice(2));
// An application may have timers and connections of its own: everything is printed, then ended.
for (const stream of [process.stdout, process.stderr])
  await new Promise((done) => stream.write('', done));
process.exit(code);
`;

/** Makes the package. Its version, and those of the libraries that programs may import, are the project's own. */
export async function portwayPackage(): Promise<PortwayPackage> {
  const own = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as {
    version: string;
    license: string;
    devDependencies: Record<string, string>;
  };
  const manifest = {
    name: 'portway',
    version: own.version,
    description:
      'The Portway interface and its reference gateway, as a sandbox of its site ran them.',
    license: own.license,
    type: 'module',
    engines: { node: NODE },
    exports: { '.': { types: './types/app/index.d.ts', default: './dist/app/index.js' } },
    bin: { portway: 'bin/portway.mjs' },
  };
  return {
    files: {
      'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
      LICENSE: await readFile(`${root}/LICENSE`, 'utf8'),
      'bin/portway.mjs': BIN,
      ...(await scripts()),
      ...(await python()),
      ...(await declarations()),
    },
    libraries: { hono: own.devDependencies.hono ?? '' },
    node: NODE,
  };
}

/**
 * The library and the command, which share their classes: what one throws the other knows. Everything stands in a
 * folder of `dist`, since the command takes all of `dist` for its own code.
 */
async function scripts(): Promise<Record<string, string>> {
  const { outputFiles, metafile } = await build({
    entryPoints: [
      { in: 'src/app/index.ts', out: 'app/index' },
      { in: 'src/cli/package.ts', out: 'cli/main' },
    ],
    chunkNames: 'cli/[name]-[hash]',
    outdir: 'dist',
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minifySyntax: true,
    minifyWhitespace: true,
    charset: 'utf8',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const viewer = await liveAssets();
  return {
    ...Object.fromEntries(outputFiles.map(({ path, text }) => [relative(root, path), text])),
    // Where src/cli/live-assets.ts looks for what a package brings.
    'dist/cli/live/page.js': viewer.script,
    'dist/cli/live/page.css': viewer.style,
    'LICENSES.txt': await licenses([...Object.keys(metafile.inputs), ...viewer.inputs]),
  };
}

/** Where src/cli/python.ts looks for what it puts on the path of a worker: beside the folder of the scripts. */
async function python(): Promise<Record<string, string>> {
  const texts = Object.entries(await pythonPackage());
  return Object.fromEntries(texts.map(([path, text]) => [`dist/python/${path}`, text]));
}

/** The licences of the packages that went into the scripts, which ask to stay with them. */
async function licenses(inputs: readonly string[]): Promise<string> {
  const names = inputs.flatMap((path) => {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return name === undefined ? [] : [name];
  });
  const texts = [...new Set(names)].sort().map(async (name) => {
    const folder = `${root}/node_modules/${name}`;
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${folder} has no licence: it cannot be passed on.`);
    return `${name}\n\n${await readFile(`${folder}/${file}`, 'utf8')}`;
  });
  return `Parts of dist/ are from these packages.\n\n${(await Promise.all(texts)).join('\n\n')}`;
}

/** The types of the library, which import each other by the names that TypeScript asks of packages. */
async function declarations(): Promise<Record<string, string>> {
  const texts = Object.entries(await interfaceDeclarations());
  return Object.fromEntries(
    texts.map(([path, text]) => [
      `types/${path}.d.ts`,
      text.replace(/(from '\.[^']*|import\("\.[^"]*)\.ts(?=['"])/g, '$1.js'),
    ]),
  );
}
