import { endOf, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';
import { anchorsOf, documentsOf } from '../subjects.ts';

export const linkResolves: DraftRule = {
  id: 'link-resolves',
  group: 'links',
  severity: 'error',
  summary:
    'A link within the repository leads to a file that exists, and to a heading that it has.',
  why: 'Links break when texts move. A requirement is referred to by `[some.id]`, which does not.',
  wrong: '[Process](../0001-proces/draft.md)',
  right: '[Process](../0001-process/draft.md)',
  errata: true,
  *checkDraft({ document }, library) {
    const drafts = documentsOf(library);
    for (const link of [...document.links, ...document.images]) {
      if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(link.url)) continue;
      const [, path = '', fragment] = /^([^?#]*)(?:\?[^#]*)?(?:#(.*))?$/s.exec(link.url) ?? [];
      const target = path === '' ? document.file : resolve(document.file, decode(path));
      const place = { at: startOf(link), end: endOf(link) };
      const other = drafts.get(target);
      if (/^\.\.(?:\/|$)/.test(target)) {
        yield {
          ...place,
          message: `\`${path}\` leads out of the repository`,
          hint: 'Use an address with https for what stands elsewhere.',
        };
      } else if (!other && target !== '' && library.exists && !library.exists(target)) {
        yield {
          ...place,
          message: `\`${path}\` leads to \`${target}\`, which does not exist`,
          hint: 'Paths are relative to the file that they stand in.',
        };
      } else if (other && fragment && !anchorsOf(other).has(decode(fragment))) {
        yield {
          ...place,
          message: `\`#${fragment}\` is not the anchor of a heading in \`${target}\``,
          hint: 'An anchor is the heading in lowercase with hyphens for spaces.',
        };
      }
    }
  },
};

/** A path relative to the file in which it stands, as one relative to the repository. */
function resolve(file: string, path: string): string {
  const parts = path.startsWith('/') ? [] : file.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
