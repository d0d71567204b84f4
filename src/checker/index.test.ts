// The checker as a part of a program: what it leaves alone, what it reports by, and that its tables are the proposals'.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { compose, fromFetch, router, withoutFeature, withState } from '../app/index.ts';
import { createGateway } from '../gateway/gateway.ts';
import { requestInMemory } from '../gateway/transport/memory.ts';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import { checked } from './index.ts';
import { RECORDS } from './records.ts';
import { Play, Stage, turn } from './stage.fixture.ts';

test('scope, events and promises pass as they are', async () => {
  const play = new Play('http', {}, 'one');
  const event = Object.freeze({ type: 'http.request.end', trailers: [] });
  const received = Promise.resolve(event);
  const accepted = Promise.resolve();
  const outcome = Promise.resolve();
  const sent = Object.freeze({ type: 'http.response.start', status: 200 });
  const send = vi.fn(() => accepted);
  const application = vi.fn(
    (scope: unknown, receive: () => unknown, send: (event: unknown) => unknown) => {
      expect(scope).toBe(play.scope);
      expect(receive()).toBe(received);
      expect(send(sent)).toBe(accepted);
      return outcome;
    },
  );
  const under = checked(application as never, { report: () => {}, lifespan: false });
  expect(under(play.scope, () => received as never, send)).toBe(outcome);
  expect(send.mock.calls).toEqual([[sent]]);
  expect(send.mock.calls[0]).toHaveLength(1);
  await turn();
});

test('what an application throws before it is waited for goes on', async () => {
  const { scope } = new Play('http', {}, 'one');
  const fault = new Error('no promise');
  const application = checked(
    () => {
      throw fault;
    },
    { report: () => {}, lifespan: false },
  );
  expect(() =>
    application(
      scope,
      async () => ({}) as never,
      async () => {},
    ),
  ).toThrow(fault);
});

test("a fault of a reporter is nobody else's", async () => {
  const uncaught = vi.fn();
  process.on('uncaughtException', uncaught);
  const before = process.listeners('uncaughtException').filter((listener) => listener !== uncaught);
  for (const listener of before) process.off('uncaughtException', listener);
  try {
    const fault = new Error('the log is full');
    const stage = new Stage({
      report: () => {
        throw fault;
      },
    });
    const play = stage.open('http');
    await play.send({ type: 'http.response.body', data: new Uint8Array(1) });
    await turn();
    expect(uncaught.mock.calls.map(([error]) => error)).toEqual([fault, fault]);
  } finally {
    for (const listener of before) process.on('uncaughtException', listener);
    process.off('uncaughtException', uncaught);
  }
});

test('every requirement that it names is one', () => {
  const sources = readdirSync(import.meta.dirname)
    .filter(
      (name) => name.endsWith('.ts') && !name.includes('.test.') && !name.includes('.fixture.'),
    )
    .map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))
    .join('');
  const machines = [
    'http.request',
    'http.response',
    'websocket.conversation',
    'websocket.incoming',
  ];
  const others = [
    ...machines,
    'tunnel.conversation',
    'lifespan.application',
    'http.file',
    'scope.local',
    'scope.local.state',
  ];
  const quoted = [...sources.matchAll(/'([a-z]+(?:\.[a-z0-9-]+)+)'/g)].map(([, id = '']) => id);
  const named = quoted.filter((id) => Object.hasOwn(REQUIREMENTS, id));
  // What is quoted and no requirement is an event, a machine, or a word of a test.
  const events =
    /^(?:http|websocket|tunnel|lifespan|gateway|application|org|drain|peer|terminal|time)\./;
  const unknown = quoted.filter(
    (id) => !named.includes(id) && !events.test(id) && !others.includes(id),
  );
  expect(unknown).toEqual([]);
  expect(new Set(named).size).toBeGreaterThan(60);
});

test('the records are those of the proposals', () => {
  const blocks = new Map<
    string,
    { extends?: string; fields: Record<string, Record<string, unknown>> }
  >();
  for (const folder of readdirSync('proposals')) {
    if (!/^\d{4}-/.test(folder)) continue;
    const text = readFileSync(`proposals/${folder}/draft.md`, 'utf8');
    for (const [, block = ''] of text.matchAll(/^```record\n([\s\S]*?)^```/gm)) {
      const record = parse(block);
      blocks.set(record.record, record);
    }
  }
  const fieldsOf = (name: string): Record<string, unknown> => {
    const { extends: above, fields } = blocks.get(name) as { extends?: string; fields: object };
    const own = Object.entries(fields).map(([key, { text, ...rest }]) => [
      key,
      { ...rest, required: true },
    ]);
    return { ...(above ? fieldsOf(above) : {}), ...Object.fromEntries(own) };
  };
  const scoped = Object.keys(RECORDS);
  // Records of other things than scopes are none of the checker's.
  expect(scoped.filter((name) => !blocks.has(name))).toEqual([]);
  for (const name of scoped) expect([name, RECORDS[name]]).toEqual([name, fieldsOf(name)]);
  const used = Object.values(RECORDS).flatMap((record) =>
    Object.values(record).map(({ type }) => type),
  );
  expect(used.filter((type) => blocks.has(type) && !scoped.includes(type))).toEqual([]);
});

test('applications and middleware of the kit break nothing, from above or from below', async () => {
  const findings: [string, unknown][] = [];
  const under = (place: string) => (application: Parameters<typeof checked>[0]) =>
    checked(application, { report: (finding) => findings.push([place, finding]) });
  const tripled = fromFetch(async (request) => {
    if (request.url.includes('fault')) throw new Error('a fault');
    return new Response((await request.text()).repeat(3), { headers: { 'x-a': 'b' } });
  });
  const below = under('below')(router({ '/mounted': under('mounted')(tripled) }, tripled));
  const state: Parameters<typeof compose>[1] = (app) => (scope, receive, send) =>
    app(scope.type === 'lifespan' ? scope : withState(scope, {}), receive, send);
  const gateway = createGateway(under('above')(compose(below, withoutFeature('http.file'), state)));
  await gateway.start();
  const heads: number[] = [];
  for (const target of ['/', '/mounted/a?b', '/fault', '*']) {
    for (const method of ['POST', 'HEAD', 'OPTIONS']) {
      const headers = [
        ['host', 'example.org'],
        ['content-length', '3'],
      ] as const;
      const client = requestInMemory(gateway, { method, target, headers });
      void client.write(new Uint8Array([65, 66, 67]));
      client.end();
      for await (const response of client)
        if (response.type === 'head') heads.push(response.status);
    }
  }
  gateway.drain();
  expect(await gateway.stop()).toBe(true);
  expect(findings).toEqual([]);
  expect(heads).toContain(200);
  expect(heads).toContain(500);
});
