// The place that a traceback tells of, from texts as CPython 3.9 to 3.14 write them.

import { expect, test } from 'vitest';
import { locateInTraceback } from './position.ts';

const FILES = {
  'app.py':
    'import lib.a\n\ndef f(x):\n    y = 1; return x + y["z"]\n\nasync def g():\n\treturn await  f(2)\n',
  'lib/a.py': 'from app import f\n',
};

const traceback = (...lines: string[]) =>
  ['Traceback (most recent call last):', ...lines].join('\n');

test.each([
  [
    'the innermost line of the program, whatever it has called',
    traceback(
      '  File "/lib/python314.zip/asyncio/x.py", line 9, in run',
      '  File "/app/lib/a.py", line 1, in <module>',
      '    from app import f',
      '  File "/app/app.py", line 4, in f',
      '    y = 1; return x + y["z"]',
      '                      ~^^^^^',
      '  File "/lib/python314.zip/json/__init__.py", line 352, in loads',
      '    return _default_decoder.decode(s)',
      '           ~~~~~~~~~~~~~~~~~~~~~~~^^^',
      'TypeError: no',
    ),
    { file: 'app.py', line: 4, column: 23 },
  ],
  [
    'the beginning of the line, where nothing is marked',
    traceback(
      '  File "/app/app.py", line 4, in f',
      '    y = 1; return x + y["z"]',
      'TypeError: no',
    ),
    { file: 'app.py', line: 4, column: 5 },
  ],
  [
    'what is awaited, and not the waiting',
    traceback(
      '  File "/app/app.py", line 7, in g',
      '    return await  f(2)',
      '           ^^^^^^^^^^^',
      'E',
    ),
    { file: 'app.py', line: 7, column: 16 },
  ],
  [
    'of several errors the last',
    `${traceback('  File "/app/app.py", line 4, in f', 'KeyError: 1')}\n\nDuring handling of the above exception, another exception occurred:\n\n${traceback('  File "/app/lib/a.py", line 1, in <module>', '    from app import f', 'E')}`,
    { file: 'lib/a.py', line: 1, column: 1 },
  ],
  [
    'the one before it, where the last has no line of the program',
    `${traceback('  File "/app/app.py", line 4, in f', 'KeyError: 1')}\n\nThe above exception was the direct cause of the following exception:\n\n${traceback('  File "/lib/x.py", line 1, in <module>', 'E')}`,
    { file: 'app.py', line: 4, column: 5 },
  ],
  [
    'the line of a group’s error',
    [
      '  + Exception Group Traceback (most recent call last):',
      '  | ExceptionGroup: two (1 sub-exception)',
      '  +-+---------------- 1 ----------------',
      '    | Traceback (most recent call last):',
      '    |   File "/app/app.py", line 4, in f',
      '    |     y = 1; return x + y["z"]',
      '    |                       ~^^^^^',
      '    | TypeError: no',
    ].join('\n'),
    { file: 'app.py', line: 4, column: 23 },
  ],
  [
    'a mistake of syntax, which has no frame',
    '  File "/app/app.py", line 3\n    def f(x):\n         ^\nSyntaxError: invalid syntax',
    { file: 'app.py', line: 3, column: 6 },
  ],
  [
    'nothing of what is not the program’s',
    traceback('  File "/lib/app/x.py", line 3, in f'),
    undefined,
  ],
  ['nothing of a stack of JavaScript', 'Error: no\n    at f (/app/app.py:3:4)', undefined],
])('finds %s', (_, text, place) => {
  expect(locateInTraceback(text, FILES)).toEqual(place);
});

test('a line that the program does not have any more has a place all the same', () => {
  const text = traceback('  File "/app/app.py", line 40, in f', '    gone()', 'E');
  expect(locateInTraceback(text, FILES)).toEqual({ file: 'app.py', line: 40, column: 1 });
});
