// Marks the place of an embedded example. The page puts a component there, which Markdown cannot: see parts.ts.
import type { Root } from 'mdast';
import { SpecError } from '../../spec/problem.ts';
import { replaceBlocks } from './block.ts';
import { fileName, type MarkdownContext, type SourceFile } from './context.ts';
import { element, inline } from './elements.ts';
import { TRY_ELEMENT } from './parts.ts';

export function tries(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('try', tree, file, context, ({ example, caption }, node) => {
      if (!context.examples.has(example)) {
        throw new SpecError([
          {
            rule: 'example-exists',
            file: fileName(file),
            line: (node.position?.start.line ?? 0) + 1,
            column: 1,
            message: `there is no example \`${example}\``,
            hint: `There are: ${[...context.examples.keys()].join(', ')}.`,
          },
        ]);
      }
      return element(TRY_ELEMENT, { dataExample: example }, inline(caption, node));
    });
}
