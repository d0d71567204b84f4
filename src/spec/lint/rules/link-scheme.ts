import { endOf, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

const ALLOWED = ['https', 'mailto'];

/** What browsers take out of an address before they look at its scheme. */
const IGNORED = /^[\0-\x20]+|[\t\n\r]/g;

export const linkScheme: DraftRule = {
  id: 'link-scheme',
  group: 'links',
  severity: 'error',
  summary: 'A link goes to https, to a mail address, or to a place in the repository.',
  why: 'Proposals are rendered on pages beside running code. A link with `javascript:` or `data:` runs something, and one with `http:` can be changed on the way.',
  wrong: '[source](javascript:alert(1))',
  right: '[source](https://www.rfc-editor.org/rfc/rfc9110)',
  errata: true,
  *checkDraft({ document }) {
    for (const link of [...document.links, ...document.images]) {
      const url = link.url.replace(IGNORED, '');
      const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
      // A backslash is as good as a slash.
      if (scheme ? ALLOWED.includes(scheme) : !/^[\\/]{2}/.test(url)) continue;
      yield {
        at: startOf(link),
        end: endOf(link),
        message: `the link goes to \`${scheme ? `${scheme}:` : '//'}\``,
        hint: 'Use https, or a path in the repository.',
      };
    }
  },
};
