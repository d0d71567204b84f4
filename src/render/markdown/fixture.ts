// For the tests of the plugins: a small specification, and Markdown in, HTML out.
import type { Root } from 'mdast';
import type { PluggableList } from 'unified';
import { type Problem, SpecError } from '../../spec/problem.ts';
import { assemble } from '../../spec/specification.ts';
import { termsInForce } from '../../spec/term-uses.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { addressesUnder } from '../addresses.ts';
import { rendererWith } from '../renderer.ts';
import type { MarkdownContext } from './context.ts';
import { sitePlugins } from './plugins.ts';

const PROPOSAL = `---
proposal: 7
title: Doors
summary: A small specification for tests.
authors: [Nobody]
status: draft
type: standards
created: 2026-11-22
discussion: repository
revision: 1
---

# Doors

r[door.open-once]
The gateway MUST NOT open \`door\` twice.

r[door.close]
The application SHOULD close it.

r[door.knock]
The application SHOULD knock.

\`\`\`feature
feature: door.bell
revision: 2
summary: A bell.
requirement: door.close
default: false
\`\`\`

\`\`\`event
type: door.chime
direction: receive
scope: [door]
feature: door.bell
summary: The bell rang.
requirement: door.close
fields: {}
example: {type: door.chime}
\`\`\`

\`\`\`event
type: door.word
direction: both
scope: [door]
summary: A word through the door.
requirement: door.close
fields: {}
example: {type: door.word}
\`\`\`

\`\`\`machine
machine: door.talk
summary: What is said.
scope: door
initial: open
states: {open: It is open.}
final: [open]
triggers: {}
guards: {}
actions: {}
transitions:
  - {on: [send door.word, receive door.word], from: open, stay: true}
\`\`\`
`;

/** What the example is recorded to do: it opens a door twice, and waits for a word. */
const TRACE: readonly TraceEvent[] = (
  [
    { lane: 'client', dir: 'out', type: 'client.request', payload: { preview: 'GET /<door>' } },
    {
      lane: 'gateway',
      dir: 'in',
      type: 'http.request',
      payload: { preview: 'GET /<door> HTTP/1.1' },
    },
    { lane: 'app', dir: 'out', type: 'receive', phase: 'B', span: 1 },
    {
      lane: 'app',
      dir: 'in',
      type: 'door.word',
      phase: 'E',
      span: 1,
      requirement: 'door.close',
      payload: { preview: 'knock', size: 5 },
    },
    {
      lane: 'app',
      dir: 'out',
      type: 'door.word',
      requirement: 'door.close',
      payload: { preview: 'a & b', size: 1 },
    },
    {
      lane: 'app',
      dir: 'out',
      type: 'door.word',
      violation: { requirement: 'door.open-once', message: 'twice' },
    },
    {
      lane: 'client',
      dir: 'in',
      type: 'client.response',
      payload: { preview: '200', status: 200 },
    },
    { lane: 'app', dir: 'internal', type: 'application.returns' },
    {
      conn: 2,
      lane: 'client',
      dir: 'out',
      type: 'client.request',
      payload: { preview: 'GET /two' },
    },
  ] satisfies Partial<TraceEvent>[]
).map((step, index) => ({
  v: 1,
  run: 'test',
  conn: 1,
  phase: 'i',
  seq: index + 1,
  t: 10 * index,
  ...step,
}));
const specification = assemble([['proposals/0007-doors/draft.md', PROPOSAL]]);

export const context: MarkdownContext = {
  addresses: addressesUnder('/'),
  repository: null,
  specification,
  examples: new Map([['hinge', 'A hinge']]),
  examplesShowing: (id) =>
    ({ 'door.open-once': ['hinge'], 'door.knock': ['creak', 'hinge'] })[id] ?? [],
  traceOf: async () => TRACE,
  traceShows: async (slug, id) => slug === 'hinge' && id === 'door.knock',
  linkedTerms: (slug) => termsInForce(specification, slug),
  hasPage: (_kind, name) => name !== 'door.chime',
};

/** Renders with all plugins of the site, or with those given. `path` is what errors name; `tree`, the Markdown as it was read. */
export async function render(
  markdown: string,
  {
    plugins = sitePlugins(context),
    path = 'doors.md',
    tree,
  }: { plugins?: PluggableList; path?: string; tree?: Root | undefined } = {},
): Promise<string> {
  const { html } = await rendererWith(plugins)(markdown, path, tree);
  return html;
}

/** What is wrong with a text that does not render. */
export async function problemsOf(markdown: string, path = 'doors.md'): Promise<readonly Problem[]> {
  try {
    await render(markdown, { path });
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
}
