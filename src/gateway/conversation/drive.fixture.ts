// What applications and peers do to a conversation in walks and properties, and how a conversation is made to do it: the
// real side of `model.fixture.ts`.

import {
  type AnySendEvent,
  Closed,
  type Fields,
  GATEWAY_DRAIN,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  LIFESPAN_APPLICATION,
  type LifespanStartup,
  type MachineTable,
  Misuse,
  TUNNEL_CONVERSATION,
  TUNNEL_INCOMING,
  WEBSOCKET_CONVERSATION,
  WEBSOCKET_INCOMING,
} from '../../interface/index.ts';
import {
  closeFrame,
  FrameReader,
  frame,
  pingFrame,
  pongFrame,
  textFrame,
} from '../websocket/frames.ts';
import type { Conversation } from './conversation.ts';
import { HttpConversation } from './http.ts';
import { LifespanConversation, type LifespanStep } from './lifespan.ts';
import {
  type Coverage,
  DEADLINE_MS,
  type Frame,
  HttpModel,
  type Input,
  LifespanModel,
  type Modelled,
  type ModelOptions,
  type Result,
  TunnelModel,
  type TunnelModelOptions,
  WebsocketModel,
} from './model.fixture.ts';
import type { FileFault, OpenFile, Output } from './output.ts';
import { TunnelConversation } from './tunnel.ts';
import { WebsocketConversation } from './websocket.ts';

export const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

type Send = Input & { do: 'send' };

interface SendOptions {
  readonly on?: string;
  readonly holds?: readonly string[];
  readonly size?: number;
  readonly content?: number;
}

function send(
  name: string,
  event: { readonly type: string; readonly [field: string]: unknown },
  { on = event.type, holds = [], size = 0, content = 0 }: SendOptions = {},
): Send {
  return { do: 'send', name, on, event: event as unknown as AnySendEvent, holds, size, content };
}

const malformed = (name: string, event: unknown, misuse: string): Input => ({
  do: 'send-malformed',
  name,
  event,
  misuse,
});

const BROKEN: Fields = [['Broken Name', 'x']];
const OF_THE_CONNECTION: Fields = [['connection', 'close']];
const BOTH: Fields = [...OF_THE_CONNECTION, ...BROKEN];

/** Files that are there, and what is wrong with the others. */
function openFile(path: string): OpenFile | FileFault {
  if (path === '/srv/one') return { offset: 0, length: 1, close() {} };
  const guard = path.slice('/srv/'.length) as FileFault['guard'];
  return { guard, message: `${path} is ${guard}` };
}

/** The events of a response. `status` is one that denies a handshake and refuses a tunnel. */
const response = (status: number): readonly Input[] => [
  send('a 103', { type: 'http.informational', status: 103 }),
  send(
    'a 103 with a field',
    { type: 'http.informational', status: 103, headers: [['x-a', 'b']] },
    { size: 4 },
  ),
  send(
    'a 103 with a broken field',
    { type: 'http.informational', status: 103, headers: BROKEN },
    { holds: ['field-syntax'] },
  ),
  send(
    'a 103 with a hop-by-hop field',
    { type: 'http.informational', status: 103, headers: OF_THE_CONNECTION },
    { holds: ['hop-by-hop'] },
  ),
  send(
    'a 103 with a length',
    { type: 'http.informational', status: 103, headers: [['content-length', '0']] },
    { holds: ['length-forbidden'] },
  ),
  send('a start', { type: 'http.response.start', status }),
  send(
    'a start with length 1',
    { type: 'http.response.start', status, headers: [['content-length', '1']] },
    { size: 15 },
  ),
  send(
    'a start with length 0',
    { type: 'http.response.start', status, headers: [['content-length', '0']] },
    { size: 15 },
  ),
  send(
    'a start with a broken field',
    { type: 'http.response.start', status, headers: BROKEN },
    { holds: ['field-syntax'] },
  ),
  send(
    'a start with a hop-by-hop field',
    { type: 'http.response.start', status, headers: OF_THE_CONNECTION },
    { holds: ['hop-by-hop'] },
  ),
  send(
    'a start with two faults',
    { type: 'http.response.start', status, headers: BOTH },
    { holds: ['field-syntax', 'hop-by-hop'] },
  ),
  send(
    'a start with a broken length',
    { type: 'http.response.start', status, headers: [['content-length', 'many']] },
    { holds: ['length-syntax'] },
  ),
  send('no body', { type: 'http.response.body', data: octets('') }),
  send('a body', { type: 'http.response.body', data: octets('x') }, { size: 1, content: 1 }),
  send('a file', { type: 'http.file', path: '/srv/one' }, { size: 1, content: 1 }),
  ...['file-outside', 'file-missing', 'file-linked', 'file-short'].map((guard) =>
    send(guard, { type: 'http.file', path: `/srv/${guard}` }, { holds: [guard] }),
  ),
  send('an end', { type: 'http.response.end' }),
  send(
    'an end with a trailer',
    { type: 'http.response.end', trailers: [['x-a', 'b']] },
    { size: 4 },
  ),
  send(
    'an end with a broken trailer',
    { type: 'http.response.end', trailers: BROKEN },
    { holds: ['field-syntax'] },
  ),
  send(
    'an end with a forbidden trailer',
    { type: 'http.response.end', trailers: [['content-type', 'a/b']] },
    { holds: ['forbidden-trailer'] },
  ),
  send('an abort', { type: 'http.response.abort' }),
  send('an abort with a code', { type: 'http.response.abort', code: 7 }),
  send('a refusal', { type: 'http.refuse' }),
  malformed('an unknown event', { type: 'http.response.begin' }, 'event.unknown-type-misuse'),
  malformed('no event', null, 'event.shape'),
  malformed('an event without a required field', { type: 'http.response.start' }, 'event.shape'),
  malformed(
    'an event with a key to understand',
    { type: 'http.refuse', '!org.example.a': 1 },
    'event.must-understand',
  ),
];

const common: readonly Input[] = [
  { do: 'receive', name: 'receive' },
  { do: 'return', name: 'return' },
  { do: 'raise', name: 'an error', declined: false },
  { do: 'raise', name: 'UnsupportedScope', declined: true },
  { do: 'lost', name: 'a reset', cause: 'peer_reset' },
  { do: 'drain', name: 'a drain' },
  { do: 'file-lost', name: 'a file that ends early' },
  { do: 'end', name: 'the end of the peer' },
];

const HTTP_INPUTS: readonly Input[] = [
  ...response(200),
  send('a 204', { type: 'http.response.start', status: 204 }),
  send(
    'a 204 with a length',
    { type: 'http.response.start', status: 204, headers: [['content-length', '0']] },
    { holds: ['length-forbidden'] },
  ),
  send('a discard', { type: 'http.request.discard' }),
  ...common,
  { do: 'octets', name: 'octets', data: octets('x') },
];

/** A message of the peer may have so many octets. */
const MESSAGE_OCTETS = 100;
const MASK = Uint8Array.of(1, 2, 3, 4);

export function octetsOfFrame(value: Frame): Uint8Array {
  switch (value.type) {
    case 'message':
      return textFrame(value.text, { mask: MASK });
    case 'ping':
      return pingFrame(value.data, { mask: MASK });
    case 'pong':
      return pongFrame(Uint8Array.of(), { mask: MASK });
    case 'close':
      return closeFrame(value.code, value.reason, { mask: MASK });
    case 'violation':
      if (value.code === 1002) return textFrame('not masked');
      if (value.code === 1007)
        return frame({ opcode: 1, mask: MASK, payload: Uint8Array.of(0xff) });
      return textFrame('m'.repeat(MESSAGE_OCTETS + 1), { mask: MASK });
  }
}

const peerFrame = (name: string, value: Frame): Input => ({
  do: 'frame',
  name,
  frame: value,
  data: octetsOfFrame(value),
});

const WEBSOCKET_INPUTS: readonly Input[] = [
  ...response(403),
  send(
    'a start with 200',
    { type: 'http.response.start', status: 200 },
    { holds: ['accepting-status'] },
  ),
  send('accept', { type: 'websocket.accept' }),
  send(
    'accept with a subprotocol',
    { type: 'websocket.accept', subprotocol: 'chat', headers: [['x-a', 'b']] },
    { size: 8 },
  ),
  send(
    'accept with another subprotocol',
    { type: 'websocket.accept', subprotocol: 'Chat' },
    { holds: ['not-offered'] },
  ),
  send(
    'accept with a field of the handshake',
    { type: 'websocket.accept', headers: [['sec-websocket-accept', 'x']] },
    { holds: ['owned-field'] },
  ),
  send(
    'accept with a length',
    { type: 'websocket.accept', headers: [['content-length', '0']] },
    { holds: ['owned-field'] },
  ),
  send(
    'accept with a broken field',
    { type: 'websocket.accept', headers: BROKEN },
    { holds: ['field-syntax'] },
  ),
  send(
    'accept with two faults',
    {
      type: 'websocket.accept',
      headers: [
        ['connection', 'x'],
        ['sec-websocket-key', 'x'],
      ],
    },
    { holds: ['hop-by-hop', 'owned-field'] },
  ),
  send(
    'a text',
    { type: 'websocket.message', text: 'é' },
    { on: 'send websocket.message', size: 2, content: 2 },
  ),
  send(
    'octets in a message',
    { type: 'websocket.message', data: octets('abc') },
    { on: 'send websocket.message', size: 3, content: 3 },
  ),
  malformed('half a surrogate pair', { type: 'websocket.message', text: 'a\ud800' }, 'event.shape'),
  send('a close', { type: 'websocket.close' }),
  send(
    'a close with a reason',
    { type: 'websocket.close', code: 4001, reason: 'bye' },
    { size: 3 },
  ),
  send('a close with 1005', { type: 'websocket.close', code: 1005 }, { holds: ['code-forbidden'] }),
  send(
    'a close with a long reason',
    { type: 'websocket.close', reason: 'é'.repeat(62) },
    { holds: ['reason-long'] },
  ),
  malformed('a message with neither', { type: 'websocket.message' }, 'event.shape'),
  malformed(
    'a message with both',
    { type: 'websocket.message', text: '', data: octets('') },
    'event.shape',
  ),
  malformed('a discard', { type: 'http.request.discard' }, 'event.unknown-type-misuse'),
  ...common,
  peerFrame('a message', { type: 'message', text: 'hi' }),
  peerFrame('a Ping', { type: 'ping', data: Uint8Array.of(1) }),
  peerFrame('another Ping', { type: 'ping', data: Uint8Array.of(2) }),
  peerFrame('a Pong', { type: 'pong' }),
  peerFrame('a Close frame', { type: 'close' }),
  peerFrame('a Close frame with 4002', { type: 'close', code: 4002, reason: 'so' }),
  peerFrame('a frame without a mask', { type: 'violation', code: 1002 }),
  peerFrame('a text that is none', { type: 'violation', code: 1007 }),
  peerFrame('a message that is too long', { type: 'violation', code: 1009 }),
  { do: 'pull', name: 'room at the wire' },
  { do: 'deadline', name: 'the deadline' },
  { do: 'give-up', name: 'a limit of time' },
];

const tunnelInputs = ({ by, datagrams }: TunnelModelOptions): readonly Input[] => {
  const isConnect = by !== 'upgrade';
  const unfit = datagrams === 'none' ? ['datagrams-unfit'] : [];
  const data = (name: string, ...octets: number[]) =>
    send(
      name,
      { type: 'tunnel.data', data: Uint8Array.from(octets) },
      {
        on: 'send tunnel.data',
        size: octets.length,
        content: octets.length,
      },
    );
  return [
    ...response(403),
    send(
      'a start with 200',
      { type: 'http.response.start', status: 200 },
      { holds: isConnect ? ['accepting-status'] : [] },
    ),
    send('accept', { type: 'tunnel.accept', headers: [['x-a', 'b']] }, { size: 4 }),
    send('accept with datagrams', { type: 'tunnel.accept', datagrams: true }, { holds: unfit }),
    send(
      'accept with datagrams and their field',
      { type: 'tunnel.accept', datagrams: true, headers: [['capsule-protocol', '?1']] },
      { holds: ['datagrams-unfit'] },
    ),
    send(
      'accept with a broken field',
      { type: 'tunnel.accept', headers: BROKEN },
      { holds: ['field-syntax'] },
    ),
    send(
      'accept with a hop-by-hop field',
      { type: 'tunnel.accept', headers: OF_THE_CONNECTION },
      { holds: ['hop-by-hop'] },
    ),
    send(
      'accept with a length',
      { type: 'tunnel.accept', headers: [['content-length', '0']] },
      { holds: ['length-forbidden'] },
    ),
    data('no octets'),
    data('a capsule', 5, 0),
    data('the beginning of a capsule', 5, 2, 0),
    data('one octet', 0),
    send('an end of the direction', { type: 'tunnel.end' }, { on: 'send tunnel.end' }),
    send('a tunnel abort', { type: 'tunnel.abort' }),
    send('a tunnel abort with a code', { type: 'tunnel.abort', code: 10 }),
    ...(datagrams === 'none'
      ? [
          malformed(
            'a datagram',
            { type: 'tunnel.datagram', data: octets('x') },
            'feature.only-accepted',
          ),
        ]
      : [
          send(
            'a datagram',
            { type: 'tunnel.datagram', data: octets('x') },
            { on: 'send tunnel.datagram', size: 1 },
          ),
          send(
            'a datagram that is too long',
            { type: 'tunnel.datagram', data: new Uint8Array(65_536) },
            { on: 'send tunnel.datagram', holds: ['oversize'] },
          ),
        ]),
    malformed(
      'an abort with a code of 33 bits',
      { type: 'tunnel.abort', code: 2 ** 32 },
      'event.shape',
    ),
    ...common,
    { do: 'octets', name: 'a capsule of the peer', data: Uint8Array.of(7, 1, 9) },
    { do: 'octets', name: 'a datagram of the peer', data: Uint8Array.of(0, 1, 9) },
    { do: 'octets', name: 'a capsule and a datagram', data: Uint8Array.of(7, 0, 0, 0) },
    { do: 'octets', name: 'the beginning of a capsule of the peer', data: Uint8Array.of(7, 2) },
    { do: 'octets', name: 'two octets of the peer', data: Uint8Array.of(0, 0) },
    { do: 'give-up', name: 'a limit of time' },
  ];
};

/** A kind of conversation: its model, the real one, and what can happen to it. */
export interface Kind {
  readonly name: string;
  readonly inputs: readonly Input[];
  model(coverage: Coverage): Modelled;
  make(): Driven;
}

/** A real conversation, told by inputs. */
export interface Driven {
  take(input: Input): Result;
  /** The states that it shows, by the names of their machines. */
  readonly states: Readonly<Record<string, string>>;
  readonly full: boolean;
  /** Why the peer was lost, once that has taken something from the application. */
  readonly loss: string | undefined;
}

const REQUEST_TABLES = [HTTP_REQUEST, HTTP_RESPONSE, GATEWAY_DRAIN] as unknown as MachineTable[];
const WEBSOCKET_TABLES = [
  HTTP_RESPONSE,
  WEBSOCKET_CONVERSATION,
  WEBSOCKET_INCOMING,
  GATEWAY_DRAIN,
] as unknown as MachineTable[];
const TUNNEL_TABLES = [
  HTTP_RESPONSE,
  GATEWAY_DRAIN,
  TUNNEL_CONVERSATION,
  TUNNEL_INCOMING,
] as unknown as MachineTable[];

const features = new Set(['http.file', 'tunnel', 'tunnel.datagram']);

/** An HTTP exchange. */
export function http(options: ModelOptions): Kind {
  return {
    name: `http ${options.method} HTTP/${options.http_version}`,
    inputs: HTTP_INPUTS,
    model: (coverage) => new HttpModel(REQUEST_TABLES, options, coverage),
    make: () => {
      const conversation = new HttpConversation({
        ...options,
        features,
        openFile,
        receiveBufferOctets: options.bound,
      });
      return {
        take: (input) => drive(conversation, input),
        get states() {
          return {
            'http.request': conversation.requestState,
            'http.response': conversation.responseState,
          };
        },
        get full() {
          return conversation.full;
        },
        get loss() {
          return conversation.lossCause;
        },
      };
    },
  };
}

/** A WebSocket over HTTP/1.1. */
export function websocket(options: { readonly bound: number }): Kind {
  const modelOptions = { ...options, method: 'GET', http_version: '1.1' };
  return {
    name: 'websocket',
    inputs: WEBSOCKET_INPUTS,
    model: (coverage) => new WebsocketModel(WEBSOCKET_TABLES, modelOptions, coverage),
    make: () => {
      const conversation = new WebsocketConversation({
        ...modelOptions,
        features,
        openFile,
        receiveBufferOctets: options.bound,
        subprotocols: ['chat'],
        messageOctets: MESSAGE_OCTETS,
        accept: (_, headers) => ({ status: 101, headers }),
      });
      return {
        take: (input) => driveWebsocket(conversation, input),
        get states() {
          return {
            'http.response': conversation.responseState,
            'websocket.conversation': conversation.conversationState,
          };
        },
        get full() {
          return conversation.full;
        },
        get loss() {
          return conversation.lossCause;
        },
      };
    },
  };
}

/** A tunnel. */
export function tunnel(options: Omit<TunnelModelOptions, 'method' | 'http_version'>): Kind {
  const { by, datagrams } = options;
  const modelOptions = {
    ...options,
    method: by === 'upgrade' ? 'GET' : 'CONNECT',
    http_version: by === 'upgrade' ? '1.1' : '2',
  };
  return {
    name: `tunnel by ${by}, datagrams ${datagrams}`,
    inputs: tunnelInputs(modelOptions),
    model: (coverage) => new TunnelModel(TUNNEL_TABLES, modelOptions, coverage),
    make: () => {
      const conversation = new TunnelConversation({
        ...modelOptions,
        features: datagrams === 'none' ? new Set(['http.file', 'tunnel']) : features,
        openFile,
        receiveBufferOctets: options.bound,
        asked: { by, protocol: 'Echo' },
      });
      return {
        take: (input) => driveTunnel(conversation, input),
        get states() {
          return {
            'http.response': conversation.responseState,
            'tunnel.conversation': conversation.conversationState,
          };
        },
        get full() {
          return conversation.full;
        },
        get loss() {
          return conversation.lossCause;
        },
      };
    },
  };
}

const ready = (
  name: string,
  fields: Readonly<Record<string, unknown>>,
  ...holds: string[]
): Input => send(name, { type: 'lifespan.ready', ...fields }, { holds });

const LIFESPAN_INPUTS: readonly Input[] = [
  ready('ready', {}),
  ready('ready for tunnels', { accepts: { tunnel: 1 }, tunnels: ['echo', 'echo/2', 'CONNECT'] }),
  ready('an unknown feature', { accepts: { 'org.example.a': 1 } }, 'not-offered'),
  ready('an unknown revision', { accepts: { tunnel: 2 } }, 'not-offered'),
  ...['', 'a b', 'a/', 'a/b/c', 'WebSocket'].map((protocol) =>
    ready(
      `the tunnel ${JSON.stringify(protocol)}`,
      { accepts: { tunnel: 1 }, tunnels: [protocol] },
      'protocol-malformed',
    ),
  ),
  ready('one tunnel twice', { accepts: { tunnel: 1 }, tunnels: ['a', 'A'] }, 'protocol-malformed'),
  ready('a tunnel without the feature', { tunnels: ['a'] }, 'tunnels-unaccepted'),
  ready(
    'all that is wrong',
    { accepts: { 'org.example.a': 1 }, tunnels: ['a b'] },
    'not-offered',
    'protocol-malformed',
    'tunnels-unaccepted',
  ),
  send('failed', { type: 'lifespan.failed', message: 'no database' }),
  send('stopped', { type: 'lifespan.stopped' }),
  malformed('failed without a message', { type: 'lifespan.failed' }, 'event.shape'),
  malformed('an event of another type', { type: 'http.refuse' }, 'event.unknown-type-misuse'),
  { do: 'receive', name: 'receive' },
  { do: 'return', name: 'return' },
  { do: 'raise', name: 'an error', declined: false },
  { do: 'raise', name: 'UnsupportedScope', declined: true },
  { do: 'drain', name: 'a drain' },
  { do: 'shutdown', name: 'the shutdown' },
  { do: 'expires', name: 'a limit of time' },
];

/** A lifespan in which the feature `tunnel` is on offer. */
export const lifespan: Kind = {
  name: 'lifespan',
  inputs: LIFESPAN_INPUTS,
  model: (coverage) => new LifespanModel(LIFESPAN_APPLICATION as MachineTable, coverage),
  make: () => {
    const startup = {
      type: 'lifespan.startup',
      offers: { tunnel: [1] },
    } as unknown as LifespanStartup;
    const conversation = new LifespanConversation(startup);
    return {
      take: (input) => driveLifespan(conversation, input),
      get states() {
        return { 'lifespan.application': conversation.state };
      },
      full: false,
      // A limit of time is an input of its own.
      loss: undefined,
    };
  },
};

function driveLifespan(conversation: LifespanConversation, input: Input): Result {
  const told = ({ action, requirement }: LifespanStep): Result => ({
    outputs: action === undefined ? [] : [action],
    requirement,
  });
  switch (input.do) {
    case 'send':
    case 'send-malformed':
      return orError(() => told(conversation.send(input.event)));
    case 'receive': {
      const received = conversation.receive();
      if (!received) return { given: null };
      const { type } = received.event;
      // Its fields are those that the conversation was made with.
      const event = type === 'lifespan.startup' ? { type } : received.event;
      return { given: event, requirement: received.requirement };
    }
    case 'return':
      return told(conversation.applicationEnded('application.returns', false));
    case 'raise':
      return told(conversation.applicationEnded('application.raises', input.declined));
    case 'expires':
      return told(conversation.expired());
    case 'drain':
      conversation.drain(() => DEADLINE_MS + 0.5);
      return {};
    case 'shutdown':
      conversation.shutdown();
      return {};
    default:
      return {};
  }
}

/** What a call comes to, where it may raise `Misuse` or `Closed`. */
function orError(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.requirement };
    if (error instanceof Closed) return { closed: error.cause };
    throw error;
  }
}

type AnyConversation = Conversation<{ readonly type: string }>;

function drive(
  given: HttpConversation | WebsocketConversation | TunnelConversation,
  input: Input,
): Result {
  const conversation = given as unknown as AnyConversation;
  switch (input.do) {
    case 'send':
    case 'send-malformed':
      return orError(() => {
        const { outputs, requirement, size, ends } = conversation.send(input.event);
        return { outputs: inWords(outputs), requirement, size, ends };
      });
    case 'receive': {
      const received = conversation.receive();
      if (!received) return { given: null };
      return { given: received.event, requirement: received.requirement };
    }
    case 'return':
    case 'raise': {
      const how = input.do === 'return' ? 'application.returns' : 'application.raises';
      const declined = input.do === 'raise' && input.declined;
      const { outputs, requirement } = conversation.applicationEnded(how, declined);
      return { outputs: inWords(outputs), ...(requirement === undefined ? {} : { requirement }) };
    }
    case 'lost':
      return { taken: conversation.lost(input.cause) };
    case 'drain':
      conversation.drain(() => DEADLINE_MS + 0.5);
      return {};
    case 'file-lost':
      return { outputs: inWords(conversation.fileLost()) };
    case 'octets':
    case 'frame':
      return { outputs: inWords(conversation.octets(input.data)) };
    case 'end':
      return { outputs: inWords(conversation.end()) };
    default:
      return {};
  }
}

function driveWebsocket(conversation: WebsocketConversation, input: Input): Result {
  switch (input.do) {
    case 'send': {
      const result = drive(conversation, input);
      if (input.on !== 'websocket.accept' || !('outputs' in result)) return result;
      return { ...result, outputs: [...(result.outputs ?? []), ...inWords(conversation.begin())] };
    }
    case 'pull': {
      const output = conversation.pull();
      return { outputs: output ? inWords([output]) : [] };
    }
    case 'deadline':
      return { outputs: inWords(conversation.deadline()) };
    case 'give-up':
      return { outputs: inWords(conversation.giveUpOpen('timeout')) };
    default:
      return drive(conversation, input);
  }
}

function driveTunnel(conversation: TunnelConversation, input: Input): Result {
  switch (input.do) {
    case 'send': {
      const result = drive(conversation, input);
      if (input.on !== 'tunnel.accept' || !('outputs' in result)) return result;
      return { ...result, outputs: [...(result.outputs ?? []), ...inWords(conversation.begin())] };
    }
    case 'give-up':
      return { outputs: inWords(conversation.breakOff('timeout')) };
    default:
      return drive(conversation, input);
  }
}

/** Outputs as the model names them: frames of a WebSocket are read for that. */
export function inWords(outputs: readonly Output[]): string[] {
  return outputs.map((output) => {
    switch (output.do) {
      case 'informational':
      case 'head':
      case 'switch':
        return `${output.do} ${output.status}`;
      case 'body':
        return `body ${output.data.length}`;
      case 'file':
        return `file ${output.length}`;
      case 'abort':
        return `abort ${output.code}`;
      case 'drop':
        return `drop ${output.code}${output.reset ? ' reset' : ''}`;
      case 'octets':
        return octetsInWords(output.data);
      default:
        return output.do;
    }
  });
}

function octetsInWords(data: Uint8Array): string {
  const first = data[0] as number;
  // A frame of a server: FIN, an opcode that is known, and no mask. No capsule here begins like that.
  if (first < 0x81) return `octets ${data.join()}`;
  const reader = new FrameReader({ messageOctets: Number.POSITIVE_INFINITY, masked: false });
  reader.push(data);
  const event = reader.next();
  switch (event?.type) {
    case 'message':
      return 'text' in event ? `text ${event.text}` : `data ${event.data.length}`;
    case 'ping':
    case 'pong':
      return `${event.type} ${event.data.join()}`;
    case 'close':
      return event.code === undefined ? 'Close' : `Close ${event.code} ${event.reason}`;
    default:
      return `broken ${data.join()}`;
  }
}

/** What is compared of two results: where the application can send no more, an event counts nothing for anybody. */
export function comparable(result: Result): Result {
  if ('misuse' in result || 'closed' in result) return result;
  const { size, outputs = [], ...rest } = result;
  return { ...rest, outputs, ...(result.ends === false ? { size } : {}) };
}
