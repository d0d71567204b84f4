// curl: HTTP/1.0, HTTP/1.1 and HTTP/2, with and without TLS, as one of the oldest and strictest readers there are.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { folder } from '../fixtures/folder.ts';
import { pathOf, run, withPrograms } from './machine.ts';
import { fileOf, type Served, serve } from './serve.ts';

const LARGE = 100 * 1024 * 1024;

withPrograms(['curl'], 'curl', () => {
  let plain: Served;
  let secure: Served;
  const files = folder();
  const large = fileOf(files, 'large', LARGE);
  const small = fileOf(files, 'small', 300_000);
  const smallOctets = readFileSync(small);

  beforeAll(async () => {
    [plain, secure] = await Promise.all([
      serve(['--http2', '--root', files], {
        expected: /GET \/file\?path=\/etc\/passwd: .*\[security\.file-roots\]/,
      }),
      serve(['--http2', '--root', files], { tls: true }),
    ]);
  });

  /** Runs it against one of the two, silently. `url` has the path. */
  const curl = (args: readonly string[], input?: string | Uint8Array) =>
    run(
      pathOf('curl'),
      ['--silent', '--show-error', '--max-time', '50', '--cacert', secure.authority, ...args],
      input === undefined ? {} : { input },
    );
  /** Runs it to success. */
  const fetched = async (args: readonly string[], input?: string | Uint8Array): Promise<string> => {
    const { code, stdout, stderr } = await curl(args, input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const at = ({ port, url }: Served, path: string) =>
    url.startsWith('https') ? `https://localhost:${port}${path}` : `${url}${path}`;

  /** Each way to speak to the gateway, with what the application is to see of it. */
  const ways: readonly (readonly [
    name: string,
    option: string,
    from: () => Served,
    version: string,
  ])[] = [
    ['HTTP/1.0', '--http1.0', () => plain, '1.0'],
    ['HTTP/1.1', '--http1.1', () => plain, '1.1'],
    ['HTTP/2 with prior knowledge', '--http2-prior-knowledge', () => plain, '2'],
    ['HTTP/1.1 over TLS', '--http1.1', () => secure, '1.1'],
    ['HTTP/2 over TLS', '--http2', () => secure, '2'],
  ];

  describe.each(ways)('%s', (_name, option, from, version) => {
    const ask = (path: string, args: readonly string[] = [], input?: string | Uint8Array) =>
      fetched([option, ...args, at(from(), path)], input);

    test('http.target.raw: the application is told what was asked for, and in which version', async () => {
      const scope = JSON.parse(await ask('/scope?a=%20b&c', ['-H', 'X-Two: 1', '-H', 'X-Two: 2']));
      expect(scope).toMatchObject({
        http_version: version,
        method: 'GET',
        target: '/scope?a=%20b&c',
        path: '/scope',
        query: 'a=%20b&c',
        scheme: from() === secure ? 'https' : 'http',
        authority: `${from() === secure ? 'localhost' : '127.0.0.1'}:${from().port}`,
        peer: { transport: from() === secure ? 'tls' : 'tcp', address: '127.0.0.1' },
      });
      expect(scope.headers).toContainEqual(['x-two', '1']);
      expect(scope.headers).toContainEqual(['x-two', '2']);
      expect(scope.tls?.alpn ?? null).toBe(
        from() === plain ? null : version === '2' ? 'h2' : 'http/1.1',
      );
    });

    test('http.head-length: HEAD has the fields of GET, and no content', async () => {
      const head = await ask('/hello', ['--head']);
      expect(head).toMatch(/^HTTP\/[\d.]+ 200/);
      expect(head).toMatch(/^content-length: 6\r$/m);
      expect(head).toMatch(/^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/m);
      expect(head.endsWith('\r\n\r\n')).toBe(true);
    });

    test('an upload with a length comes back octet for octet', async () => {
      const back = join(folder(), 'back');
      await ask('/echo', ['--data-binary', `@${small}`, '-o', back]);
      expect(readFileSync(back).equals(smallOctets)).toBe(true);
    });

    test('http.request.dechunked: an upload of unknown length arrives whole', async () => {
      const args = version === '1.0' ? ['--data-binary', '@-'] : ['-T', '-'];
      const answer = await ask('/digest', args, smallOctets);
      expect(JSON.parse(answer)).toEqual({
        octets: 300_000,
        sha256: sha256(smallOctets),
        trailers: [],
      });
    });

    test('a response of unknown length is whole', async () => {
      const text = await ask('/stream?pieces=2000&octets=100');
      expect(text.length).toBe(200_000);
    });

    test('http.file.range: ranges of a file', async () => {
      const part = join(folder(), 'part');
      const said = await ask(`/file?path=${small}`, ['-r', '100000-199999', '-o', part, '-D', '-']);
      expect(said).toMatch(/^HTTP\/[\d.]+ 206/);
      expect(said).toMatch(/^content-range: bytes 100000-199999\/300000\r$/m);
      expect(readFileSync(part).equals(smallOctets.subarray(100_000, 200_000))).toBe(true);
    });

    test('an interrupted download is resumed', async () => {
      const part = fileOf(folder(), 'part', 123_457);
      await ask(`/file?path=${small}`, ['-C', '-', '-o', part]);
      expect(readFileSync(part).equals(smallOctets)).toBe(true);
    });

    test('http.request.discard-drains: an answer without the upload is an answer', async () => {
      const said = await ask('/discard', ['--data-binary', `@${small}`, '-w', '%{http_code}']);
      expect(said).toBe('no, thank you\n403');
    });
  });

  describe.each(ways.slice(1))('%s', (_name, option, from) => {
    test('http.informational.before-commit: 103 Early Hints arrive ahead of the response', async () => {
      const said = await fetched([option, '-i', at(from(), '/hints')]);
      expect(said).toMatch(
        /^HTTP\/[\d.]+ 103[^\r]*\r\nlink: <\/style.css>; rel=preload; as=style\r\n\r\nHTTP\/[\d.]+ 200/,
      );
      expect(said.endsWith('\r\n\r\nhinted\n')).toBe(true);
    });

    test('http.abort-when-unended: an aborted response is seen as broken', async () => {
      const { code, stdout } = await curl([option, at(from(), '/abort')]);
      // 18: partial file; 92: an error of the HTTP/2 stream, where it can drop what it has read by then.
      expect([18, 92]).toContain(code);
      expect(['half of it', ...(code === 92 ? [''] : [])]).toContain(stdout);
    });
  });

  // A client of HTTP/2 that ends its side in order, as curl does, and has given no credit, is one that may be reading on
  // (http.half-close) until limits.idle_ms. Others reset their stream: see the tests of nghttp, h2 and Chromium.
  test.each(ways.slice(1).filter(([, option]) => option === '--http1.1'))(
    'cancel.on-peer-loss: a client of %s that leaves is noticed',
    async (name, option, from) => {
      const key = encodeURIComponent(name);
      const { code } = await curl([
        ...[option, '--max-time', '1', '--limit-rate', '100k', '-o', '/dev/null'],
        at(from(), `/endless?key=${key}`),
      ]);
      expect(code).toBe(28);
      const noted = await from().noted(key);
      expect(noted).toMatchObject({ name: 'Closed', cancelled: true });
      expect(['peer_reset', 'connection_lost']).toContain((noted as { cause: string }).cause);
    },
  );

  // Not with prior knowledge: curl 7.88 then sends no second request (github.com/curl/curl/pull/10643).
  test.each(ways.filter(([, option]) => option !== '--http2-prior-knowledge'))(
    'connections of %s are used again',
    async (_name, option, from, version) => {
      const url = at(from(), '/hello');
      const keep = version === '1.0' ? ['-H', 'Connection: keep-alive'] : [];
      const said = await fetched([option, ...keep, '-w', '%{num_connects} ', url, url, url]);
      expect(said).toBe('Hello\n1 Hello\n0 Hello\n0 ');
    },
  );

  test('http.informational.http-1-0: HTTP/1.0 has no 103', async () => {
    const said = await fetched(['--http1.0', '-i', at(plain, '/hints')]);
    expect(said).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ['HTTP/1.1', '--http1.1', () => plain],
    ['HTTP/2', '--http2', () => secure],
  ] as const)(
    'http.continue.on-receive: over %s the body waits for its 100',
    async (_name, option, from) => {
      const { code, stderr, stdout } = await curl([
        option,
        '-v',
        ...['-H', 'Expect: 100-continue', '--expect100-timeout', '40'],
        ...['--data-binary', `@${small}`],
        at(from(), '/digest'),
      ]);
      expect(code).toBe(0);
      expect(stderr).toMatch(/< HTTP\/[\d.]+ 100/);
      expect(JSON.parse(stdout).sha256).toBe(sha256(smallOctets));
    },
  );

  test('http.continue.on-receive: without a receive there is no 100, and no body', async () => {
    const { code, stderr, stdout } = await curl([
      '--http1.1',
      '-v',
      ...['-H', 'Expect: 100-continue', '--expect100-timeout', '40'],
      ...['--data-binary', `@${small}`, '-w', '%{size_upload}'],
      at(plain, '/discard'),
    ]);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/< HTTP\/1\.1 100/);
    expect(stdout).toBe('no, thank you\n0');
  });

  test('http.finish: chunks and trailers, as they are on the wire', async () => {
    const said = await fetched(['--http1.1', '--raw', at(plain, '/stream?pieces=2&octets=4')]);
    expect(said).toBe('4\r\nxxx\n\r\n4\r\nxxx\n\r\n0\r\nx-octets: 8\r\n\r\n');
  });

  test('http.finish: curl takes trailers for fields of the response', async () => {
    for (const [option, from] of [
      ['--http1.1', plain],
      ['--http2', secure],
    ] as const) {
      const said = await fetched([option, '-D', '-', '-o', '/dev/null', at(from, '/stream')]);
      expect(said).toMatch(/^x-octets: 48\r$/m);
    }
  });

  test.each([
    ['HTTP/1.1', '--http1.1', () => plain],
    ['HTTP/2 over TLS', '--http2', () => secure],
  ] as const)('100 MiB pass both ways over %s', async (_name, option, from) => {
    const hash = sha256(readFileSync(large));
    const up = await fetched([option, '-T', large, at(from(), '/digest')]);
    expect(JSON.parse(up)).toEqual({ octets: LARGE, sha256: hash, trailers: [] });
    const down = join(folder(), 'down');
    await fetched([option, '-o', down, at(from(), `/file?path=${large}`)]);
    expect(sha256(readFileSync(down))).toBe(hash);
  });

  test('flow.send-waits: a slow reader gets all of it, and keeps nobody waiting', async () => {
    const down = join(folder(), 'down');
    const slow = fetched(['--limit-rate', '150k', '-o', down, at(plain, `/file?path=${small}`)]);
    expect(await fetched([at(plain, '/hello')])).toBe('Hello\n');
    await slow;
    expect(readFileSync(down).equals(smallOctets)).toBe(true);
  });

  test('many requests at once on one connection', async () => {
    const urls = Array.from({ length: 50 }, (_, i) =>
      at(secure, `/stream?pieces=${i}&octets=1000`),
    );
    const { code, stdout } = await curl([
      ...['--http2', '--parallel', '--parallel-max', '50'],
      ...['-w', '%{size_download} %{http_version}\\n'],
      ...urls.flatMap((url) => ['-o', '/dev/null', url]),
    ]);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual(urls.map((_, i) => `${i * 1000} 2`).sort());
  });

  test('security.file-roots: a file elsewhere breaks the response, and tells nothing', async () => {
    const { code, stdout } = await curl([at(plain, '/file?path=/etc/passwd')]);
    expect({ code, stdout }).toEqual({ code: 18, stdout: '' });
  });

  test('http.refuse.before-bytes: a request that was handed back is seen as unanswered', async () => {
    const { code, stdout } = await curl(['--http1.1', at(plain, '/refuse')]);
    expect({ code, stdout }).toEqual({ code: 52, stdout: '' });
  });

  test('a form, as curl sends it', async () => {
    const said = await fetched(['-d', 'name=Ada+Lovelace', '-d', 'born=1815', at(plain, '/form')]);
    expect(JSON.parse(said)).toEqual({ name: 'Ada Lovelace', born: '1815' });
  });
});

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}
