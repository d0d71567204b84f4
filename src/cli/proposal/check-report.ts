// What `portway proposal check` found, as text for a terminal and as Markdown for a comment. The words of authors are
// shown and never obeyed: control characters are spelled out, and in Markdown they stand in code.

import { tally } from '../../spec/lint/report.ts';
import { counted } from '../../spec/lint/subjects.ts';
import { formatProblem, type Problem } from '../../spec/problem.ts';
import {
  changeToMarkdown,
  type ProposalChange,
  type PullRequest,
  weightOf,
} from '../../spec/pull-request.ts';
import { fenced, formatSummary, inlineCode, visible } from '../../spec/redline/index.ts';

export interface Checked {
  readonly base: {
    readonly ref: string;
    readonly commit: string;
    readonly uncommitted: boolean;
    /** How many files differ. */
    readonly files: number;
  };
  readonly request: PullRequest;
  readonly problems: readonly Problem[];
}

/** The whole report for a terminal. */
export function formatCheck(
  { base, request, problems }: Checked,
  { color = false }: { readonly color?: boolean } = {},
): string {
  const { ref, commit, uncommitted, files } = base;
  const tree = uncommitted ? 'the working tree, with what is not committed' : 'the working tree';
  const parts = [
    visible(`From ${ref} (${commit}) to ${tree}: ${counted(files, 'file')}.\n`),
    ...request.proposals.map(
      (proposal) =>
        `${visible(headOf(proposal))}\n${formatSummary(proposal.summary, { color }).trimEnd()}\n`,
    ),
    `${[...problems.map(formatProblem).map(visible), verdict(problems)].join('\n')}\n`,
    `Kind:   ${request.kind}\nLabels: ${request.labels.join(', ')}\nTitle:  ${request.title}\n`,
    `Text:\n\n${request.body.replace(/^(?=.)/gm, '    ')}`,
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

/** The whole report as a comment, below the length that a code host takes. */
export function checkToMarkdown({ base, request, problems }: Checked): string {
  const { proposals, labels, title, body } = request;
  const share = Math.floor(20_000 / Math.max(1, proposals.length));
  const parts = [
    `### ${verdict(problems)}\n`,
    `Compared with ${inlineCode(base.ref)} at \`${base.commit}\`; ${counted(base.files, 'file')} changed.\n`,
    ...(problems.length === 0
      ? []
      : [fenced(cut(visible(problems.map(formatProblem).join('\n'))), 'text')]),
    ...proposals.map((proposal) => changeToMarkdown(proposal, share)),
    `Labels: ${labels.map(inlineCode).join(', ')}.\n`,
    `<details><summary>A title and a text to begin with</summary>\n\n${inlineCode(title)}\n\n${fenced(cut(body), 'markdown')}\n</details>\n`,
  ];
  return parts.join('\n');
}

/** One line: whether it is fit to merge, and how many findings there are. */
function verdict(problems: readonly Problem[]): string {
  const { errors, warnings } = tally(problems);
  const fit = errors === 0 ? 'Fit to merge' : 'Not fit to merge';
  const findings =
    problems.length === 0
      ? 'no findings'
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  return `${fit}: ${findings}.`;
}

function headOf(proposal: ProposalChange): string {
  const { slug, title, status } = proposal;
  return `${slug} ${title} (${weightOf(proposal)}${status ? `, ${status.from} → ${status.to}` : ''})`;
}

/** Leaves room for the rest of a comment. */
function cut(text: string, limit = 18_000): string {
  if (text.length <= limit) return text;
  const end = text.lastIndexOf('\n', limit);
  return `${text.slice(0, end < 0 ? limit : end)}\n… and more`;
}
