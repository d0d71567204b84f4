// `portway spec export`: writes the specification as JSON files, the same that the site serves below /api/.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { exportFiles, historyIn, jsonText, type Knowledge } from '../spec/export.ts';
import { type Command, CommandError, parseOptions } from './command.ts';
import { fromProposals, ROOT } from './drafts.ts';
import { readLibrary } from './proposal/repository.ts';

const OUT = 'portway-spec';

export const specExport: Command = {
  summary: 'write the specification as JSON files',
  usage: `portway spec export: write the specification as JSON files, without building the site

Usage: portway spec export [--out DIR] [--url URL]

  --out DIR   folder to write to; made where there is none (${OUT})
  --url URL   where the site is, for addresses in the files; without it they begin with /

Writes proposals.json, requirements.json, events.json, features.json, machines.json, each machine
by itself (machines/<machine>.json), and a JSON Schema for every event (schema/<event>.json) and
record (schema/records/<record>.json). These are the files that the site serves below /api/, except
that the examples of requirements are the site's to know. Files of the same names are replaced;
others in the folder stay.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      { out: { type: 'string' }, url: { type: 'string' } },
      'spec export',
    );
    const usage = (message: string) =>
      new CommandError(`${message} See \`portway spec export --help\`.`, 2);
    if (positionals.length > 0)
      throw usage(`takes no arguments, and got \`${positionals[0]}\`. Name a folder with --out.`);
    if (values.out === '') throw usage('--out needs the name of a folder.');
    const address = addressesUnder(values.url);
    if (address === undefined)
      throw usage(
        `--url needs an http or https URL without query and fragment, not \`${values.url}\`.`,
      );

    const out = resolve(values.out ?? OUT);
    const library = await readLibrary(ROOT);
    const { register } = library;
    if (register?.error !== undefined)
      throw new CommandError(`${register.file}: ${register.error}.`);
    const knowledge: Knowledge = {
      tests: (id) => library.tests?.get(id) ?? [],
      history: (id) => historyIn(register?.value ?? {}, id),
    };
    const files = fromProposals(library, (specification) =>
      exportFiles(specification, { address, knowledge }),
    );
    for (const [path, value] of files) {
      const file = join(out, path.replace(/^\/api\//, ''));
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, jsonText(value));
      } catch (error) {
        throw new CommandError(
          `cannot write ${file}: ${(error as Error).message}. Choose another folder with --out.`,
        );
      }
    }
    console.log(`${files.size} files in ${relative(process.cwd(), out) || '.'}`);
    return 0;
  },
};

/** Puts a URL in front of paths. A path in it, such as that of a site below a folder, stays. */
function addressesUnder(url: string | undefined): ((path: string) => string) | undefined {
  if (url === undefined) return (path) => path;
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin, pathname, search, hash } = new URL(url);
  if (!/^https?:$/.test(protocol) || search !== '' || hash !== '') return undefined;
  const base = origin + pathname.replace(/\/+$/, '');
  return (path) => base + path;
}
