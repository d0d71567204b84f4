// One judgement in two languages: whatever applications and peers do, the tables that `portway.checker` runs in Python say
// of it what the gateway here says.

import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runs } from '../../tests/fuzz/runs.ts';
import {
  type Driven,
  http,
  type Kind,
  lifespan,
  tunnel,
  websocket,
} from '../gateway/conversation/drive.fixture.ts';
import { Coverage, type Input, type Result } from '../gateway/conversation/model.fixture.ts';
import { EVENTS, type FieldDescription } from '../interface/index.ts';

const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const sources = fileURLToPath(new URL('../python/', import.meta.url));

function missing(): string | undefined {
  try {
    execFileSync(PYTHON, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']);
    return undefined;
  } catch {
    return 'there is no Python from version 3.9 on';
  }
}
const why = missing();

/** A value that both languages can make theirs: what JSON has no form for is named by a key with `$`. */
type Neutral =
  | null
  | boolean
  | number
  | string
  | readonly Neutral[]
  | { readonly [key: string]: Neutral };
type Step = readonly [name: string, ...of: Neutral[]];
interface Judged {
  readonly result: Neutral;
  /** Null where a loss follows at once: those before it nobody sees. */
  readonly states: Readonly<Record<string, string>> | null;
}

/** What the two are told of a conversation. */
interface Talk {
  readonly kind: Kind;
  readonly scope: { readonly [field: string]: Neutral };
  readonly features: readonly string[];
}

const bound = 100;
const all = ['http.file', 'tunnel', 'tunnel.datagram'];
const TALKS: readonly Talk[] = [
  {
    kind: http({ method: 'GET', http_version: '1.1', bound }),
    scope: { type: 'http', method: 'GET', http_version: '1.1' },
    features: all,
  },
  {
    kind: http({ method: 'HEAD', http_version: '1.0', bound }),
    scope: { type: 'http', method: 'HEAD', http_version: '1.0' },
    features: all,
  },
  {
    kind: websocket({ bound }),
    scope: { type: 'websocket', method: 'GET', http_version: '1.1', subprotocols: ['chat'] },
    features: all,
  },
  {
    kind: tunnel({ by: 'upgrade', datagrams: 'none', bound }),
    scope: { type: 'tunnel', method: 'GET', http_version: '1.1', datagrams: 'none' },
    features: ['http.file', 'tunnel'],
  },
  {
    kind: tunnel({ by: 'connect', datagrams: 'none', bound }),
    scope: { type: 'tunnel', method: 'CONNECT', http_version: '2', datagrams: 'none' },
    features: ['http.file', 'tunnel'],
  },
  {
    kind: tunnel({ by: 'extended-connect', datagrams: 'capsules', bound }),
    scope: { type: 'tunnel', method: 'CONNECT', http_version: '2', datagrams: 'capsules' },
    features: all,
  },
  { kind: lifespan, scope: { type: 'lifespan' }, features: [] },
];

/** Octets that are text here have a name, so that Python has them as `bytes`. */
function neutral(value: unknown, field = ''): Neutral {
  if (value instanceof Uint8Array) return { $bytes: [...value] };
  if (Array.isArray(value)) {
    if (field === 'headers' || field === 'trailers')
      return value.map(([name, octets]) => [name, { $octets: octets }]);
    return value.map((item) => neutral(item));
  }
  if (typeof value !== 'object' || value === null) return value as Neutral;
  const known = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(known.map(([key, inner]) => [key, neutral(inner, key)]));
}

/** The same as TypeScript has it. */
function own(value: Neutral): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(own);
  const { $octets, $bytes, $number } = value as { readonly [key: string]: Neutral };
  if ($octets !== undefined) return $octets;
  if ($bytes !== undefined) return Uint8Array.from($bytes as number[]);
  if ($number !== undefined) return Number($number);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, own(inner)]));
}

/** Tells the gateway's conversation a sequence. @returns what Python is told, and what it has to say */
function run(
  { kind }: Talk,
  inputs: readonly (Input & { readonly told?: Neutral })[],
  can: (input: Input) => boolean,
): { steps: Step[]; expected: Judged[] } {
  const real = kind.make();
  const steps: Step[] = [];
  const expected: Judged[] = [];
  let cause = 'timeout';
  const tell = (step: Step, result: Neutral, seen = true) => {
    steps.push(step);
    expected.push({ result, states: seen ? { ...real.states } : null });
  };
  for (const input of inputs) {
    if (!can(input)) continue;
    if (input.do === 'drain' && ['called', 'starting'].includes(lifespanOf(real)))
      cause = 'shutdown';
    const before = real.loss;
    const result = real.take(input);
    const told = stepOf(input, result, cause);
    // What the peer does beside what a checker is told comes to a loss, or to nothing.
    const lost = input.do !== 'lost' && input.do !== 'file-lost' && real.loss !== before;
    if (told !== undefined) tell(told, resultOf(input, result), !lost);
    if (lost) tell(['lost', real.loss as string], { taken: true });
    else if (input.do === 'end' && kind.name.startsWith('tunnel')) tell(['peer_ended'], null);
  }
  return { steps, expected };
}

const lifespanOf = ({ states }: Driven) => states['lifespan.application'] ?? '';

function stepOf(
  input: Input & { readonly told?: Neutral },
  result: Result,
  cause: string,
): Step | undefined {
  switch (input.do) {
    case 'send':
    case 'send-malformed':
      return ['sent', input.told ?? neutral(input.event)];
    case 'receive': {
      const { given } = result as { given: { readonly type: string } | null };
      if (given === null) return undefined;
      const startup = given.type === 'lifespan.startup';
      return ['received', neutral(startup ? { ...given, offers: { tunnel: [1] } } : given)];
    }
    case 'return':
      return ['ended', 'returns'];
    case 'raise':
      return ['ended', input.declined ? 'declines' : 'raises'];
    case 'lost':
      return ['lost', input.cause];
    case 'expires':
      return ['expires', cause];
    case 'drain':
      return ['drain'];
    case 'file-lost':
      return ['file_lost'];
    default:
      return undefined;
  }
}

function resultOf(input: Input, result: Result): Neutral {
  if ('misuse' in result || 'closed' in result) return result;
  if (input.do === 'send' || input.do === 'send-malformed') return 'accepted';
  return 'taken' in result ? { taken: result.taken as boolean } : null;
}

let process: ChildProcessWithoutNullStreams;
let lines: AsyncIterator<string>;

/** @returns what Python makes of the steps, without the states that nobody has seen here */
async function judge(
  { scope, features }: Talk,
  { steps, expected }: { readonly steps: readonly Step[]; readonly expected: readonly Judged[] },
): Promise<Judged[]> {
  process.stdin.write(`${JSON.stringify({ scope, features, steps })}\n`);
  const line = await lines.next();
  const found: Judged[] = JSON.parse(line.value);
  return found.map((one, at) => (expected[at]?.states === null ? { ...one, states: null } : one));
}

describe.skipIf(why !== undefined)(`portway.checker judges alike${why ? ` (${why})` : ''}`, () => {
  beforeAll(() => {
    process = spawn(PYTHON, ['-W', 'error', '-m', 'tests.judge_lines'], { cwd: sources });
    process.stderr.pipe(globalThis.process.stderr);
    lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  });
  afterAll(() => process.stdin.end());

  describe.each(TALKS)('$kind.name', (talk) => {
    const { kind } = talk;

    test('event.by-table: any sequence of inputs', async () => {
      await fc.assert(
        fc.asyncProperty(sequencesOf(kind.inputs), async (inputs) => {
          const model = kind.model(new Coverage());
          const told = run(talk, inputs, (input) => {
            const can = model.can(input);
            if (can) model.take(input);
            return can;
          });
          expect(await judge(talk, told)).toEqual(told.expected);
        }),
        { seed: 11, ...runs(300) },
      );
    });

    test('event.check-order, binding.no-coercion: events of any form', async () => {
      const type = String(talk.scope['type']);
      const opening = kind.inputs.filter(
        ({ name, ...input }) => input.do === 'receive' || /^(?:accept|ready|a start)/.test(name),
      );
      const sequences = fc
        .tuple(
          fc.array(fc.constantFrom(...opening), { maxLength: 2 }),
          fc.array(events(type), { maxLength: 12, size: 'max' }),
        )
        .map(([first, rest]) => [...first, ...rest]);
      await fc.assert(
        fc.asyncProperty(sequences, async (inputs) => {
          const told = run(talk, inputs, () => true);
          expect(await judge(talk, told)).toEqual(told.expected);
        }),
        { seed: 12, ...runs(300) },
      );
    });
  });
});

const WEIGHTS: Readonly<Partial<Record<Input['do'], number>>> = { send: 12, receive: 8, octets: 6 };

function sequencesOf(inputs: readonly Input[]): fc.Arbitrary<readonly Input[]> {
  const groups = Map.groupBy(inputs, (input) => input.do);
  const some = fc.oneof(
    ...[...groups].map(([what, of]) => ({
      weight: WEIGHTS[what] ?? 1,
      arbitrary: fc.constantFrom(...of),
    })),
  );
  return fc.array(some, { maxLength: 40, size: 'max' });
}

// Events of any form.

const octetsOf = (text: string): Neutral => ({ $octets: text });
const names = ['x-a', 'content-length', 'connection', 'te', 'trailer', 'sec-websocket-key'];
const moreNames = ['content-type', 'capsule-protocol', 'X-A', '', 'a b', ':path', 'é', '\ud800'];
const values = [
  'b',
  '',
  '0',
  '1',
  '3',
  '00',
  '+1',
  '1e3',
  ' b',
  'b\t',
  'a\nb',
  'a\0',
  '\xff',
  'a b',
];
const pair = fc
  .tuple(
    fc.constantFrom(...names, ...moreNames),
    fc.constantFrom(...values, '9'.repeat(15), '9'.repeat(16)),
  )
  .map(([name, value]): Neutral => [name, octetsOf(value)]);

/** In no form of any field, or of another's. */
const strange = fc.constantFrom<Neutral>(
  null,
  true,
  1.5,
  -1,
  2 ** 53,
  { $number: 'NaN' },
  { $number: 'Infinity' },
  'text',
  '\udc00',
  [],
  {},
  [[]],
  [['x-a']],
  [['x-a', octetsOf('b'), octetsOf('c')]],
  [[1, octetsOf('b')]],
  [['x-a', 1]],
  [['x-a', null]],
  [null],
  ['a', 1],
  ['\ud800'],
  { tunnel: '1' },
  { tunnel: true },
  { tunnel: 1.5 },
  { tunnel: [1] },
  { $bytes: [1] },
);

/** In the form of a field, with what its limits are about. */
function sound(field: FieldDescription): fc.Arbitrary<Neutral> {
  const { minimum, maximum } = field;
  switch (field.type) {
    case 'bytes':
      return fc.constantFrom([], [120], [5, 0], [5, 2, 0]).map((octets) => ({ $bytes: octets }));
    case 'integer':
      return fc.constantFrom(
        ...[0, 1, 103, 200, 204, 205, 299, 300, 304, 403, 999, 1000, 1004, 1005, 1010, 1011],
        ...[1015, 2999, 3000, 4999, 5000, 2 ** 53 - 1, -(2 ** 53) + 1],
        ...[minimum, maximum].flatMap((edge) =>
          edge === undefined ? [] : [edge - 1, edge, edge + 1],
        ),
      );
    case 'boolean':
      return fc.boolean();
    case 'fields':
      return fc.array(pair, { maxLength: 3 });
    case 'strings':
      return fc.array(fc.constantFrom('echo', 'Echo', 'a/b', 'a/', 'WebSocket', ''), {
        maxLength: 2,
      });
    case 'feature_choice':
      return fc.dictionary(fc.constantFrom('tunnel', 'http.file', 'toString'), fc.nat(2));
    case 'state':
      return fc.constantFrom<Neutral>({}, { pool: 1 });
    default:
      return fc.constantFrom('', 'chat', 'Chat', '/srv/one', 'é'.repeat(61), 'é'.repeat(62));
  }
}

type Sent = Input & { readonly do: 'send'; readonly told: Neutral };

function events(scope: string): fc.Arbitrary<Sent> {
  const sent = Object.entries(EVENTS).filter(
    ([, { direction, scope: of }]) => direction !== 'receive' && of.includes(scope),
  );
  const known = fc.constantFrom(...sent).chain(([type, { fields }]) => {
    const some = Object.entries(fields).map(([name, field]) =>
      fc
        .oneof(
          { weight: 12, arbitrary: sound(field).map((value): Neutral => ({ [name]: value })) },
          { weight: 1, arbitrary: strange.map((value): Neutral => ({ [name]: value })) },
          { weight: 1, arbitrary: sound(field).map((value): Neutral => ({ [`!${name}`]: value })) },
          { weight: field.required ? 1 : 6, arbitrary: fc.constant<Neutral>({}) },
        )
        .map((one) => one as object),
    );
    const keys = fc.constantFrom(
      {},
      {},
      {},
      {},
      {},
      { status: 7 },
      { '!a': 1 },
      { '!': 1 },
      { a: 1 },
    );
    return fc.tuple(keys, ...some).map((parts) => Object.assign({ type }, ...parts) as Neutral);
  });
  const unknown = fc.constantFrom<Neutral>(
    null,
    1,
    'http.refuse',
    [],
    {},
    { type: null },
    { type: 1 },
    { type: '' },
    { type: 'toString' },
    { type: '__proto__' },
    { type: 'http.response' },
    { type: 'http.closed', '!a': 1 },
    { type: 'tunnel.datagram', data: 1, '!a': 1 },
    ...Object.keys(EVENTS).map((type) => ({ type })),
  );
  return fc
    .oneof({ weight: 8, arbitrary: known }, { weight: 1, arbitrary: unknown })
    .filter((told) => pathOf(told) === undefined || pathOf(told) === '/srv/one')
    .map((told): Sent => {
      const event = own(told) as Sent['event'];
      const on = String((told as { type?: unknown } | null)?.type);
      return { do: 'send', name: on, on, event, told, holds: [], size: 0, content: 0 };
    });
}

/** Another file is none that the two have heard of. */
function pathOf(told: Neutral): unknown {
  const { type, path, ...more } = (told ?? {}) as { readonly [key: string]: Neutral };
  if (type !== 'http.file') return undefined;
  return more['!path'] ?? path ?? undefined;
}
