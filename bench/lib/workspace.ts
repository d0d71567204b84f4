// A copy of this project in a temporary folder, to be changed and built without touching the checkout. Packages are
// files of the copy, and not links to the checkout, where Astro does not find the styles of its own components (7.3);
// what tools keep in `node_modules` (`.vite`, `.astro`) is the copy's own, and empty.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { localNode, root, toolEnvironment } from '../../scripts/lib/project.mjs';
import { Failed } from './process.ts';

export interface Workspace {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs a command of this project in the copy and gives what it printed. @throws Failed with its last words */
  portway(...args: readonly string[]): string;
  /** Records everything, as texts are dated by their commits. */
  commit(): void;
  remove(): void;
}

/** Copies what git knows of the checkout, with changes that are not committed. */
export function copyProject(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'portway-build-'));
  const listed = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], root);
  for (const file of listed.split('\0').filter((name) => name !== ''))
    cpSync(join(root, file), join(folder, file));
  bringPackages(folder);
  return {
    folder,
    write(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    portway: (...args) => run(localNode, [join('bin', 'portway.mjs'), ...args], folder),
    commit() {
      run('git', ['init', '-q'], folder);
      run('git', ['add', '--all'], folder);
      const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
      run('git', [...author, 'commit', '-q', '-m', 'Everything'], folder);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function bringPackages(folder: string): void {
  const packages = join(root, 'node_modules');
  const tools = new Set(['.bin', '.package-lock.json']);
  const names = readdirSync(packages).filter((name) => !name.startsWith('.') || tools.has(name));
  const target = join(folder, 'node_modules');
  mkdirSync(target);
  // Hard links take no time and no room; where the temporary folder is on another disk there are none.
  const linked = spawnSync('cp', ['-al', ...names.map((name) => join(packages, name)), target]);
  if (linked.status !== 0)
    for (const name of names)
      cpSync(join(packages, name), join(target, name), {
        recursive: true,
        verbatimSymlinks: true,
        force: true,
      });
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: toolEnvironment(),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) throw new Failed(`${command} did not run: ${error.message}`);
  if (status !== 0)
    throw new Failed(`${[command, ...args].join(' ')}: ${stderr.trim().slice(-2000)}`);
  return stdout;
}
