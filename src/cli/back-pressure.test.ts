// Back-pressure as a trace shows it: the example of a large download to a slow reader, over each transport.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { DEFAULT_LIMITS } from '../gateway/limits.ts';
import type { TraceEvent } from '../trace/index.ts';
import { runScenario } from './check.ts';
import { loadApplication } from './load.ts';

const EXAMPLE = join(ROOT, 'content/examples/download');
/** What the application hands over in one `send`. */
const PIECE = 256 * 1024;
const PIECES = 48;

test.each(['h1', 'memory'] as const)(
  'flow.send-waits: over %s a blocked `send` lasts until the reader has taken, and the buffer never holds more than one piece above its mark',
  async (transport) => {
    const entry = join(EXAMPLE, 'app.ts');
    const scenario = readFileSync(join(EXAMPLE, 'requests.http'), 'utf8');
    const { events } = await runScenario(await loadApplication(entry), scenario, transport, entry);
    const bodies = events.filter(
      ({ lane, type }) => lane === 'app' && type === 'http.response.body',
    );
    expect(bodies).toHaveLength(PIECES);

    const waits = events.filter(({ type, phase }) => type === 'send' && phase === 'B');
    const endOf = (begin: TraceEvent) =>
      events.find(({ span, phase }) => phase === 'E' && span === begin.span) as TraceEvent;
    expect(waits.length).toBeGreaterThan(0);
    for (const wait of waits) {
      const end = endOf(wait);
      expect(end.t).toBeGreaterThanOrEqual(wait.t);
      // It stands behind its event, and nothing more is sent until it is over.
      expect(events[(wait.cause as number) - 1]).toMatchObject({
        lane: 'app',
        type: 'http.response.body',
      });
      expect(bodies.some(({ seq }) => seq > wait.seq && seq < end.seq)).toBe(false);
      // Settled by the reader: it has taken something in between.
      if (transport === 'memory')
        expect(
          events.some(
            ({ lane, dir, seq }) =>
              lane === 'client' && dir === 'in' && seq > wait.seq && seq < end.seq,
          ),
        ).toBe(true);
    }
    const levels = events.flatMap(({ dir, buffered }) =>
      dir === 'out' && buffered !== undefined ? [buffered] : [],
    );
    expect(Math.max(...levels)).toBeGreaterThanOrEqual(DEFAULT_LIMITS.send_buffer_octets);
    expect(Math.max(...levels)).toBeLessThanOrEqual(DEFAULT_LIMITS.send_buffer_octets + PIECE);
  },
);
