// Who may ask for a live trace, and what nobody else gets.

import { describe, expect, test } from 'vitest';
import { isOwnHost, liveHandler } from './live-handler.ts';
import { LiveLog } from './live-log.ts';

describe('the host of a request', () => {
  test.each<[host: string | null, own: boolean]>([
    ['127.0.0.1:9800', true],
    ['localhost:9800', true],
    ['LocalHost:9800', true],
    ['[::1]:9800', true],
    ['127.0.0.1:9801', false],
    ['127.0.0.1', false],
    ['127.0.0.2:9800', false],
    ['evil.example:9800', false],
    ['127.0.0.1.evil.example:9800', false],
    ['localhost.evil.example:9800', false],
    ['evil.example@127.0.0.1:9800', false],
    ['127.0.0.1:9800.evil.example', false],
    ['0.0.0.0:9800', false],
    ['localhost:09800', true],
    ['localhost:', false],
    ['', false],
    [null, false],
  ])('%j: %s', (host, own) => {
    expect(isOwnHost(host, 9800)).toBe(own);
  });

  test('without a port it is port 80', () => {
    expect(isOwnHost('localhost', 80)).toBe(true);
  });
});

const assets = async () => ({ script: 'script();', style: 'p { }', inputs: [] });

function handler(options: { assets?: typeof assets; site?: string } = {}) {
  const log = new LiveLog({ onWatched() {} });
  return liveHandler({ app: '<app>.ts', log, assets, port: () => 9800, ...options });
}

function ask(
  path: string,
  { host = '127.0.0.1:9800', method = 'GET', headers = {}, ...options } = {} as {
    host?: string;
    method?: string;
    headers?: Record<string, string>;
    assets?: typeof assets;
    site?: string;
  },
) {
  const request = new Request(`http://127.0.0.1:9800${path}`, {
    method,
    headers: { ...headers, host },
  });
  return Promise.resolve(handler(options)(request));
}

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/live.js', 'text/javascript; charset=utf-8'],
  ['/live.css', 'text/css; charset=utf-8'],
  ['/events', 'text/event-stream'],
  ['/proposals/0003/', 'text/html; charset=utf-8'],
  ['/requirements/', 'text/html; charset=utf-8'],
])('%s is there, and nobody else may have or keep it', async (path, type) => {
  const response = await ask(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(response.headers.has('access-control-allow-origin')).toBe(false);
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  await response.body?.cancel();
});

test('a name that somebody else has made point here gets nothing', async () => {
  for (const path of ['/', '/events', '/live.js', '/none']) {
    const response = await ask(path, { host: 'evil.example:9800' });
    expect(response.status).toBe(421);
    expect(await response.text()).toContain('It is at http://127.0.0.1:9800/');
  }
});

test.each([
  ['cross-site', 403],
  ['same-site', 403],
  ['same-origin', 200],
  ['none', 200],
])('a page of %s that asks for the events gets %i', async (from, status) => {
  const response = await ask('/events', { headers: { 'sec-fetch-site': from } });
  expect(response.status).toBe(status);
  await response.body?.cancel();
});

test('only GET and HEAD', async () => {
  const response = await ask('/', { method: 'POST' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('HEAD of the events opens no stream', async () => {
  expect((await ask('/events', { method: 'HEAD' })).body).toBeNull();
});

test('what there is not is said, with where the trace is', async () => {
  for (const path of ['/none', '/proposals/9999/', '/proposals/3/']) {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('The trace is at /.');
  }
});

test('the page escapes what it names', async () => {
  const text = await (await ask('/')).text();
  expect(text).toContain('data-app="&lt;app&gt;.ts"');
  expect(text).not.toContain('<app>');
});

test('a clause is read at its anchor, or on the site of the specification', async () => {
  const text = await (await ask('/proposals/0003/')).text();
  expect(text).toMatch(/<dt id="http\.start-once">.*\n<dd>.*The gateway MUST/);
  const there = await ask('/proposals/0003/', { site: 'https://site.example/' });
  expect([there.status, there.headers.get('location')]).toEqual([
    302,
    'https://site.example/proposals/0003/',
  ]);
});

test('a viewer that cannot be made is said in words', async () => {
  const missing = () => Promise.reject(new Error('Run `npm run build`.'));
  for (const path of ['/', '/live.js', '/live.css']) {
    const response = await ask(path, { assets: missing });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('Run `npm run build`.');
  }
});
