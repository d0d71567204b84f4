// openssl s_client: versions of TLS, ALPN, early data and client certificates, from the other end of the handshake.

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  authority,
  clientCert,
  clientKey,
  strangerCert,
  strangerKey,
} from '../../src/gateway/transport/tls.fixture.ts';
import { folder } from '../fixtures/folder.ts';
import { pathOf, run, withPrograms } from './machine.ts';
import { type Served, serve } from './serve.ts';

withPrograms(['openssl'], 'openssl s_client', () => {
  const files = folder({
    'ca.pem': authority,
    'client.pem': clientCert + clientKey,
    'stranger.pem': strangerCert + strangerKey,
    'early.http': 'GET /hello?early HTTP/1.1\r\nhost: localhost\r\n\r\n',
  });
  const file = (name: string) => join(files, name);
  let both: Served;
  let http1: Served;
  let asking: Served;

  beforeAll(async () => {
    [both, http1, asking] = await Promise.all([
      serve(['--http2'], { tls: true }),
      serve([], { tls: true }),
      serve(['--tls-ca', file('ca.pem')], { tls: true }),
    ]);
  });

  /** Sends a request through it, and waits until the gateway closes. `-ign_eof`: the end of the input is not the end. */
  const connect = (
    { port }: Served,
    args: readonly string[],
    request = 'GET /scope HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
  ) =>
    run(
      pathOf('openssl'),
      [
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        ...['-servername', 'localhost', '-ign_eof', '-verify_return_error'],
        ...['-CAfile', file('ca.pem'), ...args],
      ],
      { input: request },
    );

  /** The JSON of a response within what it printed. */
  const scopeIn = (stdout: string) => {
    const [, body = ''] = /\r\n\r\n(\{.*\})/.exec(stdout) ?? [];
    return JSON.parse(body) as { tls: Record<string, unknown>; scheme: string };
  };

  test.each([
    ['1.2', '-tls1_2', /Cipher is ECDHE-/],
    ['1.3', '-tls1_3', /Cipher is TLS_/],
  ])(
    'security.tls-facts: TLS %s is spoken, and told to the application',
    async (version, option, cipher) => {
      const { code, stdout } = await connect(both, [option]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Verify return code: 0 \(ok\)/);
      expect(stdout).toMatch(new RegExp(`^New, TLSv${version}, Cipher is `, 'm'));
      expect(stdout).toMatch(cipher);
      expect(scopeIn(stdout)).toMatchObject({
        scheme: 'https',
        tls: { version, sni: 'localhost', alpn: null, client_chain: 0, verified: false },
      });
    },
  );

  test.each(['-tls1', '-tls1_1'])('%s is refused', async (option) => {
    const { code, stdout } = await connect(both, [option, '-cipher', 'ALL:@SECLEVEL=0']);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/Cipher is \(NONE\)/);
  });

  test.each([
    ['h2,http/1.1', () => both, 'ALPN protocol: h2'],
    ['http/1.1', () => both, 'ALPN protocol: http/1.1'],
    ['h2,http/1.1', () => http1, 'ALPN protocol: http/1.1'],
  ])('ALPN: of %s the best that is served', async (offer, from, expected) => {
    // HTTP/2 would not understand the request: `Q` on a line of its own ends the session.
    const { stdout } = await run(
      pathOf('openssl'),
      ['s_client', '-connect', `127.0.0.1:${from().port}`, '-alpn', offer],
      { input: 'Q\n' },
    );
    expect(stdout).toContain(expected);
  });

  test('RFC 7301 section 3.2: a peer that offers none that is served is told so', async () => {
    const { code, stdout, stderr } = await connect(http1, ['-alpn', 'spdy/3']);
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/alert no application protocol/);
  });

  test('security.tls-early-data: none is offered, and a session is resumed without', async () => {
    const session = join(folder(), 'session.pem');
    const first = await connect(both, ['-tls1_3', '-sess_out', session]);
    expect(first.stdout).toMatch(/Max Early Data: 0/);
    const second = await connect(both, [
      ...['-tls1_3', '-sess_in', session],
      ...['-early_data', file('early.http')],
    ]);
    expect(second.stdout).toMatch(/Early data was (?:not sent|rejected)/);
    expect(second.stdout).not.toMatch(/early HTTP/);
    expect(scopeIn(second.stdout)).toMatchObject({ tls: { version: '1.3' } });
  });

  describe('security.tls-facts: client certificates', () => {
    test.each([
      [
        'one that the authority has signed',
        ['-cert', file('client.pem')],
        { client_chain: 1, verified: true },
      ],
      ['a stranger', ['-cert', file('stranger.pem')], { client_chain: 1, verified: false }],
      ['none', [], { client_chain: 0, verified: false }],
    ])('%s', async (_what, args, expected) => {
      const { stdout } = await connect(asking, args);
      expect(stdout).toMatch(/Acceptable client certificate CA names\nCN = Portway test CA/);
      expect(scopeIn(stdout)).toMatchObject({ tls: expected });
    });

    test('where none is asked for, one that is at hand is not given', async () => {
      const { stdout } = await connect(both, ['-cert', file('client.pem')]);
      expect(stdout).toMatch(/No client certificate CA names sent/);
      expect(scopeIn(stdout)).toMatchObject({ tls: { client_chain: 0, verified: false } });
    });
  });

  test('a handshake that is broken off harms nobody', async () => {
    await run(
      pathOf('openssl'),
      ['s_client', '-connect', `127.0.0.1:${both.port}`, '-tls1_2', '-cipher', 'NULL'],
      { input: '' },
    );
    const { stdout } = await connect(both, ['-tls1_3']);
    expect(scopeIn(stdout)).toMatchObject({ tls: { version: '1.3' } });
  });
});
