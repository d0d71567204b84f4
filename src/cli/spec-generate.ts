// `portway spec generate`: writes src/interface/*.generated.ts from proposals/, or checks that they are up to date.

import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateTypeScript } from '../spec/generate.ts';
import { SpecError } from '../spec/problem.ts';
import { assemble } from '../spec/specification.ts';
import { type Command, CommandError, parseOptions } from './command.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** `[path relative to the root, text]` of every draft, in order of number. */
export async function readDrafts(root = ROOT): Promise<[string, string][]> {
  const folder = join(root, 'proposals');
  const names = (await readdir(folder))
    .filter((name) => /^\d{4}-/.test(name) && !name.startsWith('0000-'))
    .sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const file = join(folder, name, 'draft.md');
      const text = await readFile(file, 'utf8').catch(() => {
        throw new CommandError(`proposals/${name} has no draft.md.`);
      });
      return [relative(root, file).replaceAll('\\', '/'), text];
    }),
  );
}

export const specGenerate: Command = {
  summary: 'write the interface as code from the proposals',
  usage: `portway spec generate: write src/interface/*.generated.ts from proposals/*/draft.md

Usage: portway spec generate [--check]

  --check   write nothing; exit 1 if a file is not what the proposals say
`,
  async run(args) {
    const { values } = parseOptions(args, { check: { type: 'boolean' } }, 'spec generate');
    const folder = join(ROOT, 'src/interface');
    let files: ReadonlyMap<string, string>;
    try {
      files = generateTypeScript(assemble(await readDrafts()));
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      const count = error.problems.length;
      throw new CommandError(
        `${count} problem${count === 1 ? '' : 's'} in the proposals, nothing written:\n${error.message}`,
      );
    }
    const stale: string[] = [];
    for (const [name, text] of files) {
      const current = await readFile(join(folder, name), 'utf8').catch(() => undefined);
      if (current !== text) stale.push(name);
    }
    const orphans = (await readdir(folder)).filter(
      (name) => name.includes('.generated.') && !files.has(name),
    );
    if (values.check) {
      if (stale.length + orphans.length === 0) return 0;
      throw new CommandError(
        `${[...stale, ...orphans].map((name) => `src/interface/${name}`).join(', ')} differ from the proposals. Run \`npm run spec\`.`,
      );
    }
    for (const name of stale) await writeFile(join(folder, name), files.get(name) ?? '');
    for (const name of orphans) await rm(join(folder, name));
    console.log(`${files.size} files from the proposals, ${stale.length} changed`);
    return 0;
  },
};
