// `npm run preview`: serves dist/ as a static host does, with the headers of dist/_headers.
// A small server for looking and testing: no compression, no cache beyond ETag.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sirv from 'sirv';
import { headersFor, parseHeaderRules } from './lib/header-rules.mjs';
import { whenParentEnds } from './lib/parent.mjs';
import { main, root, Stop } from './lib/project.mjs';

/** What a host reads and does not serve. */
const hostFiles = ['/_headers', '/_redirects'];

main(async (args) => {
  const { port, host, folder } = parseOptions(args);
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Stop(`${folder} holds no built site: run \`npm run build\` first.`);
  }
  const server = createServer(siteHandler(folder));
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, host, resolve);
  }).catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Stop(`Port ${port} is in use: choose another with \`npm run preview -- --port 0\`.`);
  });
  console.log(`Serving dist at http://${host}:${server.address().port}/`);
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  whenParentEnds(stop);
  return 0;
});

function parseOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '4321' },
        host: { type: 'string', default: '127.0.0.1' },
        dist: { type: 'string', default: join(root, 'dist') },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new Error(`--port must be a number from 0 to 65535, not \`${values.port}\`.`);
    }
    return { port, host: values.host, folder: values.dist };
  } catch (error) {
    throw new Stop(
      `${error.message}\n\nnpm run preview [-- --port N --host ADDRESS --dist FOLDER]`,
      2,
    );
  }
}

function siteHandler(folder) {
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
