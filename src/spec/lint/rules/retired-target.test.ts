import { describe, expect, test } from 'vitest';
import { draftOf, libraryOf } from '../library.ts';
import { lint } from '../lint.ts';
import { crlf, FILE, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { retiredTarget } from './retired-target.ts';

const SWINGS = 'r[door.swings]\nThe gateway MUST open the door.\n\n';
const V1 = proposal(
  ['opens', 'shuts', 'rings'].map((id) => `r[door.${id}]\nThe gateway MUST act.\n\n`).join(''),
);
const published = { beside: [['proposals/0042-doors/v1.md', V1]] as const };
const text = (...entries: string[]) =>
  proposal(`${SWINGS}\`\`\`retired\n${entries.map((entry) => `- ${entry}\n`).join('')}\`\`\``);
const GONE = '{id: door.opens, tombstone: Türen sind weg.}';

describe('retired-target', () => {
  test('its words', () =>
    keepsItsWord(retiredTarget, (words) => proposal(SWINGS + words), published));

  test.each([
    ['a misspelt alias', 'door.swngs', 'Did you mean `door.swings`?'],
    ['an alias like no other', 'a.b', 'Name the one that took its place, or give a `tombstone`.'],
  ])('%s', (_, alias, hint) => {
    const wrong = text(`{id: door.opens, alias: ⌖${alias}}`);
    const message = `the alias \`${alias}\` is not a requirement`;
    expect(finds(retiredTarget, wrong, message, published).hint).toBe(hint);
    finds(retiredTarget, crlf(wrong), message, published);
  });

  test('an entry over several lines', () => {
    finds(
      retiredTarget,
      text('id: door.opens\n  # Ä\n  alias: ⌖door.swngs'),
      'the alias `door.swngs` is not a requirement',
      published,
    );
  });

  test('an id that was never published', () => {
    const problem = finds(
      retiredTarget,
      text('{id: ⌖door.squeaks, alias: door.swings}'),
      '`door.squeaks` was never published, so nobody can refer to it',
      published,
    );
    expect(problem.hint).toBe('Delete the entry.');
  });

  test('an id that is retired twice, in one block and in another', () => {
    const line = text('X').split('- X')[0]?.split('\n').length;
    const message = `\`door.opens\` is already retired in ${FILE}:${line}`;
    const twice = text(GONE, '{id: ⌖door.opens, alias: door.swings}').replace(
      '## Rationale',
      '```retired\n- {id: ⌖door.opens, tombstone: Gone.}\n```\n\n## Rationale',
    );
    expect(findsAll(retiredTarget, twice, [message, message], published)[0]?.hint).toBe(
      'Delete one of the two.',
    );
  });

  test('aliases that lead in a circle', () => {
    const circle = (id: string) => `the aliases of \`${id}\` lead in a circle`;
    findsAll(
      retiredTarget,
      text(
        '{id: door.opens, alias: ⌖door.shuts}',
        '{id: door.shuts, alias: ⌖door.opens}',
        '{id: door.rings, alias: door.opens}',
      ),
      [circle('door.opens'), circle('door.shuts')],
      published,
    );
    finds(
      retiredTarget,
      text('{id: door.opens, alias: ⌖door.opens}'),
      circle('door.opens'),
      published,
    );
  });

  test.each([
    ['a requirement that exists', '{id: door.opens, alias: door.swings}'],
    ['a tombstone', GONE],
    ['nothing that can be read', '{id: door.opens}'],
  ])('near miss: %s', (_, entry) => passes(retiredTarget, text(entry), published));

  test('near miss: an alias that was renamed, or removed, in its turn', () => {
    passes(
      retiredTarget,
      text('{id: door.opens, alias: door.shuts}', '{id: door.shuts, alias: door.swings}'),
      published,
    );
    passes(
      retiredTarget,
      text('{id: door.opens, alias: door.shuts}', '{id: door.shuts, tombstone: Gone.}'),
      published,
    );
  });

  test('near miss: the requirement stands in another proposal, and is not in order', () => {
    const other = proposal('r[window.opens]\nIt opens.', { proposal: '43' });
    passes(retiredTarget, text('{id: door.opens, alias: window.opens}'), {
      beside: [...published.beside, ['proposals/0043-windows/draft.md', other]],
    });
  });

  test('where published revisions are not known, nothing is said of them', () => {
    const draft = draftOf([FILE, text('{id: door.squeaks, alias: door.swings}')]);
    expect(lint(libraryOf([draft]), [retiredTarget])).toEqual([]);
  });

  test('the template', () => {
    passes(retiredTarget, text('{id: a.b, alias: c.d}'), {
      file: 'proposals/0000-template/draft.md',
    });
  });
});
