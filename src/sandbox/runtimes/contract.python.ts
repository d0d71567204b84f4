// The programs of the suite of all runtimes in Python.

import type { Files } from '../program.ts';
import type { Language } from './contract.language.ts';

const one = (...lines: string[]): Files => ({ 'app.py': `${lines.join('\n')}\n` });

const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`);

/** A program with a handler for a type of scope, which has this body. */
const handler = (type: string, ...body: string[]): Files =>
  one(
    'import asyncio, sys, time',
    'from portway import Closed, Misuse, application',
    `async def ${type}(scope, receive, send):`,
    ...indented(body),
    `app = application(${type}=${type})`,
  );

const http = (...body: string[]) => handler('http', ...body);

const START = 'await send({"type": "http.response.start", "status": 200})';
const END = 'await send({"type": "http.response.end"})';
const body = (data: string) => `await send({"type": "http.response.body", "data": ${data}})`;
const ANSWER = [START, body('b"answer"'), END];

export const PYTHON: Language = {
  several: {
    files: {
      'app.py': [
        '#!/usr/bin/env python3',
        'from portway import application',
        'from lib.greet import greet, Counter',
        'import plain',
        'async def http(scope, receive, send):',
        '    import late',
        `    ${START}`,
        '    print(sorted(vars(Counter())), late.late, __file__)',
        `    ${body('greet(scope["target"].decode()).encode()')}`,
        `    ${END}`,
        'app = application(http=http)',
      ].join('\n'),
      'lib/greet.py':
        'import plain\nclass Counter:\n    def __init__(self):\n        self.n, self.m = 0, 1\ndef greet(target): return plain.word + target\n',
      'plain.py': 'word = "hello "\n',
      'late.py': 'late = "late"\n',
    },
    printed: "['m', 'n'] late /app/app.py",
  },
  failing: [
    ['on the first line', { 'app.py': 'x = 1; ^y\n' }],
    ['in a function', { 'app.py': '\ndef f(a):\n    return a + ^{}["b"]\n\n\nf(1)\n' }],
    ['in another file', { 'app.py': 'import lib.a\n', 'lib/a.py': 'x = None\nif True:\n  ^x.y\n' }],
    ['by raising', { 'app.py': 'if True:\n    ^raise ValueError("wörld")\n' }],
    [
      'behind another error',
      { 'app.py': 'try:\n    1 / 0\nexcept ZeroDivisionError:\n    ^{}["b"]\n' },
    ],
    ['behind characters of two units', { 'app.py': 'a = "🦊", ^b\n' }],
    ['because it cannot be read', { 'app.py': 'def f(:\n    pass\n'.replace(':', '^:') }],
  ],
  startsTwice: {
    'app.py': [
      'from portway import application',
      'async def http(scope, receive, send):',
      '    start = {"type": "http.response.start", "status": 200}',
      '    await send(start)',
      '    a = b"a"; await ^send({"type": "http.response.start", "status": 200})',
      'app = application(http=http)',
    ].join('\n'),
  },
  raisesMisuse: http('raise Misuse("http.start-once", "by hand")'),
  answers: http(...ANSWER),
  prints: (line) => {
    const { 'app.py': program = '' } = http(...ANSWER);
    return one(`print(${JSON.stringify(line)})`, program);
  },
  comment: '#',
  echoes: http(
    START,
    'while (event := await receive())["type"] == "http.request.body":',
    `    ${body('event["data"]')}`,
    END,
  ),
  meets: one(
    'import asyncio',
    'from portway import application',
    'here = []',
    'async def http(scope, receive, send):',
    '    mine = asyncio.get_running_loop().create_future()',
    '    here.append(mine)',
    '    if len(here) == 2:',
    '        for one in here: one.set_result(None)',
    '    await mine',
    ...indented(ANSWER),
    'app = application(http=http)',
  ),
  sockets: handler(
    'websocket',
    'if scope["target"] == b"/denied":',
    '    await send({"type": "http.response.start", "status": 403})',
    `    ${body('b"no"')}`,
    `    return ${END}`,
    'await send({"type": "websocket.accept"})',
    'while (event := await receive())["type"] == "websocket.message":',
    '    await send(event)',
  ),
  tunnels: one(
    'from portway import application',
    'async def lifespan(scope, receive, send):',
    '    await receive()',
    '    await send({"type": "lifespan.ready", "accepts": {"tunnel": 1}, "tunnels": ["CONNECT"]})',
    '    while (await receive())["type"] != "lifespan.shutdown": pass',
    '    await send({"type": "lifespan.stopped"})',
    'async def tunnel(scope, receive, send):',
    '    await send({"type": "tunnel.accept"})',
    '    while (event := await receive())["type"] == "tunnel.data":',
    '        await send(event)',
    '    await send({"type": "tunnel.end"})',
    'app = application(lifespan=lifespan, tunnel=tunnel)',
  ),
  drains: http(
    START,
    'while (await receive())["type"] != "gateway.drain": pass',
    body('b"drained"'),
    END,
  ),
  sendsMany: http(START, 'for _ in range(3000):', `    ${body('b"."')}`, END),
  printsMany: http('for i in range(1200): print(i)', ...ANSWER),
  sendsFiles: http(
    'from urllib.parse import unquote',
    START,
    'await send({"type": "http.file", "path": unquote(scope["target"].decode())})',
    END,
  ),
  lives: one(
    'from portway import application',
    'async def lifespan(scope, receive, send):',
    '    await receive()',
    '    await send({"type": "lifespan.ready"})',
    '    while (await receive())["type"] != "lifespan.shutdown": pass',
    '    print("cleaned up")',
    '    await send({"type": "lifespan.stopped"})',
    'async def http(scope, receive, send):',
    ...indented(ANSWER),
    'app = application(lifespan=lifespan, http=http)',
  ),
  failsLate: http(...ANSWER, 'await asyncio.sleep(0.03)', 'raise RuntimeError("late")'),
  stays: http(...ANSWER, 'await asyncio.get_running_loop().create_future()'),
  waits: http(
    'if scope["target"] == b"/wait": await asyncio.get_running_loop().create_future()',
    ...ANSWER,
  ),
  leaves: one(
    'import asyncio',
    'from portway import application',
    'async def interval():',
    '    while True:',
    '        await asyncio.sleep(0.001)',
    '        print("interval")',
    'def again():',
    '    print("timeout")',
    '    asyncio.get_running_loop().call_later(0.001, again)',
    'tasks = []',
    'async def http(scope, receive, send):',
    '    tasks.append(asyncio.create_task(interval()))',
    '    again()',
    '    await scope["local"]["cancel"].wait()',
    '    print("left")',
    'app = application(http=http)',
  ),
  isSlow: http('await asyncio.sleep(0.05)', ...ANSWER),
  loops: http('while True: pass'),
  exits: () => http('sys.exit("so")', ...ANSWER),
  noExit: /SystemExit/,
  endless: (octets) =>
    http(
      'cancel = scope["local"]["cancel"]',
      'cancel.add_callback(lambda reason: print("cancel fires"))',
      START,
      'try:',
      `    while True: ${body(`bytes(${octets})`)}`,
      'except Exception as error:',
      "    print(f\"{type(error).__name__}, {'after' if cancel.is_set() else 'before'} cancel\")",
      '    raise',
    ),
  tells: http('print("got", (await receive())["type"])', ...ANSWER),
  sends: (pieces, octets) =>
    http(START, `for _ in range(${pieces}):`, `    ${body(`bytes(${octets})`)}`, END),
  sleeps: {
    files: http(
      'send({"type": "http.response.start", "status": 200})',
      'asyncio.get_running_loop().call_later(0.01, print, "timer")',
      'day, clock = time.time(), time.monotonic()',
      'await asyncio.sleep(50)',
      'print([round(passed / 10) for passed in (time.time() - day, time.monotonic() - clock)])',
      END,
    ),
    printed: ['timer', '[5, 5]'],
  },
  changes: {
    'a builtin': 'import builtins; builtins.sorted = None',
    'a function of the library': 'import json; json.loads = None',
    'a class of the library': 'import asyncio; asyncio.Task.set_name = None',
    'a class of its own interface': 'from portway import Cancel; Cancel.is_set = None',
  },
};
