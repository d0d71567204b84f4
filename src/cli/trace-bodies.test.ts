// Bodies in a trace of a server, from the request that was served to the replay that sends it again.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT, start } from '../../tests/fixtures/portway.ts';
import { readNdjson } from '../trace/formats/ndjson.ts';

const ECHO = join(ROOT, 'content/examples/echo/app.ts');
/** Every octet there is, and more than a preview shows. */
const BODY = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);

async function record(cwd: string, ...options: string[]): Promise<string> {
  const running = start(
    ['serve', ECHO, '--port', '0', '--trace', 'out.ndjson', '--log-level', 'warning', ...options],
    { cwd },
  );
  onTestFinished(() => {
    running.child.kill('SIGKILL');
  });
  const [, url = ''] = await running.printed(/on (http:\/\/\S+?:\d+\/)/);
  const response = await fetch(url, { method: 'POST', body: BODY });
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(BODY);
  running.child.kill('SIGTERM');
  await running.ended;
  return readFileSync(join(cwd, 'out.ndjson'), 'utf8');
}

test('--trace-bodies: a body is in the trace once, by its SHA-256, and a replay sends it again', async () => {
  const cwd = folder();
  const text = await record(cwd, '--trace-bodies');
  const { events, bodies } = readNdjson(text);
  const refs = new Set(events.flatMap(({ payload }) => payload?.ref ?? []));
  expect([...(bodies?.keys() ?? [])].sort()).toEqual([...refs].sort());
  expect([...(bodies?.values() ?? [])].some((data) => data.length === BODY.length)).toBe(true);
  expect(text.split('"data":').length - 1).toBe(bodies?.size);
  const replayed = await portway(['replay', 'out.ndjson', '--app', ECHO], { cwd });
  expect(replayed.stdout).toContain('as recorded');
  expect(replayed.code).toBe(0);
});

test('a body that was changed since is refused, with the line that has it', async () => {
  const cwd = folder();
  const text = await record(cwd, '--trace-bodies');
  const changed = text.replace(/("data":")..../, (_, before) => `${before}////`);
  expect(changed).not.toBe(text);
  writeFileSync(join(cwd, 'out.ndjson'), changed);
  const replayed = await portway(['replay', 'out.ndjson', '--app', ECHO], { cwd });
  expect(replayed.stderr).toMatch(/out\.ndjson:\d+: the data of a body is not what its name says/);
  expect(replayed.code).not.toBe(0);
});

test('without it the trace has the beginning alone, and a replay says what it cannot send', async () => {
  const cwd = folder();
  expect(readNdjson(await record(cwd)).bodies).toBeUndefined();
  const replayed = await portway(['replay', 'out.ndjson', '--app', ECHO], { cwd });
  expect(replayed.stdout).toContain('not replayed');
  expect(replayed.code).toBe(1);
});
