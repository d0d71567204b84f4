// Diagrams are read by Mermaid's own parser: whatever a trace carries, each event is one step with its own text.

import fc from 'fast-check';
import mermaid from 'mermaid';
import { expect, test } from 'vitest';
import { traceEvents, traceOf, wildText } from '../../../tests/fixtures/trace-events.ts';
import type { TraceEvent } from '../event.ts';
import { MOST_DIAGRAM, writeMermaid } from './mermaid.ts';

interface Drawn {
  readonly parties: readonly string[];
  readonly steps: readonly { from?: string; to?: string; message?: string; type: number }[];
}

/** What Mermaid makes of a diagram, with the entity codes of its labels decoded as its renderer does it. */
async function drawn(diagram: string): Promise<Drawn> {
  await mermaid.parse(diagram);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(diagram);
  const { getActors, getMessages } = db as unknown as {
    getActors(): Map<string, unknown>;
    getMessages(): Drawn['steps'];
  };
  return {
    parties: [...getActors.call(db).keys()],
    steps: getMessages.call(db).map((step) => ({
      ...step,
      message: (step.message ?? '').replace(/ﬂ°°(\d+)¶ß/g, (_, code) =>
        String.fromCodePoint(Number(code)),
      ),
    })),
  };
}

/** `LINETYPE` of Mermaid's sequence diagrams. */
const NOTE = 2;

test('the parser finds what is broken', async () => {
  await expect(drawn('sequenceDiagram\n    client->>: x')).rejects.toThrow(/Parse error/);
});

test('any trace makes a diagram of three parties, with a step for each event', async () => {
  await fc.assert(
    fc.asyncProperty(traceEvents, async (events) => {
      const { parties, steps } = await drawn(writeMermaid(events));
      expect(parties).toEqual(['client', 'gateway', 'app']);
      const conversations = new Set(events.map(({ run, conn }) => JSON.stringify([run, conn])));
      expect(steps).toHaveLength(events.length + conversations.size);
    }),
    { numRuns: 100 },
  );
});

test('any text stands in its label as it is', async () => {
  const plain = wildText.filter((text) => !/\p{Cc}|\p{Cs}/u.test(text));
  await fc.assert(
    fc.asyncProperty(plain, async (preview) => {
      const { steps } = await drawn(writeMermaid(traceOf({ type: 'x', payload: { preview } })));
      const shown = [...preview].slice(0, 80).join('');
      expect(steps[1]?.message).toBe(
        `x ${shown}${[...preview].length > 80 ? '…' : ''}`.replace(/^ +| +$/g, ''),
      );
    }),
    { numRuns: 100 },
  );
});

test('who sends to whom; what the gateway saw of a recorded client is dashed, a violation ends in a cross', async () => {
  const events = traceOf(
    { payload: { preview: 'GET /a' } },
    { lane: 'gateway', dir: 'in', type: 'http.request' },
    { lane: 'app', dir: 'in', type: 'http.request.body', phase: 'B' },
    { lane: 'app', dir: 'internal', type: 'application.returns' },
    {
      lane: 'app',
      type: 'http.response.start',
      violation: { requirement: 'http.start-once', message: 'http.start-once: `start` again' },
    },
    { dir: 'in', type: 'client.response', payload: { preview: '200' } },
  );
  expect(writeMermaid(events).split('\n').slice(4, -1)).toEqual([
    '    Note over client,app: conversation 1, GET /a',
    '    client->>gateway: client.request GET /a',
    '    client-->>gateway: http.request',
    '    gateway->>app: http.request.body begins',
    '    Note over app: application.returns',
    '    app-xgateway: http.response.start breaks http.start-once, start again',
    '    gateway->>client: client.response 200',
  ]);
  const { steps } = await drawn(writeMermaid(events));
  expect(steps.map(({ from, to, type }) => (type === NOTE ? 'note' : `${from} ${to}`))).toEqual([
    'note',
    'client gateway',
    'client gateway',
    'gateway app',
    'note',
    'app gateway',
    'gateway client',
  ]);
});

test('a trace of the server alone has no dashes', () => {
  expect(writeMermaid(traceOf({ lane: 'gateway', dir: 'in', type: 'http.request' }))).toContain(
    'client->>gateway: http.request\n',
  );
});

test('a diagram ends before Mermaid’s limit, and counts what is left out', async () => {
  const events = traceOf(
    ...Array.from({ length: 3000 }, (): Partial<TraceEvent> => ({ payload: { preview: ';;;;' } })),
  );
  const diagram = writeMermaid(events);
  expect(diagram.length).toBeLessThanOrEqual(MOST_DIAGRAM);
  const { steps } = await drawn(diagram);
  const last = steps.at(-1)?.message;
  expect(last).toBe(`${3000 - (steps.length - 2)} more events are left out`);
});
