import { expect, test } from 'vitest';
import { context, render as renderWith } from './fixture.ts';
import { informative } from './informative.ts';
import { sitePlugins } from './plugins.ts';

const REQUIREMENT = 'r[door.close]\nThe application SHOULD close it.';
const TABLE = '| a | b |\n|---|---|\n| 1 | 2 |\n\nTable: Hinges';

const plugins = [...sitePlugins(context), informative];
const render = (markdown: string) => renderWith(markdown, { plugins });

/** The elements that are marked, in order. */
async function marked(markdown: string): Promise<string[]> {
  const html = await render(markdown);
  return [...html.matchAll(/<(\w+)[^>]* data-informative[^>]*>/g)].map(([, name]) => name ?? '');
}

test.each<[what: string, markdown: string, left: readonly string[]]>([
  ['prose', `${REQUIREMENT}\n\nA note.`, ['p']],
  ['a list', `${REQUIREMENT}\n\n- one\n- two`, ['ul']],
  ['a quotation', `${REQUIREMENT}\n\n> words`, ['blockquote']],
  ['highlighted code', `${REQUIREMENT}\n\n\`\`\`ts\nlet door;\n\`\`\``, ['pre']],
  ['a heading with nothing below', `## Why\n\n## What\n\n${REQUIREMENT}`, ['h2']],
  ['a heading with prose below', `## Why\n\nWords.\n\n## What\n\n${REQUIREMENT}`, ['h2', 'p']],
  ['not one that has a section with a requirement', `## A\n\n### B\n\n${REQUIREMENT}`, []],
  ['only what ends before', `## A\n\n${REQUIREMENT}\n\n### B\n\nWords.`, ['h3', 'p']],
  [
    'a table in a section without requirement',
    `## A\n\n${TABLE}\n\n## B\n\n${REQUIREMENT}`,
    ['h2', 'section'],
  ],
  ['not a table behind a requirement', `## A\n\n${REQUIREMENT}\n\n${TABLE}`, []],
  ['not a table before a requirement', `## A\n\n${TABLE}\n\n${REQUIREMENT}`, []],
  [
    'not a table that a requirement names',
    `## A\n\n${TABLE}\n\n## B\n\nr[door.close]\nThe application SHOULD close as the table "Hinges" says.`,
    [],
  ],
  [
    'a register of ids',
    `## A\n\n${REQUIREMENT}\n\n\`\`\`untested\n- requirement: door.close\n  reason: Nobody looks.\n\`\`\``,
    ['section'],
  ],
  [
    'not a card',
    `${REQUIREMENT}\n\n\`\`\`feature\nfeature: door.bell\nrevision: 2\nsummary: A bell.\nrequirement: door.close\ndefault: false\n\`\`\``,
    [],
  ],
])('informative is %s', async (_what, markdown, left) => {
  expect(await marked(markdown)).toEqual(left);
});

test('a text without requirements is left alone', async () => {
  expect(await marked(`## Why\n\nWords.\n\n${TABLE}`)).toEqual([]);
});

test('the place of a sandbox is as it was, for the page to find', async () => {
  const html = await render(
    `${REQUIREMENT}\n\n\`\`\`try\nexample: hinge\ncaption: A hinge.\n\`\`\``,
  );
  expect(html).toMatch(/<portway-try data-example="hinge">/);
});
