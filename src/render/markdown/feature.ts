// Turns a `feature` block into a card: its revision, whether it is on without being asked for, and which events need it.
import type { Root, RootContent } from 'mdast';
import { eventAnchor, featureAnchor } from '../../spec/paths.ts';
import { listed } from '../words.ts';
import { replaceBlocks } from './block.ts';
import type { MarkdownContext, SourceFile } from './context.ts';
import { code, element, inline } from './elements.ts';
import { governed } from './event.ts';

export function features(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('feature', tree, file, context, (feature, node, depth) =>
      element(
        'section',
        { className: ['card', 'feature'] },
        element(
          'header',
          {},
          element(
            `h${depth}`,
            { id: featureAnchor(feature.feature) },
            element('a', { href: `#${featureAnchor(feature.feature)}` }, feature.feature),
          ),
          element('p', { className: ['direction'] }, `feature, revision ${feature.revision}`),
        ),
        element('p', {}, inline(feature.summary, node)),
        element(
          'p',
          { className: ['none'] },
          `It counts as ${feature.default ? 'accepted' : 'not accepted'} for an application without lifespan.`,
        ),
        usedBy(feature.feature, context),
        governed(feature, node),
      ),
    );
}

/** The events that it allows. */
function usedBy(feature: string, context: MarkdownContext): RootContent | undefined {
  const events = [...context.specification.events.values()].filter(
    (event) => event.feature === feature,
  );
  if (events.length === 0) return undefined;
  const links = events.map(({ type, slug }) =>
    element('a', { href: context.addresses.proposalHref(slug, eventAnchor(type)) }, code(type)),
  );
  return element('p', { className: ['none'] }, 'It allows ', listed(links), '.');
}
