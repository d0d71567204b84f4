// Changing a scenario in its text: what is changed reads as wanted, and the rest stays as it was written.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameExchange } from './same-exchange.ts';
import { parseScenario, type ScenarioRequest } from './scenario.ts';
import {
  addExchange,
  type Changes,
  duplicateExchange,
  moveExchange,
  readWritten,
  removeExchange,
  replaceExchange,
} from './scenario-edit.ts';

const decoder = new TextDecoder();
const bodyOf = ({ body }: ScenarioRequest) => body.map((piece) => decoder.decode(piece)).join('');
const request = (text: string, index = 0) => parseScenario(text)[index] as ScenarioRequest;

const SCENARIO = `# What this file shows.
@who = world

### Greet  somebody
# @name greet
// a remark
GET   /hello/{{who}}  HTTP/1.1
Host: localhost
# about the next field
X-Twice: 1
x-twice :2

### Send

# @chunks lines
# @pause 50ms
POST /echo
Content-Type: text/plain

one
two


###
@who = moon
GET /{{who}}

### Talk
WEBSOCKET /chat
Sec-WebSocket-Protocol: a

// first
a
=== wait-for-server
b

### Through
CONNECT b:443
===
x
`;

describe('replaceExchange: the least of the text is touched', () => {
  test.each<[what: string, index: number, changes: Changes, from: string, to: string]>([
    ['the method', 0, { method: 'HEAD' }, 'GET   /hello', 'HEAD   /hello'],
    ['the target', 0, { target: '/' }, 'GET   /hello/{{who}}  HTTP', 'GET   /  HTTP'],
    [
      'one field of several',
      0,
      {
        headers: [
          ['Host', 'localhost'],
          ['X-Twice', '1'],
          ['x-twice', '3'],
        ],
      },
      'x-twice :2',
      'x-twice: 3',
    ],
    [
      'a field more',
      0,
      {
        headers: [
          ['Host', 'localhost'],
          ['X-Twice', '1'],
          ['x-twice', '2'],
          ['X-Empty', ''],
        ],
      },
      'x-twice :2\n',
      'x-twice :2\nX-Empty:\n',
    ],
    [
      'a field less; the comments stay',
      0,
      {
        headers: [
          ['X-Twice', '1'],
          ['x-twice', '2'],
        ],
      },
      'Host: localhost\n',
      '',
    ],
    ['a directive', 1, { directives: { pause: '1s' } }, '# @pause 50ms', '# @pause 1s'],
    ['a directive less', 1, { directives: { chunks: undefined } }, '# @chunks lines\n', ''],
    [
      'a directive more',
      0,
      { directives: { timeout: '1s' } },
      'GET   /hello',
      '# @timeout 1s\nGET   /hello',
    ],
    [
      'a trailer',
      1,
      { trailers: [['X-Sum', 'a']] },
      'POST /echo',
      '# @trailer X-Sum: a\nPOST /echo',
    ],
    ['the body', 1, { body: 'three\n' }, 'one\ntwo\n', 'three\n'],
    ['no body', 1, { body: '' }, '\n\none\ntwo\n\n\n', '\n\n\n'],
    ['a body where none was', 2, { body: 'a' }, 'GET /{{who}}\n', 'GET /{{who}}\n\na\n'],
    ['messages', 3, { body: '===\nc' }, '// first\na\n=== wait-for-server\nb', '===\nc'],
    ['a target of a WebSocket', 3, { target: '/x' }, 'WEBSOCKET /chat', 'WEBSOCKET /x'],
    ['a field above messages', 4, { headers: [['A', 'b']] }, 'b:443\n===', 'b:443\nA: b\n==='],
    ['messages right below the head', 4, { body: '===\nz' }, 'b:443\n===\nx', 'b:443\n\n===\nz'],
  ])('%s', (_what, index, changes, from, to) => {
    expect(SCENARIO.split(from)).toHaveLength(2);
    expect(replaceExchange(SCENARIO, index, changes)).toBe(SCENARIO.replace(from, to));
    const windows = SCENARIO.replaceAll('\n', '\r\n');
    expect(replaceExchange(windows, index, changes)).toBe(
      SCENARIO.replace(from, to).replaceAll('\n', '\r\n'),
    );
  });

  test('a byte order mark, and an end without a line end, stay', () => {
    expect(replaceExchange('\ufeffGET /', 0, { target: '/a', headers: [['A', 'b']] })).toBe(
      '\ufeffGET /a\nA: b',
    );
  });

  test('of a directive that stands twice the last one counts, and is the one changed', () => {
    const text = '# @pause 1ms\n# @pause 2ms\nGET /';
    expect(replaceExchange(text, 0, { directives: { pause: '3ms' } })).toBe(
      '# @pause 1ms\n# @pause 3ms\nGET /',
    );
    expect(replaceExchange(text, 0, { directives: { pause: undefined } })).toBe('GET /');
  });

  test('what is written is read with its variables unexpanded', () => {
    expect(readWritten(SCENARIO, 0)).toEqual({
      method: 'GET',
      target: '/hello/{{who}}',
      headers: [
        ['Host', 'localhost'],
        ['X-Twice', '1'],
        ['x-twice', '2'],
      ],
      trailers: [],
      directives: { name: 'greet' },
      body: '',
    });
  });

  test.each<[what: string, changes: Changes, message: RegExp]>([
    ['a target with a space', { target: '/a b' }, /line 7: .* is not a request line/],
    ['a target beyond ASCII', { target: '/ä' }, /line 7: `ä` cannot stand in a target/],
    ['no target', { target: '' }, /line 7: /],
    ['a field name that is no token', { headers: [['a b', 'c']] }, /is not a header field/],
    ['a field that would be a comment', { headers: [['#a', 'b']] }, /has no way to write this/],
    ['a value with space around it', { headers: [['a', ' b']] }, /has no way to write this/],
    ['a value of two lines', { headers: [['a', 'b\nc: d']] }, /has no way to write this/],
    ['a value that begins a body', { headers: [['a', 'b\n\nc']] }, /has no way to write this/],
    ['a body that begins an exchange', { body: 'a\n### b' }, /has no way to write this/],
    ['a variable without a value', { body: '{{unset}}' }, /`{{unset}}` has no value/],
    ['a directive that is not understood', { directives: { pause: 'long' } }, /is not a duration/],
    ['a method that sets a variable', { method: '@a', target: '=' }, /line \d+: /],
  ])('%s is said to be unwritable', (_what, changes, message) => {
    expect(() => replaceExchange(SCENARIO, 0, changes)).toThrow(message);
  });
});

describe('adding, copying, removing, moving', () => {
  test('addExchange: at the end, with a line between', () => {
    expect(addExchange('GET /\n', '### New\nGET /new')).toBe('GET /\n\n### New\nGET /new\n');
  });
  test('addExchange: in front', () => {
    expect(addExchange('# File.\n\nGET /\n', '### New\nGET /new', 0)).toBe(
      '# File.\n\n### New\nGET /new\n\n###\nGET /\n',
    );
  });
  test('addExchange: to an empty text', () => {
    expect(addExchange(' \n', 'GET /')).toBe('GET /');
  });
  test('duplicateExchange: the copy stands behind', () => {
    expect(duplicateExchange('### A\n# x\nGET /a\n\n### B\nGET /b', 0)).toBe(
      '### A\n# x\nGET /a\n\n### A\n# x\nGET /a\n\n### B\nGET /b',
    );
  });
  test('removeExchange: with its heading and comments', () => {
    expect(removeExchange('# File.\n\nGET /a\n\n### B\n# b\nGET /b\n\n### C\nGET /c\n', 1)).toBe(
      '# File.\n\nGET /a\n\n### C\nGET /c\n',
    );
    expect(removeExchange('# File.\n\nGET /a\n\n### B\nGET /b\n', 0)).toBe(
      '# File.\n\n### B\nGET /b\n',
    );
    expect(removeExchange('### A\nGET /a\n\n### B\nGET /b\n', 1)).toBe('### A\nGET /a\n');
  });
  test('removeExchange: variables that others use stay', () => {
    expect(
      removeExchange('### A\nGET /\n\n### B\n@v = 1\n# b\nGET /b\n\n### C\nGET /{{v}}\n', 1),
    ).toBe('### A\nGET /\n\n###\n@v = 1\n\n### C\nGET /{{v}}\n');
  });
  test('removeExchange: not the only one', () => {
    expect(() => removeExchange('\nGET /\n', 0)).toThrow(
      'line 2: this is the only exchange. A scenario has at least one.',
    );
  });
  test('moveExchange: spacing stays where it was', () => {
    expect(moveExchange('### A\nGET /a\n\n\n### B\nGET /b', 1, 0)).toBe(
      '### B\nGET /b\n\n\n### A\nGET /a',
    );
  });
  test('moveExchange: the first without a heading gets one', () => {
    expect(moveExchange('# File.\n\nGET /a\n\n### B\nGET /b\n', 0, 1)).toBe(
      '# File.\n\n### B\nGET /b\n\n###\nGET /a\n',
    );
  });
  test('moveExchange: past a variable that it uses', () => {
    expect(moveExchange(SCENARIO, 2, 0)).toBe(
      SCENARIO.replace('### Greet', '###\nGET /moon\n\n### Greet').replace(
        '###\n@who = moon\nGET /{{who}}\n',
        '###\n@who = moon\n',
      ),
    );
  });
});

// Texts of any shape.

const token = fc.constantFrom('a', 'X-Twice', 'x-twice', 'Host', 'Accept', '__proto__');
const value = fc.constantFrom('', '1', 'two words', 'a:b', '#no', '{{v}}', '{{ v }}x', 'é');
const fields = fc.array(fc.tuple(token, value), { maxLength: 4 });
const target = fc.constantFrom('/', '/a?b=c', '*', '/{{v}}', 'http://localhost/x');
const method = fc.constantFrom('GET', 'POST', 'M-SEARCH', 'PATCH');
const bodyLine = fc.constantFrom('', ' ', 'one', '# text', '@v = no', '{{v}}', 'a: b', '## x');
const body = fc
  .array(bodyLine, { maxLength: 4 })
  .map((lines) => lines.join('\n').replace(/\s+$/, ''));
const comment = fc.constantFrom('# a remark', '// another', '#', '# @ none');
const directives = fc.record(
  {
    name: fc.constantFrom('n', 'two words'),
    chunks: fc.constantFrom('lines', '2'),
    pause: fc.constantFrom('5ms', '1s'),
    timeout: fc.constant('250ms'),
    'read-pause': fc.constant('1ms'),
    'abort-after': fc.constantFrom('0', '10'),
    'disconnect-after': fc.constant('0'),
    'half-close': fc.constant(''),
    retry: fc.constantFrom('1', '3'),
    together: fc.constant(''),
    drain: fc.constant(''),
  },
  { requiredKeys: [] },
);
const trailers = fc.array(fc.tuple(token, fc.constantFrom('1', 'x y')), { maxLength: 2 });
const exchange = fc.record({ method, target, headers: fields, trailers, directives, body });

/** Sections that are no request: of variables alone, and of messages. */
const OTHERS = [
  [],
  ['WEBSOCKET /chat', 'A: {{v}}', '', '// first', 'hello {{v}}', '=== wait-for-server', '# @close'],
  ['# @read-pause 1ms', 'CONNECT a:443', '===', '# @hex', '00 ff', '# @end'],
];

const section = fc
  .record({
    exchange,
    heading: fc.constantFrom('###', '### Title', '####  x'),
    above: fc.array(fc.oneof(comment, fc.constantFrom('', '@v = new', '@w = {{v}}')), {
      maxLength: 3,
    }),
    amid: fc.option(comment, { nil: undefined }),
    tail: fc.constantFrom('', '\n', '\n \n'),
    sort: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ exchange: e, heading, above, amid, tail, sort }) => {
    if (sort < 3) return [heading, ...above, ...(OTHERS[sort] as string[])].join('\n') + tail;
    const lines = [
      heading,
      ...above,
      ...Object.entries(e.directives).map(([name, v]) => `# @${name} ${v}`.trimEnd()),
      ...e.trailers.map(([name, v]) => `// @trailer ${name}: ${v}`),
      `${e.method}  ${e.target}`,
      ...e.headers.flatMap(([name, v]) => [...(amid ? [amid] : []), `${name}:${v}`]),
      ...(e.body ? ['', e.body] : []),
    ];
    return lines.join('\n') + tail;
  });

const scenario = fc
  .record({
    prelude: fc.constantFrom('', '# File.\n\n'),
    sections: fc.array(section, { minLength: 1, maxLength: 5 }),
    bare: fc.boolean(),
    windows: fc.boolean(),
    end: fc.constantFrom('', '\n', '\n\n'),
  })
  .map(({ prelude, sections, bare, windows, end }) => {
    const text = `${sections.join('\n')}${end}`;
    const first = `${prelude}@v = val\n${bare ? text.replace(/^#.*\n/, '') : text}`;
    return windows ? first.replaceAll('\n', '\r\n') : first;
  })
  .filter((text) => {
    try {
      return parseScenario(text).length > 0;
    } catch {
      return false;
    }
  });

const place = fc.nat({ max: 99 });

describe('on any scenario', () => {
  test('what was changed reads as wanted, all others as before, and once more changes nothing', () => {
    fc.assert(
      fc.property(scenario, place, exchange, (text, at, any) => {
        const before = parseScenario(text);
        const index = at % before.length;
        const { together: _together, ...others } = any.directives;
        const wanted = index === 0 ? { ...any, directives: others } : any;
        const was = readWritten(text, index);
        const all: Changes = {
          ...wanted,
          directives: {
            ...Object.fromEntries(Object.keys(was.directives).map((name) => [name, undefined])),
            ...wanted.directives,
          },
        };
        const next = replaceExchange(text, index, all);
        expect(readWritten(next, index)).toEqual(wanted);
        const after = parseScenario(next);
        const { method: _, target: __, body: ___, ...rest } = wanted;
        expect(after[index]).toMatchObject({
          method: wanted.method,
          trailers: rest.trailers,
          ...(rest.directives['abort-after'] === undefined
            ? { abortAfter: undefined }
            : { abortAfter: Number(rest.directives['abort-after']) }),
        });
        expect(after).toHaveLength(before.length);
        after.forEach((one, i) => {
          if (i !== index) expect(sameExchange(one, before[i])).toBe(true);
        });
        expect(replaceExchange(next, index, all)).toBe(next);
      }),
      { numRuns: 200 },
    );
  });

  test('parse(replace(text, i, x))[i] is x: the values of variables are put in', () => {
    fc.assert(
      fc.property(scenario, place, body, fields, (text, at, wanted, headers) => {
        const all = parseScenario(text);
        const index = at % all.length;
        fc.pre(all[index]?.kind === 'http');
        // What `{{v}}` is at this place, asked of the text itself.
        const v = request(replaceExchange(text, index, { target: '/{{v}}' }), index).target.slice(
          1,
        );
        const expanded = (written: string) => written.replace(/\{\{ ?v ?\}\}/g, v);
        const one = request(replaceExchange(text, index, { body: wanted, headers }), index);
        expect(bodyOf(one)).toBe(expanded(wanted));
        expect(one.headers).toEqual(headers.map(([name, each]) => [name, expanded(each)]));
      }),
      { numRuns: 150 },
    );
  });

  test('no change leaves every octet', () => {
    fc.assert(
      fc.property(scenario, place, (text, at) => {
        const index = at % parseScenario(text).length;
        expect(replaceExchange(text, index, {})).toBe(text);
        expect(replaceExchange(text, index, readWritten(text, index))).toBe(text);
      }),
    );
  });

  test('copying, adding, moving and removing keep all others as they were', () => {
    const same = (text: string, wanted: readonly unknown[]) => {
      const found = parseScenario(text);
      expect(found).toHaveLength(wanted.length);
      found.forEach((one, i) => {
        expect(sameExchange(one, wanted[i] as ScenarioRequest)).toBe(true);
      });
    };
    fc.assert(
      fc.property(scenario, place, place, (text, a, b) => {
        const before = parseScenario(text);
        const from = a % before.length;
        const to = b % before.length;
        const one = before[from] as ScenarioRequest;
        same(duplicateExchange(text, from), before.toSpliced(from + 1, 0, one));
        const [added] = parseScenario('### New\nGET /new');
        same(addExchange(text, '### New\nGET /new', to), before.toSpliced(to, 0, added as never));
        const removed = before.toSpliced(from, 1);
        // The first has nothing to be together with.
        const alone = ([first, ...rest]: typeof before) => [{ ...first, together: false }, ...rest];
        same(moveExchange(text, from, to), alone(removed.toSpliced(to, 0, one)));
        if (removed.length > 0) same(removeExchange(text, from), alone(removed));
      }),
      { numRuns: 200 },
    );
  });

  test('any change is written, or refused with a ScenarioError', () => {
    const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), value);
    fc.assert(
      fc.property(
        scenario,
        fc.record({
          method: any,
          target: any,
          headers: fc.array(fc.tuple(any, any), { maxLength: 2 }),
          body: any,
          directives: fc.record({ pause: any, name: any }, { requiredKeys: [] }),
        }),
        (text, changes) => {
          try {
            const { headers, target } = readWritten(replaceExchange(text, 0, changes), 0);
            expect({ headers, target }).toEqual({
              headers: changes.headers,
              target: changes.target,
            });
          } catch (error) {
            if ((error as Error).name !== 'ScenarioError') throw error;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
