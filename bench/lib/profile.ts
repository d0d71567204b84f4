// Reads what `node --cpu-prof` writes, and says which functions the time went to.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/project.mjs';

/** The parts of a V8 CPU profile that are used here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** Counted from 0. */
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** File and line, or the origin of what has none. */
  readonly where: string;
  readonly ms: number;
  /** Of the time in which the process did anything. */
  readonly share: number;
}

/** The functions with the most time of their own, most first; time in which the process waited is left out. */
export function topOf(profile: CpuProfile, count = 20): Share[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, { name: string; where: string; us: number }>();
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const frame = frames.get(id);
    if (!frame || frame.functionName === '(idle)') return;
    const us = profile.timeDeltas[index] ?? 0;
    busy += us;
    const name = frame.functionName || '(anonymous)';
    const where = placeOf(frame);
    const key = `${name} ${where}`;
    const entry = times.get(key);
    if (entry) entry.us += us;
    else times.set(key, { name, where, us });
  });
  return [...times.values()]
    .sort((a, b) => b.us - a.us)
    .slice(0, count)
    .map(({ name, where, us }) => ({ name, where, ms: us / 1000, share: us / busy }));
}

function placeOf({ url, lineNumber }: { url: string; lineNumber: number }): string {
  if (url === '') return '(native)';
  const file = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url;
  return `${file}:${lineNumber + 1}`;
}

/** Options with which Node writes a profile into a folder when it ends. */
export function profilingNode(folder: string): string[] {
  return ['--cpu-prof', '--cpu-prof-dir', folder];
}

/** The profiles of a folder, as text. Several if the server had several threads. */
export function describeProfiles(folder: string): string {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cpuprofile'))
    .map((file) => {
      const shares = topOf(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      return shares
        .map(
          ({ name, where, ms, share }) =>
            `${(100 * share).toFixed(1).padStart(6)} %${ms.toFixed(0).padStart(8)} ms  ${name}  ${where}`,
        )
        .join('\n');
    })
    .join('\n\n');
}
