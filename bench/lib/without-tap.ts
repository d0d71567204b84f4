// The gateway with the tap taken out of its source, to measure what it costs while nobody listens. There is no build
// with and without it, so this makes one: a copy of the sources in which everything that asks for the tap finds none.

import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/project.mjs';

/** Each way in which the source asks for the tap, and the constant in its place: the engine drops what stands behind it. */
const ASKS: readonly (readonly [from: RegExp, to: string])[] = [
  [/\b(?:this\.#around|around)\.tap\b(?=\))/g, 'false'],
  [/!this\.#around\.tap\b/g, 'true'],
  [/\bthis\.#around\.tap(?= && )/g, 'undefined'],
  [/(?<=return \()\s+this\.#around\.tap\?\.\(.*\) \?\?\s+(?=undefined\s+\);)/g, ''],
  [/\boptions\.tap\?\.\(/g, '(undefined as Tap | undefined)?.('],
];
const FILES = ['src/gateway/exchange.ts', 'src/gateway/gateway.ts'];

/** A source without the tap. `left` are the lines that ask for it still, which is a fault of this file. */
export function withoutTap(source: string): { text: string; left: string[] } {
  let text = source;
  for (const [from, to] of ASKS) text = text.replaceAll(from, to);
  const left = text.split('\n').filter((line) => /#around\.tap\b|options\.tap\?/.test(line));
  return { text, left };
}

/** Copies the project's code into a folder, and takes the tap out there. @throws Error if some of it would be left */
export function copyWithoutTap(folder: string): void {
  for (const name of ['src', 'bench', 'scripts', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of FILES) {
    const { text, left } = withoutTap(readFileSync(join(root, name), 'utf8'));
    if (left.length > 0)
      throw new Error(`${name} asks for the tap in a new way: ${left[0]?.trim()}`);
    writeFileSync(join(folder, name), text);
  }
}
