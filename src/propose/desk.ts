// What can be said of a change while it is written: what the linter finds, which requirements it touches, the pull request
// that it would be. The same engine as the command's; pure, so that it runs in a worker and in tests.

import { judge, textsOf } from '../spec/change.ts';
import { applyFixes } from '../spec/lint/fix.ts';
import { draftOf, type SourceFile } from '../spec/lint/library.ts';
import { lint } from '../spec/lint/lint.ts';
import type { Draft, Library } from '../spec/lint/rule.ts';
import { RULES } from '../spec/lint/rules.ts';
import { formatProblem, type Problem } from '../spec/problem.ts';
import {
  changesOf,
  type ProposalChange,
  type PullRequest,
  pullRequestOf,
} from '../spec/pull-request.ts';
import type { KnownRepository } from './library.ts';

/** What a change makes of the proposals. Plain data: it travels from the worker. */
export interface Findings {
  /** In the texts of the change, by file and place; those that were there before included. */
  readonly problems: readonly Problem[];
  /** Errors that the change causes in texts that it leaves alone. */
  readonly elsewhere: readonly Problem[];
  /** What only a change can get wrong: something published that differs, a step of status that is skipped. */
  readonly faults: readonly Problem[];
  /** The proposals that differ from what the repository has. */
  readonly proposals: readonly ProposalChange[];
  readonly pullRequest: PullRequest;
}

export class Desk {
  readonly repository: KnownRepository;
  #before: ReadonlySet<string> | undefined;

  constructor(repository: KnownRepository) {
    this.repository = repository;
  }

  /** What there is to say of texts on the desk. Never throws for what they say. */
  findings(files: readonly SourceFile[]): Findings {
    const before = this.repository.library;
    const after = this.repository.with(files);
    const own = new Set(files.map(([path]) => path));
    const all = lint(after, RULES);
    const known = this.#known(before);
    const input = {
      before: textsOf(before),
      after: textsOf(after),
      files: [...own].filter(
        (path) => this.repository.textOf(path) !== files.find(([name]) => name === path)?.[1],
      ),
      register: after.register?.value ?? {},
      ...(after.tests ? { tests: after.tests } : {}),
      read: readBy([before, after]),
    };
    const proposals = changesOf(input);
    return {
      problems: all.filter(({ file }) => own.has(file)),
      elsewhere: all.filter(
        (problem) =>
          !own.has(problem.file) &&
          problem.severity !== 'warning' &&
          !made.has(problem.file) &&
          !known.has(formatProblem(problem)),
      ),
      faults: judge({ before, after, proposals }),
      proposals,
      pullRequest: pullRequestOf(input),
    };
  }

  /** The text with everything mended that is mechanical. A fix can make room for another. */
  mended(path: string, files: readonly SourceFile[]): string {
    let text = files.find(([name]) => name === path)?.[1] ?? '';
    for (let round = 0; round < ROUNDS; round++) {
      const library = this.repository.with(
        files.map(([name, other]): SourceFile => [name, name === path ? text : other]),
      );
      const own = lint(library, RULES).filter(({ file, fix }) => file === path && fix);
      const next = applyFixes(text, own);
      if (next === text) break;
      text = next;
    }
    return text;
  }

  /** What was wrong before anybody touched anything. Looked at once. */
  #known(library: Library): ReadonlySet<string> {
    this.#before ??= new Set(lint(library, RULES).map(formatProblem));
    return this.#before;
  }
}

/** Gives the drafts that libraries have read already. */
function readBy(libraries: readonly Library[]): (text: SourceFile) => Draft {
  const drafts = libraries.flatMap((library) => library.drafts);
  return (text) =>
    drafts.find(({ document }) => document.file === text[0] && document.source === text[1]) ??
    draftOf(text);
}

/** More rounds than this are a mistake in a rule. */
const ROUNDS = 10;

/** Files that are made from the proposals: the page makes them anew for the patch. */
const made = new Set(['proposals/requirements.json']);
