// What the plugins for fenced blocks share: finding the blocks of one kind and putting something else in their place.
import type { Code, Root, RootContent } from 'mdast';
import { type Block, type BlockKind, parseBlock } from '../../spec/blocks.ts';
import { type Problem, SpecError } from '../../spec/problem.ts';
import { fileName, type MarkdownContext, type SourceFile } from './context.ts';

/** Replaces each block of a kind. `depth` is the level of a heading that stands directly below the block's section. */
export async function replaceBlocks<K extends BlockKind>(
  kind: K,
  tree: Root,
  file: SourceFile,
  { noteOf }: Pick<MarkdownContext, 'noteOf'>,
  replace: (block: Block[K], node: Code, depth: number) => RootContent | Promise<RootContent>,
): Promise<void> {
  let section = 1;
  for (const [index, node] of tree.children.entries()) {
    if (node.type === 'heading') section = node.depth;
    if (node.type !== 'code' || node.lang !== kind) continue;
    const place = { file: fileName(file), line: (node.position?.start.line ?? 0) + 1 };
    try {
      const result = parseBlock(kind, node.value, place.file, place.line);
      if ('problems' in result) throw new SpecError(result.problems);
      tree.children[index] = await replace(result.value, node, Math.min(section + 1, 6));
    } catch (error) {
      if (!noteOf) throw error;
      tree.children[index] = noteOf(problemsOf(error, kind, place));
    }
  }
}

/** What is wrong with a block. That its drawing or its trace failed is no rule of the linter. */
function problemsOf(
  error: unknown,
  kind: BlockKind,
  place: Pick<Problem, 'file' | 'line'>,
): readonly Problem[] {
  if (error instanceof SpecError) return error.problems;
  const message = `the ${kind} block cannot be shown: ${(error as Error).message}`;
  return [{ rule: 'rendering', ...place, column: 1, message }];
}
