// Runs rules over a library and gives what they found as problems, in the order of the files. The same engine runs in
// the command, in the build and in the editor of the browser.

import type { ProposalDocument } from '../document.ts';
import { proposalOf } from '../join.ts';
import type { Problem } from '../problem.ts';
import type { Draft, Finding, Library, Rule } from './rule.ts';

/** Every problem that the rules find, by file, place and rule. */
export function lint(library: Library, rules: readonly Rule[]): Problem[] {
  const problems: Problem[] = [];
  for (const rule of rules) {
    if ('checkLibrary' in rule) {
      for (const finding of rule.checkLibrary(library))
        problems.push(problemOf(rule, finding, finding.in));
    } else {
      for (const draft of library.drafts) problems.push(...lintDraft(draft, library, rule));
      if (!rule.errata) continue;
      for (const { document, folder } of library.errata ?? [])
        problems.push(...lintDraft(asDraft(document, folder), library, rule));
    }
  }
  return problems.sort(inOrder);
}

/** A text of which rules look at nothing but the document. */
function asDraft(document: ProposalDocument, folder: string): Draft {
  return { document, proposal: proposalOf(document), folder, template: false };
}

function lintDraft(draft: Draft, library: Library, rule: Rule): Problem[] {
  if (!('checkDraft' in rule)) return [];
  return [...rule.checkDraft(draft, library)].map((finding) =>
    problemOf(rule, finding, draft.document),
  );
}

function problemOf(rule: Rule, finding: Finding, document: ProposalDocument | undefined): Problem {
  const { message, hint, fix, at, end } = finding;
  const words = {
    rule: rule.id,
    ...(rule.severity === 'error' ? {} : { severity: rule.severity }),
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(fix === undefined ? {} : { fix }),
  };
  if (typeof at === 'object')
    return { ...words, file: at.file, line: at.line ?? 1, column: at.column ?? 1 };
  if (!document) throw new Error(`the rule ${rule.id} found something without saying where`);
  const stop = end === undefined ? undefined : document.place(end);
  return {
    ...words,
    file: document.file,
    ...document.place(at),
    ...(stop ? { endLine: stop.line, endColumn: stop.column } : {}),
  };
}

function inOrder(a: Problem, b: Problem): number {
  return (
    compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
