// What the plugins for fenced blocks share: finding the blocks of one kind and putting something else in their place.
import type { Code, Root, RootContent } from 'mdast';
import { type Block, type BlockKind, parseBlock } from '../../spec/blocks.ts';
import { SpecError } from '../../spec/problem.ts';
import { fileName } from './context.ts';

/** Replaces each block of a kind. `depth` is the level of a heading that stands directly below the block's section. */
export async function replaceBlocks<K extends BlockKind>(
  kind: K,
  tree: Root,
  file: { cwd: string; path?: string },
  replace: (block: Block[K], node: Code, depth: number) => RootContent | Promise<RootContent>,
): Promise<void> {
  let section = 1;
  for (const [index, node] of tree.children.entries()) {
    if (node.type === 'heading') section = node.depth;
    if (node.type !== 'code' || node.lang !== kind) continue;
    const result = parseBlock(
      kind,
      node.value,
      fileName(file),
      (node.position?.start.line ?? 0) + 1,
    );
    if ('problems' in result) throw new SpecError(result.problems);
    tree.children[index] = await replace(result.value, node, Math.min(section + 1, 6));
  }
}
