// How a change of the proposals of a repository begins. Pure.

import { newProposal } from '../spec/create.ts';
import { type SourceFile, slugOf } from '../spec/lint/library.ts';
import type { Draft, Library } from '../spec/lint/rule.ts';
import { LIST, listWithProposal } from '../spec/list.ts';
import type { ProposalType } from '../spec/model.ts';
import { type Change, emptyChange } from './change.ts';

/** The state of the repository that a change is made to. */
export interface Repository {
  readonly library: Library;
  /** The text of a file; undefined where there is none, or none is known. */
  textOf(path: string): string | undefined;
  /** The library with the texts of a change in the place of its own. */
  with(files: readonly SourceFile[]): Library;
}

/** The draft of four digits; undefined where there is none, or it is the template. */
export function draftWith({ drafts }: Library, slug: string): Draft | undefined {
  return drafts.find((draft) => !draft.template && slugOf(draft) === slug);
}

/** A change of the draft of a proposal, as yet without a difference. Undefined where there is no such proposal. */
export function beginEdit({ library }: Repository, slug: string, now: Date): Change | undefined {
  const draft = draftWith(library, slug);
  if (!draft) return undefined;
  const { file: path, source } = draft.document;
  const { title } = draft.proposal.frontMatter;
  return {
    ...emptyChange(`${slug} ${title}`.trim(), now),
    files: [{ path, before: source, after: source }],
  };
}

/** The first number after all that are in use. */
export function nextNumber({ drafts }: Library): number {
  return Math.max(0, ...drafts.map((draft) => Number(slugOf(draft)))) + 1;
}

export interface Beginning {
  readonly title: string;
  readonly authors: readonly string[];
  readonly type: ProposalType;
}

/**
 * A change that adds a proposal from the template, under the next free number, with its row in the list of proposals.
 * @throws Error where the repository has no template
 */
export function beginNew(repository: Repository, beginning: Beginning, now: Date): Change {
  const { library } = repository;
  const template = library.drafts.find((draft) => draft.template);
  if (!template) throw new Error('There is no template among the proposals to begin from.');
  const number = nextNumber(library);
  const { folder, text } = newProposal(template.document.source, {
    ...beginning,
    number,
    created: now.toISOString().slice(0, 10),
  });
  const list = repository.textOf(LIST);
  return {
    ...emptyChange(`${folder.slice(0, 4)} ${beginning.title}`, now),
    files: [
      { path: `proposals/${folder}/draft.md`, before: null, after: text },
      ...(list === undefined
        ? []
        : [
            {
              path: LIST,
              before: list,
              after: listWithProposal(list, { folder, title: beginning.title, status: 'draft' }),
            },
          ]),
    ],
  };
}

/**
 * A change that adds an erratum to those of a proposal. `write` makes the text of its file of errata out of the one that
 * is there, undefined where there is none. Undefined where there is no such proposal.
 */
export function beginErratum(
  repository: Repository,
  slug: string,
  write: (errata: string | undefined) => string,
  now: Date,
): Change | undefined {
  const draft = draftWith(repository.library, slug);
  if (!draft) return undefined;
  const path = `proposals/${draft.folder}/errata.md`;
  const before = repository.textOf(path);
  return {
    ...emptyChange(`Erratum of ${slug} ${draft.proposal.frontMatter.title}`.trim(), now),
    files: [{ path, before: before ?? null, after: write(before) }],
  };
}
