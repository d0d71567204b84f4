// Messages for property tests: well-formed requests of every kind, and what becomes of them when octets are changed.

import fc from 'fast-check';

const octetsOf = (...pieces: string[]) => fc.constantFrom(...pieces);

const token = fc.string({
  unit: octetsOf(...'aZ09-_!~'),
  minLength: 1,
  maxLength: 8,
});
const value = fc.string({
  unit: octetsOf(...'aZ0:;,="(\\', ' ', '\t', '\x80', '\xa0', '\xff'),
  maxLength: 12,
});
const space = octetsOf('', ' ', '\t', '  ', ' \t');
const target = fc
  .tuple(
    octetsOf('/', 'http://a/', 'http://[::1]:80/'),
    fc.string({ unit: octetsOf(...'a/?%.;'), maxLength: 12 }),
  )
  .map((parts) => parts.join(''));
const method = octetsOf('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND');

const field = fc
  .tuple(
    token.filter((name) => !/^(?:host|te|trailer|upgrade|expect)$/i.test(name)),
    space,
    value,
    space,
  )
  .map(([name, before, text, after]) => `${name}:${before}${text}${after}`);
const fields = fc.array(field, { maxLength: 3 });

const body = fc.string({
  unit: octetsOf('a', '\r', '\n', '0', '\0', '\xff', 'GET / '),
  maxLength: 12,
});

const extension = fc
  .tuple(
    token,
    fc.option(fc.oneof(token, fc.constantFrom('"a;b"', '"\\""', '""')), { nil: undefined }),
  )
  .map(([name, given]) => (given === undefined ? `;${name}` : `;${name}=${given}`));
const size = (octets: number) =>
  fc
    .tuple(octetsOf('', '0', '000'), fc.boolean(), fc.array(extension, { maxLength: 2 }))
    .map(([zeros, capitals, extensions]) => {
      const digits = octets.toString(16);
      return `${zeros}${capitals ? digits.toUpperCase() : digits}${extensions.join('')}\r\n`;
    });
const chunk = body
  .filter((data) => data !== '')
  .chain((data) => size(data.length).map((line) => `${line}${data}\r\n`));
const chunked = fc
  .tuple(fc.array(chunk, { maxLength: 3 }), size(0), fields)
  .map(([chunks, last, trailers]) =>
    [...chunks, last, ...trailers.map((line) => `${line}\r\n`), '\r\n'].join(''),
  );

/** What is sent behind the fields of a head, with the field that says so. */
const content = fc.oneof(
  fc.constant({ framing: [] as string[], data: '' }),
  body.map((data) => ({ framing: [`Content-Length: ${data.length}`], data })),
  chunked.map((data) => ({ framing: ['Transfer-Encoding: chunked'], data })),
);

/** A whole request of HTTP/1.1 as it may be sent, octets as code units. */
export const request: fc.Arbitrary<string> = fc
  .tuple(octetsOf('', '', '\r\n'), method, target, fields, content, fields)
  .map(([before, verb, where, first, { framing, data }, last]) =>
    [`${before}${verb} ${where} HTTP/1.1`, ...first, 'Host: a', ...framing, ...last, '', data].join(
      '\r\n',
    ),
  );

/** One to three requests, one behind the other. */
export const requests: fc.Arbitrary<string> = fc
  .array(request, { minLength: 1, maxLength: 3 })
  .map((all) => all.join(''));

/** Octets that mean something to one parser or another. */
const delicate = fc.constantFrom(
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '\0',
  '\x0b',
  '\x7f',
  '\x80',
  '\xa0',
  ':',
  ';',
  ',',
  '"',
  '#',
  '0',
  '5',
  'a',
  'HTTP/1.0',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: b\r\n',
);

/** A place in a message, as a fraction of its length. */
const place = fc.noBias(fc.nat(9999)).map((part) => part / 10_000);

/** The message with a few octets put in, taken out or replaced. */
export function mutated(messages: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: place,
    removed: fc.nat(2),
    added: fc.oneof(fc.constant(''), delicate),
  });
  return fc
    .tuple(messages, fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([message, changes]) =>
      changes.reduce((text, { at, removed, added }) => {
        const index = Math.floor(at * text.length);
        return text.slice(0, index) + added + text.slice(index + removed);
      }, message),
    );
}

/** Cuts octets into pieces, none of them empty. */
export function pieces(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => Math.floor(cut * octets.length)))].sort((a, b) => a - b);
  return [0, ...at]
    .map((from, index) => octets.subarray(from, at[index]))
    .filter(({ length }) => length > 0);
}

export const cuts = fc.array(place, { maxLength: 12 });
