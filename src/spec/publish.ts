// Publishing: which files come to be and change when drafts become revisions that never change again. Pure; whoever
// calls it has read the library and writes the files.

import { openRevision, substanceOf } from './change-log.ts';
import { sha256 } from './checksum.ts';
import { setFields } from './front-matter.ts';
import { documentOf, draftOf, libraryOf, publishedOf, slugOf } from './lint/library.ts';
import { lint } from './lint/lint.ts';
import type { Draft, Library } from './lint/rule.ts';
import { RULES } from './lint/rules.ts';
import { latestOf, proposalsOf } from './lint/subjects.ts';
import type { Problem } from './problem.ts';
import { formatRegister, registerOf } from './register.ts';
import { stability } from './status.ts';

/** Why nothing is published: what to say, and the problems behind it. */
export interface Refusal {
  readonly refused: string;
  readonly problems?: readonly Problem[];
}

export interface Publication {
  /** `0003/v1`, in the order of publication. */
  readonly revisions: readonly string[];
  /** Path relative to the repository to the whole text; in the order in which they are to be written. */
  readonly files: ReadonlyMap<string, string>;
}

/** Whether a draft says something that its last published revision does not. */
export function isChanged(draft: Draft, library: Library): boolean {
  const last = latestOf(draft, library);
  return !last || substanceOf(draft.document) !== substanceOf(documentOf(last));
}

/** Whether the status of a draft lets it be published: from review on, and unless it was given up. */
export function isPublishable({ proposal }: Draft): boolean {
  return stability(proposal.frontMatter.status) >= stability('review');
}

/**
 * The files of a publication.
 * `drafts`: those to be published. `edition`: a new name that gets the last revision of every proposal in force.
 */
export function publication(
  library: Library,
  drafts: readonly Draft[],
  edition?: string,
): Publication | Refusal {
  for (const draft of drafts) {
    const slug = slugOf(draft);
    const { status } = draft.proposal.frontMatter;
    if (draft.template) return { refused: 'the template is not published' };
    if (!isPublishable(draft)) {
      return {
        refused: `proposal ${slug} is \`${status}\`, and is published from \`review\` on: \`portway proposal status ${slug} review\``,
      };
    }
    if (!isChanged(draft, library)) {
      return { refused: `proposal ${slug} says what its last published revision says` };
    }
  }
  const editions = library.editions?.value ?? {};
  if (edition !== undefined && Object.hasOwn(editions, edition)) {
    return { refused: `edition ${edition} is recorded already, and editions never change` };
  }
  if (edition === undefined && drafts.length === 0) return { refused: 'nothing has changed' };

  // The register is written anew below.
  const problems = lint(library, RULES).filter(({ rule }) => rule !== 'register-current');
  if (problems.length > 0) return { refused: 'the linter finds problems', problems };

  const files = new Map<string, string>();
  const hashes = { ...library.hashes?.value };
  const revisions: string[] = [];
  const published = [...(library.published ?? [])];
  const next = new Map<Draft, Draft>();
  for (const draft of drafts) {
    const { source } = draft.document;
    const { revision } = draft.proposal.frontMatter;
    const path = `${draft.folder}/v${revision}.md`;
    const file = draft.document.file.replace(/draft\.md$/, `v${revision}.md`);
    files.set(file, source);
    hashes[path] = sha256(source);
    const text = publishedOf([file, source]);
    if (text) published.push(text);
    revisions.push(`${slugOf(draft)}/v${revision}`);
    const opened = openRevision(setFields(source, { revision: revision + 1 }), revision + 1);
    next.set(draft, draftOf([draft.document.file, opened]));
  }

  const folder = folderOf(library);
  const after = (rest: Partial<Library>): Library =>
    libraryOf(
      library.drafts.map((draft) => next.get(draft) ?? draft),
      {
        ...library,
        published,
        hashes: { file: `${folder}published.json`, value: hashes },
        ...rest,
      },
    );
  const members = {
    ...editions,
    ...(edition === undefined ? {} : { [edition]: membersOf(after({})) }),
  };
  const register = registerOf(after({}));
  const result = after({
    editions: { file: `${folder}editions.json`, value: members },
    register: { file: `${folder}requirements.json`, value: register },
  });
  const later = lint(result, RULES);
  if (later.length > 0)
    return { refused: 'the linter would find problems afterwards', problems: later };

  // The hashes come after the texts: a publication that was cut short is found by the linter.
  files.set(`${folder}published.json`, json(hashes));
  if (edition !== undefined) files.set(`${folder}editions.json`, json(members));
  files.set(`${folder}requirements.json`, formatRegister(register));
  for (const [, { document }] of next) files.set(document.file, document.source);
  return { revisions, files };
}

/** The last revision of every proposal in force that has one. */
function membersOf(library: Library): Record<string, number> {
  const members: Record<string, number> = {};
  for (const draft of proposalsOf(library)) {
    const last = latestOf(draft, library);
    const { status } = draft.proposal.frontMatter;
    const inForce = stability(status) >= 0 && status !== 'superseded';
    if (last && inForce) members[slugOf(draft)] = last.revision;
  }
  return members;
}

/** The folder of the proposals, with a slash. */
function folderOf({ drafts }: Library): string {
  return drafts[0]?.document.file.replace(/[^/]*\/[^/]*$/, '') ?? 'proposals/';
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
