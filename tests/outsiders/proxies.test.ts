// nginx and haproxy in front of the gateway: what their clients see through them, and what the gateway is told.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../scripts/lib/outsiders.mjs';
import { serverCert, serverKey } from '../../src/gateway/transport/tls.fixture.ts';
import { folder } from '../fixtures/folder.ts';
import { freePort, pathOf, run, start, withPrograms } from './machine.ts';
import { fileOf, type Served, serve } from './serve.ts';

const LARGE = 30 * 1024 * 1024;
const files = folder();
const large = fileOf(files, 'large', LARGE);
const piece = readFileSync(large).subarray(0, 1_000_000);
const digest = createHash('sha256').update(readFileSync(large)).digest('hex');

/** A way through a proxy. */
interface Way {
  readonly name: string;
  /** Where the proxy listens for it. */
  url: string;
  /** The gateway behind it. */
  gateway: () => Served;
  /** The version that the gateway sees. */
  readonly version: '1.1' | '2';
  readonly transport: 'tcp' | 'unix';
  /** What `forwarded.trusted_by` is. */
  trustedBy: string;
  /** What the proxy lets through: nginx 1.22 knows neither 1xx nor trailers of a response. */
  readonly complete: boolean;
}

let tcp: Served;
let unix: Served;
const socket = join(files, 'gateway.sock');

const toTcp = (name: string, version: Way['version'], complete: boolean): Way => ({
  name,
  url: '',
  gateway: () => tcp,
  version,
  transport: 'tcp',
  trustedBy: '127.0.0.1=x-forwarded',
  complete,
});

beforeAll(async () => {
  [tcp, unix] = await Promise.all([
    serve(['--http2', '--root', files, '--trust', '127.0.0.1=x-forwarded']),
    serve(['--path', socket, '--root', files, '--trust', `unix:${socket}`]),
  ]);
});

withPrograms(['nginx', 'curl'], 'nginx', () => {
  const overTcp = toTcp('HTTP/1.1 to a port', '1.1', false);
  const overTls: Way = { ...overTcp, name: 'HTTP/2 from the client, HTTP/1.1 to a port' };
  const overUnix: Way = {
    ...overTcp,
    name: 'HTTP/1.1 to a socket',
    gateway: () => unix,
    transport: 'unix',
    trustedBy: `unix:${socket}`,
  };

  beforeAll(async () => {
    const home = folder({ 'cert.pem': serverCert, 'key.pem': serverKey });
    const [tcpPort, tlsPort, unixPort] = await Promise.all([freePort(), freePort(), freePort()]);
    overTcp.url = `http://127.0.0.1:${tcpPort}`;
    overTls.url = `https://127.0.0.1:${tlsPort}`;
    overUnix.url = `http://127.0.0.1:${unixPort}`;
    for (const name of ['body', 'proxy', 'other']) mkdirSync(join(home, name));
    writeFileSync(
      join(home, 'nginx.conf'),
      `daemon off;
master_process off;
pid ${home}/nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/other;
  uwsgi_temp_path ${home}/other;
  scgi_temp_path ${home}/other;
  client_max_body_size 0;
  upstream port { server 127.0.0.1:${tcp.port}; keepalive 8; }
  upstream socket { server unix:${socket}; keepalive 8; }
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  proxy_http_version 1.1;
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_set_header Host $http_host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header Forwarded "$http_forwarded, for=$remote_addr;proto=$scheme;host=\\"$http_host\\"";
  server {
    listen 127.0.0.1:${tcpPort};
    listen 127.0.0.1:${tlsPort} ssl http2;
    ssl_certificate ${home}/cert.pem;
    ssl_certificate_key ${home}/key.pem;
    location / { proxy_pass http://port; }
  }
  server {
    listen 127.0.0.1:${unixPort};
    location / { proxy_pass http://socket; }
  }
}
`,
    );
    const nginx = start(pathOf('nginx'), [
      '-p',
      home,
      '-c',
      join(home, 'nginx.conf'),
      '-e',
      'stderr',
    ]);
    await nginx.printed(/start worker|using the "epoll"/);
  });

  through([overTcp, overTls, overUnix]);
});

withPrograms(['haproxy', 'curl'], 'haproxy', () => {
  const http1 = toTcp('HTTP/1.1 to a port', '1.1', true);
  const http2 = toTcp('HTTP/2 to a port', '2', true);

  beforeAll(async () => {
    const home = folder();
    const [port1, port2] = await Promise.all([freePort(), freePort()]);
    http1.url = `http://127.0.0.1:${port1}`;
    http2.url = `http://127.0.0.1:${port2}`;
    const says = `
  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
  http-request set-header X-Forwarded-Host %[req.hdr(host)]`;
    writeFileSync(
      join(home, 'haproxy.cfg'),
      `global
  stats socket ${home}/stats level admin
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 60s
  option forwardfor
  http-reuse always
listen http1
  bind 127.0.0.1:${port1}${says}
  server gateway 127.0.0.1:${tcp.port}
listen http2
  bind 127.0.0.1:${port2}${says}
  server gateway 127.0.0.1:${tcp.port} proto h2 ws h2
`,
    );
    const haproxy = start(pathOf('haproxy'), ['-db', '-V', '-f', join(home, 'haproxy.cfg')]);
    // The last thing that it does before it serves.
    await haproxy.printed(/as the polling mechanism/);
  });

  through([http1, http2]);
});

/** What clients see through a proxy. */
function through(ways: readonly Way[]): void {
  const curlFrom = (input: Uint8Array | undefined, args: readonly string[]) =>
    run(
      pathOf('curl'),
      ['--silent', '--show-error', '--insecure', '--max-time', '50', ...args],
      input === undefined ? {} : { input },
    );
  const curl = (args: readonly string[]) => curlFrom(undefined, args);
  const fetched = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await curl(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };

  describe.each(ways)('$name', (way) => {
    test('one connection to the gateway serves many requests', async () => {
      const ids = new Set<unknown>();
      for (let i = 0; i < 5; i++) {
        const scope = JSON.parse(await fetched([`${way.url}/scope`]));
        expect(scope).toMatchObject({
          http_version: way.version,
          peer: { transport: way.transport },
        });
        ids.add(scope.peer.port);
      }
      expect(ids.size).toBe(1);
    });

    test('security.forwarded-nearest: what the proxy says of its client, and not what the client says', async () => {
      const scope = JSON.parse(
        await fetched([
          ...['--interface', '127.0.0.2', '-H', 'X-Forwarded-For: 6.6.6.6'],
          ...['-H', 'Forwarded: for=6.6.6.6;host=evil', '-H', 'Host: shop.example'],
          `${way.url}/scope`,
        ]),
      );
      expect(scope).toMatchObject({
        authority: 'shop.example',
        scheme: 'http',
        tls: null,
        forwarded: {
          for: '127.0.0.2',
          proto: way.url.startsWith('https') ? 'https' : 'http',
          host: 'shop.example',
          trusted_by: way.trustedBy,
        },
      });
    });

    test('a large upload and a large download', async () => {
      const up = JSON.parse(await fetched(['-T', large, `${way.url}/digest`]));
      expect(up).toEqual({ octets: LARGE, sha256: digest, trailers: [] });
      const down = join(folder(), 'down');
      await fetched(['-o', down, `${way.url}/file?path=${large}`]);
      expect(createHash('sha256').update(readFileSync(down)).digest('hex')).toBe(digest);
    });

    test('http.request.dechunked: an upload of unknown length arrives whole', async () => {
      const { code, stdout, stderr } = await curlFrom(piece, ['-T', '-', `${way.url}/digest`]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const sha256 = createHash('sha256').update(piece).digest('hex');
      expect(JSON.parse(stdout)).toEqual({ octets: piece.length, sha256, trailers: [] });
    });

    // nginx sends no more of a request once the response has begun.
    if (way.complete)
      test('http.duplex: an upload comes back while it goes on', async () => {
        const back = join(folder(), 'back');
        const args = ['-X', 'POST', '-T', '-', '-o', back, `${way.url}/echo`];
        const { code, stderr } = await curlFrom(piece, args);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(readFileSync(back).equals(piece)).toBe(true);
      });

    test('http.duplex: events arrive while the response goes on', async () => {
      const { code, stdout } = await curl(['-N', '-m', '1', `${way.url}/events`]);
      expect(code).toBe(28);
      expect(stdout.match(/data: event \d/g)).toEqual([
        'data: event 1',
        'data: event 2',
        'data: event 3',
      ]);
    });

    test('http.abort-when-unended: an aborted response is no whole one', async () => {
      const { code, stdout } = await curl([`${way.url}/abort`]);
      expect([18, 92]).toContain(code);
      expect(stdout).toBe('half of it');
    });

    test('http.head-length: HEAD', async () => {
      expect(await fetched(['--head', `${way.url}/hello`])).toMatch(/^content-length: 6\r$/im);
    });

    test('http.request.discard-drains: an answer that does not want the upload', async () => {
      const said = await fetched(['-T', large, '-w', '%{http_code}', `${way.url}/discard`]);
      expect(said).toBe('no, thank you\n403');
      expect(await fetched([`${way.url}/hello`])).toBe('Hello\n');
    });

    if (way.complete)
      test('http.informational.before-commit: 103 and trailers are passed on', async () => {
        expect(await fetched(['-i', `${way.url}/hints`])).toMatch(
          /^HTTP\/1\.1 103 [\s\S]*\nHTTP\/1\.1 200 /,
        );
        expect(await fetched(['--raw', `${way.url}/stream`])).toMatch(
          /\r\n0\r\nx-octets: 48\r\n\r\n$/,
        );
      });

    // Only TCP and TLS have a port on which it could be asked for its note.
    if (way.transport === 'tcp')
      test('cancel.on-peer-loss: a client that leaves is noticed', async () => {
        const key = encodeURIComponent(way.url);
        const args = ['--max-time', '1', '--limit-rate', '100k', '-o', '/dev/null'];
        const { code } = await curl([...args, `${way.url}/endless?key=${key}`]);
        expect(code).toBe(28);
        expect(await way.gateway().noted(key)).toMatchObject({ name: 'Closed', cancelled: true });
      });

    // nginx knows no WebSocket over HTTP/2.
    if (way.name.startsWith('HTTP/2 from')) return;
    withPrograms(['python3-websockets'], 'websockets', () => {
      test('websocket.message-whole: messages, pings and closes pass through', async () => {
        const label = encodeURIComponent(way.url);
        const script = fileURLToPath(new URL('python/websockets_client.py', import.meta.url));
        const { code, stdout, stderr } = await run(python, [script, way.url, ''], {
          env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', LABEL: label },
        });
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const seen = JSON.parse(stdout);
        expect(seen).toMatchObject({
          text: ['', 'Hello', 'Grüße, 世界 🌍', '\x00\x7f'],
          binary: [0, 1, 125, 126, 65535, 65536, 1_000_000],
          fragments: 'one two three',
          order: true,
          ping: true,
          subprotocol: 'superchat',
          client_closes: { 1000: [1000, ''], 1001: [1001, ''], 3999: [3999, ''], 4000: [4000, ''] },
          application_closes: {
            1013: { received: [1013, 'later'] },
            4999: { received: [4999, 'ü'.repeat(61)] },
          },
          denied: [403, 'text/plain; charset=utf-8'],
          too_long: { received: [1009, ''] },
          many: 50,
        });
        // haproxy makes an extended CONNECT (RFC 8441) of what came as an upgrade.
        if (way.transport === 'tcp')
          expect(await way.gateway().noted(`py-${label}-4000`)).toMatchObject({
            code: 4000,
            reason: 'Ende: ü',
            version: way.version,
          });
      });
    });
  });
}
