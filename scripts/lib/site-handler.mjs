// Answers requests from a folder as a static host does, with the headers of its _headers file.
// Knows nothing of ports. For looking and testing: no compression, no cache beyond ETag.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sirv from 'sirv';
import { headersFor, parseHeaderRules } from './header-rules.mjs';

/** What a host reads and does not serve. */
const hostFiles = ['/_headers', '/_redirects'];

/**
 * @param {string} folder the built site
 * @returns {import('node:http').RequestListener}
 * @throws {Stop} when _headers is malformed, naming the line
 */
export function siteHandler(folder) {
  const headersFile = join(folder, '_headers');
  const rules = existsSync(headersFile) ? parseHeaderRules(readFileSync(headersFile, 'utf8')) : [];
  // `dev`: look at the folder on each request, so that a new build is served without a restart.
  const files = sirv(folder, { dev: true, etag: true });

  return (request, response) => {
    const path = pathOf(request.url);
    if (path === undefined) return end(response, 400, 'Bad request: the path cannot be read.');
    for (const { name, value } of headersFor(rules, path).values()) response.setHeader(name, value);

    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return end(response, 405, 'Only GET and HEAD are served here.');
    }
    if (hostFiles.includes(path) || isHidden(path)) return notFound(folder, response);
    if (!path.endsWith('/') && isFolder(join(folder, path))) {
      const query = request.url.indexOf('?');
      response.setHeader(
        'Location',
        `${encodeURI(path)}/${query < 0 ? '' : request.url.slice(query)}`,
      );
      return end(response, 308, '');
    }
    // Only one plain range is understood below; a host may answer any other with the whole file.
    if (!/^bytes=\d+-$/.test(request.headers.range ?? '')) delete request.headers.range;
    files(request, response, () => notFound(folder, response));
  };
}

/** The decoded path without `.` and `..`; undefined when it is malformed. */
function pathOf(target) {
  if (!target.startsWith('/')) return undefined;
  try {
    const { pathname } = new URL(`http://localhost${target}`);
    const decoded = decodeURIComponent(pathname);
    return decoded.includes('\0') || /(^|[\\/])\.\.([\\/]|$)/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}

function isHidden(path) {
  return path.split('/').some((part) => part.startsWith('.') && part !== '.well-known');
}

function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function notFound(folder, response) {
  const page = join(folder, '404.html');
  if (!existsSync(page)) return end(response, 404, 'Not found.');
  response.writeHead(404, { 'Content-Type': 'text/html;charset=utf-8' });
  response.end(readFileSync(page));
}

function end(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain;charset=utf-8' });
  response.end(text === '' ? undefined : `${text}\n`);
}
