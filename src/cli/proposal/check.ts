// `portway proposal check`: what a change of the proposals comes to, and whether it is fit to merge. What it prints on a
// laptop is what the workflow says on the pull request.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHANGE_CHECKS, judge, textsOf } from '../../spec/change.ts';
import { slugOf } from '../../spec/lint/library.ts';
import { lint } from '../../spec/lint/lint.ts';
import { report, tally } from '../../spec/lint/report.ts';
import type { Library } from '../../spec/lint/rule.ts';
import { RULES } from '../../spec/lint/rules.ts';
import type { Problem } from '../../spec/problem.ts';
import { pullRequestOf, whyIn } from '../../spec/pull-request.ts';
import { inlineCode, redline, redlineToMarkdown } from '../../spec/redline/index.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { compareGenerated, GENERATED } from '../spec-generate.ts';
import { type Base, readBase } from './base.ts';
import { type Checked, checkToMarkdown, formatCheck } from './check-report.ts';
import { readLibrary, rootOf, writeFiles } from './repository.ts';

const NAME = 'proposal check';
const FORMATS = ['text', 'markdown', 'github', 'json'] as const;

export const proposalCheck: Command = {
  summary: 'say what a change of the proposals comes to, and whether it is fit to merge',
  usage: `portway proposal check: say whether a change of the proposals is fit to merge

Usage: portway proposal check --base REF [--format text|markdown|github|json] [--report DIR]

  --base REF       where the change is to go, such as origin/main: a branch, a tag or a commit
  --format FORMAT  text for people (default), markdown for a comment, github for annotations, json
  --report DIR     write comment.md and a redline of each proposal there as well
  --root DIR       the repository (default: the one around the working directory)

Compares the working tree, with what is not committed, to the commit at which it left REF. Reports
what the linter finds in files that changed or because of them, which requirements were added,
removed, moved, weakened, strengthened or reworded, and what only a change can get wrong:

${Object.entries(CHANGE_CHECKS)
  .map(([id, sentence]) => `  ${id.padEnd(19)}${sentence}`)
  .join('\n')}

Then it suggests labels, a title and a text for the pull request. Exits with 0 if the change is fit
to merge, with 1 if there is an error, and with 2 if it is not used as above. Warnings do not fail.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        base: { type: 'string' },
        format: { type: 'string', default: 'text' },
        report: { type: 'string' },
        root: { type: 'string' },
      },
      NAME,
    );
    const { base: ref } = values;
    if (ref === undefined || ref === '') {
      throw new CommandError(
        `say where the change is to go: \`portway ${NAME} --base origin/main\`.`,
        2,
      );
    }
    if (positionals.length > 0)
      throw new CommandError(`takes no arguments, and got \`${positionals[0]}\`.`, 2);
    const format = FORMATS.find((name) => name === values.format);
    if (!format)
      throw new CommandError(`there is no format \`${values.format}\`: ${FORMATS.join(', ')}.`, 2);
    const root = rootOf(values.root);
    const base = readBase(root, ref);
    const checked = await check(root, base);
    if (values.report !== undefined) await writeFiles(values.report, reports(checked, base));
    process.stdout.write(printed(checked, format));
    return tally(checked.problems).errors > 0 ? 1 : 0;
  },
};

async function check(root: string, base: Base): Promise<Checked & { readonly after: Library }> {
  const after = await readLibrary(root, { examples: true });
  const [why] = base.messages.flatMap((message) => whyIn(message) ?? []);
  const request = pullRequestOf({
    before: textsOf(base.library),
    after: textsOf(after),
    files: base.files,
    ...(after.tests ? { tests: after.tests } : {}),
    ...(after.register?.value ? { register: after.register.value } : {}),
    ...(base.subjects[0] === undefined ? {} : { subject: base.subjects[0] }),
    ...(why !== undefined && { why }),
    limit: 25_000,
  });
  const problems = [
    ...found(base, after),
    ...judge({
      before: base.library,
      after,
      proposals: request.proposals,
      taken: base.folders,
    }),
    ...(await stale(root, after)),
  ].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  const { ref, commit, uncommitted, files } = base;
  return { base: { ref, commit, uncommitted, files: files.length }, request, problems, after };
}

/** What the linter finds in files that changed, and errors elsewhere that the base does not have. */
function found(base: Base, after: Library): Problem[] {
  const problems = lint(after, RULES);
  const changed = new Set(base.files);
  const elsewhere = problems.filter(
    ({ file, severity }) => !changed.has(file) && severity !== 'warning',
  );
  const known = new Set<string>();
  const name = ({ file, rule, message }: Problem) => `${file} ${rule} ${message}`;
  if (elsewhere.length > 0) {
    const { drafts, specification, published, hashes, editions, register } = base.library;
    const before: Library = {
      ...after,
      drafts,
      specification,
      ...(published && { published }),
      ...(hashes && { hashes }),
      ...(editions && { editions }),
      ...(register && { register }),
    };
    for (const problem of lint(before, RULES)) known.add(name(problem));
  }
  return problems.filter(
    (problem) =>
      changed.has(problem.file) || (elsewhere.includes(problem) && !known.has(name(problem))),
  );
}

/** Files made from the proposals that are not what the proposals say. The register is a matter of the linter. */
async function stale(root: string, library: Library): Promise<Problem[]> {
  if (!existsSync(join(root, GENERATED))) return [];
  const generated = await compareGenerated(root, library).catch((error: unknown) => {
    // Proposals of which nothing can be made have errors, which are reported by themselves.
    if (error instanceof CommandError) return undefined;
    throw error;
  });
  if (!generated) return [];
  return [...generated.stale, ...generated.orphans]
    .filter((file) => file !== library.register?.file)
    .map((file) => ({
      rule: 'generated-current',
      file,
      line: 1,
      column: 1,
      message: 'this file is made from the proposals and is not what they say',
      hint: 'Run `npm run spec`, and commit what it writes.',
    }));
}

function printed({ after: _, ...checked }: Checked & { after: Library }, format: string): string {
  switch (format) {
    case 'markdown':
      return checkToMarkdown(checked);
    case 'github':
      return report(checked.problems, 'github');
    case 'json': {
      const { base, request } = checked;
      const plain = JSON.parse(report(checked.problems, 'json')) as object;
      return `${JSON.stringify({ base, ...request, ...plain }, null, 2)}\n`;
    }
    default:
      return formatCheck(checked, {
        color: process.stdout.isTTY === true && process.stdout.hasColors(),
      });
  }
}

/** The files of a report: the comment, and what changes word by word in each proposal. */
function reports(checked: Checked & { after: Library }, base: Base): Map<string, string> {
  const files = new Map([['comment.md', checkToMarkdown(checked)]]);
  const textIn = (library: Library, slug: string) =>
    library.drafts.find((draft) => slugOf(draft) === slug)?.document.source;
  for (const { slug, title, change } of checked.request.proposals) {
    const [before, after] = [textIn(base.library, slug), textIn(checked.after, slug)];
    if (change !== 'edited' || before === undefined || after === undefined) continue;
    const words = redlineToMarkdown(redline(before, after), { limit: 5_000_000 });
    files.set(`redline-${slug}.md`, `# ${slug} ${inlineCode(title)}\n\n${words}`);
  }
  return files;
}
