import type { DraftRule } from '../rule.ts';

export const metadataDuplicate: DraftRule = {
  id: 'metadata-duplicate',
  group: 'metadata',
  severity: 'error',
  summary: 'No field stands twice in the front matter.',
  why: 'Programs disagree about which of the two counts.',
  wrong: 'status: draft\nstatus: review',
  right: 'status: review',
  language: 'yaml',
  *checkDraft({ document }) {
    const seen = new Map<string, number>();
    for (const { key, keyStart } of document.frontMatter.entries) {
      const earlier = seen.get(key);
      if (earlier === undefined) seen.set(key, keyStart);
      else {
        yield {
          at: keyStart,
          end: keyStart + key.length,
          message: `\`${key}\` already stands in line ${document.place(earlier).line}`,
          hint: 'Delete one of the two.',
        };
      }
    }
  },
};
