// slowhttptest: clients that send and read as slowly as they can, while another one is served as if they were not there.

import { setInterval } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { pathOf, start, withPrograms } from './machine.ts';
import { type Served, serve } from './serve.ts';

withPrograms(['slowhttptest'], 'slowhttptest', () => {
  let served: Served;
  beforeAll(async () => {
    // Limits that a test of seconds can meet.
    served = await serve(['--limit', 'head_ms=3s', '--limit', 'idle_ms=3s']);
  });

  /** An attack of 100 connections, and what it printed, without colours. A normal client is served all the while. */
  async function attack(path: string, args: readonly string[]): Promise<string> {
    const attacker = start(pathOf('slowhttptest'), [
      ...['-u', `${served.url}${path}`, '-c', '100', '-r', '100', '-p', '10'],
      ...args,
    ]);
    let over = false;
    const ended = attacker.finished.finally(() => {
      over = true;
    });
    let answers = 0;
    for await (const _ of setInterval(50)) {
      if (over) break;
      const response = await fetch(`${served.url}/hello`, { signal: AbortSignal.timeout(10_000) });
      expect([response.status, await response.text()]).toEqual([200, 'Hello\n']);
      answers++;
    }
    expect(answers).toBeGreaterThan(20);

    const { code, stdout } = await ended;
    const said = stdout.replaceAll('\x1b', '').replace(/\[[\d;]*[mHJ]/g, '');
    expect(code).toBe(0);
    // Its own probe, at the beginning and every five seconds.
    expect(said).toMatch(/service available: +YES/);
    expect(said).not.toMatch(/service available: +NO/);
    return said;
  }

  test.concurrent('security.head-time: heads that never end are closed', async () => {
    const said = await attack('/hello', ['-H', '-i', '1', '-l', '30']);
    expect(said).toMatch(/Exit status: No open connections left/);
  });

  test.concurrent('timeout.acts: bodies that stand still are closed', async () => {
    const said = await attack('/digest', ['-B', '-i', '30', '-s', '8192', '-l', '30']);
    expect(said).toMatch(/Exit status: No open connections left/);
  });

  test.concurrent('timeout.stalled-reader: who hardly reads is given up', async () => {
    const said = await attack('/endless', [
      ...['-X', '-w', '1', '-y', '2', '-n', '30', '-z', '1', '-l', '15'],
    ]);
    expect(said).toMatch(/Exit status: Hit test time limit/);
    // It does not look at its connections while it does not read, but the application has learned of them.
    const response = await fetch(`${served.url}/ends`);
    expect(await response.json()).toMatchObject({ timeout: 100 });
  });
});
