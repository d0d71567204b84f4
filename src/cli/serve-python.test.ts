// `portway serve --python` as processes: what it serves, what it says when it cannot, and what becomes of it when a
// worker breaks (proposal 12).

import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { type Running, start } from '../../tests/fixtures/portway.ts';
import { RawClient } from '../../tests/fixtures/raw-client.ts';

/** Debian's, and where that is not, the first on the path. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const APP = `
import asyncio, os, sys
from portway import Closed, application

async def answer(send, data, status=200):
    await send({'type': 'http.response.start', 'status': status,
                'headers': [('content-type', b'text/plain'), ('content-length', str(len(data)).encode())]})
    await send({'type': 'http.response.body', 'data': data})
    await send({'type': 'http.response.end'})

async def http(scope, receive, send):
    path = scope['path']
    if path == b'/pid':
        await answer(send, str(os.getpid()).encode())
    elif path == b'/echo':
        await send({'type': 'http.response.start', 'status': 200})
        while (event := await receive())['type'] == 'http.request.body':
            await send({'type': 'http.response.body', 'data': event['data']})
        await send({'type': 'http.response.end'})
    elif path == b'/large':
        await send({'type': 'http.response.start', 'status': 200})
        await send({'type': 'http.response.body', 'data': bytes(8_000_000)})
        await send({'type': 'http.response.end'})
    elif path == b'/excess':
        await send({'type': 'http.response.start', 'status': 200, 'headers': [('content-length', b'5')]})
        try:
            await send({'type': 'http.response.body', 'data': bytes(8_000_000)})
        except Exception as error:
            data = error.requirement[:5].encode()
        await send({'type': 'http.response.body', 'data': data})
        await send({'type': 'http.response.end'})
    elif path == b'/text':
        try:
            await send({'type': 'http.response.start', 'status': 200, 'headers': [('x-name', 'text')]})
        except Exception as error:
            await answer(send, str(error).encode())
    elif path == b'/greedy':
        await answer(send, str(len(bytes(900_000_000))).encode())
    elif path == b'/raise':
        raise ValueError('a secret')
    elif path == b'/die':
        os.kill(os.getpid(), 9)
    elif path == b'/die-late':
        await send({'type': 'http.response.start', 'status': 200, 'headers': [('content-length', b'10')]})
        await send({'type': 'http.response.body', 'data': b'12345'})
        await receive()
        os.kill(os.getpid(), 9)
    elif path == b'/print':
        print('a forgotten print')
        await answer(send, b'said')
    elif path == b'/wait':
        await send({'type': 'http.response.start', 'status': 200})
        await send({'type': 'http.response.body', 'data': b'begun'})
        await scope['local']['cancel'].wait()
        print('cancelled:', scope['local']['cancel'].reason.cause, file=sys.stderr, flush=True)
    elif path == b'/drained':
        await send({'type': 'http.response.start', 'status': 200})
        await send({'type': 'http.response.body', 'data': b'begun'})
        while (await receive())['type'] != 'gateway.drain':
            pass
        await send({'type': 'http.response.body', 'data': b' and drained'})
        await send({'type': 'http.response.end'})
    else:
        await answer(send, scope['local']['state']['greeting'].encode())

async def websocket(scope, receive, send):
    await send({'type': 'websocket.accept'})
    while (event := await receive())['type'] == 'websocket.message':
        await send(event)

async def lifespan(scope, receive, send):
    await receive()
    await send({'type': 'lifespan.ready', 'state': {'greeting': 'hello'}})
    while (await receive())['type'] != 'lifespan.shutdown':
        pass
    print('cleaned up', file=sys.stderr, flush=True)
    await send({'type': 'lifespan.stopped'})

app = application(http=http, websocket=websocket, lifespan=lifespan)
`;

/** The same behind the checker of Python, which says what either side of it breaks. */
const CHECKED = `
import sys
from portway.checker import check
from shop import app as shop

def report(finding):
    print('found:', finding.side, finding.requirement, finding.message, file=sys.stderr, flush=True)

app = check(shop, report=report)
`;

interface Serving extends Running {
  readonly port: number;
  readonly url: string;
}

function begin(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const running = start(
    ['serve', '--port', '0', '--python-executable', PYTHON, '--kind', 'portway', ...args],
    { cwd: folder(files), env },
  );
  onTestFinished(() => {
    running.child.kill('SIGKILL');
  });
  return running;
}

async function serve(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const running = begin({ 'site.py': '', 'shop.py': APP }, ['--python', 'shop', ...args], env);
  const [, url = '', port] = await running.printed(/on (http:\/\/\S+?:(\d+)\/)/);
  return { ...running, url, port: Number(port) };
}

async function raw(port: number, path: string): Promise<RawClient> {
  const client = await RawClient.connect(port);
  onTestFinished(() => {
    client.socket.destroy();
  });
  return client.lines(`GET ${path} HTTP/1.1`, 'host: a', '');
}

const get = async (serving: Serving, path: string) => {
  const response = await fetch(new URL(path, serving.url), { headers: { connection: 'close' } });
  return { status: response.status, text: await response.text() };
};

describe('what is served', () => {
  test('worker.lifespan-first: the state of the worker’s lifespan is in every scope', async () => {
    expect(await get(await serve(), '/')).toEqual({ status: 200, text: 'hello' });
  });

  test('frame.payload: bodies go through in both directions, octet by octet', async () => {
    const { url } = await serve();
    const body = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) >> 3);
    const response = await fetch(new URL('/echo', url), { method: 'POST', body });
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0);
  });

  test('frame.credit-return: an event that is larger than all credit arrives', async () => {
    expect((await get(await serve(), '/large')).text).toHaveLength(8_000_000);
  });

  test('frame.atomic: an event that is too large is rejected as a whole, and nothing of it is sent', async () => {
    expect((await get(await serve(), '/excess')).text).toBe('http.');
  });

  test('worker.unencodable: text in place of octets is Misuse, in the words of the worker’s language', async () => {
    const { text } = await get(await serve(), '/text');
    expect(text).toContain('event.shape');
    expect(text).toContain('headers');
  });

  test('http.500-when-open: an error is a 500 for the client, and a line of its own file for the operator', async () => {
    const serving = await serve();
    const { status, text } = await get(serving, '/raise');
    expect(status).toBe(500);
    expect(text).not.toContain('secret');
    await serving.printed(
      /GET \/raise: ValueError: a secret\n(?:.*\n)*? {2}File ".*shop\.py", line \d+/,
    );
  });

  test('http.500-when-open: what takes more memory than a worker may fails, and the worker goes on', async () => {
    const serving = await serve(['--worker-memory', '512M']);
    const pid = (await get(serving, '/pid')).text;
    expect((await get(serving, '/greedy')).status).toBe(500);
    await serving.printed(/GET \/greedy: MemoryError/);
    expect(await get(serving, '/pid')).toEqual({ status: 200, text: pid });
  });

  test('worker.stdout: what is printed is no frame', async () => {
    const serving = await serve();
    expect((await get(serving, '/print')).text).toBe('said');
    await serving.printed(/a forgotten print/);
  });

  test('worker.cancel: the application learns that its peer is gone', async () => {
    const serving = await serve();
    const client = await raw(serving.port, '/wait');
    await client.until(/begun/);
    client.socket.resetAndDestroy();
    await serving.printed(/cancelled: peer_reset|cancelled: connection_lost/);
  });
});

test('worker.as-one: a front and its worker break nothing that an application can see', async () => {
  const running = begin({ 'shop.py': APP, 'checked.py': CHECKED }, ['--python', 'checked']);
  const [, url = ''] = await running.printed(/on (http:\/\/\S+?)\/\n/);
  const port = Number(new URL(url).port);
  const echo = await fetch(`${url}/echo?a%20b`, { method: 'POST', body: new Uint8Array(300_000) });
  expect(await echo.arrayBuffer()).toHaveProperty('byteLength', 300_000);
  for (const path of ['/', '/large', '/raise', '/text']) await (await fetch(url + path)).bytes();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/chat`);
  socket.onopen = () => socket.send('hi');
  expect(await new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)))).toBe(
    'hi',
  );
  socket.close(4001, 'bye');
  const leaving = await raw(port, '/wait');
  await leaving.until(/begun/);
  leaving.socket.resetAndDestroy();
  await running.printed(/cancelled: /);
  const drained = await raw(port, '/drained');
  await drained.until(/begun/);
  running.child.kill('SIGTERM');
  await drained.until(/ and drained/);
  await running.printed(/cleaned up/);
  const { stderr } = await running.ended;
  expect(stderr.match(/^found: .*/gm)?.map((line) => line.split(' ').slice(1, 3))).toEqual([
    ['application', 'event.shape'],
  ]);
});

describe('the end', () => {
  test('drain.notice: a conversation hears of the drain, and the worker cleans up', async () => {
    const serving = await serve();
    const client = await raw(serving.port, '/drained');
    await client.until(/begun/);
    serving.child.kill('SIGTERM');
    await client.until(/ and drained/);
    const { code, stderr } = await serving.ended;
    expect(stderr).toContain('cleaned up');
    expect(code).toBe(0);
  });

  test('worker.socket-private: nothing is left in the folder for temporary files', async () => {
    const own = folder();
    const serving = await serve([], { TMPDIR: own });
    expect(readdirSync(own)).toEqual([]);
    serving.child.kill('SIGTERM');
    await serving.ended;
  });
});

describe('a worker that breaks', () => {
  test('worker.crash: an open response is a 500, and service goes on', async () => {
    const serving = await serve();
    expect((await get(serving, '/die')).status).toBe(500);
    // worker.none-ready: who asks meanwhile waits for the worker in its place (worker.restart-wait).
    expect(await get(serving, '/')).toEqual({ status: 200, text: 'hello' });
    await serving.printed(/worker 1: it was ended by SIGKILL/);
    await serving.printed(/replaced in 1 s, and 1 of its conversations/);
  });

  test('worker.crash: a committed response is aborted, so that the client sees it', async () => {
    const serving = await serve();
    const client = await raw(serving.port, '/die-late');
    await client.until(/12345/);
    client.write('x');
    await client.closed;
    expect(client.received).toMatch(/12345$/);
  });

  test('worker.crash: only the conversations of the worker that ended fail', async () => {
    const serving = await serve(['--workers', '2']);
    // One waits in each of the two.
    const clients = await Promise.all([raw(serving.port, '/wait'), raw(serving.port, '/wait')]);
    await Promise.all(clients.map((client) => client.until(/begun/)));
    expect((await get(serving, '/die')).status).toBe(500);
    await Promise.race(clients.map(({ closed }) => closed));
    const closed = await Promise.all(
      clients.map((client) =>
        Promise.race([client.closed.then(() => true), get(serving, '/').then(() => false)]),
      ),
    );
    expect(closed.filter(Boolean)).toHaveLength(1);
  });

  test('worker.none-ready: 503 where no worker is there in time', async () => {
    const serving = await serve(['--limit', 'startup_ms=20s']);
    await get(serving, '/die');
    // The second end in a row is waited for longer.
    await get(serving, '/');
    await get(serving, '/die');
    await get(serving, '/');
    await get(serving, '/die');
    await get(serving, '/');
    await get(serving, '/die');
    expect((await get(serving, '/')).status).toBe(503);
  });
});

describe('what cannot be served', () => {
  const cases: [
    what: string,
    files: Record<string, string>,
    args: string[],
    said: RegExp,
    code: number,
  ][] = [
    ['a module that is not there', {}, ['--python', 'shop'], /there is no module `shop`/, 3],
    [
      'a module that raises',
      { 'shop.py': 'x = 1 / 0\n' },
      ['--python', 'shop'],
      /ZeroDivisionError/,
      3,
    ],
    [
      'a name that is not there',
      { 'shop.py': 'application = print\n' },
      ['--python', 'shop:app'],
      /application/,
      3,
    ],
    ['what cannot be called', { 'shop.py': 'app = 5\n' }, ['--python', 'shop'], /int/, 3],
    ['a path in place of a module', {}, ['--python', 'shop.py/x'], /MODULE:NAME/, 2],
    [
      'no amount of memory',
      {},
      ['--python', 'shop', '--worker-memory', '0.5G'],
      /`0\.5G` is not an amount of memory, such as 512M or 2G/,
      2,
    ],
    [
      'an application that does not fit',
      { 'shop.py': 'x = bytes(400_000_000)\n' },
      ['--python', 'shop', '--worker-memory', '256M'],
      /MemoryError/,
      3,
    ],
    ['an unknown kind', {}, ['--python', 'shop', '--kind', 'cgi'], /there is no kind `cgi`/, 2],
    [
      'an interpreter that is not there',
      {},
      ['--python', 'shop', '--python-executable', '/nowhere/python'],
      /there is no program \/nowhere\/python/,
      3,
    ],
    [
      'a start that takes too long',
      { 'shop.py': 'import time\ntime.sleep(60)\n' },
      ['--python', 'shop', '--limit', 'startup_ms=2s'],
      /in time/,
      3,
    ],
  ];
  test.each(cases)('lifespan.fatal-start: %s', async (_what, files, args, said, code) => {
    const { stderr, code: status } = await begin(files, args).ended;
    expect(stderr).toMatch(said);
    expect(status).toBe(code);
  });

  const rubbish: readonly (readonly [what: string, write: string, said: RegExp])[] = [
    ['rubbish', "b'Traceback (most recent call last):' * 3", /header|above|most/],
    ['a frame of 4 GB', "struct.pack('>IIBBH', 2**32 - 1, 0, 1, 0, 0)", /4294967295 octets/],
    ['a frame before `hello`', "struct.pack('>IIBBH', 0, 1, 5, 0, 0)", /before `hello`/],
    ['metadata that is no JSON', "struct.pack('>IIBBH', 4, 0, 1, 0, 0) + b'{,,}'", /no JSON/],
    ['another revision', "struct.pack('>IIBBH', 13, 0, 1, 0, 0) + b'{\"frames\":77}'", /77/],
  ];
  test.each(rubbish)('frame.malformed: %s of a worker', async (_what, write, said) => {
    const broken = `
import os, socket, struct
s = socket.socket(socket.AF_UNIX)
s.connect(os.environ['PORTWAY_WORKER'][5:])
s.sendall(${write})
while s.recv(65536): pass
`;
    // What stands where the command is called is found first.
    const running = begin({ 'portway/__init__.py': '', 'portway/worker.py': broken }, [
      '--python',
      'shop',
    ]);
    const { stderr, code } = await running.ended;
    expect(stderr).toMatch(said);
    expect(code).toBe(3);
  });
});
