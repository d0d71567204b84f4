// Requests that two recipients could read in two ways, and their well-formed neighbours, as data: what is on the wire,
// and what a gateway makes of it. Knows nothing of how the octets are brought to a gateway.

import type { Fields, Limits } from '../../interface/index.ts';

/** A request that reaches the application whole. */
export interface AcceptedRequest {
  readonly method: string;
  readonly target: string;
  /** Without transfer coding, octets as code units. */
  readonly body: string;
  /** Header fields that are among those of the scope. */
  readonly headers?: Fields;
  /** Names that are not among the header fields of the scope. */
  readonly absent?: readonly string[];
  /** All trailer fields, where they matter. */
  readonly trailers?: Fields;
}

export interface MessageCase {
  readonly name: string;
  /** What the peer sends, octets as code units. */
  readonly octets: string;
  readonly clause: string;
  /** What the expectation follows from. */
  readonly requirement: string;
  /** The limits under which it holds; else it holds under any of customary size. */
  readonly limits?: Partial<Limits>;
  /**
   * First the requests that reach an application that reads each to its end before it answers with success. Then, if
   * there is a `status`, one answer with one of these, the end of the connection, and no further call to the end: the
   * application may have been called for a request whose body broke. Without a `status` the connection stays open.
   */
  readonly expect: {
    readonly accepted: readonly AcceptedRequest[];
    readonly status?: readonly number[];
  };
}

/** Stands behind most messages that are to fail. No application may ever see it, but where a case says so. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
/** Stands behind messages that are to be read: the next request begins where they end. */
const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('');
const get = (...fields: string[]) => lines('GET / HTTP/1.1', 'Host: a', ...fields, '');
const post = (...fields: string[]) => lines('POST / HTTP/1.1', 'Host: a', ...fields, '');
const chunked = (body: string) => post('Transfer-Encoding: chunked') + body;
const CHUNKS = lines('5', 'abcde', '0', '');

type Row<Last extends readonly unknown[]> = readonly [
  name: string,
  clause: string,
  octets: string,
  ...last: Last,
];

/** Rows of [name, clause, octets, statuses]: refused or given up. `tail` follows each, and is never read. */
function failing(
  requirement: string,
  rows: readonly Row<[status?: number | readonly number[]]>[],
  { status = 400, tail = SMUGGLED, limits }: Failing = {},
): MessageCase[] {
  return rows.map(([name, clause, octets, own]) => ({
    name,
    clause: `RFC ${clause}`,
    requirement,
    octets: octets + tail,
    ...(limits && { limits }),
    expect: { accepted: [], status: [own ?? status].flat() },
  }));
}

interface Failing {
  readonly status?: number | readonly number[];
  readonly tail?: string;
  readonly limits?: Partial<Limits>;
}

/** Rows of [name, clause, octets, what differs from `GET /` without a body]: read, and the next request after it. */
function passing(
  requirement: string,
  rows: readonly Row<[request: Partial<AcceptedRequest>]>[],
  limits?: Partial<Limits>,
): MessageCase[] {
  return rows.map(([name, clause, octets, request]) => ({
    name,
    clause: `RFC ${clause}`,
    requirement,
    octets: octets + NEXT,
    ...(limits && { limits }),
    expect: {
      accepted: [
        { method: 'GET', target: '/', body: '', ...request },
        { method: 'GET', target: '/next', body: '' },
      ],
    },
  }));
}

const POST = { method: 'POST' };
const ABCDE = { ...POST, body: 'abcde' };

const framing: readonly MessageCase[] = [
  ...failing('security.framing-conflict', [
    [
      'CL.TE',
      '9112 section 6.3',
      `${post('Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\nG`,
    ],
    ['TE.CL', '9112 section 6.3', post('Transfer-Encoding: chunked', 'Content-Length: 4') + CHUNKS],
    [
      'CL.0 with a transfer coding',
      '9112 section 6.3',
      post('Content-Length: 0', 'Transfer-Encoding: chunked') + CHUNKS,
    ],
    [
      'TE.CL in capitals',
      '9112 section 6.3',
      post('TRANSFER-ENCODING: CHUNKED', 'CONTENT-LENGTH: 4') + CHUNKS,
    ],
    [
      'an unknown coding and a length',
      '9112 section 6.3',
      `${post('Transfer-Encoding: x', 'Content-Length: 5')}abcde`,
      [400, 501],
    ],
    [
      'an empty coding and a length',
      '9112 section 6.3',
      `${post('Transfer-Encoding:', 'Content-Length: 5')}abcde`,
      [400, 501],
    ],
    [
      'chunked in HTTP/1.0',
      '9112 section 6.1',
      lines('POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked', '') + CHUNKS,
    ],
    [
      'chunked in HTTP/1.0 that is to stay open',
      '9112 section 6.1',
      lines('POST / HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked', '') + CHUNKS,
    ],
    ['two lengths', '9112 section 6.3', `${post('Content-Length: 5', 'Content-Length: 6')}abcde`],
    [
      'two lengths, the first of them 0',
      '9112 section 6.3',
      `${post('Content-Length: 0', 'Content-Length: 5')}abcde`,
    ],
    [
      'two lengths, the last of them 0',
      '9112 section 6.3',
      `${post('Content-Length: 5', 'Content-Length: 0')}abcde`,
    ],
    [
      'three lengths, of which two agree',
      '9112 section 6.3',
      `${post('Content-Length: 5', 'Content-Length: 0', 'Content-Length: 5')}abcde`,
    ],
    [
      'two spellings of one length',
      '9110 section 8.6',
      `${post('Content-Length: 5', 'Content-Length: 05')}abcde`,
    ],
    ['a list of equal lengths', '9110 section 8.6', `${post('Content-Length: 5, 5')}abcde`],
    ['a list of different lengths', '9110 section 8.6', `${post('Content-Length: 5, 0')}abcde`],
    ['a length and a comma', '9110 section 8.6', `${post('Content-Length: 5,')}abcde`],
    ['an empty length', '9110 section 8.6', `${post('Content-Length:')}abcde`],
    ['a length with a plus', '9110 section 8.6', `${post('Content-Length: +5')}abcde`],
    ['a negative length', '9110 section 8.6', `${post('Content-Length: -5')}abcde`],
    ['a length of minus 0', '9110 section 8.6', `${post('Content-Length: -0')}abcde`],
    ['a length in hexadecimal', '9110 section 8.6', `${post('Content-Length: 0x5')}abcde`],
    [
      'a length in hexadecimal without a mark',
      '9110 section 8.6',
      `${post('Content-Length: a')}abcdeabcde`,
    ],
    [
      'a length with an inner space',
      '9110 section 8.6',
      `${post('Content-Length: 1 0')}abcdeabcde`,
    ],
    ['a length with an inner tab', '9110 section 8.6', `${post('Content-Length: 1\t0')}abcdeabcde`],
    ['a length with an underscore', '9110 section 8.6', `${post('Content-Length: 1_0')}abcdeabcde`],
    ['a length with a fraction', '9110 section 8.6', `${post('Content-Length: 5.0')}abcde`],
    ['a length with an exponent', '9110 section 8.6', `${post('Content-Length: 5e0')}abcde`],
    ['a length with a semicolon', '9110 section 8.6', `${post('Content-Length: 5;')}abcde`],
    ['a length in quotes', '9110 section 8.6', `${post('Content-Length: "5"')}abcde`],
    ['a length in Arabic digits', '9110 section 8.6', `${post('Content-Length: \xd9\xa5')}abcde`],
    ['a length with a no-break space', '9110 section 5.5', `${post('Content-Length: 5\xa0')}abcde`],
    [
      'a length of 16 digits',
      '9110 section 8.6',
      `${post('Content-Length: 0000000000000005')}abcde`,
    ],
    [
      'a length beyond 64 bits',
      '9110 section 8.6',
      `${post('Content-Length: 18446744073709551621')}abcde`,
    ],
  ]),
  ...failing(
    'security.framing-conflict',
    [
      [
        'TE.TE: a coding that looks like chunked',
        '9112 section 6.1',
        post('Transfer-Encoding: xchunked') + CHUNKS,
      ],
      [
        'TE.TE: a beginning of chunked',
        '9112 section 6.1',
        post('Transfer-Encoding: chunk') + CHUNKS,
      ],
      [
        'TE.TE: chunked in two fields',
        '9112 section 6.1',
        post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + CHUNKS,
      ],
      [
        'TE.TE: an unknown coding behind chunked',
        '9112 section 6.1',
        post('Transfer-Encoding: chunked', 'Transfer-Encoding: cow') + CHUNKS,
      ],
      [
        'TE.TE: an unknown coding before chunked',
        '9112 section 6.1',
        post('Transfer-Encoding: cow', 'Transfer-Encoding: chunked') + CHUNKS,
      ],
      [
        'chunked twice in a list',
        '9112 section 6.1',
        post('Transfer-Encoding: chunked, chunked') + CHUNKS,
      ],
      [
        'identity, which is no longer a coding',
        '9112 section 7',
        post('Transfer-Encoding: identity') + CHUNKS,
      ],
      [
        'identity behind chunked',
        '9112 section 7',
        post('Transfer-Encoding: chunked, identity') + CHUNKS,
      ],
      [
        'identity before chunked',
        '9112 section 7',
        post('Transfer-Encoding: identity, chunked') + CHUNKS,
      ],
      ['gzip', '9112 section 6.1', post('Transfer-Encoding: gzip') + CHUNKS],
      [
        'gzip before chunked',
        '9112 section 6.1',
        post('Transfer-Encoding: gzip, chunked') + CHUNKS,
      ],
      [
        'chunked with a parameter',
        '9112 section 7',
        post('Transfer-Encoding: chunked;q=1') + CHUNKS,
      ],
      ['chunked in quotes', '9112 section 7', post('Transfer-Encoding: "chunked"') + CHUNKS],
      ['chunked in single quotes', '9112 section 7', post("Transfer-Encoding: 'chunked'") + CHUNKS],
      [
        'an empty element before chunked',
        '9110 section 5.6.1.2',
        post('Transfer-Encoding: ,chunked') + CHUNKS,
      ],
      [
        'an empty element behind chunked',
        '9110 section 5.6.1.2',
        post('Transfer-Encoding: chunked,') + CHUNKS,
      ],
      ['an empty coding', '9112 section 6.1', post('Transfer-Encoding:') + CHUNKS],
      [
        'chunked with a no-break space',
        '9110 section 5.5',
        post('Transfer-Encoding: chunked\xa0') + CHUNKS,
      ],
      [
        'chunked with NEL before it',
        '9110 section 5.5',
        post('Transfer-Encoding: \x85chunked') + CHUNKS,
      ],
      [
        'chunked with a word behind it',
        '9112 section 7',
        post('Transfer-Encoding: chunked foo') + CHUNKS,
      ],
    ],
    { status: [400, 501] },
  ),
  ...passing('security.framing-conflict', [
    [
      'one length twice',
      '9110 section 8.6',
      `${post('Content-Length: 5', 'Content-Length: 5')}abcde`,
      ABCDE,
    ],
    [
      'a length of 15 digits',
      '9110 section 8.6',
      `${post('Content-Length: 000000000000005')}abcde`,
      ABCDE,
    ],
    [
      'a length with white space around it',
      '9112 section 5.1',
      `${post('Content-Length: \t 5 \t')}abcde`,
      ABCDE,
    ],
    ['a length of 0', '9112 section 6.3', post('Content-Length: 0'), POST],
    ['chunked in capitals', '9112 section 7', post('Transfer-Encoding: CHUNKED') + CHUNKS, ABCDE],
    [
      'chunked before a tab',
      '9112 section 5.1',
      post('Transfer-Encoding: chunked\t') + CHUNKS,
      ABCDE,
    ],
    [
      'chunked behind a tab',
      '9112 section 5.1',
      post('Transfer-Encoding:\tchunked') + CHUNKS,
      ABCDE,
    ],
    [
      'a POST with neither length nor coding, whose body is empty',
      '9112 section 6.3',
      post(),
      POST,
    ],
    [
      'the body of a GET',
      '9112 section 6.3',
      `${get('Content-Length: 5')}abcde`,
      { body: 'abcde' },
    ],
    [
      'a body of a GET that looks like a request',
      '9112 section 6.3',
      get(`Content-Length: ${SMUGGLED.length}`) + SMUGGLED,
      { body: SMUGGLED },
    ],
    [
      'a chunked body of a GET',
      '9112 section 6.3',
      get('Transfer-Encoding: chunked') + CHUNKS,
      { body: 'abcde' },
    ],
    [
      'the body of a HEAD',
      '9112 section 6.3',
      `${lines('HEAD / HTTP/1.1', 'Host: a', 'Content-Length: 5', '')}abcde`,
      { method: 'HEAD', body: 'abcde' },
    ],
    [
      'the body of a DELETE',
      '9112 section 6.3',
      `${lines('DELETE / HTTP/1.1', 'Host: a', 'Content-Length: 5', '')}abcde`,
      { method: 'DELETE', body: 'abcde' },
    ],
    [
      'a body with a length and an offer of another protocol',
      '9110 section 7.8',
      `${post('Connection: upgrade', 'Upgrade: x', 'Content-Length: 5')}abcde`,
      ABCDE,
    ],
    [
      'the name of a coding as another field',
      '9112 section 6.1',
      `${post('X-Transfer-Encoding: chunked', 'Content-Length: 5')}abcde`,
      ABCDE,
    ],
  ]),
  ...passing('security.underscore-distinct', [
    [
      'a transfer coding with an underscore in its name',
      '9110 section 5.1',
      `${post('Transfer_Encoding: chunked', 'Content-Length: 5')}abcde`,
      { ...ABCDE, headers: [['transfer_encoding', 'chunked']], absent: ['transfer-encoding'] },
    ],
    [
      'a length with an underscore in its name',
      '9110 section 5.1',
      get('Content_Length: 5'),
      { headers: [['content_length', '5']], absent: ['content-length'] },
    ],
    [
      'a host with an underscore in its name',
      '9110 section 5.1',
      get('HOST_: b', '_Host: c'),
      {
        headers: [
          ['host', 'a'],
          ['host_', 'b'],
          ['_host', 'c'],
        ],
      },
    ],
  ]),
];

const lineEnds: readonly MessageCase[] = [
  ...failing('security.message-syntax', [
    ['LF behind the request line', '9112 section 2.2', `GET / HTTP/1.1\nHost: a\r\n\r\n`],
    ['LF behind a field', '9112 section 2.2', `GET / HTTP/1.1\r\nHost: a\n\r\n`],
    ['LF for the empty line', '9112 section 2.2', `GET / HTTP/1.1\r\nHost: a\r\n\n`],
    ['LF behind every line', '9112 section 2.2', `GET / HTTP/1.1\nHost: a\n\n`],
    ['LF before the request line', '9112 section 2.2', `\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`],
    [
      'LF inside a value, before a coding',
      '9112 section 2.2',
      post('X: y\nTransfer-Encoding: chunked') + CHUNKS,
    ],
    ['LF inside a name', '9112 section 2.2', get('X\nY: z')],
    ['LF inside the target', '9112 section 2.2', `GET /a\nb HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['CR behind the request line', '9112 section 2.2', `GET / HTTP/1.1\rHost: a\r\n\r\n`],
    ['CR behind a field', '9112 section 2.2', `GET / HTTP/1.1\r\nHost: a\r\r\n`],
    ['CR for the empty line', '9112 section 2.2', `GET / HTTP/1.1\r\nHost: a\r\n\r`],
    ['CR behind every line', '9112 section 2.2', `GET / HTTP/1.1\rHost: a\r\r`],
    ['CR before the request line', '9112 section 2.2', `\rGET / HTTP/1.1\r\nHost: a\r\n\r\n`],
    [
      'CR inside a value, before a coding',
      '9112 section 2.2',
      post('X: y\rTransfer-Encoding: chunked') + CHUNKS,
    ],
    ['CR inside a name', '9112 section 2.2', get('X\rY: z')],
    ['CR inside the target', '9112 section 2.2', `GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['CR inside the method', '9112 section 2.2', `GE\rT / HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['two CRs before LF', '9112 section 2.2', `GET / HTTP/1.1\r\r\nHost: a\r\n\r\n`],
    ['two CRs before LF behind a field', '9112 section 2.2', `GET / HTTP/1.1\r\nHost: a\r\r\n\r\n`],
    ['LF CR behind a field', '9112 section 2.2', `GET / HTTP/1.1\r\nHost: a\n\r\r\n`],
    ['an empty line of CR CR LF', '9112 section 2.2', `\r\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['LF behind an empty line', '9112 section 2.2', `\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`],
  ]),
  ...passing('security.message-syntax', [
    ['an empty line before a request', '9112 section 2.2', `\r\n${get()}`, {}],
    ['four empty lines before a request', '9112 section 2.2', `\r\n\r\n\r\n\r\n${get()}`, {}],
    [
      'an empty line behind a body, as old clients send',
      '9112 section 2.2',
      `${post('Content-Length: 5')}abcde\r\n`,
      ABCDE,
    ],
  ]),
];

const whiteSpace: readonly MessageCase[] = failing('security.message-syntax', [
  ['a space before the first field', '9112 section 2.2', lines('GET / HTTP/1.1', ' Host: a', '')],
  ['a tab before the first field', '9112 section 2.2', lines('GET / HTTP/1.1', '\tHost: a', '')],
  [
    'a line of spaces before the first field',
    '9112 section 2.2',
    lines('GET / HTTP/1.1', '  ', 'Host: a', ''),
  ],
  ['a folded line', '9112 section 5.2', get('X: a', ' b')],
  ['a line folded with a tab', '9112 section 5.2', get('X: a', '\tb')],
  ['a folded coding', '9112 section 5.2', post('Transfer-Encoding:', ' chunked') + CHUNKS],
  [
    'a coding that passes for a folded line',
    '9112 section 5.2',
    post('X: a', ' Transfer-Encoding: chunked') + CHUNKS,
  ],
  ['a length that is folded', '9112 section 5.2', `${post('Content-Length: 5', ' 0')}abcde`],
  ['a line of a space alone behind the fields', '9112 section 5.2', get(' ')],
  ['a space before a colon', '9112 section 5.1', get('X : a')],
  ['a tab before a colon', '9112 section 5.1', get('X\t: a')],
  [
    'a space before the colon of a coding',
    '9112 section 5.1',
    post('Transfer-Encoding : chunked') + CHUNKS,
  ],
  [
    'a space before the colon of a length',
    '9112 section 5.1',
    `${post('Content-Length : 5')}abcde`,
  ],
  [
    'a space before the colon of the host',
    '9112 section 5.1',
    lines('GET / HTTP/1.1', 'Host : a', ''),
  ],
  ['a name of a space', '9112 section 5.1', get(' : a')],
]);

const requestLine: readonly MessageCase[] = [
  ...failing('security.message-syntax', [
    ['two spaces behind the method', '9112 section 3', lines('GET  / HTTP/1.1', 'Host: a', '')],
    ['two spaces behind the target', '9112 section 3', lines('GET /  HTTP/1.1', 'Host: a', '')],
    ['a tab behind the target', '9112 section 3', lines('GET /\tHTTP/1.1', 'Host: a', '')],
    ['a space behind the version', '9112 section 3', lines('GET / HTTP/1.1 ', 'Host: a', '')],
    ['a tab behind the version', '9112 section 3', lines('GET / HTTP/1.1\t', 'Host: a', '')],
    ['a space before the method', '9112 section 3', lines(' GET / HTTP/1.1', 'Host: a', '')],
    [
      'a space before the method, behind an empty line',
      '9112 section 3',
      lines('', ' GET / HTTP/1.1', 'Host: a', ''),
    ],
    ['a space inside the target', '9112 section 3', lines('GET /a b HTTP/1.1', 'Host: a', '')],
    [
      'two versions, one of them in the target',
      '9112 section 3',
      lines('GET / HTTP/1.1 HTTP/1.1', 'Host: a', ''),
    ],
    ['a method alone', '9112 section 3', lines('GET', 'Host: a', '')],
    ['a method and a space', '9112 section 3', lines('GET ', 'Host: a', '')],
    ['no target', '9112 section 3', lines('GET HTTP/1.1', 'Host: a', '')],
    ['two spaces and no target', '9112 section 3', lines('GET  HTTP/1.1', 'Host: a', '')],
    ['no version, as in HTTP/0.9', '9112 section 3', lines('GET /', 'Host: a', '')],
    ['no version behind a space', '9112 section 3', lines('GET / ', 'Host: a', '')],
    ['a version in lowercase', '9112 section 2.3', lines('GET / http/1.1', 'Host: a', '')],
    ['a version of another protocol', '9112 section 2.3', lines('GET / HTTPS/1.1', 'Host: a', '')],
    ['a version that is misspelt', '9112 section 2.3', lines('GET / HTTTP/1.1', 'Host: a', '')],
    ['a version without a point', '9112 section 2.3', lines('GET / HTTP/11', 'Host: a', '')],
    ['a version with a comma', '9112 section 2.3', lines('GET / HTTP/1,1', 'Host: a', '')],
    ['a version without a minor number', '9112 section 2.3', lines('GET / HTTP/1', 'Host: a', '')],
    [
      'a version with two minor digits',
      '9112 section 2.3',
      lines('GET / HTTP/1.10', 'Host: a', ''),
    ],
    [
      'a version with two major digits',
      '9112 section 2.3',
      lines('GET / HTTP/01.1', 'Host: a', ''),
    ],
    ['a version with a sign', '9112 section 2.3', lines('GET / HTTP/+1.1', 'Host: a', '')],
    ['a version with a space inside', '9112 section 2.3', lines('GET / HTTP/ 1.1', 'Host: a', '')],
    ['a version with NUL behind it', '9112 section 2.3', lines('GET / HTTP/1.1\0', 'Host: a', '')],
    ['the banner of another protocol', '9112 section 3', 'SSH-2.0-OpenSSH_9.9\r\n'],
    [
      'the header of the PROXY protocol',
      '9112 section 3',
      'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n',
    ],
  ]),
  ...failing('security.target-syntax', [
    ['a tab behind the method', '9112 section 3', lines('GET\t/ HTTP/1.1', 'Host: a', '')],
    [
      'a vertical tab behind the method',
      '9112 section 3',
      lines('GET\x0b/ HTTP/1.1', 'Host: a', ''),
    ],
    [
      'a no-break space behind the method',
      '9112 section 3',
      lines('GET\xa0/ HTTP/1.1', 'Host: a', ''),
    ],
    ['a method with a colon', '9110 section 9.1', lines('GET: / HTTP/1.1', 'Host: a', '')],
    ['a method with a parenthesis', '9110 section 9.1', lines('G(T / HTTP/1.1', 'Host: a', '')],
    ['a method with a slash', '9110 section 9.1', lines('G/T / HTTP/1.1', 'Host: a', '')],
    ['a method with NUL', '9110 section 9.1', lines('GE\0T / HTTP/1.1', 'Host: a', '')],
    [
      'a method with an octet above 0x7F',
      '9110 section 9.1',
      lines('GE\xd4 / HTTP/1.1', 'Host: a', ''),
    ],
    ['NUL before the method', '9110 section 9.1', lines('\0GET / HTTP/1.1', 'Host: a', '')],
    ['a handshake of TLS', '9112 section 3', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
    ['a response', '9112 section 2.1', lines('HTTP/1.1 200 OK', 'Content-Length: 0', '')],
    ['a fragment', '9112 section 3.2', lines('GET /a#b HTTP/1.1', 'Host: a', '')],
    ['a target without a slash', '9112 section 3.2', lines('GET a HTTP/1.1', 'Host: a', '')],
    ['a target that is a query', '9112 section 3.2', lines('GET ?a HTTP/1.1', 'Host: a', '')],
    ['a host for a target', '9112 section 3.2.3', lines('GET a:80 HTTP/1.1', 'Host: a', '')],
    ['an asterisk with GET', '9112 section 3.2.4', lines('GET * HTTP/1.1', 'Host: a', '')],
    ['an asterisk and more', '9112 section 3.2.4', lines('OPTIONS *a HTTP/1.1', 'Host: a', '')],
    ['NUL in the target', '9112 section 3.2', lines('GET /a\0b HTTP/1.1', 'Host: a', '')],
    ['a tab in the target', '9112 section 3.2', lines('GET /a\tb HTTP/1.1', 'Host: a', '')],
    ['DEL in the target', '9112 section 3.2', lines('GET /a\x7fb HTTP/1.1', 'Host: a', '')],
    [
      'an absolute target with user information',
      '9110 section 4.2.4',
      lines('GET http://b@a/ HTTP/1.1', 'Host: a', ''),
    ],
    [
      'an absolute target without a host',
      '9110 section 4.2.1',
      lines('GET http:///a HTTP/1.1', 'Host: a', ''),
    ],
    [
      'an absolute target with a port alone',
      '9110 section 4.2.1',
      lines('GET http://:80/ HTTP/1.1', 'Host: a', ''),
    ],
    [
      'an absolute target with two hosts',
      '9110 section 4.2.1',
      lines('GET http://a,b/ HTTP/1.1', 'Host: a', ''),
    ],
    [
      'an absolute target with a backslash in its host',
      '9110 section 4.2.1',
      lines('GET http://a\\b/ HTTP/1.1', 'Host: a', ''),
    ],
  ]),
  ...failing(
    'security.version-known',
    [
      ['HTTP/0.9', '9112 section 2.3', lines('GET / HTTP/0.9', 'Host: a', '')],
      ['HTTP/1.2', '9112 section 2.3', lines('GET / HTTP/1.2', 'Host: a', '')],
      [
        'HTTP/2.0 in the form of HTTP/1',
        '9112 section 2.3',
        lines('GET / HTTP/2.0', 'Host: a', ''),
      ],
      [
        'HTTP/3.0 in the form of HTTP/1',
        '9112 section 2.3',
        lines('GET / HTTP/3.0', 'Host: a', ''),
      ],
      ['HTTP/9.9', '9112 section 2.3', lines('GET / HTTP/9.9', 'Host: a', '')],
    ],
    { status: 505 },
  ),
  ...passing('security.target-syntax', [
    [
      'a method in lowercase, which is another method',
      '9110 section 9.1',
      lines('get / HTTP/1.1', 'Host: a', ''),
      { method: 'get' },
    ],
    [
      'a method that nobody knows',
      '9110 section 9.1',
      lines("!#$%&'*+-.^_`|~0Az / HTTP/1.1", 'Host: a', ''),
      { method: "!#$%&'*+-.^_`|~0Az" },
    ],
    [
      'an asterisk with OPTIONS',
      '9112 section 3.2.4',
      lines('OPTIONS * HTTP/1.1', 'Host: a', ''),
      { method: 'OPTIONS', target: '*' },
    ],
    [
      'what browsers leave unencoded',
      '9112 section 3.2',
      lines('GET /a|b"<>\\^`{}?[|] HTTP/1.1', 'Host: a', ''),
      { target: '/a|b"<>\\^`{}?[|]' },
    ],
    [
      'octets above 0x7F in the target',
      '9112 section 3.2',
      lines('GET /\x80\xff\xa0 HTTP/1.1', 'Host: a', ''),
      { target: '/\x80\xff\xa0' },
    ],
    [
      'a second question mark',
      '9112 section 3.2',
      lines('GET /a?b?c HTTP/1.1', 'Host: a', ''),
      { target: '/a?b?c' },
    ],
    [
      'an absolute target',
      '9112 section 3.2.2',
      lines('GET http://a/b?c HTTP/1.1', 'Host: a', ''),
      { target: 'http://a/b?c' },
    ],
    [
      'an absolute target with another host than the field',
      '9112 section 3.2.2',
      lines('GET http://b/ HTTP/1.1', 'Host: a', ''),
      { target: 'http://b/', headers: [['host', 'a']] },
    ],
    [
      'an absolute target whose scheme has more than letters',
      '3986 section 3.1',
      lines('GET a1+-.://a/ HTTP/1.1', 'Host: a', ''),
      { target: 'a1+-.://a/' },
    ],
    [
      'an absolute target of another scheme',
      '9112 section 3.2.2',
      lines('GET https://a HTTP/1.1', 'Host: a', ''),
      { target: 'https://a' },
    ],
  ]),
  ...passing('http.path.encoded', [
    [
      'two slashes, which are not a host',
      '9112 section 3.2.1',
      lines('GET //b/c HTTP/1.1', 'Host: a', ''),
      { target: '//b/c' },
    ],
    [
      'dot segments',
      '9112 section 3.2.1',
      lines('GET /a/../..//%2e%2E/b%2f HTTP/1.1', 'Host: a', ''),
      { target: '/a/../..//%2e%2E/b%2f' },
    ],
    [
      'an encoded line end',
      '9112 section 3.2.1',
      lines('GET /%0d%0aHost:b HTTP/1.1', 'Host: a', ''),
      { target: '/%0d%0aHost:b' },
    ],
    [
      'a broken percent sign',
      '9112 section 3.2.1',
      lines('GET /%zz%2 HTTP/1.1', 'Host: a', ''),
      { target: '/%zz%2' },
    ],
  ]),
  ...failing(
    'security.limits-method',
    [
      [
        'a method of 65 octets',
        '9110 section 15.6.2',
        lines(`${'M'.repeat(65)} / HTTP/1.1`, 'Host: a', ''),
        [400, 501],
      ],
    ],
    { status: 501 },
  ),
  ...failing(
    'security.limits-method',
    [['a method without an end', '9110 section 15.6.2', 'M'.repeat(200), [400, 501]]],
    { status: 501, tail: '' },
  ),
  ...passing('security.limits-method', [
    [
      'a method of 64 octets',
      '9110 section 9.1',
      lines(`${'M'.repeat(64)} / HTTP/1.1`, 'Host: a', ''),
      { method: 'M'.repeat(64) },
    ],
  ]),
  {
    name: 'the preface of HTTP/2',
    clause: 'RFC 9113 section 3.4',
    requirement: 'security.version-known',
    octets: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    expect: { accepted: [], status: [400, 505] },
  },
];

const host: readonly MessageCase[] = [
  ...failing('security.host-single', [
    ['no host', '9112 section 3.2', lines('GET / HTTP/1.1', '')],
    ['no host beside an absolute target', '9112 section 3.2', lines('GET http://a/ HTTP/1.1', '')],
    ['two hosts', '9112 section 3.2', lines('GET / HTTP/1.1', 'Host: a', 'Host: b', '')],
    ['one host twice', '9112 section 3.2', lines('GET / HTTP/1.1', 'Host: a', 'Host: a', '')],
    [
      'two hosts in different case',
      '9112 section 3.2',
      lines('GET / HTTP/1.1', 'Host: a', 'hOsT: b', ''),
    ],
    [
      'two hosts with a field between them',
      '9112 section 3.2',
      lines('GET / HTTP/1.1', 'Host: a', 'X: y', 'Host: b', ''),
    ],
    [
      'two hosts in HTTP/1.0',
      '9112 section 3.2',
      lines('GET / HTTP/1.0', 'Host: a', 'Host: b', ''),
    ],
    [
      'two hosts beside an absolute target',
      '9112 section 3.2.2',
      lines('GET http://a/ HTTP/1.1', 'Host: a', 'Host: b', ''),
    ],
    ['a list of hosts', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a, b', '')],
    ['a host with a comma', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a,b', '')],
    ['a host with user information', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: b@a', '')],
    ['a host with a path', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a/b', '')],
    ['a host with a query', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a?b', '')],
    ['a host with a fragment', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a#b', '')],
    ['a host with a backslash', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a\\b', '')],
    ['a host with a space', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a b', '')],
    ['a host with a scheme', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: http://a', '')],
    ['a host with two ports', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a:1:2', '')],
    ['a port that is no number', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a:b', '')],
    ['a negative port', '9110 section 7.2', lines('GET / HTTP/1.1', 'Host: a:-1', '')],
    [
      'an address without its bracket',
      '3986 section 3.2.2',
      lines('GET / HTTP/1.1', 'Host: [::1', ''),
    ],
    [
      'a broken host beside an absolute target',
      '9112 section 3.2.2',
      lines('GET http://a/ HTTP/1.1', 'Host: b c', ''),
    ],
  ]),
  ...passing('security.host-single', [
    [
      'no host in HTTP/1.0 that is to stay open',
      '9112 section 3.2',
      lines('GET / HTTP/1.0', 'Connection: keep-alive', ''),
      {},
    ],
    [
      'an empty host',
      '9112 section 3.2',
      lines('GET / HTTP/1.1', 'Host:', ''),
      { headers: [['host', '']] },
    ],
    [
      'a host with a port',
      '9110 section 7.2',
      lines('GET / HTTP/1.1', 'Host: a:80', ''),
      { headers: [['host', 'a:80']] },
    ],
    [
      'an address in brackets',
      '3986 section 3.2.2',
      lines('GET / HTTP/1.1', 'Host: [::1]:80', ''),
      { headers: [['host', '[::1]:80']] },
    ],
  ]),
];

const fields: readonly MessageCase[] = [
  ...failing('security.request-field-syntax', [
    ['NUL in a value', '9110 section 5.5', get('X: a\0b')],
    [
      'NUL behind a coding',
      '9110 section 5.5',
      post('Transfer-Encoding: chunked\0') + CHUNKS,
      [400, 501],
    ],
    [
      'a vertical tab before a coding',
      '9110 section 5.5',
      post('Transfer-Encoding: \x0bchunked') + CHUNKS,
      [400, 501],
    ],
    ['a form feed behind a length', '9110 section 5.5', `${post('Content-Length: 5\x0c')}abcde`],
    ['a backspace in a value', '9110 section 5.5', get('X: a\x08b')],
    ['an escape character in a value', '9110 section 5.5', get('X: \x1b[31m')],
    ['DEL in a value', '9110 section 5.5', get('X: a\x7f')],
    ['a name of no characters', '9110 section 5.1', get(': a')],
    ['a line without a colon', '9112 section 5', get('X')],
    ['a second request line', '9112 section 5', get('GET / HTTP/1.1')],
    ['a space inside a name', '9110 section 5.1', get('X Y: a')],
    ['a parenthesis in a name', '9110 section 5.1', get('X(Y): a')],
    ['a quote in a name', '9110 section 5.1', get('"X": a')],
    ['a slash in a name', '9110 section 5.1', get('X/Y: a')],
    ['a bracket in a name', '9110 section 5.1', get('X[Y]: a')],
    ['NUL in a name', '9110 section 5.1', get('X\0Y: a')],
    [
      'NUL before the name of a coding',
      '9110 section 5.1',
      post('\0Transfer-Encoding: chunked') + CHUNKS,
    ],
    ['an octet above 0x7F in a name', '9110 section 5.1', get('X\xc3\xa9: a')],
    [
      'a no-break space before a colon',
      '9110 section 5.1',
      post('Transfer-Encoding\xa0: chunked') + CHUNKS,
    ],
    [
      'a byte order mark before the first name',
      '9110 section 5.1',
      lines('GET / HTTP/1.1', '\xef\xbb\xbfHost: a', ''),
    ],
  ]),
  ...passing('security.request-field-syntax', [
    ['an empty value', '9110 section 5.5', get('X:'), { headers: [['x', '']] }],
    ['a value of white space', '9110 section 5.5', get('X: \t '), { headers: [['x', '']] }],
    [
      'white space inside a value and around it',
      '9110 section 5.5',
      get('X:\t a \t b \t'),
      { headers: [['x', 'a \t b']] },
    ],
    ['colons in a value', '9110 section 5.5', get('X:: a:'), { headers: [['x', ': a:']] }],
    [
      'octets above 0x7F in a value',
      '9110 section 5.5',
      get('X: \x80\xff'),
      { headers: [['x', '\x80\xff']] },
    ],
    [
      'NEL and no-break space around a value, which are no white space',
      '9110 section 5.5',
      get('X: \x85a\xa0'),
      { headers: [['x', '\x85a\xa0']] },
    ],
    [
      'every character of a name',
      '9110 section 5.1',
      get("!#$%&'*+-.^_`|~0Az: a"),
      { headers: [["!#$%&'*+-.^_`|~0az", 'a']] },
    ],
  ]),
  ...passing('http.headers.order', [
    [
      'a field that occurs more than once',
      '9110 section 5.3',
      get('X: a', 'Y: b', 'x: c'),
      {
        headers: [
          ['x', 'a'],
          ['y', 'b'],
          ['x', 'c'],
        ],
      },
    ],
  ]),
];

const chunks: readonly MessageCase[] = [
  ...failing('security.message-syntax', [
    ['a chunk without a size', '9112 section 7.1', chunked('\r\nabcde\r\n0\r\n\r\n')],
    ['a size behind a space', '9112 section 7.1', chunked(' 5\r\nabcde\r\n0\r\n\r\n')],
    ['a size before a space', '9112 section 7.1', chunked('5 \r\nabcde\r\n0\r\n\r\n')],
    ['a size before a tab', '9112 section 7.1', chunked('5\t\r\nabcde\r\n0\r\n\r\n')],
    ['a size with a plus', '9112 section 7.1', chunked('+5\r\nabcde\r\n0\r\n\r\n')],
    ['a size with a minus', '9112 section 7.1', chunked('-5\r\nabcde\r\n0\r\n\r\n')],
    ['a size with 0x', '9112 section 7.1', chunked('0x5\r\nabcde\r\n0\r\n\r\n')],
    ['a size with h', '9112 section 7.1', chunked('5h\r\nabcde\r\n0\r\n\r\n')],
    ['a size with an underscore', '9112 section 7.1', chunked('0_5\r\nabcde\r\n0\r\n\r\n')],
    ['a size with a comma', '9112 section 7.1', chunked('5,\r\nabcde\r\n0\r\n\r\n')],
    ['a size with a fraction', '9112 section 7.1', chunked('5.0\r\nabcde\r\n0\r\n\r\n')],
    ['a size in quotes', '9112 section 7.1', chunked('"5"\r\nabcde\r\n0\r\n\r\n')],
    ['a size that is no number', '9112 section 7.1', chunked('g\r\nabcde\r\n0\r\n\r\n')],
    ['two sizes', '9112 section 7.1', chunked('5 0\r\nabcde\r\n0\r\n\r\n')],
    ['NUL behind a size', '9112 section 7.1', chunked('5\0\r\nabcde\r\n0\r\n\r\n')],
    [
      'a size in full-width digits',
      '9112 section 7.1',
      chunked('\xef\xbc\x95\r\nabcde\r\n0\r\n\r\n'),
    ],
    ['a size of 2^64', '9112 section 7.1', chunked('10000000000000000\r\nabcde\r\n0\r\n\r\n')],
    [
      'a size that is 5 in 64 bits',
      '9112 section 7.1',
      chunked('10000000000000005\r\nabcde\r\n0\r\n\r\n'),
    ],
    ['a size that is 0 in 64 bits', '9112 section 7.1', chunked('100000000000000000\r\n\r\n')],
    ['a size of 17 digits', '9112 section 7.1', chunked('fffffffffffffffff\r\nabcde\r\n0\r\n\r\n')],
    ['a semicolon without a size', '9112 section 7.1', chunked(';a\r\nabcde\r\n0\r\n\r\n')],
    ['LF behind a size', '9112 section 7.1', chunked('5\nabcde\r\n0\r\n\r\n')],
    ['CR behind a size', '9112 section 7.1', chunked('5\rabcde\r\n0\r\n\r\n')],
    ['two CRs behind a size', '9112 section 7.1', chunked('5\r\r\nabcde\r\n0\r\n\r\n')],
    ['TERM.EXT: LF behind an extension', '9112 section 7.1.1', chunked('5;a\nabcde\r\n0\r\n\r\n')],
    ['LF inside an extension', '9112 section 7.1.1', chunked('5;a\nb\r\nabcde\r\n0\r\n\r\n')],
    ['CR inside an extension', '9112 section 7.1.1', chunked('5;a\rb\r\nabcde\r\n0\r\n\r\n')],
    [
      'LF inside a quoted extension',
      '9112 section 7.1.1',
      chunked('5;a="\n"\r\nabcde\r\n0\r\n\r\n'),
    ],
    [
      'a quoted extension over two lines',
      '9112 section 7.1.1',
      chunked('5;a="\r\n"\r\nabcde\r\n0\r\n\r\n'),
    ],
    ['NUL inside an extension', '9112 section 7.1.1', chunked('5;a=\0\r\nabcde\r\n0\r\n\r\n')],
    ['data without a line end', '9112 section 7.1', chunked('5\r\nabcde0\r\n\r\n')],
    ['LF behind the data', '9112 section 7.1', chunked('5\r\nabcde\n0\r\n\r\n')],
    ['CR behind the data', '9112 section 7.1', chunked('5\r\nabcde\r0\r\n\r\n')],
    ['LF CR behind the data', '9112 section 7.1', chunked('5\r\nabcde\n\r0\r\n\r\n')],
    [
      'two octets in the place of the line end',
      '9112 section 7.1',
      chunked('5\r\nabcdeXX0\r\n\r\n'),
    ],
    ['more data than the size says', '9112 section 7.1', chunked('4\r\nabcde\r\n0\r\n\r\n')],
    ['less data than the size says', '9112 section 7.1', chunked('6\r\nabcde\r\n0\r\n\r\n')],
    ['two line ends behind the data', '9112 section 7.1', chunked('5\r\nabcde\r\n\r\n0\r\n\r\n')],
    ['LF behind the last chunk', '9112 section 7.1', chunked('5\r\nabcde\r\n0\n\r\n')],
    ['LF for the end of the message', '9112 section 7.1', chunked('5\r\nabcde\r\n0\r\n\n')],
    ['CR for the end of the message', '9112 section 7.1', chunked('5\r\nabcde\r\n0\r\n\r')],
    ['a request right behind the last chunk', '9112 section 7.1', chunked('5\r\nabcde\r\n0\r\n')],
  ]),
  ...passing('http.request.dechunked', [
    ['two chunks', '9112 section 7.1', chunked('2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n'), ABCDE],
    [
      'a size in capitals',
      '9112 section 7.1',
      chunked('A\r\nabcdefghij\r\n0\r\n\r\n'),
      { ...POST, body: 'abcdefghij' },
    ],
    [
      'a size in lowercase',
      '9112 section 7.1',
      chunked('a\r\nabcdefghij\r\n0\r\n\r\n'),
      { ...POST, body: 'abcdefghij' },
    ],
    [
      'a size with zeros before it',
      '9112 section 7.1',
      chunked('0005\r\nabcde\r\n000\r\n\r\n'),
      ABCDE,
    ],
    [
      'a size of 20 digits that fits into 64 bits',
      '9112 section 7.1',
      chunked(`${'0'.repeat(19)}5\r\nabcde\r\n0\r\n\r\n`),
      ABCDE,
    ],
    ['no data', '9112 section 7.1', chunked('0\r\n\r\n'), POST],
    [
      'data that looks like chunks',
      '9112 section 7.1',
      chunked('e\r\n0\r\n\r\nGET /\r\n\r\n\r\n0\r\n\r\n'),
      { ...POST, body: '0\r\n\r\nGET /\r\n\r\n' },
    ],
    [
      'data with every line end',
      '9112 section 7.1',
      chunked('5\r\n\n\r\r\n\0\r\n0\r\n\r\n'),
      { ...POST, body: '\n\r\r\n\0' },
    ],
    ['an extension', '9112 section 7.1.1', chunked('5;a\r\nabcde\r\n0\r\n\r\n'), ABCDE],
    [
      'an extension with a value',
      '9112 section 7.1.1',
      chunked('5;a=b\r\nabcde\r\n0;c=d\r\n\r\n'),
      ABCDE,
    ],
    [
      'an extension with a quoted value',
      '9112 section 7.1.1',
      chunked('5;a="b;c\\"d"\r\nabcde\r\n0\r\n\r\n'),
      ABCDE,
    ],
    ['two extensions', '9112 section 7.1.1', chunked('5;a=b;c\r\nabcde\r\n0\r\n\r\n'), ABCDE],
    [
      'an extension that looks like a size',
      '9112 section 7.1.1',
      chunked('5;6\r\nabcde\r\n0\r\n\r\n'),
      ABCDE,
    ],
    [
      'an extension with white space around it',
      '9112 section 7.1.1',
      chunked('5 ; a = b\r\nabcde\r\n0\r\n\r\n'),
      ABCDE,
    ],
  ]),
];

const trailers: readonly MessageCase[] = [
  ...failing('security.message-syntax', [
    [
      'a space before the colon of a trailer field',
      '9112 section 7.1.2',
      chunked('0\r\nX : a\r\n\r\n'),
    ],
    [
      'a trailer section that begins with a space',
      '9112 section 7.1.2',
      chunked('0\r\n X: a\r\n\r\n'),
    ],
    ['a folded trailer field', '9112 section 5.2', chunked('0\r\nX: a\r\n b\r\n\r\n')],
    ['a trailer line without a colon', '9112 section 7.1.2', chunked('0\r\nX\r\n\r\n')],
    ['a trailer name of no characters', '9112 section 7.1.2', chunked('0\r\n: a\r\n\r\n')],
    ['a trailer name with a parenthesis', '9112 section 7.1.2', chunked('0\r\nX(: a\r\n\r\n')],
    ['NUL in a trailer value', '9112 section 7.1.2', chunked('0\r\nX: a\0b\r\n\r\n')],
    ['DEL in a trailer value', '9112 section 7.1.2', chunked('0\r\nX: a\x7f\r\n\r\n')],
    ['LF behind a trailer field', '9112 section 2.2', chunked('0\r\nX: a\n\r\n')],
    ['LF inside a trailer value', '9112 section 2.2', chunked('0\r\nX: a\nY: b\r\n\r\n')],
    ['CR inside a trailer value', '9112 section 2.2', chunked('0\r\nX: a\rY: b\r\n\r\n')],
    ['LF behind the trailer section', '9112 section 2.2', chunked('0\r\nX: a\r\n\n')],
    [
      'a request in the place of the trailer section',
      '9112 section 7.1.2',
      chunked('0\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'),
    ],
  ]),
  ...passing('http.request.trailers', [
    [
      'a trailer field',
      '9112 section 7.1.2',
      chunked('5\r\nabcde\r\n0\r\nX: a\r\n\r\n'),
      { ...ABCDE, trailers: [['x', 'a']], absent: ['x'] },
    ],
    [
      'trailer fields in their order',
      '9112 section 7.1.2',
      chunked('0\r\nX:  a \r\nY:\r\nx: b\r\n\r\n'),
      {
        ...POST,
        trailers: [
          ['x', 'a'],
          ['y', ''],
          ['x', 'b'],
        ],
      },
    ],
    [
      'a length in the trailer section, which frames nothing',
      '9110 section 6.5.1',
      chunked('0\r\nContent-Length: 5\r\n\r\n'),
      { ...POST, absent: ['content-length'] },
    ],
    [
      'a coding in the trailer section, which frames nothing',
      '9110 section 6.5.1',
      chunked('0\r\nTransfer-Encoding: gzip\r\n\r\n'),
      { ...POST, headers: [['transfer-encoding', 'chunked']] },
    ],
    [
      'a host in the trailer section, which names none',
      '9110 section 6.5.1',
      chunked('0\r\nHost: b\r\n\r\n'),
      { ...POST, headers: [['host', 'a']] },
    ],
  ]),
];

/** Small, so that the cases are. */
const SMALL = { target_octets: 32, header_octets: 100, header_fields: 4, body_octets: 10 };
/** A section of two fields, `host: a` among them, of 100 octets. */
const FULL = `X: ${'x'.repeat(94)}`;

const limits: readonly MessageCase[] = [
  ...failing(
    'security.limits-target',
    [
      [
        'a target that is one octet too long',
        '9112 section 3',
        lines(`GET /${'a'.repeat(32)} HTTP/1.1`, 'Host: a', ''),
      ],
      [
        'a query that is too long',
        '9112 section 3',
        lines(`GET /?${'a'.repeat(40)} HTTP/1.1`, 'Host: a', ''),
      ],
    ],
    { status: 414, limits: SMALL },
  ),
  ...failing(
    'security.limits-target',
    [['a target without an end', '9112 section 3', `GET /${'a'.repeat(400)}`]],
    {
      status: 414,
      limits: SMALL,
      tail: '',
    },
  ),
  ...passing(
    'security.limits-target',
    [
      [
        'a target of the full length',
        '9112 section 3',
        lines(`GET /${'a'.repeat(31)} HTTP/1.1`, 'Host: a', ''),
        { target: `/${'a'.repeat(31)}` },
      ],
    ],
    SMALL,
  ),
  ...failing(
    'security.limits-head',
    [
      ['header fields that are one octet too large', '9110 section 5.4', get(`${FULL}x`)],
      ['a name that is too large', '9110 section 5.4', get(`${'x'.repeat(101)}: a`)],
      ['one header field too many', '9110 section 5.4', get('A: a', 'B: b', 'C: c', 'D: d')],
    ],
    { status: 431, limits: SMALL },
  ),
  ...failing(
    'security.limits-head',
    [
      [
        'a header value without an end',
        '9110 section 5.4',
        `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(4000)}`,
      ],
      [
        'a header name without an end',
        '9110 section 5.4',
        `GET / HTTP/1.1\r\nHost: a\r\n${'x'.repeat(4000)}`,
      ],
      [
        'white space without an end',
        '9110 section 5.4',
        `GET / HTTP/1.1\r\nHost: a\r\nX:${' '.repeat(4000)}`,
      ],
      [
        'header fields without an end',
        '9110 section 5.4',
        `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(20)}`,
      ],
    ],
    { status: 431, limits: SMALL, tail: '' },
  ),
  ...passing(
    'security.limits-head',
    [
      ['header fields of the full size', '9110 section 5.4', get(FULL), {}],
      [
        'header fields of the full size, and white space, which does not count',
        '9110 section 5.4',
        get(`X: \t ${FULL.slice(3)} \t `),
        {},
      ],
      ['as many header fields as are allowed', '9110 section 5.4', get('A: a', 'B: b', 'C: c'), {}],
    ],
    SMALL,
  ),
  ...failing(
    'security.message-syntax',
    [['empty lines without an end', '9112 section 2.2', '\r\n'.repeat(400)]],
    { limits: SMALL, tail: '' },
  ),
  ...failing(
    'security.limits-body-declared',
    [
      [
        'a declared length beyond the limit',
        '9110 section 15.5.14',
        `${post('Content-Length: 11')}abcdefghijk`,
      ],
    ],
    { status: 413, limits: SMALL },
  ),
  ...failing(
    'security.limits-body',
    [
      [
        'a chunk beyond the limit',
        '9110 section 15.5.14',
        chunked('b\r\nabcdefghijk\r\n0\r\n\r\n'),
      ],
      [
        'chunks beyond the limit',
        '9110 section 15.5.14',
        chunked(`${'1\r\na\r\n'.repeat(11)}0\r\n\r\n`),
      ],
      [
        'a chunk of 2^64 - 1 octets',
        '9112 section 7.1',
        chunked(`ffffffffffffffff\r\n${'a'.repeat(100)}`),
      ],
      [
        'an extension of 16,385 octets',
        '9112 section 7.1.1',
        chunked(`5;${'a'.repeat(16_384)}\r\nabcde\r\n0\r\n\r\n`),
      ],
      [
        'trailer fields that are too large',
        '9112 section 7.1.2',
        chunked(`0\r\nX: ${'x'.repeat(100)}\r\n\r\n`),
        431,
      ],
      [
        'one trailer field too many',
        '9112 section 7.1.2',
        chunked(`0\r\n${'X: y\r\n'.repeat(5)}\r\n`),
        431,
      ],
    ],
    { status: 413, limits: SMALL },
  ),
  ...failing(
    'security.limits-body',
    [
      ['an extension without an end', '9112 section 7.1.1', chunked(`5;${'a'.repeat(20_000)}`)],
      [
        'a trailer value without an end',
        '9112 section 7.1.2',
        chunked(`0\r\nX: ${'x'.repeat(4000)}`),
        431,
      ],
    ],
    { status: 413, limits: SMALL, tail: '' },
  ),
  ...passing(
    'security.limits-body',
    [
      [
        'a body of the full length',
        '9110 section 15.5.14',
        `${post('Content-Length: 10')}abcdefghij`,
        { ...POST, body: 'abcdefghij' },
      ],
      [
        'chunks of the full length',
        '9110 section 15.5.14',
        chunked('5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n'),
        { ...POST, body: 'abcdefghij' },
      ],
      [
        'an extension of 16,384 octets at each of two chunks',
        '9112 section 7.1.1',
        chunked(`1;${'a'.repeat(16_383)}\r\na\r\n1;${'a'.repeat(16_383)}\r\nb\r\n0\r\n\r\n`),
        { ...POST, body: 'ab' },
      ],
      [
        'trailer fields of the full size',
        '9112 section 7.1.2',
        chunked(`0\r\nX: ${'x'.repeat(99)}\r\n\r\n`),
        { ...POST, trailers: [['x', 'x'.repeat(99)]] },
      ],
      [
        'as many trailer fields as are allowed',
        '9112 section 7.1.2',
        chunked('0\r\nA: a\r\nB: b\r\nC: c\r\nD: d\r\n\r\n'),
        POST,
      ],
    ],
    SMALL,
  ),
];

const pipelined: readonly MessageCase[] = [
  {
    name: 'a malformed request behind a whole one',
    clause: 'RFC 9112 section 9.3.2',
    requirement: 'security.message-syntax',
    octets: get() + get('X : a') + SMUGGLED,
    expect: { accepted: [{ method: 'GET', target: '/', body: '' }], status: [400] },
  },
  {
    name: 'a conflict of lengths behind a body',
    clause: 'RFC 9112 section 9.3.2',
    requirement: 'security.framing-conflict',
    octets: `${post('Content-Length: 5')}abcde${post('Content-Length: 5', 'Content-Length: 6')}abcde${SMUGGLED}`,
    expect: { accepted: [{ method: 'POST', target: '/', body: 'abcde' }], status: [400] },
  },
  {
    name: 'a body that is longer than declared',
    clause: 'RFC 9112 section 6.3',
    requirement: 'security.target-syntax',
    octets: `${post('Content-Length: 3')}abc\0\0${SMUGGLED}`,
    expect: { accepted: [{ method: 'POST', target: '/', body: 'abc' }], status: [400] },
  },
];

export const MESSAGE_CASES: readonly MessageCase[] = [
  ...framing,
  ...lineEnds,
  ...whiteSpace,
  ...requestLine,
  ...host,
  ...fields,
  ...chunks,
  ...trailers,
  ...limits,
  ...pipelined,
];
