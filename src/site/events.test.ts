// What the pages of events are made of: every event is in one list, every row and field of the proposals is found, and
// every example that is named has the event in its trace.
import { describe, expect, test } from 'vitest';
import {
  clauseOf,
  events,
  eventsByScope,
  fieldRows,
  namesIn,
  requirementsOn,
  rowsOf,
} from './events.ts';
import { examplesWithEvent, examplesWithRequirement } from './events-recorded.ts';
import { recordedTrace } from './recorded-example.ts';
import { specification } from './specification.ts';

const event = (type: string) => {
  const found = specification.events.get(type);
  if (!found) throw new Error(`There is no event ${type}.`);
  return found;
};

test('every event stands in the list of one type of conversation, and in those of its others', () => {
  expect(eventsByScope.flatMap(({ own }) => own.map(({ type }) => type)).sort()).toEqual(
    events.map(({ type }) => type).sort(),
  );
  for (const { scope, shared } of eventsByScope)
    for (const other of shared) expect(other.scope).toContain(scope);
});

describe.each(events.map(({ type }) => [type]))('%s', (type) => {
  test('its rows are all those of the machines that name it, and no other', () => {
    const named = [...specification.machines.values()].flatMap(({ machine, transitions }) =>
      transitions.flatMap(({ on }, index) =>
        on.some((input) => input.split(' ').at(-1) === type) ? [`${machine} ${index + 1}`] : [],
      ),
    );
    expect(rowsOf(event(type)).map(({ machine, row }) => `${machine.machine} ${row}`)).toEqual(
      named,
    );
  });

  test('the requirement that governs it is the first of its requirements, each of which is there once', () => {
    const ties = requirementsOn(event(type));
    expect(ties[0]?.requirement.id).toBe(event(type).requirement);
    expect(new Set(ties.map(({ requirement }) => requirement.id)).size).toBe(ties.length);
    for (const { transition } of rowsOf(event(type))) {
      const clause = clauseOf(transition);
      if (clause !== undefined)
        expect(ties.map(({ requirement }) => requirement.id)).toContain(clause);
    }
  });

  test('each example that is listed has it where the address says', async () => {
    for (const { example, href, times } of await examplesWithEvent(type)) {
      const trace = await recordedTrace(example.slug);
      const seq = Number(/#t=(\d+)$/.exec(href)?.[1]);
      expect(trace.find((row) => row.seq === seq)).toMatchObject({ type, lane: 'app' });
      expect(trace.filter((row) => row.type === type && row.lane === 'app').length).toBe(times);
    }
  });
});

test('a field with a default may be left out by who sends, and one that is only received is always there', () => {
  const sent = fieldRows(event('http.response.start'));
  expect(sent.map(({ name, required, notes }) => [name, required, notes])).toEqual([
    ['status', true, ['200 to 599']],
    ['headers', false, []],
  ]);
  expect(sent[1]).toMatchObject({ default: [] });
  expect(fieldRows(event('http.request.end'))[0]).toMatchObject({
    name: 'trailers',
    required: true,
  });
  expect(fieldRows(event('http.closed')).map(({ required }) => required)).toEqual([true, false]);
});

test('names are read from code and not from prose', () => {
  expect([...namesIn('A `http.refuse` is no http.file; `not one name`.')]).toEqual(['http.refuse']);
});

test('the example that breaks a requirement comes with the row that breaks it', async () => {
  const [first] = await examplesWithRequirement('http.start-once');
  expect(first).toMatchObject({
    inTrace: true,
    example: { slug: 'start-once' },
    href: '/examples/start-once/#t=http.start-once',
  });
});
