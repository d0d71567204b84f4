// Chromium: fetch, WebSocket and Server-Sent Events from a page, over HTTP/1.1 without TLS and over HTTP/2 with it.

import { type Browser, chromium, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { withPrograms } from './machine.ts';
import { type Served, serve } from './serve.ts';

withPrograms(['chromium'], 'Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: inject('chromium'),
      args: [
        // Chromium refuses to run its sandbox as root, as in a container.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
      ],
    });
  });
  afterAll(() => browser?.close());

  describe.each([
    ['http', 'http/1.1', false],
    ['https', 'h2', true],
  ] as const)('over %s', (scheme, protocol, tls) => {
    let served: Served;
    let page: Page;
    beforeAll(async () => {
      served = await serve(['--http2'], { tls });
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      page = await context.newPage();
      await page.goto(`${served.url}/`);
    });
    // Before the gateway drains: a page that is open keeps its connections.
    afterAll(() => page?.context().close());

    test(`the page came over ${protocol}`, async () => {
      const seen = await page.evaluate(() => {
        const [entry] = performance.getEntriesByType('navigation');
        return (entry as PerformanceNavigationTiming).nextHopProtocol;
      });
      expect(seen).toBe(protocol);
    });

    test('http.duplex: a response is read as it comes, while it goes on', async () => {
      const key = `stream-${scheme}`;
      const seen = await page.evaluate(async (key) => {
        const response = await fetch(`/slow?key=${key}`);
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
        const first = await reader?.read();
        await fetch(`/release?key=${key}`);
        const second = await reader?.read();
        const end = await reader?.read();
        return [first?.value, second?.value, end?.done];
      }, key);
      expect(seen).toEqual(['first\n', 'second\n', true]);
    });

    test('an upload comes back octet for octet', async () => {
      const same = await page.evaluate(async () => {
        const octets = new Uint8Array(3_000_000).map((_, i) => (i * 7919) >> 5);
        const response = await fetch('/echo', { method: 'POST', body: octets });
        const back = new Uint8Array(await response.arrayBuffer());
        return back.length === octets.length && back.every((octet, i) => octet === octets[i]);
      });
      expect(same).toBe(true);
    });

    test('a form, as a browser sends it', async () => {
      const seen = await page.evaluate(async () => {
        const body = new URLSearchParams({ name: 'Ada Lovelace', born: '1815' });
        return (await fetch('/form', { method: 'POST', body })).json();
      });
      expect(seen).toEqual({ name: 'Ada Lovelace', born: '1815' });
    });

    test('cancel.on-peer-loss: an aborted fetch is noticed', async () => {
      const key = `abort-${scheme}`;
      const error = await page.evaluate(async (key) => {
        const abort = new AbortController();
        const response = await fetch(`/endless?key=${key}`, { signal: abort.signal });
        const reader = response.body?.getReader();
        await reader?.read();
        abort.abort();
        return reader?.read().then(String, (error: Error) => error.name);
      }, key);
      expect(error).toBe('AbortError');
      expect(await served.noted(key)).toMatchObject({ name: 'Closed', cancelled: true });
    });

    test('http.abort-when-unended: an aborted response is a failure for the page', async () => {
      const seen = await page.evaluate(async () => {
        const response = await fetch('/abort');
        return [response.status, await response.text().catch((error: Error) => error.name)];
      });
      expect(seen).toEqual([200, 'TypeError']);
    });

    test('many fetches at once', async () => {
      const sizes = await page.evaluate(async () => {
        const responses = Array.from({ length: 40 }, (_, i) =>
          fetch(`/stream?pieces=${i}&octets=1000`).then((response) => response.text()),
        );
        return (await Promise.all(responses)).map((text) => text.length);
      });
      expect(sizes).toEqual(Array.from({ length: 40 }, (_, i) => i * 1000));
    });

    test('flow.no-hold: Server-Sent Events', async () => {
      const seen = await page.evaluate(
        () =>
          new Promise((resolve, reject) => {
            const source = new EventSource('/events');
            const events: string[] = [];
            source.onerror = () => reject(new Error(`failed after ${events.join()}`));
            source.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
              events.push(`${lastEventId}: ${data}`);
              if (events.length < 3) return;
              source.close();
              resolve(events);
            };
          }),
      );
      expect(seen).toEqual(['1: event 1', '2: event 2', '3: event 3']);
    });

    /** Opens a WebSocket in the page, sends, and tells what came back and how it closed. */
    const converse = (
      path: string,
      sent: readonly (string | number)[],
      { protocols = [], close }: { protocols?: string[]; close?: [number, string] } = {},
    ) =>
      page.evaluate(
        ({ path, sent, protocols, close }) =>
          new Promise<unknown>((resolve) => {
            const socket = new WebSocket(location.origin.replace('http', 'ws') + path, protocols);
            socket.binaryType = 'arraybuffer';
            const received: unknown[] = [];
            let protocol: string | undefined;
            // A number stands for so many octets.
            socket.onopen = () => {
              protocol = socket.protocol;
              for (const one of sent)
                socket.send(typeof one === 'string' ? one : new Uint8Array(one).fill(7));
            };
            socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
              received.push(typeof data === 'string' ? data : data.byteLength);
              if (received.length === sent.length && close) socket.close(...close);
            };
            socket.onclose = ({ code, reason, wasClean }) =>
              resolve({
                protocol,
                extensions: socket.extensions,
                received,
                code,
                reason,
                wasClean,
              });
          }),
        { path, sent, protocols, close },
      );

    test('websocket.message-whole: text and octets, and a close by the page', async () => {
      const sent = ['', 'Hello', 'Grüße 🌍', 0, 1, 70_000, 1_000_000];
      const seen = await converse(`/echo?key=ws-${scheme}`, sent, {
        protocols: ['other', 'chat'],
        close: [4321, 'Ende: ü'],
      });
      expect(seen).toEqual({
        protocol: 'chat',
        // Offered by every browser, and declined (websocket.extensions).
        extensions: '',
        received: sent,
        code: 4321,
        // The answer has the code alone (websocket.close-frame).
        reason: '',
        wasClean: true,
      });
      expect(await served.noted(`ws-${scheme}`)).toEqual({
        code: 4321,
        reason: 'Ende: ü',
        initiator: 'peer',
        clean: true,
        // Over TLS, on a stream of the connection that the page came on (RFC 8441).
        version: tls ? '2' : '1.1',
      });
    });

    test('websocket.close-frame: code and reason of the application reach the page', async () => {
      expect(await converse('/echo', ['close 4001 session expired'])).toMatchObject({
        protocol: '',
        code: 4001,
        reason: 'session expired',
        wasClean: true,
      });
    });

    test('websocket.message-limit: a message that is too long is code 1009', async () => {
      expect(await converse('/echo', [1_048_577])).toMatchObject({ code: 1009, received: [] });
    });

    test('websocket.denial: a denied handshake is no WebSocket', async () => {
      expect(await converse('/denied', ['x'])).toMatchObject({ code: 1006, wasClean: false });
    });

    test('websocket.accept-answer: a subprotocol that was not agreed on fails in the page', async () => {
      expect(await converse('/echo', ['x'], { protocols: ['other'] })).toMatchObject({
        code: 1006,
        received: [],
      });
    });

    test('security.tls-facts: TLS as the browser has negotiated it', async () => {
      const scope = await page.evaluate(async () => (await fetch('/scope')).json());
      expect(scope.http_version).toBe(tls ? '2' : '1.1');
      if (tls) expect(scope.tls).toMatchObject({ version: '1.3', alpn: 'h2' });
      else expect(scope.tls).toBeNull();
    });
  });

  test('drain.notice: a page that listens sees the end of its stream, and of its WebSocket', async () => {
    const served = await serve(['--http2']);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${served.url}/`);
    const seen = page.evaluate(async () => {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/echo`);
      const closed = new Promise((resolve) => {
        socket.onclose = ({ code, wasClean }) => resolve([code, wasClean]);
      });
      await new Promise((resolve) => {
        socket.onopen = resolve;
      });
      const response = await fetch('/events');
      document.title = 'ready';
      return [(await response.text()).match(/data: event \d/g)?.length, await closed];
    });
    await page.waitForFunction(() => document.title === 'ready');
    await served.stop();
    expect(await seen).toEqual([3, [1001, true]]);
    await context.close();
  });
});
