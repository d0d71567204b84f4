// Applications that mean harm, in a real browser on the built site: whatever they try, they get at nothing of the
// reader's, the page goes on answering, what happened is said in words, and the next Run works.

import { expect, type Page, test } from '@playwright/test';
import { SandboxPage } from './sandbox-page.ts';

/** An application around the body of its handler, behind what stands at its top level. */
function app(body: readonly string[], top: readonly string[] = []): string {
  return [
    "import { application, utf8 } from 'portway';",
    'const w = globalThis as any;',
    ...top,
    'export default application({',
    '  async http(scope, receive, send) {',
    ...body.map((line) => `    ${line}`),
    '  },',
    '});',
    '',
  ].join('\n');
}

const ANSWER = [
  "await send({ type: 'http.response.start', status: 204 });",
  "await send({ type: 'http.response.end' });",
];

// Guests are ended after four seconds, and each test runs twice.
test.describe.configure({ timeout: 60_000 });

/** What has left the browser. What a policy has stopped before is a request too, without an answer and without a route. */
let out: string[];

test.beforeEach(async ({ context }) => {
  out = [];
  context.on('response', (response) => out.push(response.url()));
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => {
      out.push(route.request().url());
      return route.abort('connectionfailed');
    },
  );
});

async function open(page: Page, code: string, edits: Record<string, string> = {}) {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': code, ...edits });
  await sandbox.choose('In the page');
  return sandbox;
}

/** The reader's click is answered within a second while something else happens. */
async function staysResponsive(page: Page): Promise<void> {
  const waited = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        const button = document.createElement('button');
        button.addEventListener('click', () => resolve(performance.now() - start));
        // Behind whatever is queued already, as a reader's click is.
        setTimeout(() => button.click(), 0);
      }),
  );
  expect(waited).toBeLessThan(1000);
}

/** Resets, and runs the example as it was. */
async function nextRunWorks(sandbox: SandboxPage): Promise<void> {
  await sandbox.button('Reset').click();
  await sandbox.page.getByRole('dialog').getByRole('button', { name: 'Reset the files' }).click();
  await sandbox.run();
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
  await expect(sandbox.problems).toHaveCount(0);
}

/** Each is tried in the handler; what it throws, or gives, is printed. */
const REACHES: Readonly<Record<string, string>> = {
  cookie: 'w.document.cookie',
  'cookie store': 'await w.cookieStore.getAll()',
  localStorage: 'w.localStorage.length',
  sessionStorage: 'w.sessionStorage.length',
  indexedDB:
    "await new Promise((yes, no) => { const r = w.indexedDB.open('x'); r.onsuccess = yes; r.onerror = () => no(r.error); })",
  caches: "await w.caches.open('x')",
  'file system': 'await w.navigator.storage.getDirectory()',
  parent: 'w.parent.location.href',
  top: "w.top.location = 'https://example.org/'",
  opener: 'w.opener.location.href',
  frames: 'w.frames[0].document',
  document: 'w.document.body',
  popup: "w.open('https://example.org/')",
  alert: "w.alert('x')",
  'fetch of the site': "await fetch('/api/examples.json')",
  'fetch of the site by its address': "await fetch('ORIGIN/api/examples.json')",
  'fetch of another site': "await fetch('https://example.org/', { mode: 'no-cors' })",
  XMLHttpRequest:
    "await new Promise((yes, no) => { const x = new w.XMLHttpRequest(); x.onload = yes; x.onerror = no; x.open('GET', 'ORIGIN/'); x.send(); })",
  WebSocket:
    "await new Promise((yes, no) => { const s = new WebSocket('ORIGIN/'.replace('http', 'ws')); s.onopen = yes; s.onerror = no; })",
  EventSource:
    "await new Promise((yes, no) => { const s = new w.EventSource('ORIGIN/'); s.onopen = yes; s.onerror = no; })",
  sendBeacon: "if (!w.navigator.sendBeacon('ORIGIN/')) throw new Error('refused')",
  WebTransport: "await new w.WebTransport('https://example.org/').ready",
  importScripts: "w.importScripts('ORIGIN/_astro/x.js')",
  'import of another site': 'await (0, eval)(\'import("https://example.org/x.js")\')',
  'a Worker of its own': "new w.Worker(URL.createObjectURL(new Blob(['for(;;);'])))",
  'a shared Worker': "new w.SharedWorker('ORIGIN/x.js')",
  'a service worker': "await w.navigator.serviceWorker.register('/x.js')",
  notifications: "if (w.Notification.permission !== 'granted') throw new Error('refused')",
};

test('nothing of the reader’s and no network is in reach', async ({ page, baseURL }) => {
  const tries = Object.entries(REACHES).map(
    ([name, code]) =>
      `try { ${code.replaceAll('ORIGIN', baseURL ?? '')}; console.log('REACHED ${name}'); } catch (e) { console.log('kept: ${name}'); }`,
  );
  const sandbox = await open(
    page,
    app([...tries, 'console.log("origin " + w.origin);', ...ANSWER]),
    {
      'requests.http': '# @timeout 20s\nGET / HTTP/1.1\n',
    },
  );
  const url = page.url();
  await page.evaluate(() => {
    document.cookie = 'secret=1';
    localStorage.setItem('secret', '1');
  });
  const popups: Page[] = [];
  page.on('popup', (popup) => popups.push(popup));
  page.on('dialog', (dialog) => {
    popups.push(page);
    void dialog.dismiss();
  });
  const before = out.length;
  await sandbox.run();
  // Not the whole of the sandbox, which shows the source as well.
  const printed = sandbox.root.locator('.logs pre');
  await expect(printed).toContainText('origin null');
  const lines = (await printed.innerText()).split('\n').filter(Boolean);
  expect(lines).toEqual([...Object.keys(REACHES).map((name) => `kept: ${name}`), 'origin null']);
  expect(page.url()).toBe(url);
  expect(popups).toEqual([]);
  // What the page itself fetches to run: the gateway's code and the frame.
  const other = out
    .slice(before)
    .filter((url) => !url.startsWith('blob:') && !/\/(?:_astro|sandbox)\//.test(url));
  expect(other).toEqual([]);
  await nextRunWorks(sandbox);
});

test('a frame that is loaded a second time is closed, and said so', async ({ page }) => {
  const sandbox = await open(page, app(['await new Promise(() => {});']));
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Sending');
  await page.evaluate(() => {
    const frame = document.querySelector<HTMLIFrameElement>('iframe[sandbox]');
    if (frame) frame.src = `${frame.src}?again`;
  });
  await expect(sandbox.problems).toContainText('replaced by another document');
  await expect(page.locator('iframe[sandbox]')).toHaveCount(0);
  await nextRunWorks(sandbox);
});

interface Attack {
  readonly what: string;
  readonly code: string;
  /** What the reader is told: in a problem, or in the status. */
  readonly says: RegExp;
}

const ENDED: readonly Attack[] = [
  { what: 'a loop without an end', code: app(['for (;;);']), says: /without giving way/ },
  {
    what: 'a loop without an end as it loads',
    code: app(ANSWER, ['for (;;);']),
    says: /without giving way/,
  },
  {
    what: 'microtasks without an end',
    code: app(['for (;;) await null;']),
    says: /without giving way/,
  },
  {
    what: 'allocation without an end',
    code: app([
      'const kept: unknown[] = [];',
      'for (;;) kept.push(new Array(1e6).fill(kept.length));',
    ]),
    says: /without giving way|out of memory|failed|RangeError/i,
  },
  {
    what: 'buffers without an end',
    code: app([
      'const kept: unknown[] = [];',
      'for (;;) kept.push(new Uint8Array(2 ** 28).fill(1));',
    ]),
    says: /without giving way|RangeError|allocation failed/i,
  },
  {
    what: 'promises that never settle any more',
    code: app(['w.Promise.prototype.then = () => {};', ...ANSWER]),
    says: /Nothing came from the sandbox|Nothing happened/,
  },
];

for (const { what, code, says } of ENDED) {
  test(`${what}: ended and said so, the page answers, and the next Run works`, async ({ page }) => {
    const sandbox = await open(page, code);
    const running = sandbox.run();
    await staysResponsive(page);
    await expect(sandbox.problems.first()).toContainText(says, { timeout: 30_000 });
    await running;
    await staysResponsive(page);
    await nextRunWorks(sandbox);
  });
}

const CONTAINED: readonly Attack[] = [
  {
    what: 'a flood of output',
    code: app(["for (let i = 0; i < 200_000; i++) console.log('line', i);", ...ANSWER]),
    says: /199500 more lines were not kept/,
  },
  {
    what: 'a flood of events',
    code: app([
      "await send({ type: 'http.response.start', status: 200 });",
      "for (let i = 0; i < 100_000; i++) await send({ type: 'http.response.body', data: utf8('.') });",
      "await send({ type: 'http.response.end' });",
    ]),
    says: /events, of which 2000 are shown/,
  },
  {
    what: 'a flood of violations',
    code: app([
      "await send({ type: 'http.response.start', status: 200 });",
      "for (let i = 0; i < 20_000; i++) await send({ type: 'http.response.start', status: 200 }).catch(() => {});",
      "await send({ type: 'http.response.end' });",
    ]),
    says: /violations/,
  },
  {
    what: 'an attempt to close the Worker',
    code: app(['w.close();', ...ANSWER]),
    says: /close is not a function/,
  },
  {
    what: 'JSON and messages of its own',
    code: app(ANSWER, [
      "JSON.parse = () => { throw new Error('mine'); };",
      "JSON.stringify = () => '{}';",
      'w.MessagePort.prototype.postMessage = w.postMessage = () => {};',
      "Object.defineProperty(w.MessageEvent.prototype, 'data', { get() { return 'mine'; } });",
      'w.setInterval = w.setTimeout = () => 0;',
    ]),
    says: /Ran in the page: 204/,
  },
  {
    what: 'properties of every object',
    code: app(ANSWER, [
      "for (const name of ['toJSON', 'kind', 'sid', 'epoch', 'id', 'op']) w.Object.prototype[name] = () => 'mine';",
    ]),
    says: /Ran in the page/,
  },
];

for (const { what, code, says } of CONTAINED) {
  test(`${what}: contained, the page answers, and the next Run works`, async ({ page }) => {
    const sandbox = await open(page, code);
    const running = sandbox.run();
    await staysResponsive(page);
    await running;
    await expect(sandbox.root).toContainText(says);
    await staysResponsive(page);
    await nextRunWorks(sandbox);
  });
}

test('forged messages to the page and to its frames are nobody’s', async ({ page }) => {
  const forged = [
    "const envelope = (kind: string, body: unknown) => JSON.stringify({ v: 1, sid: 'forged', epoch: 1, seq: 1, kind, id: 1, body });",
    "const row = { v: 1, run: 'x', seq: 1, t: 0, conn: 1, lane: 'app', dir: 'out', type: 'forged.row', phase: 'i' };",
    "for (const text of [envelope('trace', [row]), envelope('reply', null), envelope('error', { kind: 'load', message: 'forged' }), 'x'.repeat(5_000_000)]) {",
    '  w.postMessage(text);',
    "  new w.BroadcastChannel('portway').postMessage(text);",
    '}',
    "w.postMessage({ type: 'portway:frame' });",
    "w.postMessage({ type: 'failed', message: 'forged' });",
  ];
  const sandbox = await open(page, app([...forged, ...ANSWER]));
  await sandbox.run();
  await expect(sandbox.status).toContainText('Ran in the page: 204.');
  await expect(sandbox.rows('forged.row')).toHaveCount(0);
  await nextRunWorks(sandbox);
});

test('what is printed and traced is shown as text', async ({ page }) => {
  const markup =
    '<img src=x onerror="document.title=String(1)"><script>document.title="1"</script>';
  const sandbox = await open(
    page,
    app([
      `const markup = ${JSON.stringify(markup)};`,
      'console.log(markup);',
      "await send({ type: 'http.response.start', status: 200, headers: [['x-markup', markup]] });",
      "await send({ type: 'http.response.body', data: utf8(markup) });",
      "await send({ type: 'http.response.end' });",
    ]),
  );
  const title = await page.title();
  await sandbox.run();
  await expect(sandbox.root.locator('.logs pre')).toContainText(markup);
  await expect(sandbox.root.locator('img[src="x"]')).toHaveCount(0);
  expect(await page.title()).toBe(title);
});

test('one sandbox of a page cannot reach another’s frame', async ({ page }) => {
  await page.goto('/proposals/0003/');
  const [first, second] = [new SandboxPage(page, 'echo'), new SandboxPage(page, 'start-once')];
  for (const sandbox of [first, second]) {
    await sandbox.choose('In the page');
    await sandbox.button('Run').click();
    await expect(sandbox.status).toContainText('Ran in the page');
  }
  const frames = page.frames().filter((frame) => frame.url().includes('/sandbox/frame.html'));
  expect(frames).toHaveLength(2);
  for (const frame of frames) {
    const reached = await frame.evaluate(() => {
      const attempt = (act: () => unknown) => {
        try {
          return act() !== undefined;
        } catch {
          return false;
        }
      };
      return [
        attempt(() => parent.frames[0]?.document),
        attempt(() => parent.frames[1]?.document),
        attempt(() => parent.document),
        attempt(() => localStorage.length),
        attempt(() => document.cookie),
      ];
    });
    // Its own document is one of the two.
    expect(reached.filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(reached.slice(2)).toEqual([false, false, false]);
  }
});
