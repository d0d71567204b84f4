// Measures the redline engine: `node bench/redline.ts`. Prints the median and the slowest of many runs after a warm-up,
// with the size of what was compared, and the median of CPU time, which a busy machine distorts less. The target is 50 ms for two revisions of 100 kB.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { merge } from '../src/render/redline-merge.ts';
import { readHtml, writeHtml } from '../src/render/redline-tree.ts';
import { sha256 } from '../src/spec/checksum.ts';
import { cut } from '../src/spec/redline/cut.ts';
import { formatRedline } from '../src/spec/redline/format.ts';
import { redline } from '../src/spec/redline/redline.ts';
import { summarise } from '../src/spec/redline/summary.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const http = readFileSync(`${root}proposals/0003-http/draft.md`, 'utf8');

/** Several copies of a proposal as one text, each with ids of its own. */
function large(text: string, size: number): string {
  const [, head = '', body = text] = /^(---\n[\s\S]*?\n---\n)([\s\S]*)$/.exec(text) ?? [];
  let result = head;
  for (let copy = 1; result.length < size; copy++) {
    result += body
      .replace(/^r\[/gm, `r[copy${copy}.`)
      .replace(/^(type|record|machine|feature): (?=\w+[._])/gm, `$1: copy${copy}.`)
      .replace(/^(#+) /gm, `$1 ${copy}. `);
  }
  return result.slice(0, result.lastIndexOf('\n\n', size) + 1);
}

/** A revision: every nth paragraph reworded, dropped, moved or followed by another. */
function revise(text: string): string {
  const parts = text.split('\n\n');
  const moved: string[] = [];
  const kept = parts.flatMap((part, index) => {
    if (index < 2 || part.startsWith('#') || part.includes('```')) {
      return [part.replace('text: "The', 'text: "This')];
    }
    if (index % 10 === 3) return [part.replace(/\bthe\b/g, 'each').replace('MUST', 'SHOULD')];
    if (index % 40 === 7) return [];
    if (index % 40 === 17) return [part, `This paragraph is new, and has the number ${index}.`];
    if (index % 40 === 27) moved.push(part);
    return index % 40 === 27 ? [] : [part];
  });
  return [...kept, ...moved].join('\n\n');
}

const before = large(http, 100_000);
const after = revise(before);
const reordered = Array.from({ length: 3000 }, (_, index) => `word${(index * 1009) % 3000}`);
const cases: readonly [name: string, size: number, run: () => unknown, runs?: number][] = [
  ['cut into blocks', before.length, () => cut(before)],
  ['redline, real changes', before.length, () => redline(before, after)],
  ['redline, no change', before.length, () => redline(before, before)],
  ['redline, nothing in common', before.length, () => redline(before, large(prose(), 100_000))],
  ['summary of requirements', before.length, () => summarise(before, after)],
  ['format for the terminal', before.length, format()],
  [
    'merge of rendered texts',
    before.length,
    () => writeHtml(merge(html(before), html(after), { ids: new Set() })),
  ],
  ['SHA-256', before.length, () => sha256(before)],
  [
    '3,000 one-word paragraphs, shuffled',
    30_000,
    () => redline(numbered(), reordered.join('\n\n')),
  ],
  ['one paragraph of 5 MB', 5_000_000, () => redline(one('a'), one('b')), 5],
  ['5 MB of paragraphs', 5_000_000, () => redline(many('a'), many('b')), 3],
];

/** Every stretch between empty lines as a paragraph, which is what takes longest to merge. */
function html(text: string) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return readHtml(
    escaped
      .split('\n\n')
      .map((part) => `<p>${part}</p>`)
      .join('\n'),
  );
}

function prose(): string {
  return Array.from(
    { length: 4000 },
    (_, index) => `Sentence ${index} is about ${index * 7}.`,
  ).join('\n\n');
}
function numbered(): string {
  return Array.from({ length: 3000 }, (_, index) => `word${index}`).join('\n\n');
}
function one(word: string): string {
  return `${'The gateway gives names. '.repeat(100_000)}${word} ${'And so on it goes. '.repeat(131_000)}`;
}
function many(word: string): string {
  return Array.from({ length: 60_000 }, (_, index) => {
    const part = index % 100 === 0 ? word : 'the same';
    return `Paragraph ${index} has ${part} and some more words, so that it is of the usual length.`;
  }).join('\n\n');
}
function format(): () => string {
  const compared = redline(before, after);
  return () => formatRedline(compared, { color: true, context: 1 });
}

const only = process.argv[2];
for (const [name, size, run, runs = 25] of cases) {
  if (only !== undefined && !name.includes(only)) continue;
  for (let warm = 0; warm < Math.min(runs, 8); warm++) run();
  const measured = Array.from({ length: runs }, () => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    run();
    const { user, system } = process.cpuUsage(before);
    return { elapsed: performance.now() - start, cpu: (user + system) / 1000 };
  });
  const sorted = (key: 'elapsed' | 'cpu') => measured.map((one) => one[key]).sort((a, b) => a - b);
  const [elapsed, cpu] = [sorted('elapsed'), sorted('cpu')];
  const ms = (value = 0) => `${value.toFixed(1).padStart(8)} ms`;
  console.log(
    `${name.padEnd(36)}${`${(size / 1000).toFixed(0)} kB`.padStart(8)}${ms(elapsed[runs >> 1])}   CPU${ms(cpu[runs >> 1])}   slowest${ms(elapsed.at(-1))} of ${runs}`,
  );
}
