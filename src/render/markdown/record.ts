// Turns a `record` block into a card with a table of its fields.
import type { Root } from 'mdast';
import { recordAnchor } from '../../spec/paths.ts';
import { replaceBlocks } from './block.ts';
import type { MarkdownContext, SourceFile } from './context.ts';
import { code, element, inline } from './elements.ts';
import { fieldTable } from './fields.ts';

export function records(context: MarkdownContext) {
  return (tree: Root, file: SourceFile): Promise<void> =>
    replaceBlocks('record', tree, file, context, (record, node, depth) => {
      const base =
        record.extends === undefined
          ? undefined
          : context.specification.records.get(record.extends);
      const own = Object.keys(record.fields).length > 0;
      return element(
        'section',
        { className: ['card', 'record'] },
        element(
          'header',
          {},
          element(
            `h${depth}`,
            { id: recordAnchor(record.record) },
            element('a', { href: `#${recordAnchor(record.record)}` }, record.record),
          ),
          element('p', { className: ['direction'] }, 'record'),
        ),
        element('p', {}, inline(record.summary, node)),
        record.type === undefined
          ? undefined
          : element(
              'p',
              { className: ['none'] },
              'Its ',
              code('type'),
              ' is ',
              code(record.type),
              '.',
            ),
        base &&
          element(
            'p',
            { className: ['none'] },
            'It has the fields of ',
            element(
              'a',
              { href: context.addresses.proposalHref(base.slug, recordAnchor(base.record)) },
              base.record,
            ),
            own ? ' and these:' : ', and none besides.',
          ),
        own ? fieldTable(record.fields, `Fields of ${record.record}`, context, node) : undefined,
      );
    });
}
