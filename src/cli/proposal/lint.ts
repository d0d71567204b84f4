// `portway proposal lint`: what is wrong with the proposals, where, and what to do about it.

import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { applyFixes } from '../../spec/lint/fix.ts';
import { lint } from '../../spec/lint/lint.ts';
import { FORMATS, report, tally } from '../../spec/lint/report.ts';
import { GROUPS, type Library, type Rule } from '../../spec/lint/rule.ts';
import { RULES } from '../../spec/lint/rules.ts';
import type { Problem } from '../../spec/problem.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { draftNumbered, readLibrary, rootOf, writeFiles } from './repository.ts';

/** A fix can make room for another. More rounds than this are a mistake in a rule. */
const ROUNDS = 10;

export const proposalLint: Command = {
  summary: 'say what is wrong with the proposals, and mend what is mechanical',
  usage: `portway proposal lint: say what is wrong with the proposals

Usage: portway proposal lint [PATH|NUMBER…] [--format text|json|github] [--fix] [--rules]

  PATH             a draft, errata, or the folder of one (default: all of them)
  NUMBER           the same by its number, such as 3 or 0003
  --format FORMAT  text for people, json for programs, github for annotations
  --fix            mend what can be mended mechanically, and report the rest
  --rules          list every rule and exit
  --root DIR       the repository (default: the one around the working directory)

All proposals are read in any case, because they refer to each other; with PATH, only problems of
these files are reported. Exits with 1 if there is an error; warnings alone do not fail.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        format: { type: 'string', default: 'text' },
        fix: { type: 'boolean', default: false },
        rules: { type: 'boolean', default: false },
        root: { type: 'string' },
      },
      'proposal lint',
    );
    const format = FORMATS.find((name) => name === values.format);
    if (!format) {
      throw new CommandError(`there is no format \`${values.format}\`: ${FORMATS.join(', ')}.`, 2);
    }
    if (values.rules) {
      process.stdout.write(format === 'json' ? rulesAsJson() : rulesAsText());
      return 0;
    }
    const root = rootOf(values.root);
    let library = await readLibrary(root, { examples: true });
    const chosen = positionals.map((typed) =>
      /^\d{1,4}$/.test(typed)
        ? `proposals/${draftNumbered(library, typed).folder}`
        : pathIn(root, typed),
    );
    const isChosen = ({ file }: Problem) =>
      chosen.length === 0 || chosen.some((path) => file === path || file.startsWith(`${path}/`));
    let problems = lint(library, RULES).filter(isChosen);
    if (values.fix) {
      const fixed = new Set<string>();
      for (let round = 0; round < ROUNDS; round++) {
        const files = fixes(library, problems);
        if (files.size === 0) break;
        await writeFiles(root, files);
        for (const file of files.keys()) fixed.add(file);
        library = await readLibrary(root, { examples: true });
        problems = lint(library, RULES).filter(isChosen);
      }
      if (format === 'text') for (const file of fixed) console.log(`mended ${file}`);
    }
    process.stdout.write(report(problems, format));
    return tally(problems).errors > 0 ? 1 : 0;
  },
};

/** Texts that fixes change, with their new texts. */
function fixes(library: Library, problems: readonly Problem[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { document } of [...library.drafts, ...(library.errata ?? [])]) {
    const own = problems.filter(({ file, fix }) => file === document.file && fix);
    const text = applyFixes(document.source, own);
    if (text !== document.source) files.set(document.file, text);
  }
  return files;
}

/** A path as it is typed, relative to the repository. @throws CommandError for one that is not among the proposals */
function pathIn(root: string, typed: string): string {
  const path = relative(root, resolve(typed)).replaceAll('\\', '/');
  if (path !== 'proposals' && !path.startsWith('proposals/')) {
    throw new CommandError(`${typed} is not in proposals/, and only proposals are linted.`, 2);
  }
  if (!statSync(resolve(typed), { throwIfNoEntry: false })) {
    throw new CommandError(`there is no ${typed}.`, 2);
  }
  if (!/^proposals(?:\/\d{4}-[^/]*(?:\/(?:draft|errata|v\d+)\.md)?)?$/.test(path)) {
    throw new CommandError(
      `${typed} is neither a draft, a published revision, errata nor the folder of one.`,
      2,
    );
  }
  return path;
}

function rulesAsText(): string {
  const width = Math.max(...RULES.map(({ id }) => id.length)) + 2;
  const group = (name: string, rules: readonly Rule[]) =>
    [
      name,
      ...rules.map(({ id, severity, fixes, summary }) => {
        const notes = [severity === 'warning' ? 'warning' : '', fixes ? '--fix' : ''].filter(
          Boolean,
        );
        return `  ${id.padEnd(width)}${summary}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
      }),
    ].join('\n');
  const groups = Object.entries(GROUPS).map(([key, name]) =>
    group(
      name,
      RULES.filter((rule) => rule.group === key),
    ),
  );
  return `${groups.join('\n\n')}\n\n${RULES.length} rules. Each has a page, /lint/<rule>/, with the reason and an example.\n`;
}

function rulesAsJson(): string {
  const rules = RULES.map(({ id, group, severity, summary, fixes }) => ({
    id,
    group,
    severity,
    summary,
    fixes: fixes === true,
  }));
  return `${JSON.stringify(rules, null, 2)}\n`;
}
