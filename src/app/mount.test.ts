// Applications under prefixes of the path.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Application, UnsupportedScope } from '../interface/index.ts';
import { sendText } from './body.ts';
import { converse, scopeOf } from './conversation.fixture.ts';
import { mountAt, router } from './mount.ts';
import { pathSegments, restOf } from './scope.ts';

/** Says its name, with the mount, the path and the rest that it was given. */
const named =
  (name: string): Application =>
  async (scope, _, send) => {
    if (scope.type === 'lifespan') throw new UnsupportedScope(scope.type);
    await sendText(send, [name, scope.mount, scope.path, restOf(scope)].join(' '));
  };

async function get(app: Application, path: string, mount = ''): Promise<string> {
  const conversation = converse(app, { path, mount });
  await conversation.outcome;
  return `${conversation.head.status} ${conversation.text}`.trim();
}

describe('mountAt', () => {
  const app = mountAt('/api', named('api'));

  test.each([
    ['/api', '200 api /api /api'],
    ['/api/', '200 api /api /api/ /'],
    ['/api/users', '200 api /api /api/users /users'],
    ['/api//x', '200 api /api /api//x //x'],
    ['/%61pi/users', '200 api /%61pi /%61pi/users /users'],
    ['/apiary', '404 Not Found'],
    ['/api%2Fusers', '404 Not Found'],
    ['/', '404 Not Found'],
    ['/x/api', '404 Not Found'],
    ['*', '404 Not Found'],
  ])('http.mount.boundary: %s', async (path, answer) => {
    expect(await get(app, path)).toBe(answer);
  });

  test('http.mount.full-path: the path stays whole, in a mount within a mount too', async () => {
    const inner = mountAt('/v1', named('inner'));
    expect(await get(mountAt('/api', inner), '/api/v1/x')).toBe('200 inner /api/v1 /api/v1/x /x');
    expect(await get(mountAt('/api', inner), '/api/v2/x')).toBe('404 Not Found');
    // A mount that is broken already is not taken for one.
    expect(await get(mountAt('/b', inner), '/axb', '/a')).toBe('404 Not Found');
    expect(await get(inner, '/api/v1/x', '/api')).toBe('200 inner /api/v1 /api/v1/x /x');
  });

  test('http.mount.boundary: whatever the path, a mount is a prefix of it that nothing or `/` follows', async () => {
    const octets = fc.string({
      unit: fc.constantFrom('/', 'a', 'b', '%', '6', '1', '2', 'F', '.'),
    });
    await fc.assert(
      fc.asyncProperty(octets, octets, async (rest, more) => {
        const path = `/${rest}`;
        const seen: string[] = [];
        const app = mountAt('/a/b', async (scope) => {
          if (scope.type === 'http') seen.push(scope.mount);
        });
        for (const asked of [path, `/a/b${more}`, `/%61/b/${more}`]) {
          seen.length = 0;
          await app(
            scopeOf({ path: asked }),
            () => expect.unreachable(),
            async () => {},
          );
          const [mount] = seen;
          if (mount === undefined) continue;
          expect(asked.startsWith(mount)).toBe(true);
          expect(['', '/']).toContain(asked.charAt(mount.length));
          expect(pathSegments({ path: mount, mount: '' })).toEqual(['a', 'b']);
        }
      }),
    );
  });

  test('scope.middleware-copies: the scope above is not changed', async () => {
    const scope = scopeOf({ path: '/api/x' });
    await app(
      scope,
      () => expect.unreachable(),
      async () => {},
    );
    expect(scope.mount).toBe('');
  });

  test('event.middleware-forwards: receive and send are those of the gateway', async () => {
    const receive = () => expect.unreachable();
    const send = () => expect.unreachable();
    await mountAt('/', async (_, below, above) => {
      expect(below).toBe(receive);
      expect(above).toBe(send);
    })(scopeOf(), receive, send);
  });
});

describe('router', () => {
  const app = router(
    {
      '/a': named('a'),
      '/a/b': named('ab'),
      '/caf%C3%A9': named('café'),
      '/p%25': named('percent'),
    },
    named('otherwise'),
  );

  test.each([
    ['/a', 'a /a'],
    ['/a/b', 'ab /a/b'],
    ['/a/bc', 'a /a'],
    ['/a/b/c', 'ab /a/b'],
    ['/caf%c3%a9/x', 'café /caf%c3%a9'],
    ['/caf\xc3\xa9/x', 'café /caf\xc3\xa9'],
    ['/p%25', 'percent /p%25'],
    ['/p%', 'otherwise'],
    ['/b', 'otherwise'],
    ['*', 'otherwise'],
  ])('the longest prefix is taken: %s', async (path, answer) => {
    const conversation = converse(app, { path });
    await conversation.outcome;
    expect(conversation.text.split(' ').slice(0, answer.split(' ').length).join(' ')).toBe(answer);
  });

  test('`/` takes what no other takes, and mounts nothing', async () => {
    const all = router({ '/': named('root'), '/a': named('a') });
    expect(await get(all, '/x/y')).toBe('200 root  /x/y /x/y');
    expect(await get(all, '/a')).toBe('200 a /a /a');
    expect(await get(all, '*')).toBe('200 root  * *');
  });

  test('app.unsupported-scope: a type of conversation without a path has no route', async () => {
    const scope = { type: 'org.example.thing' } as never;
    const call = app(
      scope,
      () => expect.unreachable(),
      () => expect.unreachable(),
    );
    await expect(call).rejects.toEqual(new UnsupportedScope('org.example.thing'));
  });

  test.each([
    ['api', "write '/api'"],
    ['/api/', "write '/api'"],
    ['api/', "write '/api'"],
    ['/café', "write '/caf%C3%A9'"],
    ['/a b', "write '/a%20b'"],
    ['/a?b', "write '/a%3Fb'"],
    ['/a%zz', "write '/a%25zz'"],
  ])('the prefix %j is none, and the error says what to write', (prefix, hint) => {
    expect(() => router({ [prefix]: named('x') })).toThrow(hint);
  });

  test('two spellings of one prefix are an error', () => {
    expect(() => router({ '/a': named('x'), '/%61': named('y') })).toThrow('are the same');
  });
});
