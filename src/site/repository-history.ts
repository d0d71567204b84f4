// What the history of the repository says of the proposals: when a file came and changed, and which status a proposal
// had from when. Nothing where history is not there, or only its end. Knows nothing of what is published.
import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { STATUSES, type Status } from '../spec/model.ts';

export interface FileDates {
  added?: string;
  changed?: string;
}

/** A status that a proposal got on a day, `YYYY-MM-DD`. */
export interface StatusStep {
  readonly status: Status;
  readonly date: string;
}

function git(args: readonly string[], input = ''): string {
  const { status, stdout } = spawnSync('git', args, {
    encoding: 'utf8',
    input,
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? stdout : '';
}

/** What `git log` prints of the proposals. A clone without its history would date everything by its last commit. */
function log(...args: string[]): string {
  if (git(['rev-parse', '--is-shallow-repository']).trim() !== 'false') return '';
  return git(['log', '--no-renames', ...args]);
}

let dates: ReadonlyMap<string, FileDates> | undefined;

/** When each file of the proposals was added and last changed. */
export function fileDates(): ReadonlyMap<string, FileDates> {
  dates ??= datesIn(log('--format=%x00%cs', '--name-status', '--', 'proposals'));
  return dates;
}

/** Dates by file from `git log --format=%x00%cs --name-status`, newest commit first. */
export function datesIn(log: string): ReadonlyMap<string, FileDates> {
  const dates = new Map<string, FileDates>();
  for (const commit of log.split('\0')) {
    const [date = '', ...lines] = commit.split('\n');
    for (const line of lines) {
      const [, status, file] = /^([A-Z])\t(.*)$/.exec(line) ?? [];
      if (file === undefined) continue;
      const entry = dates.get(file) ?? {};
      entry.changed ??= date;
      if (status === 'A') entry.added = date;
      dates.set(file, entry);
    }
  }
  return dates;
}

let steps: ReadonlyMap<string, readonly StatusStep[]> | undefined;

/** Which status each proposal had from when, oldest first, by its four digits. */
export function statusSteps(): ReadonlyMap<string, readonly StatusStep[]> {
  steps ??= readSteps();
  return steps;
}

function readSteps(): ReadonlyMap<string, readonly StatusStep[]> {
  // Commits that write a line like that of the status; what the front matter says then is read from the text itself.
  const found = log(
    '--reverse',
    '--format=%x00%H %cs',
    '--name-only',
    '--diff-filter=AM',
    '-G^status:',
    '--',
    'proposals/*/draft.md',
  );
  const places = found.split('\0').flatMap((commit) => {
    const [head = '', ...files] = commit.split('\n').filter(Boolean);
    const [hash, date = ''] = head.split(' ');
    return files.map((file) => ({ name: `${hash}:${file}`, file, date }));
  });
  const texts = textsOf(places.map(({ name }) => name));
  return stepsIn(places.map(({ file, date }, index) => ({ file, date, text: texts[index] ?? '' })));
}

/** Texts by their names in the repository, such as `HEAD:README.md`, in one go. */
function textsOf(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const all = Buffer.from(git(['cat-file', '--batch'], `${names.join('\n')}\n`));
  const texts: string[] = [];
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf('\n', at);
    const size = Number(/ blob (\d+)$/.exec(all.toString('utf8', at, end))?.[1] ?? -1);
    texts.push(all.toString('utf8', end + 1, end + 1 + Math.max(size, 0)));
    at = end + size + 2;
  }
  return texts;
}

/** Steps of status from texts of drafts, oldest first. No proposal comes back to a status, so the first day counts. */
export function stepsIn(
  texts: readonly { readonly file: string; readonly date: string; readonly text: string }[],
): ReadonlyMap<string, readonly StatusStep[]> {
  const all = new Map<string, StatusStep[]>();
  for (const { file, date, text } of texts) {
    const slug = /^proposals\/(\d{4})-/.exec(file)?.[1];
    const status = statusOf(text);
    if (slug === undefined || status === undefined) continue;
    const own = all.get(slug) ?? [];
    all.set(slug, own);
    if (!own.some((step) => step.status === status)) own.push({ status, date });
  }
  return all;
}

/** What the front matter of a text says, of any time: it need not be one that the linter lets pass today. */
function statusOf(text: string): Status | undefined {
  const [, block = ''] = /^---\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
  const line = /^status:.*$/m.exec(block)?.[0] ?? '';
  try {
    const { status } = parse(line) ?? {};
    return STATUSES.find((known) => known === status);
  } catch {
    return undefined;
  }
}
