// The fields of an event or a record as a table: name and type on the left, meaning on the right.
import type { Node, RootContent } from 'mdast';
import type { EventBlock, FieldBlock } from '../../spec/blocks.ts';
import { literal } from '../../spec/generate/literal.ts';
import { recordAnchor } from '../../spec/paths.ts';
import { FIELD_TYPES } from '../../spec/specification.ts';
import type { MarkdownContext } from './context.ts';
import { code, element, inline } from './elements.ts';

/** `direction` is that of an event: who only receives it finds defaults filled in. */
export function fieldTable(
  fields: Readonly<Record<string, FieldBlock>>,
  caption: string,
  context: MarkdownContext,
  at: Node,
  direction?: EventBlock['direction'],
): RootContent {
  return element(
    'table',
    { className: ['fields'] },
    element('caption', { className: ['sr-only'] }, caption),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Field'),
        element('th', { scope: 'col' }, 'Meaning'),
      ),
    ),
    element(
      'tbody',
      {},
      Object.entries(fields).map(([name, field]) =>
        element(
          'tr',
          {},
          element(
            'th',
            { scope: 'row' },
            code(name),
            element('span', { className: ['field-type'] }, typeOf(field, context, direction)),
          ),
          element(
            'td',
            {},
            inline(field.text, at),
            field.values && element('span', { className: ['field-values'] }, list(field.values)),
          ),
        ),
      ),
    ),
  );
}

/** `integer, 200 to 599, or null, optional` */
function typeOf(
  field: FieldBlock,
  context: MarkdownContext,
  direction: EventBlock['direction'] | undefined,
): RootContent[] {
  const record = context.specification.records.get(field.type);
  const text = (value: string): RootContent => ({ type: 'text', value });
  const notes = [range(field), field.nullable && 'or null', field.optional && 'optional'];
  const name = field.type.replaceAll('_', ' ');
  return [
    record
      ? element(
          'a',
          { href: context.addresses.proposalHref(record.slug, recordAnchor(field.type)) },
          name,
        )
      : element('span', { title: meaningOf(field.type) }, name),
    ...notes.flatMap((note) => (note ? [text(`, ${note}`)] : [])),
    ...byDefault(field, direction),
  ];
}

/** A type that is no record and none of those listed is an author's mistake, and means nothing. */
function meaningOf(type: string): string | undefined {
  return Object.hasOwn(FIELD_TYPES, type) ? FIELD_TYPES[type] : undefined;
}

/** `, 1000 if left out` */
function byDefault(
  { default: value }: FieldBlock,
  direction: EventBlock['direction'] | undefined,
): RootContent[] {
  if (value === undefined) return [];
  const empty = value === '' || (typeof value === 'object' && value !== null);
  const when = direction === undefined || direction === 'receive' ? ' by default' : ' if left out';
  return [
    { type: 'text', value: ', ' },
    empty ? { type: 'text', value: 'empty' } : code(literal(value)),
    { type: 'text', value: when },
  ];
}

function range({ minimum, maximum }: FieldBlock): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? undefined : `${maximum} or less`;
}

function list(values: readonly string[]): RootContent[] {
  return values.flatMap((value, index): RootContent[] =>
    index === 0 ? [code(value)] : [{ type: 'text', value: ' ' }, code(value)],
  );
}
