// `portway proposal publish`: drafts become revisions that never change again.

import { report } from '../../spec/lint/report.ts';
import type { Draft, Library } from '../../spec/lint/rule.ts';
import { proposalsOf } from '../../spec/lint/subjects.ts';
import { isChanged, isPublishable, publication } from '../../spec/publish.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { readableDraft, readLibrary, rootOf, writeFiles } from './repository.ts';

export const proposalPublish: Command = {
  summary: 'copy drafts to revisions that never change, and record them',
  usage: `portway proposal publish: make drafts revisions that never change

Usage: portway proposal publish NUMBER… [--dry-run]
       portway proposal publish --edition NAME [--dry-run]

  NUMBER          a proposal, such as 3 or 0003
  --edition NAME  every proposal that is in review or further and has changed; then record the last
                  revision of each as the edition NAME, such as 0.1
  --dry-run       say what would be written, and write nothing
  --root DIR      the repository (default: the one around the working directory)

Copies draft.md to vN.md, records its SHA-256 in published.json, brings requirements.json up to date,
and makes the draft revision N+1. Refuses, and writes nothing, unless the linter finds nothing and
the status is review or further.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        edition: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        root: { type: 'string' },
      },
      'proposal publish',
    );
    const { edition } = values;
    if (edition !== undefined && !/^\d+(?:\.\d+){1,2}$/.test(edition)) {
      throw new CommandError(
        `\`${edition}\` is not the name of an edition, such as 0.1 or 0.1.1.`,
        2,
      );
    }
    if (edition !== undefined && positionals.length > 0) {
      throw new CommandError('name proposals or an edition, not both.', 2);
    }
    if (edition === undefined && positionals.length === 0) {
      throw new CommandError('say what to publish: a number, or `--edition NAME`.', 2);
    }
    const root = rootOf(values.root);
    const library = await readLibrary(root, { examples: true });
    const drafts =
      edition === undefined
        ? positionals.map((number) => readableDraft(library, number))
        : changed(library);
    const result = publication(library, drafts, edition);
    if ('refused' in result) {
      if (result.problems) process.stderr.write(report(result.problems, 'text'));
      throw new CommandError(`nothing is published: ${result.refused}.`);
    }
    if (!values['dry-run']) await writeFiles(root, result.files);
    const would = values['dry-run'] ? 'would be ' : '';
    for (const revision of result.revisions) console.log(`${would}published ${revision}`);
    if (edition !== undefined) console.log(`${would}recorded edition ${edition}`);
    for (const file of result.files.keys()) console.log(`  ${file}`);
    return 0;
  },
};

function changed(library: Library): Draft[] {
  return proposalsOf(library).filter((draft) => isPublishable(draft) && isChanged(draft, library));
}
