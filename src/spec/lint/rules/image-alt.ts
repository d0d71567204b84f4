import type { Image, ImageReference } from 'mdast';
import { visit } from 'unist-util-visit';
import { endOf, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const imageAlt: DraftRule = {
  id: 'image-alt',
  group: 'structure',
  severity: 'error',
  summary: 'An image has a text that stands for it.',
  why: 'Whoever cannot see the image reads or hears that text. Say what the image shows, not that it is one.',
  wrong: '![](door.svg)',
  right: '![A door with two leaves, one of them open.](door.svg)',
  errata: true,
  *checkDraft({ document }) {
    const images: (Image | ImageReference)[] = [];
    visit(document.tree, (node) => {
      if (node.type === 'image' || node.type === 'imageReference') images.push(node);
    });
    for (const image of images) {
      if (image.alt?.trim()) continue;
      yield {
        at: startOf(image),
        end: endOf(image),
        message: 'the image has no text that stands for it',
        hint: 'Say between the brackets what it shows.',
      };
    }
  },
};
