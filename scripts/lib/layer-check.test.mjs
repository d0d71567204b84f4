import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkLayers } from './layer-check.mjs';

let project;
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** Writes a project and returns `rule: from → to` of each violation. */
async function violationsOf(files) {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'portway-layers-')));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  }
  const { violations } = await checkLayers(project);
  return violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`).sort();
}
const value = 'export const value = 1;\nexport type Value = number;\n';
const uses = (path) => `import { value } from '${path}';\nconsole.log(value);\n`;
const usesType = (path) => `import type { Value } from '${path}';\nexport const v: Value = 1;\n`;

test('imports that go down are fine, over any number of layers', async () => {
  const found = await violationsOf({
    'src/pages/index.astro': `---\nimport '../site/layout.ts';\nimport '../spec/parse.ts';\n---\n<p />\n`,
    'src/site/layout.ts': uses('../gateway/gateway.ts'),
    'src/gateway/gateway.ts': `${uses('./conversation/http.ts')}import 'node:http';\n`,
    'src/gateway/conversation/http.ts': uses('../../interface/events.ts'),
    'src/interface/events.ts': value,
    'src/spec/parse.ts': value,
  });
  expect(found).toEqual([]);
});

test('an import that goes up is named with its rule', async () => {
  const found = await violationsOf({
    'src/gateway/gateway.ts': uses('../client/client.ts'),
    'src/client/client.ts': value,
  });
  expect(found).toEqual([
    'imports-go-down-from-gateway-and-app-and-checker: src/gateway/gateway.ts → src/client/client.ts',
  ]);
});

test('a type import is an import', async () => {
  const found = await violationsOf({
    'src/app/index.ts': usesType('../sandbox/session.ts'),
    'src/sandbox/session.ts': value,
  });
  expect(found).toEqual([
    'imports-go-down-from-gateway-and-app-and-checker: src/app/index.ts → src/sandbox/session.ts',
  ]);
});

test('folders of one layer stay apart, save in tests', async () => {
  const found = await violationsOf({
    'src/gateway/gateway.ts': uses('../app/index.ts'),
    'src/gateway/gateway.test.ts': uses('../app/index.ts'),
    'src/app/index.ts': value,
  });
  expect(found).toEqual(['gateway-beside-app-checker: src/gateway/gateway.ts → src/app/index.ts']);
});

test('spec and gateway do not know each other', async () => {
  const found = await violationsOf({
    'src/spec/parse.ts': uses('../interface/events.ts'),
    'src/gateway/gateway.ts': uses('../spec/parse.ts'),
    'src/interface/events.ts': value,
  });
  expect(found).toEqual([
    'spec-imports-nothing-of-ours: src/spec/parse.ts → src/interface/events.ts',
    'spec-is-read-from-above: src/gateway/gateway.ts → src/spec/parse.ts',
  ]);
});

test('the conversation takes neither Node, nor packages, nor the transport', async () => {
  const found = await violationsOf({
    'src/gateway/conversation/http.ts': `${uses('../transport/memory.ts')}import 'node:timers';\nimport 'left-pad';\n`,
    'src/gateway/transport/memory.ts': value,
  });
  expect(found).toEqual([
    'conversation-without-io: src/gateway/conversation/http.ts → left-pad',
    'conversation-without-io: src/gateway/conversation/http.ts → src/gateway/transport/memory.ts',
    'conversation-without-io: src/gateway/conversation/http.ts → timers',
  ]);
});

test('interface and trace import nothing', async () => {
  const found = await violationsOf({
    'src/interface/events.ts': `${uses('../trace/event.ts')}import 'node:util';\n`,
    'src/trace/event.ts': value,
  });
  expect(found).toEqual([
    'interface-and-trace-import-nothing: src/interface/events.ts → util',
    'interface-beside-trace: src/interface/events.ts → src/trace/event.ts',
  ]);
});

test('explorer takes types only from spec', async () => {
  const found = await violationsOf({
    'src/explorer/table.ts': usesType('../spec/parse.ts'),
    'src/explorer/Redline.svelte': `<script lang="ts">${uses('../spec/parse.ts')}</script>`,
    'src/explorer/Filter.svelte': `<script lang="ts">${usesType('../spec/parse.ts')}</script>`,
    'src/spec/parse.ts': value,
  });
  expect(found).toEqual([
    'explorer-takes-types-from-spec: src/explorer/Redline.svelte → src/spec/parse.ts',
  ]);
});

test('the client meets the gateway in its memory runner only', async () => {
  const found = await violationsOf({
    'src/client/memory.ts': uses('../gateway/gateway.ts'),
    'src/client/sockets.ts': uses('../gateway/gateway.ts'),
    'src/gateway/gateway.ts': value,
  });
  expect(found).toEqual([
    'client-meets-gateway-in-memory-only: src/client/sockets.ts → src/gateway/gateway.ts',
  ]);
});

test('a sandbox guest takes the gateway, but not the conformance suite', async () => {
  const found = await violationsOf({
    'src/sandbox/guest/main.ts': `${uses('../../gateway/gateway.ts')}import '../../conformance/suite.ts';\n`,
    'src/conformance/suite.ts': value,
    'src/gateway/gateway.ts': value,
  });
  expect(found).toEqual([
    'guest-stays-small: src/sandbox/guest/main.ts → src/conformance/suite.ts',
  ]);
});

test('components are held to the rules too, in front matter, scripts and types', async () => {
  const found = await violationsOf({
    'src/site/Page.astro': `---\nimport P from '../pages/index.astro';\n---\n<script>import '../pages/x.ts';</script>\n`,
    'src/explorer/View.svelte': `<script lang="ts">${usesType('../site/layout.ts')}</script>\n`,
    'src/pages/index.astro': '<p />',
    'src/pages/x.ts': value,
    'src/site/layout.ts': value,
  });
  expect(found).toEqual([
    'imports-go-down-from-explorer: src/explorer/View.svelte → src/site/layout.ts',
    'imports-go-down-from-site: src/site/Page.astro → src/pages/index.astro',
    'imports-go-down-from-site: src/site/Page.astro → src/pages/x.ts',
  ]);
});

test('cycles are found', async () => {
  const found = await violationsOf({
    'src/trace/a.ts': uses('./b.ts') + value.replace('value', 'other'),
    'src/trace/b.ts': `${usesType('./a.ts')}export const value = 1;\n`,
  });
  expect(found.map((text) => text.split(':')[0])).toEqual(['no-cycles']);
});

test('our own name is src/app', async () => {
  const found = await violationsOf({
    'package.json': JSON.stringify({ name: 'portway', exports: { '.': './src/app/index.ts' } }),
    'src/trace/a.ts': uses('portway'),
    'src/app/index.ts': value,
  });
  expect(found).toContain(
    'imports-go-down-from-interface-and-trace: src/trace/a.ts → src/app/index.ts',
  );
});

test('a folder without a layer is refused', async () => {
  const found = await violationsOf({
    'src/helpers/a.ts': uses('../trace/event.ts'),
    'src/trace/event.ts': value,
  });
  expect(found).toEqual(['folder-has-a-layer-too: src/helpers/a.ts → src/trace/event.ts']);
});
