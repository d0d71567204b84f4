// `portway spec generate`: writes what is made of the proposals, the interface as TypeScript and Python and the register,
// or checks that what is checked in is up to date.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles, isGenerated } from '../spec/generate/files.ts';
import type { Library } from '../spec/lint/rule.ts';
import { formatProblem } from '../spec/problem.ts';
import type { Refusal } from '../spec/publish.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { ROOT } from './drafts.ts';
import { readLibrary } from './proposal/repository.ts';

/** Nothing else in this folder has a name like those that are generated. */
export const GENERATED = 'src/interface';

export const specGenerate: Command = {
  summary: 'write the interface as code from the proposals',
  usage: `portway spec generate: write the interface as code from proposals/*/draft.md

Usage: portway spec generate [--check]

  --check   write nothing; exit 1 if a file is not what the proposals say

Writes src/interface/*.generated.ts, src/python/portway/events.py and the register of requirements,
proposals/requirements.json.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      { check: { type: 'boolean' } },
      'spec generate',
    );
    if (positionals.length > 0)
      throw new CommandError(
        `takes no arguments, and got \`${positionals[0]}\`. See \`portway spec generate --help\`.`,
        2,
      );
    const { files, stale, orphans } = await compareGenerated(ROOT, await readLibrary(ROOT));
    if (values.check) {
      if (stale.length + orphans.length === 0) return 0;
      throw new CommandError(
        `${[...stale, ...orphans].join(', ')} differ from the proposals. Run \`npm run spec\`.`,
      );
    }
    for (const path of stale) {
      await mkdir(dirname(join(ROOT, path)), { recursive: true });
      await writeFile(join(ROOT, path), files.get(path) ?? '');
    }
    for (const path of orphans) await rm(join(ROOT, path));
    console.log(`${files.size} files from the proposals, ${stale.length} changed`);
    return 0;
  },
};

export interface Generated {
  /** Path relative to the repository to the whole text. */
  readonly files: ReadonlyMap<string, string>;
  /** Those of them that are not on the disk as they are to be. */
  readonly stale: readonly string[];
  /** Files on the disk that nothing generates any more. */
  readonly orphans: readonly string[];
}

/** What is made of the proposals, beside what is on the disk. @throws CommandError where nothing can be made of them */
export async function compareGenerated(root: string, library: Library): Promise<Generated> {
  const files = generatedFiles(library);
  if ('refused' in files) throw refusal(files);
  const stale: string[] = [];
  for (const [path, text] of files) {
    const current = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (current !== text) stale.push(path);
  }
  const orphans = (await readdir(join(root, GENERATED)).catch(() => []))
    .map((name) => `${GENERATED}/${name}`)
    .filter((path) => isGenerated(path) && !files.has(path));
  return { files, stale, orphans };
}

/** Why nothing is written, and where to look. */
function refusal({ refused, problems }: Refusal): CommandError {
  return new CommandError(
    problems
      ? `${refused}, nothing written:\n${problems.map(formatProblem).join('\n')}`
      : `${refused}. \`portway proposal lint\` says how to restore it; nothing is written.`,
  );
}
