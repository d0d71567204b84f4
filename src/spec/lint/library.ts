// Puts texts together into what the linter looks at. Takes texts, not paths: whoever calls it has read them.

import { type ProposalDocument, readDocument } from '../document.ts';
import { join, proposalOf } from '../join.ts';
import { proposalSlug } from '../model.ts';
import type { Draft, ErrataFile, Library, Published } from './rule.ts';

/** File, relative to the repository and with `/`, and its text. */
export type SourceFile = readonly [file: string, text: string];

const PUBLISHED = /^(?:.*\/)?((\d{4})-[^/]*)\/v([1-9]\d*)\.md$/;

export function draftOf([file, text]: SourceFile): Draft {
  const document = readDocument(text, file);
  const folder = file.split('/').at(-2) ?? '';
  return {
    document,
    proposal: proposalOf(document),
    folder,
    template: folder.startsWith('0000-'),
  };
}

/** A published revision, or undefined if the path is not that of one. */
export function publishedOf([file, text]: SourceFile): Published | undefined {
  const [, folder, slug, revision] = PUBLISHED.exec(file) ?? [];
  if (folder === undefined || slug === undefined) return undefined;
  let proposal: Published['proposal'] | undefined;
  return {
    file,
    folder,
    slug,
    revision: Number(revision),
    text,
    get proposal() {
      proposal ??= proposalOf(documentOf(this));
      return proposal;
    },
  };
}

/** The errata of a proposal, or undefined if the path is not that of such a file. */
export function errataOf([file, text]: SourceFile): ErrataFile | undefined {
  const [, folder, slug] = /^(?:.*\/)?((\d{4})-[^/]*)\/errata\.md$/.exec(file) ?? [];
  if (folder === undefined || slug === undefined) return undefined;
  return { file, folder, slug, document: readDocument(text, file) };
}

const documents = new WeakMap<Published, ProposalDocument>();

/** A published revision as it was read; nobody changes its tree. Read once. */
export function documentOf(published: Published): ProposalDocument {
  const document = documents.get(published) ?? readDocument(published.text, published.file);
  documents.set(published, document);
  return document;
}

/** A library of drafts, with whatever else is known. The template is no part of the specification. */
export function libraryOf(
  drafts: readonly Draft[],
  rest: Omit<Library, 'drafts' | 'specification'> = {},
): Library {
  const specification = join(
    drafts.filter(({ template }) => !template).map(({ proposal }) => proposal),
  );
  return { ...rest, drafts, specification };
}

/** Four digits of a draft: those of its folder where it has them, for the front matter may be wrong. */
export function slugOf({ folder, proposal }: Draft): string {
  return /^\d{4}(?=-)/.exec(folder)?.[0] ?? proposalSlug(proposal.frontMatter.proposal);
}
