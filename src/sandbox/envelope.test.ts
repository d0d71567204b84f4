// What a page and a guest say to each other arrives as it was said, through a terminal at its worst as well; and what
// is no envelope is never taken for one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, ENVELOPE_LIMIT, type Envelope, encode, FrameReader, frame } from './envelope.ts';

const octets = fc.uint8Array({ maxLength: 64 });
// Whatever JSON can say, with octets anywhere in it. -0 is 0 in JSON.
const { value: body } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    octets,
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)) }),
    fc.integer().map((n) => n || 0),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '$octets'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

const envelope: fc.Arbitrary<Envelope> = fc.record(
  {
    v: fc.constant(1 as const),
    sid: fc.string({ unit: 'binary' }),
    epoch: fc.nat(),
    seq: fc.nat(),
    kind: fc.constantFrom('call', 'hello', 'reply', 'error', 'trace', 'log', 'beat'),
    id: fc.nat(),
    op: fc.string(),
    body,
  },
  { requiredKeys: ['v', 'sid', 'epoch', 'seq', 'kind', 'body'] },
);

const some: Envelope = { v: 1, sid: 's', epoch: 1, seq: 1, kind: 'beat', body: {} };

/** What a reader finds in text that comes in these pieces. */
function read(pieces: readonly string[]) {
  const reader = new FrameReader();
  const envelopes: Envelope[] = [];
  const noise: string[] = [];
  for (const piece of pieces) {
    const found = reader.push(piece);
    envelopes.push(...found.envelopes);
    noise.push(...found.noise);
  }
  return { envelopes, noise, damaged: reader.damaged };
}

/** Text cut at these places, which are taken around its length. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
}

describe('an envelope as text', () => {
  test('any envelope is read as it was written, octets included', () => {
    fc.assert(
      fc.property(envelope, (sent) => {
        expect(decode(encode(sent))).toEqual(sent);
      }),
    );
  });

  test('it is printable ASCII on one line, whatever it carries', () => {
    fc.assert(
      fc.property(envelope, (sent) => {
        expect(encode(sent)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test("Node's Buffer arrives as octets like any other", () => {
    const received = decode(encode({ ...some, body: { data: Buffer.from('grüße') } }));
    expect(received?.body).toEqual({ data: new TextEncoder().encode('grüße') });
  });

  test('octets beyond what one call takes as arguments arrive whole', () => {
    const data = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
    expect(decode(encode({ ...some, body: data }))?.body).toEqual(data);
  });
});

describe('what is no envelope', () => {
  test('junk is not, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (junk) => {
        expect(decode(junk)).toBeUndefined();
      }),
    );
  });

  test.each([
    ['another version', { ...some, v: 2 }],
    ['a version as text', { ...some, v: '1' }],
    ['no session', { ...some, sid: undefined }],
    ['a session that is no text', { ...some, sid: 7 }],
    ['no epoch', { ...some, epoch: undefined }],
    ['an epoch as text', { ...some, epoch: '1' }],
    ['no number', { ...some, seq: undefined }],
    ['no kind', { ...some, kind: undefined }],
    ['a kind that nobody knows', { ...some, kind: 'order' }],
    ['a kind by the name of a property of every object', { ...some, kind: 'constructor' }],
    ['an id that is no number', { ...some, kind: 'reply', id: '1' }],
    ['an operation that is no text', { ...some, kind: 'call', op: {} }],
    ['a list', [some]],
    ['nothing', null],
  ])('%s', (_, value) => {
    expect(decode(JSON.stringify(value))).toBeUndefined();
  });

  test('octets that are not Base64', () => {
    expect(decode(JSON.stringify({ ...some, body: { $octets: '***' } }))).toBeUndefined();
  });

  test('an envelope beyond the limit', () => {
    const room = ENVELOPE_LIMIT - encode({ ...some, body: '' }).length;
    expect(decode(encode({ ...some, body: 'x'.repeat(room) }))).toBeDefined();
    expect(decode(encode({ ...some, body: 'x'.repeat(room + 1) }))).toBeUndefined();
  });
});

describe('envelopes as frames in a terminal', () => {
  const places = fc.array(fc.nat(), { maxLength: 30 });
  const lineEnd = fc.constantFrom('\n', '\r\n');
  const ansi = fc.constantFrom(
    '\x1b[0m',
    '\x1b[38;5;196m',
    '\x1b[?25h',
    '\x1b[2K',
    '\x1b]0;title\x07',
    '\x1b]8;;http://a/\x1b\\',
    '\x1b(B',
    '\x1b=',
    '\x1b7',
    '\x1bM',
    '\x1bc',
  );
  // Lines of a program or of the terminal. Only a guest writes the control character that begins a frame.
  const text = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x17f }).map((c) => String.fromCharCode(c)),
  });
  const noise = fc.oneof(text, ansi, fc.json(), envelope.map(encode), fc.constant('> '));

  test('frames survive any chunking, either line end, and nothing else is reported', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(envelope, lineEnd)), places, (sent, at) => {
        const whole = sent.map(([one, end]) => frame(one).replace('\n', end)).join('');
        const received = read(cut(whole, at));
        expect(received.envelopes).toEqual(sent.map(([one]) => one));
        expect(received.noise).toEqual([]);
        expect(received.damaged).toBe(0);
      }),
    );
  });

  test('frames survive one character at a time', () => {
    fc.assert(
      fc.property(fc.array(envelope, { maxLength: 3 }), lineEnd, (sent, end) => {
        const whole = sent.map((one) => frame(one).replace('\n', end)).join('');
        expect(read([...whole]).envelopes).toEqual(sent);
      }),
      { numRuns: 30 },
    );
  });

  test('frames survive echo, output and colours around them, on their own lines and before them on theirs', () => {
    const around = fc.record({
      lines: fc.array(fc.tuple(noise, lineEnd), { maxLength: 3 }),
      before: fc.oneof(fc.constant(''), noise),
      one: envelope,
      after: fc.oneof(fc.constant(''), ansi),
      end: lineEnd,
    });
    fc.assert(
      fc.property(fc.array(around, { maxLength: 4 }), places, (sent, at) => {
        const whole = sent
          .map(({ lines, before, one, after, end }) =>
            [
              ...lines.map(([line, ending]) => line + ending),
              before,
              frame(one).slice(0, -1),
              after,
              end,
            ].join(''),
          )
          .join('');
        const received = read(cut(whole, at));
        expect(received.envelopes).toEqual(sent.map(({ one }) => one));
        expect(received.damaged).toBe(0);
      }),
    );
  });

  test('frames survive colours within them', () => {
    fc.assert(
      fc.property(envelope, ansi, fc.nat(), (sent, colour, place) => {
        const whole = frame(sent).slice(3, -1);
        const at = place % (whole.length + 1);
        const received = read([`\x1eGW${whole.slice(0, at)}${colour}${whole.slice(at)}\n`]);
        expect(received.envelopes).toEqual([sent]);
      }),
    );
  });

  test('what is printed is given line by line, without colours and empty lines', () => {
    const found = read(['\x1b[31mred\x1b[0m\r\n\n  \npart', `ial${frame(some)}next\nunfinished`]);
    expect(found.noise).toEqual(['red', 'partial', 'next']);
    expect(found.envelopes).toEqual([some]);
  });

  test('two frames that lost the line end between them are both read', () => {
    const found = read([`${frame(some).trimEnd()}${frame({ ...some, seq: 2 })}`]);
    expect(found.envelopes.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('a frame that was broken off is counted, and the one that follows on its line is read', () => {
    const found = read([`${frame(some).slice(0, 20)}${frame({ ...some, seq: 2 })}`]);
    expect(found.envelopes.map(({ seq }) => seq)).toEqual([2]);
    expect(found.damaged).toBe(1);
  });

  test('junk never throws, whatever its pieces', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\x1eGW', '\x1e', '\n', '\r', '\x1b', '\x1b]', '{"v":1', '}'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(read(pieces).envelopes).toEqual([]);
      }),
    );
  });
});

describe('a line that is too long', () => {
  const long = 'x'.repeat(3 * ENVELOPE_LIMIT);
  /** In pieces, as a terminal gives it. */
  const pieces = (text: string) => text.match(/.{1,65536}/gs) ?? [];

  test('the longest envelope is read, in pieces and with a line of output before it', () => {
    const room = ENVELOPE_LIMIT - encode({ ...some, body: '' }).length;
    const longest = { ...some, body: 'x'.repeat(room) };
    expect(read(pieces(`printed ${frame(longest)}`))).toEqual({
      envelopes: [longest],
      noise: ['printed '],
      damaged: 0,
    });
  });

  for (const [how, chunked] of [
    ['at once', (text: string) => [text]],
    ['in pieces', pieces],
  ] as const) {
    test(`a frame beyond the limit, ${how}: counted once, and the next frame is read`, () => {
      const found = read(chunked(frame({ ...some, body: long }) + frame({ ...some, seq: 2 })));
      expect(found).toEqual({ envelopes: [{ ...some, seq: 2 }], noise: [], damaged: 1 });
    });

    test(`output without an end of line, ${how}: counted once, and the frame at its end is read`, () => {
      const found = read(chunked(long + frame(some) + frame({ ...some, seq: 2 })));
      expect(found.envelopes.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(found.noise).toEqual([]);
      expect(found.damaged).toBe(1);
    });

    test(`a line of output beyond the limit, ${how}: counted once, and the line after it is given`, () => {
      const found = read(chunked(`${long}\nshort\n`));
      expect(found).toEqual({ envelopes: [], noise: ['short'], damaged: 1 });
    });
  }

  test('is one line: many short ones may be longer together', () => {
    const lines = Array.from({ length: 3000 }, (_, line) => `${line} ${'x'.repeat(1000)}`);
    const found = read(lines.map((line) => `${line}\n`));
    expect(found.noise).toEqual(lines);
    expect(found.damaged).toBe(0);
  });

  test('a frame is found wherever in it the line before it grew too long', () => {
    for (const [index] of [...'\x1eGW{'].entries()) {
      const text = 'x'.repeat(ENVELOPE_LIMIT + 64 * 1024 + 1 - index) + frame(some);
      const at = ENVELOPE_LIMIT + 64 * 1024 + 1;
      expect(read([text.slice(0, at), text.slice(at)]).envelopes).toEqual([some]);
    }
  });

  test('a long frame may come one character at a time: each is looked at once', () => {
    // Looking at all of the line for each of them takes minutes.
    const sent = { ...some, body: 'x'.repeat(1_000_000) };
    expect(read([...frame(sent)]).envelopes).toEqual([sent]);
  });
});
