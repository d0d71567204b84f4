// Reads what somebody else proposes: mails of `git format-patch`, one or several in a file, or a plain unified diff; and
// applies them to the texts that are here. Knows nothing of proposals, nor of the page.

import { applyPatch, parsePatch, type StructuredPatch } from 'diff';
import PostalMime from 'postal-mime';
import { quotedPrintableText } from './mail.ts';

/** One mail, or the whole of a plain diff. */
export interface ReadPatch {
  readonly author?: { readonly name: string; readonly address: string };
  readonly subject?: string;
  /** The rest of the message of the commit. */
  readonly body?: string;
  readonly date?: Date;
  readonly files: readonly FilePatch[];
}

export interface FilePatch {
  /** Where the file is after it. */
  readonly path: string;
  /** Where it was before it; undefined for a new file. */
  readonly from: string | undefined;
  readonly removed: boolean;
  readonly binary: boolean;
  readonly patch: StructuredPatch;
}

/** Begins each mail in a file of several, as `git format-patch --stdout` writes it. */
const MAIL = /^From [0-9a-f]{40,64} \w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}\r?$/m;
/** More than a reviewer reads in a page, and than an honest change of a proposal has. */
export const MOST = 4_000_000;

/** @throws Error in words where this is no patch */
export async function readPatches(text: string): Promise<ReadPatch[]> {
  if (text.length > MOST)
    throw new Error(
      `The patch has ${text.length.toLocaleString('en')} characters; at most ${MOST.toLocaleString('en')} are read here. Apply it in a clone with \`git am\`.`,
    );
  const mails = splitMails(text);
  const read =
    mails.length > 0 ? await Promise.all(mails.map(readMail)) : [{ files: filesOf(text) }];
  if (read.every(({ files }) => files.length === 0))
    throw new Error(
      'This is no patch: it has no line that begins with `diff --git` or `---`. `git format-patch` writes one.',
    );
  return read;
}

/** The parts of a file from one line `From 0123… Mon Sep 17 …` to the next. */
function splitMails(text: string): string[] {
  const starts = [...text.matchAll(new RegExp(MAIL, 'gm'))].map(({ index }) => index);
  if (starts.length > 0)
    return starts.map((start, number) => text.slice(start, starts[number + 1]));
  // One mail as a mail program saves it, without that line.
  return /^(?:[A-Za-z][A-Za-z-]*: .*\r?\n(?:[ \t].*\r?\n)*)+\r?\n/.test(text) ? [text] : [];
}

async function readMail(text: string): Promise<ReadPatch> {
  const mail = await PostalMime.parse(
    new TextEncoder().encode(text.replace(MAIL, '').replace(/^\r?\n/, '')),
  );
  const content = contentOf(text, mail.headers) ?? mail.text ?? '';
  const cut = content.search(/^(?:---(?: |\n|\r\n)|diff -)/m);
  const message = (cut < 0 ? content : content.slice(0, cut)).trim();
  const { from, subject, date } = mail;
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return {
    ...(from?.address && { author: { name: from.name || from.address, address: from.address } }),
    ...(subject !== undefined && {
      subject: subject.replace(/^(?:\s*(?:\[[^\]]*\]|re:))+\s*/i, ''),
    }),
    ...(message !== '' && { body: message }),
    ...(!Number.isNaN(time) && { date: new Date(time) }),
    files: filesOf(cut < 0 ? content : content.slice(cut)),
  };
}

/**
 * The content of a mail of one part, octet by octet: the parser of mails makes all ends of line alike. Undefined where it
 * has several parts, or an encoding that is not one.
 */
function contentOf(
  text: string,
  headers: readonly { key: string; value: string }[],
): string | undefined {
  const value = (name: string) =>
    headers
      .find(({ key }) => key === name)
      ?.value.trim()
      .toLowerCase() ?? '';
  const blank = /\r?\n\r?\n/.exec(text);
  if (!blank || value('content-type').startsWith('multipart/')) return undefined;
  const body = text.slice(blank.index + blank[0].length);
  switch (value('content-transfer-encoding')) {
    case 'quoted-printable':
      return quotedPrintableText(body);
    case 'base64':
      return undefined;
    default:
      return body;
  }
}

function filesOf(diff: string): FilePatch[] {
  return parsed(diff).flatMap((patch): FilePatch[] => {
    const from = patch.isCreate ? undefined : nameOf(patch.oldFileName);
    const path = nameOf(patch.newFileName) ?? from;
    if (path === undefined) return [];
    const removed = patch.isDelete === true || nameOf(patch.newFileName) === undefined;
    return [{ path, from, removed, binary: patch.isBinary === true, patch }];
  });
}

function parsed(diff: string): StructuredPatch[] {
  try {
    return parsePatch(signatureOff(diff));
  } catch (error) {
    throw new Error(
      `The patch cannot be read: ${error instanceof Error ? error.message : error}. Was it cut short?`,
    );
  }
}

/** Without the line `-- ` and the name of the program behind it, with which a mail ends. */
function signatureOff(diff: string): string {
  return diff.replace(/\n-- ?\r?\n[^\n]*\s*$/, '\n');
}

/** Without `a/` and `b/`; undefined for `/dev/null`. */
function nameOf(name: string | undefined): string | undefined {
  return name === undefined || name === '/dev/null' ? undefined : name.replace(/^[ab]\//, '');
}

/** A file with a patch applied, or why it could not be. */
export type Applied =
  | { readonly path: string; readonly before: string | null; readonly after: string }
  | { readonly path: string; readonly problem: string };

/**
 * Applies mails, one after the other, to texts that `textOf` has by path (undefined where there is no such file). Says
 * for each file that any of them touches what becomes of it, or what stands in the way and where.
 */
export function applyPatches(
  patches: readonly ReadPatch[],
  textOf: (path: string) => string | undefined,
): Applied[] {
  const results = new Map<string, Applied>();
  for (const { files } of patches)
    for (const file of files) {
      const known = results.get(file.from ?? file.path);
      if (known && 'problem' in known) continue;
      results.set(file.path, applied(file, known, textOf));
    }
  return [...results.values()];
}

function applied(
  { path, from, removed, binary, patch }: FilePatch,
  known: Exclude<Applied, { problem: string }> | undefined,
  textOf: (path: string) => string | undefined,
): Applied {
  if (binary) return { path, problem: 'It is a binary file, which has no text to compare.' };
  if (removed) return { path, problem: 'The patch deletes the file.' };
  if (from !== undefined && from !== path)
    return {
      path,
      problem: `The patch renames ${from}, which is not shown here. Apply it in a clone with \`git am\`.`,
    };
  const before = known?.after ?? textOf(from ?? path);
  if (from === undefined && before !== undefined && before !== '')
    return { path, problem: 'The patch makes a new file of this name, and there is one.' };
  if (from !== undefined && before === undefined)
    return {
      path,
      problem: `There is no file ${from} here. Is the patch for another repository, or for a later state?`,
    };
  const text = before ?? '';
  const after = apply(text, patch);
  if (after === false) return { path, problem: conflict(text, patch) };
  return { path, before: known ? known.before : (before ?? null), after };
}

/** As it is; or, where that does not fit, with the ends of line that the text has: mail programs change them. */
function apply(text: string, patch: StructuredPatch): string | false {
  const exact = applyPatch(text, patch, { autoConvertLineEndings: false });
  return exact === false ? applyPatch(text, patch) : exact;
}

/** Which place of a patch does not fit, by applying its hunks one by one. */
function conflict(text: string, patch: StructuredPatch): string {
  for (const hunk of patch.hunks) {
    if (applyPatch(text, { ...patch, hunks: [hunk] }) !== false) continue;
    const gone = hunk.lines.find((line) => line.startsWith('-')) ?? hunk.lines[0] ?? '';
    return `It does not apply at line ${hunk.oldStart}: the text there is not the one that the patch changes (“${gone.slice(1, 81)}”). It was made for another state: ask its author to rebase, or apply it in a clone with \`git am -3\`.`;
  }
  return 'Its parts apply one by one, but not together. Apply it in a clone with `git am -3`.';
}
