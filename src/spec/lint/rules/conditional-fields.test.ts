import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { conditionalFields } from './conditional-fields.ts';

const VALUES = {
  'last-call-ends': '2026-12-22',
  resolution: 'Revision 1 was accepted on 2026-12-23.',
  'withdrawn-reason': 'Nobody needs doors.',
  'superseded-by': '43',
  implementations: '[One, Another]',
};
/** Implementations are owed for what binds somebody. */
const BINDS = 'r[door.opens]\nThe gateway MUST open the door.';
type Field = keyof typeof VALUES;
const withFields = (status: string, ...keys: readonly Field[]) =>
  proposal(BINDS, { status, ...Object.fromEntries(keys.map((key) => [key, VALUES[key]])) });
const marked = (text: string, mark: string) => text.replace(mark, `⌖${mark}`);

describe('conditional-fields', () => {
  test('its words', () => keepsItsWord(conditionalFields, (lines) => `---\n${lines}\n---\n`));

  test.each<[status: string, missing: Field, ...there: Field[]]>([
    ['last-call', 'last-call-ends'],
    ['accepted', 'resolution', 'last-call-ends'],
    ['final', 'implementations', 'resolution'],
    ['rejected', 'resolution'],
    ['deferred', 'resolution'],
    ['withdrawn', 'withdrawn-reason'],
    ['superseded', 'superseded-by', 'resolution'],
  ])('`%s` without `%s`', (status, missing, ...there) => {
    const text = withFields(status, ...there).replace(`status: ${status}`, `status: ⌖${status}`);
    const message = `the status \`${status}\` needs the field \`${missing}\``;
    expect(finds(conditionalFields, text, message)).toMatchObject({
      hint: `Add a line such as \`${missing}: …\`.`,
      endColumn: 9 + status.length,
    });
    finds(conditionalFields, crlf(text), message);
    passes(conditionalFields, withFields(status, ...there, missing));
  });

  test.each<[status: string, field: Field, belongs: string]>([
    [
      'draft',
      'last-call-ends',
      'last-call, accepted, final, superseded, withdrawn, rejected, deferred',
    ],
    ['review', 'resolution', 'accepted, final, rejected, deferred, superseded'],
    ['review', 'withdrawn-reason', 'withdrawn'],
    ['draft', 'superseded-by', 'superseded'],
  ])('`%s` with `%s`', (status, field, belongs) => {
    const text = marked(withFields(status, field), `${field}:`);
    const message = `\`${field}\` does not belong to the status \`${status}\``;
    expect(finds(conditionalFields, text, message)).toMatchObject({
      hint: `It belongs to ${belongs}: delete the line.`,
      endColumn: field.length + 1,
    });
    finds(conditionalFields, crlf(text), message);
  });

  test.each<[status: string, key: Field, value: string, there: Field[]]>([
    ['rejected', 'resolution', '""', []],
    ['withdrawn', 'withdrawn-reason', "' '", []],
    ['final', 'implementations', '[]', ['resolution']],
  ])('`%s` with `%s: %s`, which says nothing', (status, key, value, there) => {
    const text = withFields(status, ...there, key).replace(
      `${key}: ${VALUES[key]}`,
      `${key}: ⌖${value}`,
    );
    finds(
      conditionalFields,
      text,
      `the status \`${status}\` needs the field \`${key}\`, which is empty`,
    );
  });

  test('several at once, each at its place', () => {
    const text = withFields('final', 'withdrawn-reason', 'superseded-by')
      .replace('final', '⌖final')
      .replace('withdrawn-reason:', '⌖withdrawn-reason:')
      .replace('superseded-by:', '⌖superseded-by:');
    // The two that are missing are found at the same place.
    findsAll(conditionalFields, text.replace('⌖final', '⌖⌖final'), [
      'the status `final` needs the field `resolution`',
      'the status `final` needs the field `implementations`',
      '`withdrawn-reason` does not belong to the status `final`',
      '`superseded-by` does not belong to the status `final`',
    ]);
  });

  test('also where another field cannot be read', () => {
    const text = withFields('last-call').replace('revision: 1', 'revision: one');
    finds(
      conditionalFields,
      marked(text, 'last-call'),
      'the status `last-call` needs the field `last-call-ends`',
    );
  });

  test.each<[what: string, text: string]>([
    ['a draft without any', withFields('draft')],
    [
      'implementations, which may be named before they are needed',
      withFields('draft', 'implementations'),
    ],
    ['an empty list of them then', proposal('', { implementations: '[]' })],
    ['a last call that is over', withFields('accepted', 'last-call-ends', 'resolution')],
    ['one that ended in rejection', withFields('rejected', 'last-call-ends', 'resolution')],
    [
      'everything that a superseded one may have',
      withFields('superseded', 'last-call-ends', 'resolution', 'superseded-by', 'implementations'),
    ],
    [
      'a final one that binds nobody, without implementations',
      proposal('Text.', { status: 'final', resolution: VALUES.resolution }),
    ],
    ['a status that is none', withFields('finished', 'withdrawn-reason')],
    ['no status', withFields('draft', 'resolution').replace('status: draft\n', '')],
    [
      'a value that is missing, the subject of metadata-value',
      proposal('', { status: 'rejected', resolution: '' }),
    ],
  ])('near miss: %s', (_, text) => passes(conditionalFields, text));
});
