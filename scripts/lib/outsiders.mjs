// The programs of others that tests and measurements need: finds them, or installs Debian's where that is possible.
// What is not to be had is returned, not thrown: whoever asked leaves out what needs it, and says so.
// Runs on Node 20 with nothing installed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall, aptPrefix } from './apt.mjs';

/** Debian's Python: its modules are of this interpreter, whichever `python3` comes first on PATH. */
export const python = '/usr/bin/python3';

/** Each by the name of its command or, for a Python module, of its package. `service`: what Debian would start. */
const outsiders = {
  wrk: { command: 'wrk', package: 'wrk' },
  nghttp: { command: 'nghttp', package: 'nghttp2-client' },
  h2load: { command: 'h2load', package: 'nghttp2-client' },
  curl: { command: 'curl', package: 'curl' },
  openssl: { command: 'openssl', package: 'openssl' },
  slowhttptest: { command: 'slowhttptest', package: 'slowhttptest' },
  nginx: { command: 'nginx', package: 'nginx-light', service: 'nginx' },
  haproxy: { command: 'haproxy', package: 'haproxy', service: 'haproxy' },
  'python3-websockets': { module: 'websockets', package: 'python3-websockets' },
  'python3-h2': { module: 'h2', package: 'python3-h2' },
  'python3-h11': { module: 'h11', package: 'python3-h11' },
  'python3-httpx': { module: 'httpx', package: 'python3-httpx' },
  'python3-uvicorn': { module: 'uvicorn', package: 'python3-uvicorn' },
  'python3-uvloop': { module: 'uvloop', package: 'python3-uvloop' },
  'python3-httptools': { module: 'httptools', package: 'python3-httptools' },
  'python3-hypercorn': { module: 'hypercorn', package: 'python3-hypercorn' },
  'python3-django': { module: 'django', package: 'python3-django' },
  'python3-flask': { module: 'flask', package: 'python3-flask' },
  'python3-waitress': { module: 'waitress', package: 'python3-waitress' },
  gunicorn: { module: 'gunicorn', package: 'gunicorn' },
  'python3-starlette': { module: 'starlette', package: 'python3-starlette' },
  'python3-fastapi': { module: 'fastapi', package: 'python3-fastapi' },
  'python3-multipart': { module: 'multipart', package: 'python3-multipart' },
  'python3-channels': { module: 'channels', package: 'python3-django-channels' },
  'python3-wsproto': { module: 'wsproto', package: 'python3-wsproto' },
  daphne: { module: 'daphne', package: 'daphne' },
};

/** What can be asked for. @type {string[]} */
export const outsiderNames = Object.keys(outsiders);

/** Debian keeps nginx and haproxy where only root's PATH leads. */
const systemFolders = ['/usr/sbin', '/usr/local/sbin'];

/**
 * @typedef {object} Machine
 * @property {string} [path] the PATH to search
 * @property {(path: string) => boolean} runs whether it is a program
 * @property {(modules: string[]) => string[]} importable those that Debian's Python has
 * @property {(packages: string[], services: string[]) => Promise<string | undefined>} install why not, if not
 * @property {(line: string) => void} say
 */

/**
 * Installs those of `names` that are not there, if possible.
 * @param {string[]} names of `outsiderNames`
 * @param {Machine} [machine]
 * @returns {Promise<Record<string, string>>} those still missing, each with a sentence: `wrk is not installed (…)`
 */
export async function ensureOutsiders(names, machine = thisMachine) {
  const missing = missingOf(names, machine);
  if (missing.length === 0) return {};
  const wanted = missing.map((name) => outsiders[name]);
  const packages = [...new Set(wanted.map((one) => one.package))];
  const services = wanted.flatMap((one) => one.service ?? []);
  machine.say(
    `Installing ${packages.join(', ')} with apt-get: programs that we are tried against.`,
  );
  const failure = await machine.install(packages, services);
  return Object.fromEntries(
    missingOf(missing, machine).map((name) => [
      name,
      `${name} is not installed (${failure ?? 'its package was installed, but does not have it'}; ` +
        `on Debian: apt-get install ${outsiders[name].package})`,
    ]),
  );
}

/**
 * The path of an outsider's command.
 * @param {string} name
 * @param {Pick<Machine, 'path' | 'runs'>} [machine]
 * @returns {string | undefined} undefined where it is not installed, and for a Python module
 */
export function outsiderPath(name, machine = thisMachine) {
  const { command } = known(name);
  if (command === undefined) return undefined;
  const folders = [...(machine.path ?? '').split(delimiter).filter(Boolean), ...systemFolders];
  return folders.map((folder) => join(folder, command)).find(machine.runs);
}

/** @param {string[]} names @param {Machine} machine @returns {string[]} */
function missingOf(names, machine) {
  const modules = names.flatMap((name) => known(name).module ?? []);
  const importable = modules.length > 0 ? machine.importable(modules) : [];
  return names.filter((name) => {
    const { module } = outsiders[name];
    return module === undefined
      ? outsiderPath(name, machine) === undefined
      : !importable.includes(module);
  });
}

function known(name) {
  if (Object.hasOwn(outsiders, name)) return outsiders[name];
  throw new Error(`There is no outsider \`${name}\`. There are: ${outsiderNames.join(', ')}.`);
}

/** @type {Machine} */
const thisMachine = {
  path: process.env.PATH,
  runs(path) {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  },
  importable(modules) {
    const script =
      'import importlib.util, sys\nfor m in sys.argv[1:]:\n    if importlib.util.find_spec(m): print(m)';
    // -I: not what lies in this folder or in the user's own.
    const { stdout } = spawnSync(python, ['-I', '-c', script, ...modules], { encoding: 'utf8' });
    return (stdout ?? '').split('\n').filter(Boolean);
  },
  async install(packages, services) {
    if (aptPrefix() === undefined) return 'apt-get cannot be used here';
    const { code } = await aptInstall(packages, { services });
    if (code === 0) return undefined;
    // One that this release does not have keeps the others away: each for itself.
    let failure;
    for (const one of packages) {
      const { code, output } = await aptInstall([one], { services, update: false });
      const [why = `exit code ${code}`] = output.match(/^E: .*$/m) ?? [];
      if (code !== 0) failure = `apt-get failed: ${why.replace(/^E: /, '')}`;
    }
    return failure;
  },
  say: (line) => console.log(line),
};
