// `portway proposal new`: a folder with the template, under the next free number.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newProposal, titleProblem } from '../../spec/create.ts';
import { slugOf } from '../../spec/lint/library.ts';
import { LIST, listWithProposal } from '../../spec/list.ts';
import { TYPES } from '../../spec/model.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { gitUser, readLibrary, rootOf, writeFiles } from './repository.ts';

export const proposalNew: Command = {
  summary: 'begin a proposal from the template, with the next free number',
  usage: `portway proposal new: begin a proposal from the template

Usage: portway proposal new TITLE [--author NAME]… [--type standards|informational|process]

  TITLE          what it is about, in at most 60 characters; quote it
  --author NAME  who writes it; several times for several (default: user.name of git)
  --type TYPE    standards if programs are tested against it (default), informational, process
  --root DIR     the repository (default: the one around the working directory)

Writes proposals/NNNN-<words of the title>/draft.md and a row for it in proposals/README.md, and
says its name.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        author: { type: 'string', multiple: true },
        type: { type: 'string', default: 'standards' },
        root: { type: 'string' },
      },
      'proposal new',
    );
    const [title, ...more] = positionals;
    if (title === undefined || title.trim() === '') {
      throw new CommandError('say the title: `portway proposal new "Server push"`.', 2);
    }
    if (more.length > 0) {
      throw new CommandError(
        `quote the title: \`portway proposal new "${positionals.join(' ')}"\`.`,
        2,
      );
    }
    const problem = titleProblem(title);
    if (problem !== undefined) throw new CommandError(`${problem}.`, 2);
    const type = TYPES.find((name) => name === values.type);
    if (!type) {
      throw new CommandError(`there is no type \`${values.type}\`: ${TYPES.join(', ')}.`, 2);
    }
    const root = rootOf(values.root);
    const authors = values.author ?? [gitUser(root)].filter((name) => name !== undefined);
    if (authors.length === 0) {
      throw new CommandError('say who writes it: `--author "Your Name"`.', 2);
    }
    const library = await readLibrary(root);
    const template = library.drafts.find((draft) => draft.template);
    if (!template) throw new CommandError('proposals/0000-template/draft.md is missing.');
    const number = Math.max(...library.drafts.map((draft) => Number(slugOf(draft)))) + 1;
    const { folder, text } = newProposal(template.document.source, {
      number,
      title: title.trim(),
      authors,
      type,
      created: library.today ?? '',
    });
    const file = `proposals/${folder}/draft.md`;
    const files = new Map([[file, text]]);
    const list = await readFile(join(root, LIST), 'utf8').catch(() => undefined);
    if (list !== undefined)
      files.set(LIST, listWithProposal(list, { folder, title, status: 'draft' }));
    await writeFiles(root, files);
    console.log(
      `${file}\n\nReplace each comment that begins with “template:”, then run \`portway proposal lint ${file}\`.`,
    );
    return 0;
  },
};
