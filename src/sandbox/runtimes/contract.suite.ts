// What every runtime does, whichever place the code runs in: one suite, which each calls with a way to start it. The
// guests are real: what a test loads is evaluated, served and asked there.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: programs in strings have templates

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../tests/fixtures/puppet.ts';
import { parseScenario, type ScenarioWebSocket, type SocketEvent } from '../../client/index.ts';
import { GRACE } from '../../gateway/wind-up.ts';
import { PROGRAM_LIMIT } from '../checks.ts';
import { ProgramError } from '../program.ts';
import { type Failure, type LogLine, type Session, StaleRealm } from '../runtime.ts';
import {
  expectedSteps,
  listenTo,
  load,
  marked,
  type RuntimeUnderTest,
  run,
  steps,
  text,
} from './contract.fixture.ts';
import { IMPORT, TYPESCRIPT } from './contract.language.ts';
import { controlContract } from './control.suite.ts';

/**
 * The suite. `start` makes the runtime anew for each call. `brief` leaves out what is the same however the guest's
 * output comes. `language` is that of the programs.
 */
export function runtimeContract(
  name: string,
  start: () => Promise<RuntimeUnderTest>,
  { brief = false, language = TYPESCRIPT } = {},
): void {
  const { answers } = language;
  const [entry, code] = Object.entries(answers)[0] as [string, string];
  const typescript = language === TYPESCRIPT;

  describe(name, () => {
    let place: RuntimeUnderTest;
    let session: Session;
    beforeAll(async () => {
      place = await start();
      session = await place.boot();
    }, 30_000);
    afterAll(async () => {
      // As one that does not answer: what the guests of a page share goes with it.
      session.dispose(false);
      await place.close();
    });

    /** What the program printed. */
    const printed = (logs: readonly LogLine[]) =>
      logs.map(({ text }) => text).filter((line) => !place.noise?.includes(line));

    /** A guest of its own, for what does not leave it as it was. */
    async function withGuest(act: (session: Session) => Promise<void>): Promise<void> {
      const own = await place.boot();
      try {
        await act(own);
      } finally {
        own.dispose();
      }
    }

    describe('a program', () => {
      test('of several files answers, with all that its modules say', async () => {
        const { files, printed: line } = language.several;
        const { reports, logs } = await run(session, files);
        expect(text(reports[0])).toBe('hello /');
        expect(printed(logs)).toEqual([line]);
      });

      test.each(language.failing)('that fails while it loads tells where: %s', async (_, files) => {
        const { program, src } = marked(files);
        const error = await run(session, program).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(ProgramError);
        expect((error as ProgramError).diagnosis).toMatchObject({ kind: 'load', src });
      });

      test('that breaks a rule tells which and where, after calls of what is imported', async () => {
        const { program, src } = marked(language.startsTwice);
        const { reports, events } = await run(session, program);
        expect(events.filter(({ violation }) => violation)).toMatchObject([
          { violation: { requirement: 'http.start-once' }, src },
        ]);
        expect(reports[0]?.faults).toMatchObject([{ requirement: 'http.start-once', src }]);
      });

      test('has the gateway’s own errors', async () => {
        const { reports } = await run(session, language.raisesMisuse);
        expect(reports[0]?.faults).toMatchObject([{ requirement: 'http.start-once' }]);
      });

      test.runIf(typescript)(
        'that imports by a name that is not in the code is told so',
        async () => {
          const { logs } = await run(session, {
            'app.ts': `${IMPORT}await import('./' + 'nowhere.ts').catch((e: Error) => console.log(e.message));
          export default application({});`,
          });
          expect(printed(logs)[0]).toMatch(
            /nowhere\.ts.*(?:cannot be imported here|imported from)|Cannot find module.*nowhere\.ts/,
          );
        },
      );

      test('that was edited is evaluated anew', async () => {
        for (const word of ['one', 'two'])
          expect(printed((await run(session, language.prints(word))).logs)).toEqual([word]);
      });

      test.runIf(typescript)('may be a Hono application', async () => {
        const hono = [
          "import { Hono } from 'hono';",
          "import { application, fromFetch } from 'portway';",
          'const app = new Hono();',
          "app.get('/hello/:name', (c) => c.text(`Hello, ${c.req.param('name')}`));",
          'export default application({ http: fromFetch(app.fetch) });',
        ];
        const { reports } = await run(
          session,
          { 'app.ts': hono.join('\n') },
          'GET /hello/reader HTTP/1.1\n###\nGET /elsewhere HTTP/1.1',
        );
        expect(text(reports[0])).toBe('Hello, reader');
        expect(reports.map(({ result }) => result.status)).toEqual([200, 404]);
      });

      test.skipIf(brief)('may be as large as a sandbox takes', async () => {
        const head = `${code}\n${language.comment}`;
        const { reports } = await run(session, {
          [entry]: `${head}${'x'.repeat(PROGRAM_LIMIT - head.length)}`,
        });
        expect(text(reports[0])).toBe('answer');
      });

      test('may print any character', async () => {
        const { logs } = await run(session, language.prints('grüße, 你好 🦊'));
        expect(printed(logs)).toEqual(['grüße, 你好 🦊']);
      });
    });

    describe('exchanges', () => {
      test('are told by the client, the gateway and the application, in one order', async () => {
        const { reports, events, lost } = await run(session, answers);
        expect(lost).toBe(0);
        expect(reports[0]?.result).toMatchObject({
          kind: 'http',
          outcome: 'complete',
          status: 200,
        });
        expect(text(reports[0])).toBe('answer');
        expect(steps(events)).toEqual(await expectedSteps());
      });

      test('of octets come back as they were', async () => {
        const { reports } = await run(session, language.echoes, 'POST / HTTP/1.1\n\ngrüße 🦊');
        expect(text(reports[0])).toBe('grüße 🦊');
      });

      test('that are sent together are under way together', async () => {
        // Each answers when the other is there: one after the other, neither would.
        const { reports } = await run(
          session,
          language.meets,
          'GET /a HTTP/1.1\n###\n# @together\nGET /b HTTP/1.1',
        );
        expect(reports.map(({ result }) => result.outcome)).toEqual(['complete', 'complete']);
      });

      test('of a WebSocket have their messages, both ways', async () => {
        const { reports } = await run(
          session,
          language.sockets,
          'WEBSOCKET /echo\n\nhello\n=== wait-for-server\ngrüße\n=== wait-for-server\n',
        );
        const [report] = reports;
        expect(report?.result).toMatchObject({ kind: 'websocket', status: 101 });
        expect(report?.result.messages.map(({ dir, data }) => [dir, data])).toEqual([
          ['out', 'hello'],
          ['in', 'hello'],
          ['out', 'grüße'],
          ['in', 'grüße'],
        ]);
        expect(report?.result.closed).toMatchObject({ clean: true });
      });

      test('of a tunnel have their octets, both ways', async () => {
        const { reports } = await run(
          session,
          language.tunnels,
          'CONNECT example.org:443\n\nthrough\n=== wait-for-server\n',
        );
        expect(reports[0]?.faults).toEqual([]);
        expect(reports[0]?.result).toMatchObject({ kind: 'tunnel', status: 200 });
        expect(text(reports[0])).toBe('through');
      });

      test('during a drain: the application is told, and what is under way goes on to its end', async () => {
        const { reports } = await run(session, language.drains, '# @drain\nGET / HTTP/1.1');
        expect(text(reports[0])).toBe('drained');
      });

      test('past the limit of a trace are counted', async () => {
        const { reports, events } = await run(session, language.sendsMany);
        expect(events).toHaveLength(2000);
        expect(reports[0]?.dropped).toBeGreaterThan(1000);
      });

      test('past the limit of what is printed are counted', async () => {
        const told = await load(session, language.printsMany);
        await session.request(parseScenario('GET / HTTP/1.1')[0] as never, 1);
        await until(() => told.logsDropped === 700);
        expect(printed(told.logs)).toHaveLength(500);
      });
    });

    describe('files', () => {
      const files = {
        ...language.sendsFiles,
        'data/grüße.txt': 'grüße\n',
        'notes.md': '# notes',
      };

      test.each([
        ['/app/notes.md', '# notes'],
        [`/app/data/${encodeURIComponent('grüße.txt')}`, 'grüße\n'],
        [`/app/${entry}`, language.sendsFiles[entry]],
      ])('http.file.as-body: %s is the program’s own, as it is written', async (target, body) => {
        const { reports } = await run(session, files, `GET ${target} HTTP/1.1`);
        expect(reports[0]?.faults).toEqual([]);
        expect(text(reports[0])).toBe(body);
      });

      test.each([
        ['security.file-roots', '/etc/passwd'],
        ['security.file-roots', '/application'],
        ['security.file-roots', '/app/../etc/passwd'],
        ['security.file-roots', '/app/data/../../guest.mjs'],
        ['http.file.exists', '/app/app.js'],
        ['http.file.exists', '/app/missing.txt'],
        ['http.file.exists', '/app/data'],
      ])('%s: %s is refused, and no place on the machine is told', async (requirement, target) => {
        const { reports } = await run(session, files, `GET ${target} HTTP/1.1`);
        expect(reports[0]?.faults).toMatchObject([{ requirement }]);
        expect(reports[0]?.faults[0]?.message).not.toMatch(/guest-|files-|tmp/);
      });

      test('are those of the program that is loaded, and not of the one before it', async () => {
        await run(session, files, 'GET /app/notes.md HTTP/1.1');
        const { reports } = await run(session, language.sendsFiles, 'GET /app/notes.md HTTP/1.1');
        expect(reports[0]?.faults).toMatchObject([{ requirement: 'http.file.exists' }]);
      });
    });

    describe('the end of a program', () => {
      test('lifespan.shutdown-last: its lifespan is shut down, and said to be over', async () => {
        const { events, logs } = await run(session, language.lives);
        expect(await session.finish()).toEqual({ over: true, dropped: 0, faults: [] });
        const lifespan = events.filter(({ conn }) => conn === 0).map(({ type }) => type);
        expect(lifespan.slice(0, 2)).toEqual(['lifespan.startup', 'lifespan.ready']);
        expect(lifespan.slice(2, 4)).toEqual(['lifespan.drain', 'lifespan.shutdown']);
        expect(printed(logs)).toEqual(['cleaned up']);
      });

      test('without a lifespan has nothing to end: it can be asked again', async () => {
        await run(session, answers);
        expect(await session.finish()).toEqual({ over: false, dropped: 0, faults: [] });
        const [request] = parseScenario('GET / HTTP/1.1');
        const report = await session.request(request as never, 2);
        expect(text(report)).toBe('answer');
      });

      test('a call that goes on behind its response is waited for, and its fault told', async () => {
        await run(session, language.failsLate);
        const { over, faults } = await session.finish();
        expect(over).toBe(false);
        expect(faults).toMatchObject([{ message: expect.stringContaining('late') }]);
      });

      test('a call that never returns is ended with it, and the next program works', async () => {
        await run(session, language.stays);
        const before = performance.now();
        expect(await session.finish()).toMatchObject({ over: true });
        expect(performance.now() - before).toBeGreaterThan(GRACE - 100);
        expect(text((await run(session, answers)).reports[0])).toBe('answer');
      });

      test('an interrupt ends the waiting for it', async () => {
        await run(session, language.stays);
        const end = session.finish();
        session.interrupt();
        await expect(end).resolves.toBeDefined();
      });
    });

    describe('a live socket', () => {
      const [socketRequest] = parseScenario('WEBSOCKET /echo') as [ScenarioWebSocket];

      test('opens, carries text and octets, and closes', async () => {
        const told = await load(session, language.sockets);
        const events: SocketEvent[] = [];
        const socket = await session.open(socketRequest, 1, (event) => void events.push(event));
        const came = (count: number) => until(() => events.length === count);
        await came(1);
        socket.send('grüße');
        await came(2);
        socket.send(new Uint8Array([0, 255]));
        await came(3);
        socket.close(4000, 'bye');
        await came(4);
        expect(events).toMatchObject([
          { type: 'open', status: 101 },
          { type: 'message', data: 'grüße' },
          { type: 'message', data: new Uint8Array([0, 255]) },
          { type: 'closed', code: 4000, clean: true },
        ]);
        expect(await socket.done).toMatchObject({ messagesDropped: 0, faults: [] });
        expect(told.events.map(({ type }) => type)).toContain('websocket.accept');
      });

      test('that is denied says with what', async () => {
        await load(session, language.sockets);
        const events: SocketEvent[] = [];
        const denied = { ...socketRequest, target: '/denied' };
        const socket = await session.open(denied, 1, (event) => void events.push(event));
        await socket.done;
        expect(events).toMatchObject([{ type: 'denied', status: 403 }]);
      });

      test('is closed by an interrupt', async () => {
        await load(session, language.sockets);
        const events: SocketEvent[] = [];
        const socket = await session.open(socketRequest, 1, (event) => void events.push(event));
        await until(() => events.length === 1);
        session.interrupt();
        await socket.done;
        expect(events.at(-1)).toMatchObject({ type: 'closed', clean: false });
      });
    });

    controlContract(() => session, printed, language);

    describe('the end', () => {
      const [request] = parseScenario('# @timeout 20s\nGET / HTTP/1.1');

      test('an interrupt gives a request up, and the next one works', async () => {
        const told = await load(session, language.waits);
        const waiting = session.request({ ...request, target: '/wait' } as never, 1);
        await until(() => told.events.some(({ type }) => type === 'http.request'));
        session.interrupt();
        expect((await waiting).result.outcome).toBe('interrupted');
        expect((await session.request(request as never, 2)).result.status).toBe(200);
      });

      test('what an earlier program left behind ends with it', async () => {
        const first = await load(session, language.leaves);
        void session.request(request as never, 1).catch(() => {});
        await until(() => first.events.some(({ type }) => type === 'http.request'));
        await until(() => {
          const printed = new Set(first.logs.map(({ text }) => text));
          return printed.has('interval') && printed.has('timeout');
        });
        const { logs, reports } = await run(session, language.isSlow);
        expect(text(reports[0])).toBe('answer');
        expect(printed(logs)).toEqual([]);
      });

      test('a guest in a loop can be ended, and another takes its place', async () => {
        const own = await place.boot();
        const told = await load(own, language.loops);
        const lost = own.request(request as never, 1).catch((error: unknown) => error);
        // The last that can be heard of it.
        await until(() => told.events.some(({ type }) => type === 'client.request'));
        own.dispose(false);
        expect(await lost).toMatchObject({ failure: { code: 'disposed' } });
        // Where the guests share a container, it has gone with the loop.
        session.dispose();
        session = await place.boot();
        expect((await run(session, answers)).reports[0]?.result.status).toBe(200);
      });

      test('a program that ends its process is told, or finds no way to', async () => {
        await withGuest(async (own) => {
          const told = await load(own, language.exits(place.exit));
          const outcome = await own.request(request as never, 1).then(
            ({ faults }) => faults,
            (error: { failure: Failure }) => error.failure,
          );
          if (place.exit) {
            expect(outcome).toMatchObject({ code: 'process-ended' });
            expect(told.died).toMatchObject({ code: 'process-ended' });
          } else
            expect(outcome).toMatchObject([{ message: expect.stringMatching(language.noExit) }]);
        });
      });
    });

    describe.skipIf(brief || !typescript)(
      'a program that changes what it shares with the guest',
      () => {
        for (const [what, change] of Object.entries(language.changes)) {
          test(`${what}: the answer still comes, and the next program gets a guest of its own`, async () => {
            await withGuest(async (own) => {
              const { reports } = await run(own, { [entry]: `${change}\n${code}` });
              expect(text(reports[0])).toBe('answer');
              expect(await own.finish()).toEqual({ over: false, dropped: 0, faults: [] });
              await expect(run(own, answers)).rejects.toBeInstanceOf(StaleRealm);
            });
          });
        }

        test.runIf(typescript)(
          'what cannot be read of its answer is refused in words',
          async () => {
            await withGuest(async (own) => {
              const broken = { 'app.ts': `performance.now = () => Number.NaN;\n${code}` };
              await expect(run(own, broken)).rejects.toMatchObject({
                failure: { code: 'unreadable' },
              });
            });
          },
        );

        test.runIf(typescript)(
          'a name of its own that it leaves behind is a mark as well',
          async () => {
            await withGuest(async (own) => {
              await run(own, { 'app.ts': `(globalThis as any).kept = 1;\n${code}` });
              await expect(run(own, answers)).rejects.toBeInstanceOf(StaleRealm);
            });
          },
        );

        test('one that changes nothing leaves no mark', async () => {
          await withGuest(async (own) => {
            for (let time = 0; time < 3; time++) await run(own, language.prints('a'));
          });
        });

        test.runIf(typescript)('signs of life go on while it waits', async () => {
          await withGuest(async (own) => {
            const told = await load(own, {
              'app.ts': `${IMPORT}Promise.prototype.then = (() => {}) as never; export default application({});`,
            }).catch(() => listenTo(own));
            await until(() => told.beats > 1);
          });
        });
      },
    );
  });
}
