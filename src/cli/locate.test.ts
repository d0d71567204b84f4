// Finding the application's own line in a stack.

import { expect, test } from 'vitest';
import { locateIn } from './locate.ts';

const locate = locateIn('/home/me/site/app.ts');

test.each<[string, string, object | undefined]>([
  [
    'a function',
    '    at http (file:///home/me/site/app.ts:9:13)',
    { file: 'app.ts', line: 9, column: 13 },
  ],
  [
    'no function',
    '    at file:///home/me/site/app.ts:9:13',
    { file: 'app.ts', line: 9, column: 13 },
  ],
  [
    'an asynchronous frame',
    '    at async Object.http (file:///home/me/site/app.ts:9:13)',
    { file: 'app.ts', line: 9, column: 13 },
  ],
  ['a path', '    at http (/home/me/site/app.ts:9:13)', { file: 'app.ts', line: 9, column: 13 }],
  [
    'a query, as loaders add it',
    '    at file:///home/me/site/app.ts?t=1:9:13',
    { file: 'app.ts', line: 9, column: 13 },
  ],
  [
    'a file beside it',
    '    at file:///home/me/site/lib/a.ts:1:2',
    { file: 'lib/a.ts', line: 1, column: 2 },
  ],
  [
    'an encoded name',
    '    at file:///home/me/site/my%20app.ts:1:2',
    { file: 'my app.ts', line: 1, column: 2 },
  ],
  ['a file elsewhere', '    at file:///home/me/other/app.ts:1:2', undefined],
  [
    'a folder whose name only begins alike',
    '    at file:///home/me/site-two/app.ts:1:2',
    undefined,
  ],
  [
    'Node itself',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    undefined,
  ],
  ['a package beside it', '    at file:///home/me/site/node_modules/hono/index.js:1:2', undefined],
  ['no frame', 'Error: (see /home/me/site/app.ts)', undefined],
  ['nothing', '', undefined],
])('%s', (_, line, position) => {
  expect(locate(`Error: x\n${line}`)).toEqual(position);
});

test('the first frame of the application is taken, whatever is above it', () => {
  const stack = `Misuse: x
    at HttpConversation.send (file:///gateway/http.ts:1:1)
    at file:///home/me/site/lib.ts:2:3
    at file:///home/me/site/app.ts:4:5`;
  expect(locate(stack)).toEqual({ file: 'lib.ts', line: 2, column: 3 });
});

test('the code of this package is never the application’s, even where it stands in its folder', () => {
  const here = import.meta.url;
  const stack = `Misuse: x
    at send (${new URL('../gateway/gateway.ts', here).href}:1:2)
    at http (${new URL('../../app.ts', here).href}:3:4)`;
  const entry = new URL('../../app.ts', here).pathname;
  expect(locateIn(entry)(stack)).toEqual({ file: 'app.ts', line: 3, column: 4 });
});
