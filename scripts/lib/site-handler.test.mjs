import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { siteHandler } from './site-handler.mjs';

const site = {
  'dist/index.html': '<h1>home</h1>',
  'dist/404.html': '<h1>not here</h1>',
  'dist/spec/index.html': '<h1>spec</h1>',
  'dist/about.html': '<h1>about</h1>',
  'dist/app.js': 'export {};',
  'dist/data.json': '{}',
  'dist/.hidden': 'hidden',
  'dist/_headers': '/*\n  X-Frame-Options: DENY\n/spec/*\n  Cache-Control: max-age=60\n',
  'secret.txt': 'secret',
};
let folder;
let server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portway-site-'));
  for (const [path, content] of Object.entries(site)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  server = createServer(siteHandler(join(folder, 'dist')));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** Sends the path as it is: fetch would tidy `..` away first. */
function get(path, { method = 'GET', headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const options = { port: server.address().port, host: '127.0.0.1', path, method, headers };
    request(options, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body });
    })
      .on('error', reject)
      .end();
  });
}

test('a folder is served by its index, with the headers of every rule that matches', async () => {
  const { status, headers, body } = await get('/spec/');
  expect({ status, body }).toEqual({ status: 200, body: '<h1>spec</h1>' });
  expect(headers).toMatchObject({
    'content-type': 'text/html;charset=utf-8',
    'x-frame-options': 'DENY',
    'cache-control': 'max-age=60',
  });
});

test('a folder without its slash is redirected, query kept', async () => {
  const { status, headers } = await get('/spec?role=gateway');
  expect(status).toBe(308);
  expect(headers.location).toBe('/spec/?role=gateway');
});

test('types follow the extension, and .html may be left out', async () => {
  expect((await get('/app.js')).headers['content-type']).toBe('text/javascript');
  expect((await get('/data.json')).headers['content-type']).toBe('application/json');
  expect((await get('/about')).body).toBe('<h1>about</h1>');
});

test('what is missing is 404.html with status 404, and has headers too', async () => {
  const { status, headers, body } = await get('/nowhere');
  expect({ status, body }).toEqual({ status: 404, body: '<h1>not here</h1>' });
  expect(headers['x-frame-options']).toBe('DENY');
});

test('HEAD has the headers and no body', async () => {
  const { status, headers, body } = await get('/', { method: 'HEAD' });
  expect({ status, length: headers['content-length'], body }).toEqual({
    status: 200,
    length: '13',
    body: '',
  });
});

test('other methods are refused', async () => {
  const { status, headers } = await get('/', { method: 'POST' });
  expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: 'GET, HEAD' });
});

test('an unchanged file is 304', async () => {
  const { etag } = (await get('/app.js')).headers;
  expect((await get('/app.js', { headers: { 'If-None-Match': etag } })).status).toBe(304);
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e%5csecret.txt',
  '/spec/../../secret.txt',
  '//../secret.txt',
  '/%00',
  '/%zz',
  '/_headers',
  '/.hidden',
])('%s gives away nothing', async (path) => {
  const { status, body } = await get(path);
  expect([400, 404]).toContain(status);
  expect(body).not.toMatch(/secret|hidden|X-Frame/);
});

test('a range that makes no sense does no harm', async () => {
  for (const range of ['bytes=9-2', 'bytes=-', 'bytes=99999-', 'lines=1-2', 'bytes=0-1,3-4']) {
    expect([200, 416]).toContain((await get('/app.js', { headers: { Range: range } })).status);
  }
});
