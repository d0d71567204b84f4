// Problems as text for people, as JSON for programs, and as annotations for a code host.

import { formatProblem, type Problem } from '../problem.ts';
import { visible } from '../redline/marks.ts';
import { counted } from './subjects.ts';

export const FORMATS = ['text', 'json', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/**
 * The whole report, with a final line end; empty for `github` if there is nothing to annotate. Findings repeat words of
 * authors, whose control characters are shown and never sent to a terminal.
 */
export function report(problems: readonly Problem[], format: Format): string {
  switch (format) {
    case 'text':
      return visible(`${[...problems.map(withFix), summary(problems)].join('\n')}\n`);
    case 'json':
      return `${JSON.stringify({ problems: problems.map(plain), ...tally(problems) }, null, 2)}\n`;
    case 'github':
      return visible(problems.map((problem) => `${annotation(problem)}\n`).join(''));
  }
}

export function tally(problems: readonly Problem[]): { errors: number; warnings: number } {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  return { errors: problems.length - warnings, warnings };
}

function withFix(problem: Problem): string {
  return formatProblem(problem) + (problem.fix && !problem.hint ? '\n    --fix mends it.' : '');
}

function summary(problems: readonly Problem[]): string {
  const { errors, warnings } = tally(problems);
  const fixable = problems.filter(({ fix }) => fix).length;
  if (problems.length === 0) return 'No problems.';
  return `${counted(errors, 'error')}, ${counted(warnings, 'warning')}${fixable > 0 ? `; --fix mends ${fixable}` : ''}.`;
}

function plain({ fix, severity = 'error', ...problem }: Problem) {
  return { severity, ...problem, fixable: fix !== undefined };
}

/** A workflow command, which the code host shows beside the line. Line ends and percent signs are escaped. */
function annotation(problem: Problem): string {
  const {
    severity = 'error',
    file,
    line,
    column,
    endLine,
    endColumn,
    rule,
    message,
    hint,
  } = problem;
  const properties = Object.entries({
    file,
    line,
    endLine,
    col: column,
    // The host takes columns of one line only.
    endColumn: endLine === line ? endColumn : undefined,
    title: rule,
  })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${severity} ${properties.join(',')}::${escapeData(hint ? `${message}\n${hint}` : message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
