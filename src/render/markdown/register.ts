// Turns the blocks that keep the register of requirements complete into tables: ids that are no longer in use, and
// requirements that no test can hold anybody to.
import type { Root, RootContent } from 'mdast';
import { replaceBlocks } from './block.ts';
import type { MarkdownContext, SourceFile } from './context.ts';
import { code, element, inline, reference } from './elements.ts';
import { scroller } from './table.ts';

export function retired(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('retired', tree, file, context, (ids, node) =>
      table(
        'Requirement ids that are no longer in use',
        ['Id', 'What became of it'],
        ids.map(({ id, alias, tombstone = '' }) => [
          // The address of the requirement that it was still leads somewhere.
          element('th', { scope: 'row', id }, code(id)),
          element(
            'td',
            {},
            alias === undefined
              ? inline(tombstone, node)
              : ['It is now ', reference(alias, node), '.'],
          ),
        ]),
      ),
    );
}

export function untested(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('untested', tree, file, context, (requirements, node) =>
      table(
        'Requirements without a test',
        ['Requirement', 'Why there is none'],
        requirements.map(({ requirement, reason }) => [
          element('th', { scope: 'row' }, reference(requirement, node)),
          element('td', {}, inline(reason, node)),
        ]),
      ),
    );
}

function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly RootContent[])[],
): RootContent {
  return scroller(
    element(
      'table',
      { className: ['register'] },
      element('caption', {}, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          heads.map((head) => element('th', { scope: 'col' }, head)),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map((row) => element('tr', {}, row)),
      ),
    ),
    caption,
  );
}
