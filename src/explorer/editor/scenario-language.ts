// The language of `.http` scenarios as an editor knows it: its colours, its words, and what they mean. Pure tables and
// functions; that the words are those that the client reads is for a test.

import type { languages } from 'monaco-editor/editor';

export interface Word {
  readonly name: string;
  /** What is inserted behind the name, as a snippet. */
  readonly value?: string;
  readonly means: string;
}

/** Directives in comments above a request, or among its fields. */
export const REQUEST_DIRECTIVES: readonly Word[] = [
  {
    name: 'name',
    value: ' ${1:name}',
    means: 'What the exchange is called in results and traces.',
  },
  {
    name: 'chunks',
    value: ' ${1|lines,16,1024|}',
    means:
      'The body goes out in pieces: a line each (`lines`), or so many octets each. Without `Content-Length` it is chunked.',
  },
  {
    name: 'pause',
    value: ' ${1:50ms}',
    means: 'The client waits so long between pieces of the body.',
  },
  {
    name: 'trailer',
    value: ' ${1:name}: ${2:value}',
    means: 'A trailer field, sent behind a chunked body. It can be repeated.',
  },
  {
    name: 'read-pause',
    value: ' ${1:50ms}',
    means: 'A slow reader: the client waits so long before it reads each piece or message.',
  },
  {
    name: 'timeout',
    value: ' ${1:2s}',
    means: 'The client gives up after so long without progress. If absent, 5 seconds.',
  },
  {
    name: 'abort-after',
    value: ' ${1:1024}',
    means: 'The client leaves once it has so many octets of the response body.',
  },
  {
    name: 'disconnect-after',
    value: ' ${1:1024}',
    means: 'The client breaks the connection once it has sent so many octets of the request body.',
  },
  {
    name: 'half-close',
    means: 'The client ends its sending direction behind the request, and reads on.',
  },
  {
    name: 'retry',
    value: ' ${1:1}',
    means: 'The client sends the request again when it is refused, at most so often.',
  },
  { name: 'together', means: 'Sent at the same time as the exchange before it.' },
  {
    name: 'drain',
    means: 'The gateway begins to drain once this exchange is under way.',
  },
  { name: 'http', value: ' ${1|1.0,1.1|}', means: 'The version of HTTP/1 that the client speaks.' },
];

/** Directives among the messages of a WebSocket or a tunnel. */
export const MESSAGE_DIRECTIVES: readonly Word[] = [
  {
    name: 'text',
    value: ' "${1:hello}"',
    means: 'A text message as a string of JSON, for what cannot stand in lines.',
  },
  { name: 'hex', means: 'The message below is binary: octets as hexadecimal digits.' },
  { name: 'pause', value: ' ${1:50ms}', means: 'The client waits so long before it goes on.' },
  {
    name: 'close',
    value: ' ${1:1000} ${2:bye}',
    means: 'The client closes the WebSocket, with a code and a reason.',
  },
  { name: 'end', means: 'The client ends its direction and reads on.' },
  { name: 'reset', means: 'The client breaks the connection.' },
];

export const METHODS: readonly Word[] = [
  { name: 'GET', means: 'Asks for a representation.' },
  { name: 'HEAD', means: 'Asks for the head of the response alone.' },
  { name: 'POST', means: 'Has the target process the body.' },
  { name: 'PUT', means: 'Makes the target what the body is.' },
  { name: 'PATCH', means: 'Changes the target as the body says.' },
  { name: 'DELETE', means: 'Removes the target.' },
  { name: 'OPTIONS', means: 'Asks what can be done with the target.' },
  {
    name: 'WEBSOCKET',
    means: 'Opens a WebSocket. Messages follow the fields, with `===` between.',
  },
  { name: 'CONNECT', means: 'Opens a tunnel to `host:port`. What is sent follows the fields.' },
];

export const FIELDS: readonly string[] = [
  'Accept',
  'Accept-Encoding',
  'Authorization',
  'Connection',
  'Content-Length',
  'Content-Type',
  'Cookie',
  'Expect',
  'Host',
  'If-None-Match',
  'Origin',
  'Range',
  'Sec-WebSocket-Protocol',
  'TE',
  'Upgrade',
];

export const scenarioConfiguration: languages.LanguageConfiguration = {
  comments: { lineComment: '#' },
  brackets: [['{{', '}}']],
  autoClosingPairs: [{ open: '{{', close: '}}' }],
};

/** Colours. The states follow the parts of an exchange: its head, its fields, and its body or messages. */
export const scenarioTokens: languages.IMonarchLanguage = {
  defaultToken: '',
  // An empty line ends the fields, and only with its line feed is it anything at all.
  includeLF: true,
  tokenizer: {
    root: [
      { include: '@separator' },
      { include: '@comment' },
      [/^(@[A-Za-z][\w-]*)(\s*=\s*)/, ['variable', 'delimiter']],
      [/^(WEBSOCKET|CONNECT)(\s+)/, ['keyword', { token: '', next: '@target.messages' }]],
      [/^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(\s+)/, ['keyword', { token: '', next: '@target.body' }]],
      { include: '@variable' },
      [/./, ''],
      [/\n/, ''],
    ],
    // The rest of the request line. `$S2` is what follows the fields.
    target: [
      [/HTTP\/[\d.]+/, 'keyword'],
      { include: '@variable' },
      [/\n/, { token: '', switchTo: '@fields.$S2' }],
      [/[^\s{]+|./, 'string.link'],
    ],
    fields: [
      { include: '@separator' },
      { include: '@comment' },
      [/^\s*\n/, { token: '', switchTo: '@$S2' }],
      // Messages may begin without an empty line.
      [/^(===)([^\n]*)/, ['keyword', { token: 'annotation', switchTo: '@messages' }]],
      [/^([^:\s]+)(\s*:)/, ['attribute.name', 'delimiter']],
      { include: '@variable' },
      [/[^\n{]+|./, 'attribute.value'],
      [/\n/, ''],
    ],
    body: [
      { include: '@separator' },
      { include: '@variable' },
      [/[^\n{]+|./, 'string'],
      [/\n/, ''],
    ],
    messages: [
      { include: '@separator' },
      { include: '@comment' },
      [/^(===)([^\n]*)/, ['keyword', 'annotation']],
      { include: '@variable' },
      [/[^\n{]+|./, 'string'],
      [/\n/, ''],
    ],
    separator: [[/^(###)([^\n]*\n?)/, ['keyword', { token: 'type', next: '@popall' }]]],
    comment: [
      [/^(#|\/\/)(\s*)(@[A-Za-z-]+)([^\n]*)/, ['comment', 'comment', 'annotation', 'number']],
      [/^(#|\/\/)[^\n]*/, 'comment'],
    ],
    variable: [[/\{\{\s*[\w-]+\s*\}\}/, 'variable']],
  },
};

export interface Suggestion extends Word {
  readonly kind: 'directive' | 'method' | 'field' | 'step';
  /** What is inserted, as a snippet. */
  readonly insert: string;
  /** Column from 1 at which what is inserted begins. */
  readonly from: number;
}

/** What can stand at the end of the last of these lines. `lines` is the text before the cursor. */
export function suggestions(lines: readonly string[]): Suggestion[] {
  const line = lines.at(-1) ?? '';
  const part = partOf(lines);
  const directive = /^((?:#|\/\/)[ \t]*)@?[A-Za-z-]*$/.exec(line);
  if (directive) {
    const from = (directive[1] as string).length + 1;
    if (part === 'body') return [];
    return (part === 'messages' ? MESSAGE_DIRECTIVES : REQUEST_DIRECTIVES).map((word) => ({
      ...word,
      kind: 'directive',
      insert: `@${word.name}${word.value ?? ''}`,
      from,
    }));
  }
  if (part === 'messages' && /^=*$/.test(line)) {
    return [
      {
        kind: 'step',
        name: '===',
        means: 'Ends the message; the next one follows.',
        insert: '===\n',
        from: 1,
      },
      {
        kind: 'step',
        name: '=== wait-for-server',
        means: 'Waits for a message of the server before the next is sent.',
        insert: '=== wait-for-server\n',
        from: 1,
      },
    ];
  }
  if (part === 'head' && /^[A-Za-z]*$/.test(line)) {
    return METHODS.map((word) => ({
      ...word,
      kind: 'method',
      insert: `${word.name} ${word.name === 'CONNECT' ? '${1:localhost:443}' : '/'}`,
      from: 1,
    }));
  }
  if (part === 'fields' && /^[A-Za-z-]*$/.test(line)) {
    return FIELDS.map((name) => ({
      name,
      kind: 'field',
      means: '',
      insert: `${name}: `,
      from: 1,
    }));
  }
  return [];
}

/** What the word at the cursor means, for a hover. `column` counts from 1. */
export function meaningAt(
  lines: readonly string[],
  column: number,
): { readonly from: number; readonly to: number; readonly word: Word } | undefined {
  const line = lines.at(-1) ?? '';
  const directive = /^(?:#|\/\/)[ \t]*(@([A-Za-z-]+))/d.exec(line);
  const method = /^([A-Z]+)(?=[ \t])/d.exec(line);
  const [start = 0, end = 0] = (directive ?? method)?.indices?.[1] ?? [];
  if (column <= start || column > end + 1) return undefined;
  const part = partOf(lines);
  const words = method
    ? part === 'head'
      ? METHODS
      : []
    : part === 'body'
      ? []
      : part === 'messages'
        ? MESSAGE_DIRECTIVES
        : REQUEST_DIRECTIVES;
  const name = directive?.[2] ?? method?.[1];
  const word = words.find((known) => known.name === name);
  return word && { from: start + 1, to: end + 1, word };
}

type Part = 'head' | 'fields' | 'body' | 'messages';

/** Which part of an exchange the last of these lines belongs to. */
function partOf(lines: readonly string[]): Part {
  let part: Part = 'head';
  let after: Part = 'body';
  for (const [index, line] of lines.entries()) {
    const last = index === lines.length - 1;
    if (line.startsWith('###')) part = 'head';
    else if (last) break;
    else if (part === 'head' && !/^\s*$|^[#@]|^\/\//.test(line)) {
      after = /^(?:WEBSOCKET|CONNECT)\s/.test(line) ? 'messages' : 'body';
      part = 'fields';
    } else if (part === 'fields' && line.trim() === '') part = after;
  }
  return part;
}
