// Conformance: where an HTTP/1 message ends and what it may be made of (proposal 10): the list of malformed messages and
// their well-formed neighbours, as octets on a real connection.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { MESSAGE_CASES, type MessageCase } from '../../gateway/http1/malformed.ts';
import { area, type Case, conforms, type StageHandlers } from '../case.ts';
import type { Peer } from '../peer.ts';

/** What the application saw of a request that arrived whole. */
interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly trailers: readonly (readonly [string, string])[];
}

/** Reads each request to its end before it answers. */
const reads: StageHandlers = {
  async http(scope, receive, send, stage) {
    let body = '';
    for (;;) {
      const event = await receive();
      if (event.type === 'http.request.body') body += Buffer.from(event.data).toString('latin1');
      else if (event.type === 'http.request.end') {
        const { method, target, headers } = scope;
        stage.note('arrived', { method, target, body, headers, trailers: event.trailers });
        break;
      } else return;
    }
    await send({ type: 'http.response.start', status: 200, headers: [['content-length', '0']] });
    await send({ type: 'http.response.end' });
  },
};

const STATUS = /HTTP\/1\.[01] (\d{3})/g;

/** Sends the octets of one case and holds the gateway to what is expected. */
async function drive(t: Peer, one: MessageCase): Promise<void> {
  const { accepted, status } = one.expect;
  const raw = await t.raw();
  await raw.write(one.octets).catch(() => {});
  let statuses: string[];
  if (status) {
    const { text } = await t.within(5000, raw.rest(), 'the end of the connection');
    statuses = [...text.matchAll(STATUS)].map(([, code = '']) => code);
    equal(statuses.length, accepted.length + 1, `answers: ${statuses.join(' ')}`);
    ok(
      status.includes(Number(statuses.at(-1))),
      `answered ${statuses.at(-1)}, not ${status.join(' or ')}`,
    );
  } else {
    statuses = [];
    while (statuses.length < accepted.length) {
      const head = await t.within(5000, raw.until('\r\n\r\n'), 'an answer');
      statuses.push(...[...head.matchAll(STATUS)].map(([, code = '']) => code));
    }
    raw.reset();
  }
  deepEqual(
    statuses.slice(0, accepted.length),
    accepted.map(() => '200'),
  );
  for (const wanted of accepted) {
    const arrived = await t.seen<Arrived>('arrived');
    const { method, target, body } = arrived;
    deepEqual(
      { method, target, body },
      { method: wanted.method, target: wanted.target, body: wanted.body },
    );
    for (const field of wanted.headers ?? []) {
      ok(
        arrived.headers.some(([name, value]) => name === field[0] && value === field[1]),
        `the field ${field.join(': ')} did not arrive`,
      );
    }
    for (const name of wanted.absent ?? [])
      ok(!arrived.headers.some(([known]) => known === name), `a field ${name} arrived`);
    if (wanted.trailers) deepEqual(arrived.trailers, wanted.trailers);
  }
}

/** One case of the suite for a requirement and the limits under which its messages are read. */
function group(messages: readonly MessageCase[]): Omit<Case, 'requirement' | 'title'> {
  const { limits } = messages[0] as MessageCase;
  return {
    drivers: ['h1'],
    why: 'only HTTP/1 has messages without frames of their own',
    ...(limits ? { gateway: { limits } } : {}),
    app: reads,
    ms: 60_000,
    async client(t) {
      // The octets have no mark, so the gateway has to be one that was made for this case.
      t.operator.log();
      const wrong: string[] = [];
      for (const message of messages) {
        await drive(t, message).catch((error: Error) => {
          wrong.push(`${message.name} (${message.clause}): ${error.message.split('\n')[0]}`);
        });
      }
      ok(wrong.length === 0, `${wrong.length} of ${messages.length}:\n${wrong.join('\n')}`);
    },
  };
}

/** Messages of one requirement by what becomes of them and under which limits. */
function groups(requirement: string): readonly (readonly [string, readonly MessageCase[]])[] {
  const found = new Map<string, MessageCase[]>();
  for (const message of MESSAGE_CASES) {
    if (message.requirement !== requirement) continue;
    const what = message.expect.status ? 'refused or given up' : 'read to where they end';
    const under = message.limits ? `, under ${JSON.stringify(message.limits)}` : '';
    const key = `messages that are to be ${what}${under}`;
    found.set(key, [...(found.get(key) ?? []), message]);
  }
  return [...found];
}

export default area('security-messages', 'Where a message ends', [
  ...groups('security.framing-conflict').map(([title, messages]) =>
    conforms('security.framing-conflict', title, group(messages)),
  ),
  ...groups('security.message-syntax').map(([title, messages]) =>
    conforms('security.message-syntax', title, group(messages)),
  ),
  ...groups('security.target-syntax').map(([title, messages]) =>
    conforms('security.target-syntax', title, group(messages)),
  ),
  ...groups('security.version-known').map(([title, messages]) =>
    conforms('security.version-known', title, group(messages)),
  ),
  ...groups('security.host-single').map(([title, messages]) =>
    conforms('security.host-single', title, group(messages)),
  ),
  ...groups('security.request-field-syntax').map(([title, messages]) =>
    conforms('security.request-field-syntax', title, group(messages)),
  ),
  ...groups('security.underscore-distinct').map(([title, messages]) =>
    conforms('security.underscore-distinct', title, group(messages)),
  ),
  ...groups('security.limits-method').map(([title, messages]) =>
    conforms('security.limits-method', title, group(messages)),
  ),
  ...groups('security.limits-target').map(([title, messages]) =>
    conforms('security.limits-target', title, group(messages)),
  ),
  ...groups('security.limits-head').map(([title, messages]) =>
    conforms('security.limits-head', title, group(messages)),
  ),
  ...groups('security.limits-body-declared').map(([title, messages]) =>
    conforms('security.limits-body-declared', title, group(messages)),
  ),
  ...groups('security.limits-body').map(([title, messages]) =>
    conforms('security.limits-body', title, group(messages)),
  ),
  ...groups('http.request.dechunked').map(([title, messages]) =>
    conforms('http.request.dechunked', title, group(messages)),
  ),
  ...groups('http.request.trailers').map(([title, messages]) =>
    conforms('http.request.trailers', title, group(messages)),
  ),
  ...groups('http.path.encoded').map(([title, messages]) =>
    conforms('http.path.encoded', title, group(messages)),
  ),
  ...groups('http.headers.order').map(([title, messages]) =>
    conforms('http.headers.order', title, group(messages)),
  ),
]);
