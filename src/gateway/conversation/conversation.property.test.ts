// Whatever applications, peers and gateways do to a conversation of any type, in whatever order: it does what the tables
// make of it, its wire keeps a grammar, and a Misuse leaves no trace.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import { comparable, http, type Kind, lifespan, tunnel, websocket } from './drive.fixture.ts';
import { Coverage, type Input, type Result } from './model.fixture.ts';

/** So small that buffers fill. */
const bound = 100;
const KINDS: readonly Kind[] = [
  http({ method: 'GET', http_version: '1.1', bound }),
  http({ method: 'HEAD', http_version: '2', bound }),
  http({ method: 'POST', http_version: '1.0', bound }),
  websocket({ bound }),
  tunnel({ by: 'upgrade', datagrams: 'none', bound }),
  tunnel({ by: 'connect', datagrams: 'none', bound }),
  tunnel({ by: 'extended-connect', datagrams: 'capsules', bound }),
  lifespan,
];

/** How much more often than others an input is tried. What ends a conversation is tried least. */
const WEIGHTS: Readonly<Partial<Record<Input['do'], number>>> = {
  send: 12,
  'send-malformed': 1,
  receive: 8,
  octets: 8,
  frame: 8,
  pull: 6,
};

function inputsOf({ inputs }: Kind): fc.Arbitrary<readonly Input[]> {
  const groups = Map.groupBy(inputs, (input) => input.do);
  const some = fc.oneof(
    ...[...groups].map(([what, of]) => ({
      weight: WEIGHTS[what] ?? 1,
      arbitrary: fc.constantFrom(...of),
    })),
  );
  const opening = inputs.filter(({ name }) =>
    /^(?:accept|a start)(?: with datagrams)?$/.test(name),
  );
  const first = fc.constantFrom<readonly Input[]>([], ...opening.map((input) => [input]));
  return fc
    .tuple(first, fc.array(some, { maxLength: 40, size: 'max' }))
    .map(([opening, rest]) => [...opening, ...rest]);
}

const RESPONSE =
  '(?:informational \\d+;)*(?:head \\d+;(?:(?:body|file) \\d+;)*(?:end;(?:abort [^;]+;)?|abort [^;]+;)?|refuse;)?';
/** What a wire can be told, in words; the discarding of a request aside. */
const GRAMMARS: Readonly<Record<string, RegExp>> = {
  http: new RegExp(`^${RESPONSE}$`),
  websocket: new RegExp(
    `^(?:${RESPONSE}|(?:informational \\d+;)*switch \\d+;(?:(?:text|data|pong)[^;]*;)*(?:Close[^;]*;(?:close;)?)?(?:drop cancel;)?)$`,
  ),
  tunnel: new RegExp(
    `^(?:${RESPONSE}|(?:informational \\d+;)*switch \\d+;(?:octets [^;]+;)*(?:shut;)?(?:drop [^;]+ reset;)?)$`,
  ),
  lifespan: /^(?:(?:serve|fail|give-up|drain|finish|kill);)*$/,
};

const TERMINAL = /^(?:http|websocket|tunnel)\.closed$|^lifespan\.shutdown$/;

const isRejected = (result: Result) => 'misuse' in result || 'closed' in result;

describe.each(KINDS)('$name', (kind) => {
  const inputs = inputsOf(kind);

  test('event.by-table: any sequence of inputs comes to what the tables say', () => {
    fc.assert(
      fc.property(inputs, (inputs) => {
        const model = kind.model(new Coverage());
        const real = kind.make();
        const wire: string[] = [];
        let terminal: unknown;
        let lossTaken = false;
        for (const input of inputs) {
          if (!model.can(input)) continue;
          const expected = comparable(model.take(input));
          const found = comparable(real.take(input));
          expect(found, input.name).toEqual(expected);
          expect({ ...model.states, ...real.states }, input.name).toEqual(model.states);
          expect(real.full, `full after ${input.name}`).toBe(model.full);
          if ('misuse' in found) continue;
          if ('closed' in found) {
            expect(kind === lifespan || lossTaken, 'Closed without a loss').toBe(true);
            continue;
          }
          wire.push(...(found.outputs ?? []).filter((word) => word !== 'discard'));
          lossTaken ||= isLost(model.states);
          const { given } = found as { given?: { type: string } | null };
          if (terminal !== undefined && given !== undefined)
            expect(given, 'after the last event').toEqual(terminal);
          if (given && TERMINAL.test(given.type)) terminal = given;
        }
        const [type = ''] = kind.name.split(' ');
        expect(wire.map((word) => `${word};`).join('')).toMatch(GRAMMARS[type] as RegExp);
      }),
      runs(300),
    );
  });

  test('misuse.no-effect: a conversation in which Misuse was tried goes on as one without', () => {
    fc.assert(
      fc.property(inputs, (inputs) => {
        const model = kind.model(new Coverage());
        const tried = kind.make();
        const untried = kind.make();
        for (const input of inputs) {
          if (!model.can(input)) continue;
          model.take(input);
          const before = tried.states;
          const result = tried.take(input);
          if (isRejected(result)) expect(tried.states).toEqual(before);
          else expect(untried.take(input)).toEqual(result);
          expect(untried.states).toEqual(tried.states);
          expect(untried.full).toBe(tried.full);
        }
      }),
      runs(200),
    );
  });
});

function isLost(states: Readonly<Record<string, string>>): boolean {
  return Object.values(states).includes('lost');
}
