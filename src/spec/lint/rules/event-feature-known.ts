import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest } from '../subjects.ts';

export const eventFeatureKnown: DraftRule = {
  id: 'event-feature-known',
  group: 'blocks',
  severity: 'error',
  summary: 'An event that belongs to a feature names one that a `feature` block defines.',
  why: 'The feature says from which revision an event exists, and whether it may be used without asking.',
  wrong: 'type: door.slam\nfeature: door.loud',
  right: 'type: door.slam\nfeature: door.loudly',
  language: 'yaml',
  essential: true,
  *checkDraft(draft, { specification }) {
    for (const block of blocks(draft, 'event')) {
      const { type, feature } = block.value;
      if (feature === undefined || specification.features.has(feature)) continue;
      const meant = nearest(feature, specification.features.keys());
      yield {
        at: inBlock(draft.document, block, ['feature']),
        message: `event \`${type}\` belongs to the feature \`${feature}\`, which no proposal defines`,
        hint: meant ? `Did you mean \`${meant}\`?` : 'Define it in a `feature` block.',
      };
    }
  },
};
