// nghttp and h2load (nghttp2): HTTP/2 frame by frame, and many requests at once.

import { beforeAll, describe, expect, test } from 'vitest';
import { folder } from '../fixtures/folder.ts';
import { pathOf, run, withPrograms } from './machine.ts';
import { fileOf, type Served, serve } from './serve.ts';

let plain: Served;
let secure: Served;

withPrograms(['nghttp'], 'nghttp', () => {
  const files = folder();
  const upload = fileOf(files, 'upload', 500_000);

  beforeAll(async () => {
    [plain, secure] = await Promise.all([serve(['--http2']), serve(['--http2'], { tls: true })]);
  });

  /** What it printed. It ends with 0 in any case that has an answer. */
  const nghttp = async (args: readonly string[], complaint = ''): Promise<string> => {
    const { code, stdout, stderr } = await run(pathOf('nghttp'), ['-y', '-t', '30s', ...args]);
    expect({ code, complaint: stderr.trim() }).toEqual({ code: 0, complaint });
    return stdout;
  };

  describe.each([
    ['with prior knowledge', () => plain],
    ['over TLS', () => secure],
  ] as const)('%s', (_name, from) => {
    const at = (path: string) => `${from().url}${path}`;

    test('websocket.connect-setting: the first settings offer extended CONNECT', async () => {
      const said = await nghttp(['-nv', at('/hello')]);
      const [settings] = /recv SETTINGS frame[\s\S]*?\n\[/.exec(said) ?? [];
      expect(settings).toMatch(/SETTINGS_ENABLE_CONNECT_PROTOCOL\(0x08\):1/);
      expect(said).toMatch(/recv \(stream_id=\d+\) :status: 200/);
    });

    test('an upload with padding comes back octet for octet', async () => {
      const said = await nghttp(['-b', '200', '-d', upload, at('/digest')]);
      expect(JSON.parse(said)).toMatchObject({ octets: 500_000 });
      const { stdout } = await run('/bin/sh', [
        '-c',
        `"${pathOf('nghttp')}" -y -b 200 -d "${upload}" "${at('/echo')}" | cmp - "${upload}"`,
      ]);
      expect(stdout).toBe('');
    });

    test('http.request.trailers: trailers go up and come back', async () => {
      const said = await nghttp([
        ...['-nv', '--trailer', 'x-digest: abc', '--no-content-length'],
        ...['-d', upload, at('/echo')],
      ]);
      expect(said).toMatch(/recv \(stream_id=\d+\) x-digest: abc[\s\S]*END_STREAM \| END_HEADERS/);
    });

    test('http.continue.on-receive: an upload waits for its 100', async () => {
      const said = await nghttp(['-nv', '--expect-continue', '-d', upload, at('/digest')]);
      const marks = [/:status: 100/, /send DATA frame/, /:status: 200/].map((mark) =>
        said.search(mark),
      );
      expect(marks).not.toContain(-1);
      expect(marks).toEqual([...marks].sort((a, b) => a - b));
    });

    test('a header section of several frames is read whole', async () => {
      const said = await nghttp(['--continuation', '-v', at('/scope')]);
      // Longer than a frame may be: nghttp shows a HEADERS frame together with its CONTINUATION frames.
      const [, length] = /send HEADERS frame <length=(\d+)/.exec(said) ?? [];
      expect(Number(length)).toBeGreaterThan(16_384);
      expect(said.includes('"continuation-test-6"')).toBe(true);
    });

    test('security.limits-head: a header section beyond the limit is answered with 431', async () => {
      // nghttp itself sends no more than 64 KiB, so the limit that it can meet is that of their number.
      const many = Array.from({ length: 1001 }, (_, i) => ['-H', `x-${i}: 1`]);
      const said = await nghttp(['-nv', ...many.flat(), at('/hello')]);
      expect(/recv .* :status: \d+/.exec(said)?.[0]).toMatch(/431$/);
    });

    test('flow.output: a reader with a small window gets all of it', async () => {
      const said = await nghttp(['-w', '8', '-W', '10', at('/stream?pieces=50&octets=1000')]);
      expect(said.length).toBe(50_000);
    });

    test('many requests on one connection', async () => {
      const said = await nghttp(['-s', '-n', '-m', '60', at('/stream?pieces=5&octets=20000')]);
      const rows = said.split('\n').filter((line) => / 200 +97K /.test(line));
      expect(rows.length).toBe(60);
    });

    test('http.abort.code: an aborted response is a reset of its stream alone', async () => {
      const said = await nghttp(
        ['-nv', at('/abort'), at('/hello')],
        'Some requests were not processed. total=2, processed=1',
      );
      expect(said).toMatch(/recv RST_STREAM frame[^[]*error_code=INTERNAL_ERROR\(0x02\)/);
      expect(said.match(/:status: 200/g)?.length).toBe(2);
    });

    test('http.refuse.before-bytes: a request that was handed back can be made again', async () => {
      const said = await nghttp(
        ['-nv', at('/refuse')],
        'Some requests were not processed. total=1, processed=0',
      );
      expect(said).toMatch(/recv RST_STREAM frame[^[]*error_code=REFUSED_STREAM\(0x07\)/);
    });
  });

  test('RFC 9113 section 3.1: an upgrade to h2c is not taken, and answered in HTTP/1.1', async () => {
    const { stdout, stderr } = await run(pathOf('nghttp'), ['-nvu', `${plain.url}/hello`]);
    expect(`${stdout}${stderr}`).toMatch(/HTTP\/1\.1 200 OK/);
    expect(`${stdout}${stderr}`).toMatch(/HTTP Upgrade failed/);
  });
});

withPrograms(['h2load'], 'h2load', () => {
  let server: Served;
  const upload = fileOf(folder(), 'upload', 10_000);
  beforeAll(async () => {
    server = await serve(['--http2'], { tls: true });
  });

  test.each<[what: string, path: string, args: string[], requests: number]>([
    ['20,000 requests over HTTP/2', '/hello', ['-c', '10', '-m', '50'], 20_000],
    ['2000 uploads over HTTP/2', '/digest', ['-c', '5', '-m', '20', '-d', upload], 2000],
    [
      '2000 responses through windows of 1 KiB',
      '/stream?pieces=10&octets=1000',
      ['-c', '5', '-m', '20', '-w', '10'],
      2000,
    ],
    ['5000 requests over HTTP/1.1', '/hello', ['-c', '10', '--h1'], 5000],
    ['2000 requests over HTTP/1.1, pipelined', '/hello', ['-c', '5', '-m', '8', '--h1'], 2000],
  ])('%s: none fails', async (_what, path, args, requests) => {
    const { code, stdout } = await run(pathOf('h2load'), [
      ...['-n', String(requests), ...args],
      `${server.url}${path}`,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `requests: ${requests} total, ${requests} started, ${requests} done, ${requests} succeeded, 0 failed, 0 errored, 0 timeout`,
      ),
    );
    expect(stdout).toMatch(new RegExp(`status codes: ${requests} 2xx, 0 3xx, 0 4xx, 0 5xx`));
  });
});
