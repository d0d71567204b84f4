// Answers what the page asks its worker. Pure but for the traces that it asks for: tests put the questions themselves.

import { withErratum } from '../spec/errata.ts';
import { cut } from '../spec/redline/cut.ts';
import { summarise } from '../spec/redline/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import { beginEdit, beginErratum, beginNew, nextNumber } from './begin.ts';
import { type Change, filesChanged, textsAfter } from './change.ts';
import { Desk } from './desk.ts';
import type {
  Answers,
  Arrival,
  Contents,
  PatchFile,
  Question,
  TextPlace,
} from './engine-messages.ts';
import { formOf, withField } from './front-matter-form.ts';
import { generated } from './generated.ts';
import { KnownRepository, type LibraryData } from './library.ts';
import type { Author } from './patch/write.ts';
import { changeOf, importText, patchOf } from './patch-of.ts';
import { previewOf, redlineOf } from './preview.ts';
import { previewContext } from './preview-context.ts';
import { rebase, renumbered } from './rebase.ts';
import { withRows } from './rows.ts';

export interface AnswerOptions {
  /** Root of the site, with a slash at its end. */
  readonly base: string;
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string;
  readonly now: () => Date;
  /** The recorded trace of an example that the library has without it. */
  readonly traceOf: (slug: string) => Promise<readonly TraceEvent[]>;
}

export class AnswerSheet {
  readonly #repository: KnownRepository;
  readonly #desk: Desk;
  readonly #options: AnswerOptions;

  constructor(data: LibraryData, options: AnswerOptions) {
    this.#repository = new KnownRepository(data, options.today);
    this.#desk = new Desk(this.#repository);
    this.#options = options;
  }

  /** @throws Error in words for the reader */
  async answer(question: Question): Promise<Answers[keyof Answers]> {
    switch (question.kind) {
      case 'open':
        return true;
      case 'contents':
        return this.#contents();
      case 'edit':
        return this.#edit(question.slug);
      case 'erratum':
        return this.#erratum(question);
      case 'new':
        return beginNew(this.#repository, question.beginning, this.#options.now());
      case 'import':
        return this.#import(question.name, question.text);
      case 'findings':
        return this.#desk.findings(textsAfter(question.change));
      case 'mend':
        return this.#desk.mended(question.path, textsAfter(question.change));
      case 'form':
        return formOf(textIn(question.change, question.path));
      case 'field':
        return withField(textIn(question.change, question.path), question.key, question.value);
      case 'patch':
        return this.#patch(question.change, question.author);
      case 'rebase':
        return rebase(question.change, this.#repository);
      case 'renumber':
        return renumbered(question.change, question.path, this.#repository);
      case 'preview':
        return this.#preview(question.path, question.change);
      case 'redline':
        return this.#redline(question.path, question.against, question.change);
    }
  }

  #contents(): Contents {
    const { library, data } = this.#repository;
    const revisions = Map.groupBy(library.published ?? [], ({ slug }) => slug);
    return {
      proposals: library.drafts
        .filter(({ template }) => !template)
        .map(({ folder, proposal, document }) => ({
          slug: folder.slice(0, 4),
          title: proposal.frontMatter.title,
          status: proposal.frontMatter.status,
          path: document.file,
          revisions: (revisions.get(folder.slice(0, 4)) ?? []).map(({ revision }) => revision),
        })),
      next: String(nextNumber(library)).padStart(4, '0'),
      repository: data.repository,
      commit: data.commit,
    };
  }

  #edit(slug: string): Change {
    const change = beginEdit(this.#repository, slug, this.#options.now());
    if (change) return change;
    const { proposals } = this.#contents();
    throw new Error(
      `There is no proposal ${slug}. There are ${proposals[0]?.slug} to ${proposals.at(-1)?.slug}.`,
    );
  }

  #erratum({ slug, revision, anchor, says: words, by }: Question<'erratum'>): Change {
    const published = this.#repository.library.published?.find(
      (one) => one.slug === slug && one.revision === revision,
    );
    if (!published) throw new Error(`There is no published revision ${revision} of ${slug}.`);
    const { at, says } = quotationAt(published.text, anchor, words);
    const change = beginErratum(
      this.#repository,
      slug,
      (text) =>
        withErratum(text, {
          title: '<!-- template: What is wrong, in a few words. -->',
          revisions: [revision],
          at,
          reported: this.#options.today,
          by: by || '<!-- template: Your name. -->',
          status: 'reported',
          says,
          toSay: says,
          why: '<!-- template: Why it is wrong. -->',
        }),
      this.#options.now(),
    );
    if (!change) throw new Error(`There is no proposal ${slug}.`);
    return change;
  }

  async #import(name: string, text: string): Promise<Arrival> {
    const imported = await importText(this.#repository, name, text);
    const { generated, others, problems } = imported;
    return { change: changeOf(imported, name, this.#options.now()), generated, others, problems };
  }

  #patch(change: Change, author: Author): PatchFile {
    const made = generated(this.#repository, change);
    const whole = withRows(change, this.#repository);
    const patch = patchOf(this.#repository, whole, {
      author,
      date: this.#options.now(),
      generated: made.files,
    });
    return {
      ...patch,
      made: [...filesChanged(whole).slice(filesChanged(change).length), ...made.files].map(
        ({ path }) => path,
      ),
      ...('none' in made && { none: made.none }),
    };
  }

  async #preview(path: string, change: Change) {
    const text = textIn(change, path);
    const context = this.#context(change);
    return { ...(await previewOf(text, path, context)), places: placesOf(text) };
  }

  async #redline(path: string, against: string, change: Change) {
    const after = textIn(change, path);
    const before = this.#before(path, against, change);
    const library = this.#repository.library;
    return {
      ...(await redlineOf(
        { source: before, context: this.#context() },
        { source: after, context: this.#context(change) },
        path,
      )),
      places: placesOf(after),
      summary: summarise([[path, before]], [[path, after]], {
        register: library.register?.value ?? {},
        others: library.drafts
          .filter(({ template, document }) => !template && document.file !== path)
          .map(({ document }) => [document.file, document.source] as const),
      }),
    };
  }

  #before(path: string, against: string, change: Change): string {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (against !== 'draft') return this.#repository.textOf(`${folder}/${against}.md`) ?? '';
    return change.files.find((file) => file.path === path)?.before ?? '';
  }

  #context(change?: Change) {
    const library = change ? this.#repository.with(textsAfter(change)) : this.#repository.library;
    return previewContext(library.specification, this.#repository, this.#options);
  }
}

function textIn({ files }: Change, path: string): string {
  const file = files.find((one) => one.path === path);
  if (!file) throw new Error(`The change has no file ${path}.`);
  return file.after;
}

/**
 * What a text says at a fragment: a requirement, or of what stands below a heading the paragraph that has some words of
 * the page, the first one where none has. The title where there is no such place.
 */
function quotationAt(text: string, anchor: string, words: string): { at: string; says: string } {
  const blocks = cut(text);
  const index = blocks.findIndex(
    (block) => block.anchor === anchor && /^(?:heading|requirement)$/.test(block.type),
  );
  const block = blocks[index];
  if (block?.type === 'requirement' && block.name !== undefined)
    return { at: block.name, says: block.text.replace(/^r\[.*\]\s*/, '') };
  const heading = block
    ? index
    : blocks.findIndex(({ type, depth }) => type === 'heading' && depth === 2);
  const below = blocks.slice(heading + 1);
  const end = below.findIndex(({ type }) => type === 'heading');
  const paragraphs = (end < 0 ? below : below.slice(0, end)).filter(({ type }) =>
    /^(?:paragraph|item|quote)$/.test(type),
  );
  const wanted = lettersOf(words);
  const found = paragraphs.find((one) => wanted !== '' && lettersOf(one.text).includes(wanted));
  return {
    at: blocks[heading]?.text.replace(/^#+\s*/, '') ?? '',
    says: (found ?? paragraphs[0])?.text ?? 'What it says.',
  };
}

/** A text without what Markdown and typography add to it. */
function lettersOf(text: string): string {
  return text
    .replace(/\]\([^)]*\)/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Headings and requirements by the fragment that the page gives them. */
function placesOf(text: string): TextPlace[] {
  return cut(text)
    .filter(
      ({ type, name }) => type === 'heading' || (type === 'requirement' && name !== undefined),
    )
    .map(({ line, anchor }) => ({ line, anchor }));
}
