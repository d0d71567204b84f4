// Finds the Chromium that the browser tests drive, or installs Debian's where that is possible.
// Runs on Node 20 with nothing installed; knows nothing of the tests.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall, aptPrefix } from './apt.mjs';
import { Stop } from './project.mjs';

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macBundles = ['Chromium', 'Google Chrome'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);
/** Where Debian puts fonts-liberation. */
const LIBERATION = '/usr/share/fonts/truetype/liberation';
const windowsPath = 'Google\\Chrome\\Application\\chrome.exe';

/** Of every Chromium that tests and checks start: it shows no window, and asks nobody anything by itself. */
export const CHROMIUM_ARGUMENTS = [
  '--headless',
  // Chromium refuses to run its sandbox as root, as in a container.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const directions = `No Chromium was found, and it cannot be installed from here. Install it with one of

  Debian      sudo apt-get install chromium fonts-liberation
  Ubuntu      sudo snap install chromium
  Fedora      sudo dnf install chromium
  Arch        sudo pacman -S chromium
  Alpine      sudo apk add chromium font-liberation
  macOS       brew install --cask chromium
  Windows     winget install Google.Chrome

or name one that you have:  PORTWAY_CHROMIUM=/path/to/chromium npm test
or leave the browser out:   npm test -- --only lint,types,layers,spec,unit,build`;

/** The path of a Chromium that runs here. */
export async function ensureChromium() {
  const found = findChromium({ env: process.env, platform: process.platform, runs });
  if (found !== undefined) {
    await ensureFonts();
    return found;
  }
  await installWithApt();
  const installed = findChromium({ env: process.env, platform: process.platform, runs });
  if (installed === undefined) throw new Stop(directions);
  return installed;
}

/**
 * @param {{ env: NodeJS.ProcessEnv, platform: string, runs: (path: string) => boolean }} machine
 * @returns {string | undefined}
 */
export function findChromium({ env, platform, runs }) {
  const named = env.PORTWAY_CHROMIUM;
  if (named) {
    if (runs(named)) return named;
    throw new Stop(
      `PORTWAY_CHROMIUM is ${named}, which is not a browser that runs: correct it, or unset it to search for one.`,
    );
  }
  return candidates(env, platform).find(runs);
}

function candidates(env, platform) {
  if (platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter(Boolean)
      .map((folder) => `${folder}\\${windowsPath}`);
  }
  const onPath = commands.flatMap((command) =>
    (env.PATH ?? '')
      .split(delimiter)
      .filter(Boolean)
      .map((folder) => join(folder, command)),
  );
  return platform === 'darwin' ? [...onPath, ...macBundles] : onPath;
}

function runs(path) {
  try {
    if (!statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
  } catch {
    return false;
  }
  // On Windows `--version` opens a window. Elsewhere it tells a browser from a stub that asks for snap.
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * With other fonts, lines and targets have other sizes than those that the checks hold to. A Chromium that was installed
 * without what Debian recommends has none of them.
 */
async function ensureFonts() {
  if (process.platform !== 'linux' || existsSync(LIBERATION) || aptPrefix() === undefined) return;
  console.log('Installing fonts-liberation with apt-get: pages are measured in these fonts.');
  const { code } = await aptInstall(['fonts-liberation']);
  if (code !== 0) console.log('It could not be installed: sizes may be measured wrong.');
}

async function installWithApt() {
  if (aptPrefix() === undefined) throw new Stop(directions);
  const packages = ['chromium', 'fonts-liberation'];
  console.log(
    `Installing ${packages.join(' and ')} with apt-get: the browser tests need a browser.`,
  );
  const started = Date.now();
  const { code, output } = await aptInstall(packages);
  if (code !== 0) {
    throw new Stop(`${output.trim()}\n\napt-get failed with exit code ${code}.\n${directions}`);
  }
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
