import { describe, expect, test } from 'vitest';
import { crlf, FILE, finds, findsAll, found, keepsItsWord, passes, proposal } from '../testing.ts';
import { publishedIdLost } from './published-id-lost.ts';

const V1 = 'proposals/0042-doors/v1.md';
const OPENS = 'r[door.opens]\nThe gateway MUST open the door.';
const SHUTS = 'r[door.shuts]\nThe gateway MUST shut the door.';
const published = { beside: [[V1, proposal(`Ä.\n\n${OPENS}`)]] as const };
const LINE = proposal(`Ä.\n\n${OPENS}`).split('r[')[0]?.split('\n').length;
const message = `the requirement \`door.opens\`, published in ${V1}:${LINE}, is no longer defined`;

describe('published-id-lost', () => {
  test('its words', () => keepsItsWord(publishedIdLost, proposal, published));

  test('it is said at the beginning of the draft that had it', () => {
    const problem = finds(publishedIdLost, `⌖${proposal(SHUTS)}`, message, published);
    expect(problem.hint).toBe(
      'Put it back, or retire it in a `retired` block: `- {id: door.opens, alias: its.new-id}` or `- {id: door.opens, tombstone: "Why it is gone."}`.',
    );
    finds(publishedIdLost, `⌖${crlf(proposal(SHUTS))}`, message, published);
  });

  test('without a draft, where it was published', () => {
    const beside = [['proposals/0041-windows/v2.md', proposal(OPENS)]] as const;
    expect(found(publishedIdLost, proposal(SHUTS), { beside })).toMatchObject([
      { file: 'proposals/0041-windows/v2.md', line: LINE === undefined ? 0 : LINE - 2, column: 1 },
    ]);
  });

  test('each id once, in whatever revision it was lost', () => {
    findsAll(
      publishedIdLost,
      `⌖⌖${proposal('Text.')}`,
      [message, message.replace('opens', 'shuts').replace('v1.md', 'v2.md')],
      {
        beside: [
          [V1, proposal(`Ä.\n\n${OPENS}`)],
          ['proposals/0042-doors/v2.md', proposal(`Ä.\n\n${SHUTS}\n\n${OPENS}`)],
        ],
      },
    );
  });

  test.each([
    ['defined', OPENS],
    ['defined, and not in order', 'r[door.opens]\nThe door MUST open and MAY ring.'],
    ['renamed', '```retired\n- {id: door.opens, alias: door.swings}\n```'],
    ['removed', '```retired\n- {id: door.opens, tombstone: Doors are gone.}\n```'],
  ])('near miss: it is %s', (_, text) => {
    passes(publishedIdLost, proposal(text), published);
    passes(publishedIdLost, crlf(proposal(text)), published);
  });

  test.each([
    ['an id that begins alike', OPENS.replace('opens', 'opens-wide')],
    ['a reference', 'By [door.opens] it opens.'],
    ['in code', `\`\`\`text\n${OPENS}\n\`\`\``],
    ['a retirement that cannot be read', '```retired\n- {id: door.opens}\n```'],
  ])('%s does not define it', (_, text) => {
    finds(publishedIdLost, `⌖${proposal(text)}`, message, published);
  });

  test('near miss: another proposal defines it now', () => {
    passes(publishedIdLost, proposal('Text.'), {
      beside: [
        ...published.beside,
        ['proposals/0043-x/draft.md', proposal(OPENS, { proposal: '43' })],
      ],
    });
  });

  test('the template does not define it', () => {
    const template = ['proposals/0000-template/draft.md', proposal(OPENS)] as const;
    finds(publishedIdLost, `⌖${proposal('Text.')}`, message, {
      beside: [...published.beside, template],
    });
  });

  test('nothing is said where nothing is published', () => {
    passes(publishedIdLost, proposal('Text.'), { file: FILE });
  });
});
