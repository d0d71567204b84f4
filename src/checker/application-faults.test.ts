// An application that does one thing wrong at a time, below a gateway that treats it as it has to: the checker names the
// requirement, and where the call was made. A correct application breaks nothing.

import { describe, expect, test } from 'vitest';
import { createGateway } from '../gateway/gateway.ts';
import { type MemoryRequest, requestInMemory } from '../gateway/transport/memory.ts';
import { type Application, UnsupportedScope } from '../interface/index.ts';
import { checked, type Finding } from './index.ts';
import { Stage, turn } from './stage.fixture.ts';

type Call = Parameters<Application>;
type AnyCall = (
  scope: Call[0],
  receive: Call[1],
  send: (event: unknown) => Promise<void>,
) => Promise<void>;

const start = { type: 'http.response.start', status: 200 };
const end = { type: 'http.response.end' };
const data = () => new Uint8Array([1, 2, 3]);
/** What is wrong is not waited for, so that the conversation goes on. */
const ignored = () => {};

const REQUESTS: Readonly<Record<string, MemoryRequest>> = {
  http: { method: 'GET', target: '/', headers: [['host', 'example.org']] },
  websocket: {
    method: 'GET',
    target: '/',
    headers: [
      ['host', 'example.org'],
      ['connection', 'upgrade'],
      ['upgrade', 'websocket'],
      ['sec-websocket-version', '13'],
      ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['origin', 'https://evil.example'],
      ['cookie', 'a=b'],
    ],
  },
  tunnel: {
    method: 'GET',
    target: '/',
    headers: [
      ['host', 'example.org'],
      ['connection', 'upgrade'],
      ['upgrade', 'ticks/1'],
    ],
  },
};

/** Runs an application below the reference gateway, with one request. @returns what was found */
async function run(
  type: string,
  application: AnyCall,
  lifespan: AnyCall = serves,
  strict = false,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const both: Application = (scope, receive, send) =>
    (scope.type === 'lifespan' ? lifespan : application)(scope, receive, send as never);
  const gateway = createGateway(
    checked(both, { report: (finding) => findings.push(finding), strict }),
    {
      limits: { shutdown_ms: 0 },
    },
  );
  const outcome = await gateway.start();
  if (outcome.ready && type !== 'lifespan') {
    const client = requestInMemory(gateway, REQUESTS[type] as MemoryRequest);
    // A WebSocket has no half-close: its peer would be gone.
    if (type !== 'websocket') client.end();
    await turn();
    await turn();
    client.reset();
  }
  gateway.drain();
  await gateway.stop();
  await turn();
  return findings;
}

const serves: AnyCall = async (_, receive, send) => {
  await receive();
  await send({ type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels: ['ticks/1'] });
  while ((await receive()).type !== 'lifespan.shutdown');
  await send({ type: 'lifespan.stopped' });
};

const answers: AnyCall = async (_, __, send) => {
  await send({ ...start, headers: [['content-length', '3']] });
  await send({ type: 'http.response.body', data: data() });
  await send(end);
};

describe('what an application breaks', () => {
  test.each<[requirement: string, type: string, application: AnyCall]>([
    ['http.finish', 'http', async () => {}],
    ['http.finish', 'http', async (_, __, send) => send(start)],
    ['http.finish', 'websocket', async () => {}],
    ['http.finish', 'tunnel', async () => {}],
    [
      'event.shape',
      'http',
      async (scope, receive, send) => {
        await send({ ...start, status: '200' }).catch(ignored);
        await answers(scope, receive, send);
      },
    ],
    [
      'event.unknown-type-misuse',
      'http',
      async (scope, receive, send) => {
        await send({ type: 'http.response.begin' }).catch(ignored);
        await answers(scope, receive, send);
      },
    ],
    [
      'feature.only-accepted',
      'http',
      async (_, __, send) => {
        await send(start);
        await send({ type: 'http.file', path: '/a' }).catch(ignored);
        await send(end);
      },
    ],
    [
      'http.start-once',
      'http',
      async (_, __, send) => {
        await send(start);
        await send(start).catch(ignored);
        await send(end);
      },
    ],
    [
      'http.start-once',
      'http',
      async (_, __, send) => {
        // Nobody waits, and nobody learns of it otherwise.
        void send(start);
        void send(start);
        void send(end);
      },
    ],
    [
      'http.body-before-start',
      'http',
      async (scope, receive, send) => {
        await send({ type: 'http.response.body', data: data() }).catch(ignored);
        await answers(scope, receive, send);
      },
    ],
    [
      'http.field-syntax',
      'http',
      async (scope, receive, send) => {
        await send({ ...start, headers: [['x-a', 'b\nc']] }).catch(ignored);
        await answers(scope, receive, send);
      },
    ],
    [
      'http.length.excess',
      'http',
      async (_, __, send) => {
        await send({ ...start, headers: [['content-length', '3']] });
        await send({ type: 'http.response.body', data: new Uint8Array(4) }).catch(ignored);
        await send({ type: 'http.response.body', data: data() });
        await send(end);
      },
    ],
    [
      'http.request.discard-open',
      'http',
      async (scope, receive, send) => {
        await receive();
        await send({ type: 'http.request.discard' }).catch(ignored);
        await answers(scope, receive, send);
      },
    ],
    [
      'receive.single',
      'http',
      async (scope, receive, send) => {
        await receive();
        const waiting = receive();
        await receive().catch(ignored);
        await answers(scope, receive, send);
        await waiting;
      },
    ],
    [
      'send.no-change',
      'http',
      async (_, __, send) => {
        const buffer = data();
        await send(start);
        await send({ type: 'http.response.body', data: buffer });
        buffer.fill(9);
        await send({ type: 'http.response.body', data: buffer });
        await send(end);
      },
    ],
    [
      'send.no-change',
      'http',
      async (_, __, send) => {
        const event = { ...start };
        await send(event);
        await send(end);
        event.status = 500;
      },
    ],
    [
      'send.no-change',
      'http',
      async (_, __, send) => {
        const headers = [['x-a', 'b']];
        await send({ ...start, headers });
        headers.push(['x-c', 'd']);
        await send(end);
      },
    ],
    [
      'send.no-change',
      'http',
      async (_, __, send) => {
        const buffer = data();
        await send(start);
        await send({ type: 'http.response.body', data: buffer });
        structuredClone(buffer, { transfer: [buffer.buffer] });
        await send(end);
      },
    ],
    [
      'security.origin-check',
      'websocket',
      async (_, __, send) => {
        await send({ type: 'websocket.accept' });
      },
    ],
    [
      'websocket.denial',
      'websocket',
      async (_, __, send) => {
        await send(start).catch(ignored);
        await send({ ...start, status: 403 });
        await send(end);
      },
    ],
    [
      'tunnel.data-before-accept',
      'tunnel',
      async (_, __, send) => {
        await send({ type: 'tunnel.end' }).catch(ignored);
        await send({ type: 'tunnel.accept' });
      },
    ],
    [
      'tunnel.nothing-after-end',
      'tunnel',
      async (_, __, send) => {
        await send({ type: 'tunnel.accept' });
        await send({ type: 'tunnel.end' });
        await send({ type: 'tunnel.data', data: data() }).catch(ignored);
      },
    ],
  ])('%s in a conversation of the type %s (%#)', async (requirement, type, application) => {
    const findings = await run(type, application);
    expect(findings).toMatchObject([{ side: 'application', requirement, scope: type }]);
  });

  test.each<[requirements: string[], lifespan: AnyCall]>([
    [['app.unsupported-scope'], async () => {}],
    [['event.unknown-type-misuse', 'app.unsupported-scope'], answers],
    [['lifespan.fatal-start'], async (_, receive) => void (await receive())],
    [
      ['lifespan.early-end'],
      async (_, receive, send) => {
        await receive();
        await send({ type: 'lifespan.ready' });
      },
    ],
    [
      ['lifespan.early-end'],
      async (_, receive, send) => {
        await receive();
        await send({ type: 'lifespan.ready' });
        throw new Error('the pool is gone');
      },
    ],
    [
      ['lifespan.send-order'],
      async (scope, receive, send) => {
        await send({ type: 'lifespan.ready' }).catch(ignored);
        await serves(scope, receive, send);
      },
    ],
    [
      ['lifespan.accepts-offered'],
      async (scope, receive, send) => {
        await receive();
        await send({ type: 'lifespan.ready', accepts: { 'http.file': 1 } }).catch(ignored);
        await send({ type: 'lifespan.failed', message: 'no files' });
        await scope;
      },
    ],
    [
      ['lifespan.tunnels-accepted'],
      async (_, receive, send) => {
        await receive();
        await send({ type: 'lifespan.ready', tunnels: ['a'] }).catch(ignored);
        await send({ type: 'lifespan.failed', message: 'no tunnels' });
      },
    ],
    [
      ['tunnel.declared-syntax'],
      async (_, receive, send) => {
        await receive();
        await send({
          type: 'lifespan.ready',
          accepts: { tunnel: 1 },
          tunnels: ['WebSocket'],
        }).catch(ignored);
        await send({ type: 'lifespan.failed', message: 'no tunnels' });
      },
    ],
  ])('%s in a lifespan (%#)', async (requirements, lifespan) => {
    const findings = await run('lifespan', answers, lifespan);
    expect(findings.map(({ side }) => side)).toEqual(requirements.map(() => 'application'));
    expect(findings.map(({ requirement }) => requirement)).toEqual(requirements);
  });

  test('scope.immutable: a scope that a gateway has left open is changed, which is reported once', async () => {
    const stage = new Stage();
    const play = stage.open('http', {}, 'scope.headers');
    (play.scope as unknown as { headers: unknown[] }).headers.push(['x-a', 'b']);
    await play.send(start);
    await play.send(end);
    play.leave();
    await turn();
    expect(stage.broken('application')).toEqual(['scope.immutable']);
  });

  test('scope.immutable: octets cannot be frozen', async () => {
    const stage = new Stage();
    const tls = {
      version: '1.3',
      cipher: null,
      alpn: null,
      sni: null,
      client_chain: [data()],
      verified: false,
    };
    const play = stage.open('http', { tls });
    tls.client_chain[0]?.fill(0);
    await play.send(start);
    await play.send(end);
    play.leave();
    await turn();
    expect(stage.findings).toMatchObject([{ side: 'application', requirement: 'scope.immutable' }]);
  });

  test('app.unsupported-scope: a type that nobody handles', async () => {
    const stage = new Stage();
    stage.open('org.example.chat.room').leave();
    stage.open('org.example.chat.room').leave(new TypeError('no headers'));
    stage.open('org.example.chat.room').leave(new UnsupportedScope('org.example.chat.room'));
    await turn();
    expect(stage.broken('application')).toEqual(['app.unsupported-scope', 'app.unsupported-scope']);
  });

  test('an event that was misused is told with the place of the call', async () => {
    const [finding] = await run('http', async function handler(scope, receive, send) {
      await send({ type: 'http.response.body', data: data() }).catch(ignored);
      await answers(scope, receive, send);
    });
    expect(finding).toMatchObject({
      level: 'error',
      event: 'http.response.body',
      message: '`http.response.body` in the state open',
    });
    expect(finding?.stack?.split('\n')[0]).toMatch(/handler.*application-faults\.test\.ts/);
  });

  test('security.origin-check is a warning, and only for a page of another site', async () => {
    const [finding] = await run('websocket', async (_, __, send) =>
      send({ type: 'websocket.accept' }),
    );
    expect(finding).toMatchObject({ level: 'warning', requirement: 'security.origin-check' });
    const stage = new Stage();
    const { scope } = stage.open('websocket');
    const headers = [...(scope as unknown as { headers: [string, string][] }).headers];
    for (const more of [
      [
        ['origin', 'https://example.org'],
        ['cookie', 'a=b'],
      ],
      [['origin', 'https://evil.example']],
      [['cookie', 'a=b']],
    ])
      await stage
        .open('websocket', { headers: [...headers, ...more] })
        .send({ type: 'websocket.accept' });
    expect(stage.findings).toEqual([]);
  });
});

describe('what an application does not break', () => {
  test.each<[what: string, type: string, application: AnyCall]>([
    ['an answer', 'http', answers],
    ['a refusal', 'http', async (_, __, send) => send({ type: 'http.refuse' })],
    [
      'events to the last',
      'http',
      async (scope, receive, send) => {
        await answers(scope, receive, send);
        while ((await receive()).type !== 'http.closed');
        await receive();
      },
    ],
    [
      'a scope that it does not handle',
      'http',
      async ({ type }) => {
        throw new UnsupportedScope(type);
      },
    ],
    [
      'an error',
      'http',
      async () => {
        throw new Error('a fault, and no breach');
      },
    ],
    [
      'the same octets again',
      'http',
      async (_, __, send) => {
        const buffer = data();
        await send(start);
        for (let i = 0; i < 9; i++) await send({ type: 'http.response.body', data: buffer });
        await send(end);
      },
    ],
    [
      'ignoring the loss of the peer',
      'http',
      async (_, receive, send) => {
        await send(start);
        while ((await receive()).type !== 'http.closed');
        await send(end).catch(ignored);
      },
    ],
    [
      'a return after the loss of the peer',
      'http',
      async (_, receive, send) => {
        await send(start);
        while ((await receive()).type !== 'http.closed');
      },
    ],
    [
      'a tunnel',
      'tunnel',
      async (_, receive, send) => {
        await send({ type: 'tunnel.accept' });
        await receive();
        await send({ type: 'tunnel.data', data: data() });
      },
    ],
    [
      'a denial',
      'websocket',
      async (_, __, send) => {
        await send({ ...start, status: 403 });
        await send(end);
      },
    ],
  ])('%s', async (_, type, application) => {
    expect(await run(type, application)).toEqual([]);
  });

  test('private events, and private keys with a mark, of a feature that is on offer', async () => {
    const stage = new Stage();
    const play = stage.open('http');
    await play.send({ type: 'org.example.chat.say', text: 'hello' });
    await play.send({ ...start, '!org.example.chat.loud': true });
    play.give({ type: 'org.example.chat.heard', text: 'hello' });
    await play.receive();
    await play.send(end);
    play.leave();
    await turn();
    expect(stage.findings).toEqual([]);
  });
});

test('strict: what breaks a requirement fails, and does not reach the gateway', async () => {
  const stage = new Stage({ strict: true });
  const play = stage.open('http');
  const reached: unknown[] = [];
  play.onSend = (event) => {
    reached.push(event);
    return Promise.resolve();
  };
  const body = { type: 'http.response.body', data: data() };
  await expect(play.send(body)).rejects.toMatchObject({
    name: 'Misuse',
    requirement: 'http.body-before-start',
  });
  await play.send(start);
  await play.send(body);
  body.data.fill(0);
  await expect(play.send(end)).rejects.toMatchObject({ requirement: 'send.no-change' });
  play.leave();
  await expect(play.outcome).rejects.toMatchObject({ requirement: 'http.finish' });
  expect(reached).toEqual([start, body]);
  expect(stage.broken('application')).toEqual([
    'http.body-before-start',
    'send.no-change',
    'http.finish',
  ]);
});

test('strict: a correct application goes as before', async () => {
  expect(await run('http', answers, serves, true)).toEqual([]);
});
