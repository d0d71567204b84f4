// Writes a change of files as the mail that `git format-patch` writes, which `git am` applies with its author's name.
// Knows nothing of proposals, nor of the page.

import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { formatPatch, structuredPatch } from 'diff';
import { field, mailbox, mailDate, quotedPrintable, travelsAsItIs } from './mail.ts';

/** A file before and after. Texts are what the file holds, with the ends of line that it has. */
export interface FileChange {
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  /** Null where the file is new. */
  readonly before: string | null;
  readonly after: string;
}

export interface Author {
  readonly name: string;
  readonly address: string;
}

export interface PatchMail {
  readonly author: Author;
  readonly date: Date;
  /** First line of the message of the commit. */
  readonly subject: string;
  /** The rest of the message. */
  readonly body?: string;
  readonly files: readonly FileChange[];
}

/** What keeps `git am` from taking this author as it is, in words; undefined where nothing does. */
export function authorProblem({ name, address }: Author): string | undefined {
  if (name.trim() === '') return 'The patch needs the name that the commit is to have.';
  // git takes the address for the name then.
  if (/[@<>]/.test(name)) return 'A name in a commit has no `@`, `<` or `>`.';
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'A name is one line, without control characters.';
  if (encoder.encode(name.trim()).length > 60)
    return 'git takes names of at most 60 octets; characters beyond ASCII count two to four.';
  if (!/[^\s.,:;"'()\\]/.test(name)) return 'A name has a letter or a digit.';
  if (/[()]/.test(name)) return 'git drops what stands in parentheses: leave them out of the name.';
  if (/["\\]/.test(name) && (!/^[\x20-\x7e]*$/.test(name) || name.includes('=?')))
    return 'git drops quotation marks and backslashes from a name with characters beyond ASCII: leave them out.';
  if (/^[\s.,:;"'\\]|[\s,:;"'\\]\.*$/.test(name.trim()))
    return 'git drops punctuation at the ends of a name: leave it out.';
  if (
    !/^[^\s@<>()[\]\\,;:"]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$/.test(
      address,
    )
  )
    return 'The address is not one of mail, such as `name@example.org`.';
  if (!/^[\x21-\x7e]+$/.test(address))
    return 'The address has characters beyond ASCII: git would not keep them.';
  return undefined;
}

/** The whole mail, as text that is to be saved in UTF-8. @throws Error that says what is wrong with author, subject or files */
export function writePatch({ author, date, subject, body = '', files }: PatchMail): string {
  const problem = authorProblem(author) ?? subjectProblem(subject) ?? filesProblem(files);
  if (problem !== undefined) throw new Error(problem);
  const changed = files.filter(({ before, after }) => before !== after);
  const content = `${messageBody(body)}---\n${statOf(changed)}\n${changed.map(diffOf).join('')}-- \nPortway\n\n`;
  const asItIs = travelsAsItIs(content);
  return [
    // The date that git writes here, so that mail programs and git tell the line from text.
    'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001',
    `From: ${mailbox(author.name.trim().replace(/\s+/g, ' '), author.address)}`,
    `Date: ${mailDate(date)}`,
    field('Subject', `[PATCH] ${subject}`),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=UTF-8',
    `Content-Transfer-Encoding: ${asItIs ? '8bit' : 'quoted-printable'}`,
    '',
    asItIs ? content : quotedPrintable(content),
  ].join('\n');
}

const encoder = new TextEncoder();

function subjectProblem(subject: string): string | undefined {
  if (subject.trim() === '') return 'The patch needs a subject: what it changes, in a line.';
  // git takes off what stands in brackets, and `Re:`.
  if (/^\s*(?:\[|re:)/i.test(subject))
    return 'git drops what a subject begins with in brackets, and `Re:`: begin with a word.';
  if (/\p{Cc}/u.test(subject)) return 'A subject is one line, without control characters.';
  return undefined;
}

function filesProblem(files: readonly FileChange[]): string | undefined {
  if (files.every(({ before, after }) => before === after))
    return 'Nothing is changed: there is no patch to write.';
  for (const { path, before, after } of files) {
    if (!/^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w./-]+$/.test(path))
      return `\`${path}\` is not the path of a file in the repository.`;
    for (const text of [before, after])
      if (text?.includes('\0'))
        return `${path} has a NUL character, which makes it binary for git: remove it.`;
      // A surrogate without its pair has no form in UTF-8.
      else if (text !== null && !text.isWellFormed())
        return `${path} has half of a surrogate pair, which cannot be written in UTF-8: remove it.`;
  }
  return undefined;
}

/**
 * The message as it is to arrive. Where git would read the start of the patch, another author, or the start of the next
 * mail, the line is moved by a space.
 */
function messageBody(body: string): string {
  const text = body
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
  if (text === '') return '';
  return `${text
    .split('\n')
    .map((line) => (READ_BY_GIT.test(line) ? ` ${line}` : line))
    .join('\n')}\n`;
}

const READ_BY_GIT =
  /^(?:>?From |From:|Date:|Subject:|Content-|MIME-|---|diff -|Index: |\[PATCH|-- *>8|>8)/i;

/** How many lines came and went in each file, as git says it. */
function statOf(files: readonly FileChange[]): string {
  const counts = files.map((file) => {
    const lines = patchOf(file).hunks.flatMap((hunk) => hunk.lines);
    const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
    return { path: file.path, come: count('+'), gone: count('-') };
  });
  const sum = (key: 'come' | 'gone') => counts.reduce((total, one) => total + one[key], 0);
  const width = Math.max(...counts.map(({ path }) => path.length));
  const lines = counts.map(({ path, come, gone }) => {
    // At most 40 signs, in proportion.
    const scale = Math.min(1, 40 / Math.max(come + gone, 1));
    const signs = (sign: string, number: number) =>
      sign.repeat(number === 0 ? 0 : Math.max(1, Math.round(number * scale)));
    return ` ${path.padEnd(width)} | ${come + gone} ${signs('+', come)}${signs('-', gone)}`;
  });
  const made = files.filter(({ before }) => before === null);
  const many = (number: number, one: string, more = `${one}s`) =>
    `${number} ${number === 1 ? one : more}`;
  const total = [
    many(files.length, 'file changed', 'files changed'),
    ...(sum('come') > 0 ? [many(sum('come'), 'insertion(+)', 'insertions(+)')] : []),
    ...(sum('gone') > 0 ? [many(sum('gone'), 'deletion(-)', 'deletions(-)')] : []),
  ].join(', ');
  return [...lines, ` ${total}`, ...made.map(({ path }) => ` create mode 100644 ${path}`), ''].join(
    '\n',
  );
}

function patchOf({ path, before, after }: FileChange) {
  return structuredPatch(`a/${path}`, `b/${path}`, before ?? '', after, undefined, undefined, {
    context: 3,
  });
}

function diffOf(file: FileChange): string {
  const { path, before, after } = file;
  const patch = patchOf(file);
  const isNew = before === null;
  const text = formatPatch({
    ...patch,
    isGit: true,
    ...(isNew && { isCreate: true, newMode: '100644', oldFileName: '/dev/null' }),
  });
  // With the names of both blobs `git am -3` can merge where the file has changed since.
  const index = `index ${isNew ? '0'.repeat(40) : blobName(before)}..${blobName(after)}${isNew ? '' : ' 100644'}\n`;
  const at =
    isNew && text.indexOf('\n--- ') < 0
      ? text.length
      : text.indexOf(isNew ? '--- /dev/null' : `--- a/${path}`);
  return text.slice(0, at) + index + text.slice(at);
}

/** The name that git has for a file of this text: SHA-1 over a head and its octets. */
export function blobName(text: string): string {
  const octets = encoder.encode(text);
  return bytesToHex(sha1(concatBytes(encoder.encode(`blob ${octets.length}\0`), octets)));
}
