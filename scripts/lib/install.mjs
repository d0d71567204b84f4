// Installs the packages of package-lock.json when, and only when, node_modules does not match it.
// Runs on Node 20 with nothing installed; knows nothing of what is run afterwards.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localNode, modules, outsidePath, root, Stop } from './project.mjs';
import { run } from './run.mjs';

const marker = join(modules, '.portway-lock-hash');
const otherPlatform = 'the Node of node_modules does not run on this machine';

/** Makes node_modules match package-lock.json, and says so where that takes work. */
export async function ensurePackages() {
  const lock = readText(join(root, 'package-lock.json'));
  if (lock === undefined) {
    throw new Stop(
      'package-lock.json is missing: restore it with `git checkout package-lock.json`.',
    );
  }
  const installedTree = readText(join(modules, '.package-lock.json'));
  const reason = installReason({ lock, markedHash: readText(marker), installedTree, nodeRuns });
  if (reason !== undefined) await install(reason);
  if (readText(marker) !== hashOf(lock)) writeFileSync(marker, hashOf(lock));
}

/**
 * Why an install is needed, or undefined when node_modules is good as it is.
 * @param {object} facts
 * @param {string} facts.lock text of package-lock.json
 * @param {string | undefined} facts.markedHash what we wrote after the last install
 * @param {string | undefined} facts.installedTree npm's own record, node_modules/.package-lock.json
 * @param {() => boolean} facts.nodeRuns whether node_modules has a Node that runs here
 */
export function installReason({ lock, markedHash, installedTree, nodeRuns }) {
  if (installedTree === undefined) return 'no packages are installed yet';
  // Someone who installed by hand has no marker, and needs no second install.
  if (markedHash !== hashOf(lock) && !holdsAll(lock, installedTree)) {
    return 'package-lock.json has changed since the last install';
  }
  if (!nodeRuns()) return otherPlatform;
  return undefined;
}

export function hashOf(lock) {
  return createHash('sha256').update(lock).digest('hex');
}

function holdsAll(lock, installedTree) {
  const installed = JSON.parse(installedTree).packages ?? {};
  return Object.entries(JSON.parse(lock).packages ?? {}).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? Boolean(wanted.optional) : found.version === wanted.version;
  });
}

async function install(reason) {
  console.log(`Installing the packages of package-lock.json with \`npm install\`: ${reason}.`);
  const started = Date.now();
  // npm would keep a Node that does not run here, and packages built for another platform.
  if (reason === otherPlatform) rmSync(modules, { recursive: true, force: true });
  // Not `npm ci`: it refuses the lock wherever the registry lacks the optional package of some other
  // platform. With --no-save this installs the locked versions just the same, and keeps the lock.
  // --include=dev: NODE_ENV=production would otherwise leave out everything that we use.
  const args = [
    'install',
    '--no-save',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { code } = await run('npm', args, {
    cwd: root,
    env: { ...process.env, PATH: outsidePath() },
    shell: process.platform === 'win32',
  }).catch((error) => {
    throw new Stop(`npm could not be started (${error.code}): install npm, then run this again.`);
  });
  if (code !== 0) {
    throw new Stop(
      `\`npm install\` failed with exit code ${code}: its messages are above; check the connection to the npm registry, then run this again.`,
    );
  }
  if (!nodeRuns()) {
    throw new Stop(
      `${localNode} does not run: allow install scripts (npm config ignore-scripts must not be true), delete node_modules, then run this again.`,
    );
  }
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

function nodeRuns() {
  return spawnSync(localNode, ['--version'], { stdio: 'ignore' }).status === 0;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
