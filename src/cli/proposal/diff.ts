// `portway proposal diff`: what two revisions of a proposal come to, by requirement, and then word by word.

import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import {
  formatRedline,
  formatSummary,
  type KnownRequirements,
  redline,
  redlineToMarkdown,
  type SourceText,
  summarise,
  summaryToMarkdown,
} from '../../spec/redline/index.ts';
import { type Command, CommandError, parseOptions } from '../command.ts';
import { findRoot } from './repository.ts';

const NAME = 'proposal diff';
const FORMATS = ['text', 'json', 'markdown'] as const;

export const proposalDiff: Command = {
  summary: 'compare two revisions of a proposal',
  usage: `portway proposal diff: compare two revisions of a proposal

Usage: portway proposal diff NUMBER FROM [TO] [--summary] [--format text|json|markdown]

  NUMBER           a proposal, such as 3 or 0003
  FROM, TO         a revision such as v1, draft, or the path of a file (TO: default draft)
  --summary        only what became of requirements and blocks, without the words
  --format FORMAT  text for people (default), json for programs, markdown for a pull request
  --proposals DIR  the folder of the proposals (default: the one around the working directory)

Says of every requirement whether it was removed, reversed, weakened, bound to another role, strengthened, changed,
added, renamed, moved or only edited, and then shows the words.
`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        summary: { type: 'boolean', default: false },
        format: { type: 'string', default: 'text' },
        proposals: { type: 'string' },
      },
      NAME,
    );
    const [number, from, to = 'draft', ...more] = positionals;
    if (number === undefined || from === undefined) {
      throw new CommandError(
        `name a proposal and a revision of it: \`portway ${NAME} 3 v1\` compares v1 with the draft.`,
        2,
      );
    }
    if (more.length > 0)
      throw new CommandError(`two revisions at a time, not also \`${more[0]}\`.`, 2);
    const format = FORMATS.find((name) => name === values.format);
    if (!format) {
      throw new CommandError(`there is no format \`${values.format}\`: ${FORMATS.join(', ')}.`, 2);
    }
    const folder =
      typeof values.proposals === 'string'
        ? resolve(values.proposals)
        : join(findRoot(), 'proposals');
    const name = await folderOf(folder, number);
    const [before, after] = [
      await readRevision(folder, name, from),
      await readRevision(folder, name, to),
    ];
    process.stdout.write(
      await report(
        { proposal: name.slice(0, 4), from: labelOf(from), to: labelOf(to) },
        before,
        after,
        { format, summaryOnly: values.summary === true, ...(await around(folder, name, to)) },
      ),
    );
    return 0;
  },
};

interface Compared {
  readonly proposal: string;
  readonly from: string;
  readonly to: string;
}

interface ReportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly summaryOnly: boolean;
  readonly register: KnownRequirements;
  readonly others: readonly SourceText[];
}

async function report(
  compared: Compared,
  before: string,
  after: string,
  { format, summaryOnly, register, others }: ReportOptions,
): Promise<string> {
  const summary = summarise(before, after, { register, others });
  const words = summaryOnly ? undefined : redline(before, after);
  const { proposal, from, to } = compared;
  switch (format) {
    case 'json':
      return `${JSON.stringify({ ...compared, summary, ...(words && { redline: words }) }, null, 2)}\n`;
    case 'markdown': {
      const title = `### Proposal ${proposal}: ${from} → ${to}\n`;
      // Both together have to fit into one comment.
      const parts = [title, summaryToMarkdown(summary, { limit: 30_000 })];
      if (words) parts.push(redlineToMarkdown(words, { limit: 30_000 }));
      return parts.join('\n');
    }
    case 'text': {
      const color = process.stdout.isTTY === true && process.stdout.hasColors();
      const parts = [`Proposal ${proposal}: ${from} → ${to}\n`, formatSummary(summary, { color })];
      if (words) parts.push(formatRedline(words, { color }));
      return parts.join('\n');
    }
  }
}

/** The folder of a proposal. @throws CommandError with what there is */
async function folderOf(proposals: string, number: string): Promise<string> {
  if (!/^\d{1,4}$/.test(number)) {
    throw new CommandError(`\`${number}\` is not the number of a proposal, such as 3 or 0003.`, 2);
  }
  const names = await foldersIn(proposals);
  const slug = number.padStart(4, '0');
  const found = names.find((name) => name.startsWith(`${slug}-`));
  if (found !== undefined) return found;
  const known = names.map((name) => name.slice(0, 4)).join(', ');
  throw new CommandError(`there is no proposal ${slug}. There are ${known || 'none'}.`, 2);
}

async function foldersIn(proposals: string): Promise<string[]> {
  const entries = await readdir(proposals, { withFileTypes: true }).catch(() => {
    throw new CommandError(
      `there is no folder ${relative(process.cwd(), proposals) || proposals}.`,
    );
  });
  return entries
    .filter((entry) => entry.isDirectory() && /^\d{4}-/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

const REVISION = /^(?:draft|v[1-9]\d*)$/;

/** The text of a revision, or of a file. @throws CommandError with the revisions that there are */
async function readRevision(proposals: string, name: string, revision: string): Promise<string> {
  if (!REVISION.test(revision)) return readText(revision, await revisionsOf(proposals, name));
  const file = `${revision}.md`;
  const files = await revisionsOf(proposals, name);
  if (files.includes(revision)) return readText(join(proposals, name, file), files);
  throw new CommandError(
    `proposal ${name.slice(0, 4)} has no ${file}. It has ${listed(files)}.`,
    2,
  );
}

async function revisionsOf(proposals: string, name: string): Promise<string[]> {
  const files = await readdir(join(proposals, name));
  return files
    .filter((file) => file.endsWith('.md') && REVISION.test(file.slice(0, -3)))
    .map((file) => file.slice(0, -3))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

async function readText(file: string, revisions: readonly string[]): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new CommandError(
        `\`${file}\` is neither a revision nor a file. The revisions are ${listed(revisions)}.`,
        2,
      );
    }
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}.`);
  }
}

function listed(revisions: readonly string[]): string {
  return revisions.length === 0 ? 'none' : revisions.join(', ');
}

function labelOf(revision: string): string {
  return REVISION.test(revision) ? revision : basename(revision);
}

/** What a comparison can know besides the two texts: the register, and the other proposals where it is the draft. */
async function around(
  proposals: string,
  name: string,
  to: string,
): Promise<Pick<ReportOptions, 'register' | 'others'>> {
  const names =
    to === 'draft' ? (await foldersIn(proposals)).filter((other) => other !== name) : [];
  const others = await Promise.all(
    names.map(async (other): Promise<SourceText[]> => {
      const file = `${other}/draft.md`;
      const text = await readFile(join(proposals, file), 'utf8').catch(() => undefined);
      return text === undefined || other.startsWith('0000-') ? [] : [[file, text]];
    }),
  );
  return { others: others.flat(), register: await readRegister(proposals) };
}

/** The register is made from the proposals, so a comparison goes without one that is not there or not readable. */
async function readRegister(proposals: string): Promise<KnownRequirements> {
  try {
    const value: unknown = JSON.parse(await readFile(join(proposals, 'requirements.json'), 'utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(
      Object.entries(value).flatMap(([id, entry]) => {
        const { aliases, tombstone } = (entry ?? {}) as Record<string, unknown>;
        const known = {
          ...(Array.isArray(aliases) && {
            aliases: aliases.filter((one) => typeof one === 'string'),
          }),
          ...(typeof tombstone === 'string' && { tombstone }),
        };
        return [[id, known]];
      }),
    );
  } catch {
    return {};
  }
}
