// Every breach of RFC 9113 that a client can commit, and its neighbours, through a connection: in one piece and octet by
// octet.

import { describe, expect, test } from 'vitest';
import { CONNECTION_CASES, type ConnectionCase } from './cases.ts';
import { type Recorded, readAll } from './read-all.ts';

const RESET = 3;
const GOAWAY = 7;

const uint32 = (octets: Uint8Array, at: number) => new DataView(octets.buffer).getUint32(at);

function expectOutcome({ expect: outcome }: ConnectionCase, read: Recorded): void {
  const goaways = read.frames.filter(({ type }) => type === GOAWAY);
  const codes = goaways.map(({ payload }) => uint32(payload, 4));
  expect(codes, read.failure?.message).toEqual(
    outcome.goaway === undefined ? [] : [outcome.goaway],
  );
  const resets = read.frames
    .filter(({ type }) => type === RESET)
    .map(({ id, payload }) => [id, uint32(payload, 0)]);
  expect(resets).toEqual(outcome.resets ?? []);
  if (outcome.requests) expect(read.requests).toMatchObject(outcome.requests);
  else if (outcome.goaway) expect(read.requests.map(({ id }) => id)).not.toContain(2001);
  else expect(read.requests.map(({ id }) => id)).toContain(2001);
  // Nothing is written behind what ends the connection.
  if (read.failure) expect(read.frames.at(-1)?.type).toBe(GOAWAY);
}

describe.each(CONNECTION_CASES)('RFC 9113 $clause: $name', (each) => {
  test('in one piece', () => {
    expectOutcome(each, readAll(each.steps, each.options));
  });

  test('octet by octet', () => {
    const read = readAll(each.steps, each.options, (octets) =>
      Array.from(octets, (_, at) => octets.subarray(at, at + 1)),
    );
    expectOutcome(each, read);
  });
});

test('the names of the cases are unique', () => {
  const names = CONNECTION_CASES.map(({ clause, name }) => `${clause} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
