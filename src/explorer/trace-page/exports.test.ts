// What of a trace is taken along, and under which name.

import { describe, expect, test } from 'vitest';
import { traceOf } from '../../../tests/fixtures/trace-events.ts';
import { readNdjson } from '../../trace/formats/ndjson.ts';
import { baseName, chosenEvents, FORMS, markdownOf } from './exports.ts';

const events = traceOf(
  { type: 'http.request', payload: { preview: 'GET /', fields: [['Cookie', 'id=hidden']] } },
  { type: 'http.response.start', requirement: 'http.commit.on-start' },
);

describe('security.trace-secrets: the choice of events', () => {
  test('all of them, without secret values', async () => {
    const chosen = await chosenEvents(events, { secrets: false });
    expect(chosen).toHaveLength(2);
    expect(JSON.stringify(chosen)).not.toContain('hidden');
  });

  test('with secret values where they are asked for', async () => {
    expect(await chosenEvents(events, { secrets: true })).toEqual(events);
  });

  test('what a filter leaves, and an error for one that is not understood', async () => {
    const filter = 'type:http.response.*';
    expect(await chosenEvents(events, { secrets: true, filter })).toEqual(events.slice(1));
    await expect(chosenEvents(events, { secrets: true, filter: 'type:' })).rejects.toThrow(
      /^the filter is not understood at character \d+: /,
    );
  });
});

test('NDJSON reads again as the same trace; every form writes something of its own', async () => {
  const texts = await Promise.all(FORMS.map((form) => form.write(events)));
  expect(readNdjson(texts[0] as string).events).toEqual(events);
  expect(new Set(texts).size).toBe(FORMS.length);
  expect(new Set(FORMS.map(({ extension }) => extension)).size).toBe(FORMS.length);
});

test('the table links its clauses to a site, where there is one', () => {
  expect(markdownOf(events, 'https://site.example/')).toContain(
    '(<https://site.example/proposals/0003/#http.commit.on-start>)',
  );
  expect(markdownOf(events, undefined)).not.toContain('](');
});

test.each([
  ['trace.ndjson', 'trace'],
  ['trace.ndjson.gz', 'trace'],
  ['server.log', 'server'],
  ['src/app.ts', 'app.ts'],
  ['pasted lines', 'pasted-lines'],
  ['../..', 'trace'],
  ['', 'trace'],
  ['C:\\logs\\a b.jsonl', 'a-b'],
])('a file of %j is named %s', (name, base) => {
  expect(baseName(name)).toBe(base);
});
