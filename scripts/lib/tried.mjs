// The programs of others that the gateway and the Python package are tried with, by the checks `outsiders` and `python`:
// finds or installs all of them.
// Runs on Node 20 with nothing installed.
import { ensureChromium } from './chromium.mjs';
import { ensureOutsiders } from './outsiders.mjs';
import { Stop } from './project.mjs';

const names = [
  'curl',
  'nghttp',
  'h2load',
  'openssl',
  'slowhttptest',
  'nginx',
  'haproxy',
  'python3-websockets',
  'python3-h11',
  'python3-h2',
  'python3-httpx',
];

const pythonNames = [
  'python3-django',
  'python3-flask',
  'python3-waitress',
  'gunicorn',
  'curl',
  'python3-starlette',
  'python3-fastapi',
  'python3-multipart',
  'python3-channels',
  'python3-websockets',
  'python3-wsproto',
  'python3-uvicorn',
  'python3-hypercorn',
  'daphne',
];

/**
 * @typedef {object} Tried
 * @property {Record<string, string>} missing name to a sentence that says why it is not here
 * @property {string} [chromium] path of the browser
 */

/** Installs those that are not there, if possible. Without one of them, its tests are skipped. @returns {Promise<Tried>} */
export async function ensureTried() {
  const missing = await ensureOutsiders(names);
  try {
    return { missing, chromium: await ensureChromium() };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const [reason] = error.message.split('\n\n');
    return { missing: { ...missing, chromium: `chromium is not here (${reason})` } };
  }
}

/** Installs what the Python package is tried with. Tests that miss one of them are skipped, and say so. */
export async function ensureTriedInPython() {
  await ensureOutsiders(pythonNames);
}
