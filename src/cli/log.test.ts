// What is written for an operator: levels, control characters, and values that are secret.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenField } from '../interface/fields.ts';
import { Misuse } from '../interface/index.ts';
import { traceLine } from '../trace/formats/ndjson.ts';
import type { TraceEvent } from '../trace/index.ts';
import { MARK, maskSecrets, withoutSecrets } from '../trace/secrets.ts';
import { createLog, escaped } from './log.ts';

const scope = { type: 'http', id: 'a-1', method: 'GET', target: '/\x1b[2J' } as never;

describe('the log', () => {
  test.each([
    ['error', ['error']],
    ['warning', ['error', 'warning']],
    ['info', ['error', 'warning', 'info']],
  ] as const)('a log of level %s has %j', (level, expected) => {
    const lines: string[] = [];
    const { report } = createLog(level, (line) => lines.push(line));
    for (const at of ['error', 'warning', 'info'] as const) report(at, at);
    expect(lines).toEqual(expected.map((at) => `portway: ${at}`));
  });

  test('app.fault-reported: id, request, requirement and frames, at any level; security.log-control', () => {
    const lines: string[] = [];
    const { fault } = createLog('error', (line) => lines.push(line));
    const error = new Misuse('http.finish', 'a\nb');
    error.stack = `${String(error)}\n    at f (/a.ts:1:2)\n    at \x1bg\nnot a frame`;
    fault({ scope, requirement: 'http.finish', message: 'it broke\r\nportway: forged', error });
    fault({ scope: { type: 'lifespan', id: 'a-0' }, message: 'no', requirement: 'x.y' });
    expect(lines).toEqual([
      'portway: a-1 GET /\\x1b[2J: it broke\\r\\nportway: forged [http.finish]\n    at f (/a.ts:1:2)\n    at \\x1bg',
      'portway: lifespan: no [x.y]',
    ]);
  });

  test.each([
    ['\x00\x1b\x7f\x9b', '\\x00\\x1b\\x7f\\x9b'],
    ['a\n\r\tb', 'a\\n\\r\\tb'],
    ['gr\u00fc\u00df dich', 'gr\u00fc\u00df dich'],
    ['\u202egpj.exe\u2066', '\\u202egpj.exe\\u2066'],
  ])('security.log-control: %j', (text, expected) => {
    expect(escaped(text)).toBe(expected);
  });
});

const event = (more: Partial<TraceEvent>): TraceEvent => ({
  v: 1,
  run: 'r',
  seq: 1,
  t: 0,
  conn: 1,
  lane: 'app',
  dir: 'in',
  type: 'http.request',
  phase: 'i',
  ...more,
});

describe('security.trace-secrets', () => {
  test('the values of four fields are marked, in any case and as often as they occur; names stay', () => {
    const fields = [
      ['Cookie', 'a=1'],
      ['cookie', 'b=2'],
      ['set-cookie', 'c'],
      ['AUTHORIZATION', 'd'],
      ['proxy-authorization', 'e'],
      ['x-cookie', 'f'],
    ] as const;
    expect(maskSecrets(event({ payload: { preview: '', fields } })).payload?.fields).toEqual([
      ['Cookie', MARK],
      ['cookie', MARK],
      ['set-cookie', MARK],
      ['AUTHORIZATION', MARK],
      ['proxy-authorization', MARK],
      ['x-cookie', 'f'],
    ]);
  });

  test.each(['cookie', 'set-cookie'])(
    'what says that the value of %s is broken does not show it',
    (name) => {
      const message = brokenField([[name, 'id="top secret\n"']]) ?? '';
      const shown = withoutSecrets(`Misuse: http.field-syntax: ${message}; more`);
      expect(shown).not.toContain('top');
      expect(shown).toMatch(/\[secret\]; more$/);
      const masked = maskSecrets(
        event({
          payload: { preview: `400 ${message}` },
          violation: { requirement: 'http.field-syntax', message },
        }),
      );
      expect(JSON.stringify(masked)).not.toContain('top');
    },
  );

  test('an event without such fields is left as it is', () => {
    const plain = event({ payload: { preview: 'the value of `x`', fields: [['a', 'b']] } });
    expect(maskSecrets(plain)).toBe(plain);
  });
});

test('security.log-control: a line of a trace has no control character, and is the same event', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a\x00\x1b\x7f\x85\x9b\u00e9', '"', '\\', '\ud800', ''),
  );
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const events = fc.record({
    type: text,
    conn: fc.nat(),
    t: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    state: optional(fc.constant('open')),
    requirement: optional(text),
    payload: optional(
      fc.record({
        preview: text,
        size: optional(fc.nat()),
        status: optional(fc.nat()),
        fields: optional(fc.array(fc.tuple(text, text))),
      }),
    ),
    violation: optional(fc.record({ requirement: text, message: text })),
    src: optional(fc.record({ file: text, line: fc.nat(), column: fc.nat() })),
  });
  fc.assert(
    fc.property(events, (more) => {
      const odd = event(more as Partial<TraceEvent>);
      const line = traceLine(odd);
      expect(line.slice(0, -1)).not.toMatch(/\p{Cc}/u);
      expect(JSON.parse(line)).toStrictEqual(JSON.parse(JSON.stringify(odd)));
    }),
  );
});
