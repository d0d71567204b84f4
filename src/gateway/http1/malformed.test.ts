// Every malformed message, and every neighbour that is well formed, through the reader and the checks of a head.

import { describe, expect, test } from 'vitest';
import { MESSAGE_CASES, type MessageCase } from './malformed.ts';
import { type ReadConnection, readAll } from './read-all.ts';

function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function expectOutcome(
  { requirement, expect: { accepted, status } }: MessageCase,
  read: ReadConnection,
) {
  expect(read.requests.map(({ method, target, body }) => ({ method, target, body }))).toEqual(
    accepted.map(({ method, target, body }) => ({ method, target, body })),
  );
  for (const [index, { headers = [], absent = [], trailers }] of accepted.entries()) {
    const request = read.requests[index];
    for (const field of headers) expect(request?.headers).toContainEqual(field);
    const names = request?.headers.map(([name]) => name);
    for (const name of absent) expect(names).not.toContain(name);
    if (trailers) expect(request?.trailers).toEqual(trailers);
  }
  if (status) {
    expect(status, read.failure?.message).toContain(read.failure?.status);
    expect(read.failure?.requirement).toBe(requirement);
  } else {
    expect(read.failure).toBeUndefined();
    expect(read.state).toBe('idle');
  }
}

describe.each(MESSAGE_CASES)('$requirement: $name', (each) => {
  test('in one piece', () => {
    expectOutcome(each, readAll([octets(each.octets)], each.limits));
  });

  test('octet by octet', () => {
    const all = octets(each.octets);
    const pieces = Array.from(all, (_, at) => all.subarray(at, at + 1));
    const read = readAll(pieces, each.limits);
    expectOutcome(each, read);
    expect(read.failure).toEqual(readAll([all], each.limits).failure);
  });
});

test('the names of the cases are unique', () => {
  const names = MESSAGE_CASES.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
