// A redline as a page, on revisions made up for it: each kind of change once, numbers and links, and that both texts come
// out of it again.
import fc from 'fast-check';
import type { Root } from 'mdast';
import { describe, expect, test } from 'vitest';
import { render } from './markdown/fixture.ts';
import type { ChangeEntry } from './redline-changes.ts';
import { substanceIn } from './redline-merge.ts';
import { redlinePage } from './redline-page.ts';
import { attribute, elementsOf, readHtml } from './redline-tree.ts';

const front = (revision: number, rest = '') =>
  `---\nproposal: 7\ntitle: Doors\n${rest}revision: ${revision}\n---\n\n# Doors\n\n`;

const drawn = (source: string, tree: Root) => render(source, { tree });

const compare = (before: string, after: string) =>
  redlinePage(
    { source: before.startsWith('---') ? before : front(1) + before, render: drawn },
    { source: after.startsWith('---') ? after : front(2) + after, render: drawn },
    { page: '/proposals/0007/' },
  );

/** HTML without our own words and numbers, `<ins>` and `<del>` in the notation of wdiff. */
const shown = (html: string) =>
  html
    .replace(/<p class="redline-word.*?<\/p>/g, '')
    .replace(/<span class="redline-word[^>]*>[^<]*<\/span>/g, '')
    .replace(/<(ins|del)>/g, (_, name) => (name === 'ins' ? '{+' : '[-'))
    .replace(/<\/(ins|del)>/g, (_, name) => (name === 'ins' ? '+}' : '-]'))
    .replace(/ (?:id|data-op)="change-\d+"| tabindex="-1"/g, '')
    .replace(/<\/?div[^>]*>/g, '');

const told = ({ kind, what, name, gone, come }: ChangeEntry) =>
  [`${kind} ${what}`, name ?? '', gone, come].join('|');

const CARD = `\`\`\`event
type: door.push
direction: send
scope: [door]
summary: Somebody pushes.
requirement: door.close
fields:
  force: {type: integer, text: "How hard."}
  hand: {type: enum, values: [left, right], text: "Which one."}
example: {type: door.push, force: 1, hand: left}
\`\`\`
`;
const machine = (...rows: string[]) => `\`\`\`machine
machine: door.leaf
summary: What a leaf does.
scope: door
initial: shut
states: {shut: It is shut., ajar: It is open.}
final: [shut]
triggers: {push: Somebody pushes.}
guards: {}
actions: {}
transitions:
${rows.map((row) => `  - ${row}\n`).join('')}\`\`\`
`;
const figure = (line: string) =>
  `\`\`\`sequence\nexample: hinge\nfrom: http.request\n${line}\ncaption: A door.\n\`\`\`\n`;
const OPEN = '{on: push, from: shut, to: ajar, requirement: door.close}';
const STAY = '{on: push, from: ajar, stay: true}';
const table = (...rows: string[]) =>
  `| question | answer |\n|---|---|\n${rows.join('\n')}\n\nTable: Questions\n`;
const requirement = (text: string) => `r[door.close]\n${text}\n`;

describe('each kind of change', () => {
  test.each<[what: string, before: string, after: string, changes: string[], html: RegExp]>([
    [
      'a word of a paragraph',
      'The door is open to all.\n',
      'The door is open to some.\n',
      ['changed paragraph||all|some'],
      /^<p>The door is open to \[-all-\]\{\+some\+\}\.<\/p>$/,
    ],
    [
      'a word that is emphasised now',
      'The door is open to all of us.\n',
      'The door is open to **all** of us.\n',
      ['changed paragraph||all|all'],
      /to \[-all-\]\{\+<strong>all<\/strong>\+\} of us/,
    ],
    [
      'code and a link, each as a whole',
      'Send `door.push` as [the table](/a) says, at once.\n',
      'Send `door.pull` as [the table](/b) says, at once.\n',
      ['changed paragraph||door.push … the table|door.pull … the table'],
      /\[-<code>door\.push<\/code>-\]\{\+<code>door\.pull<\/code>\+\} as \[-<a href="\/a">/,
    ],
    [
      'a requirement that was weakened',
      requirement('The application MUST close it.'),
      requirement('The application SHOULD close it.'),
      ['changed requirement|door.close|MUST|SHOULD'],
      /^<section class="requirement" id="door\.close".*application \[-MUST-\]\{\+<strong class="keyword">SHOULD/,
    ],
    [
      'a requirement that is new is a change of its own',
      'The door is open.\n',
      `The door is open.\n\nIt stays so for a while, as a rule.\n\n${requirement('The application SHOULD close it.')}`,
      [
        'added paragraph|||It stays so for a while, as a rule.',
        'added requirement|door.close||door.close … SHOULD … application … The application SHOULD close it.',
      ],
      /<p>\{\+It stays.*<section class="requirement" id="door\.close"/,
    ],
    [
      'a paragraph that is gone',
      'The door is open.\n\nNobody knows why that is.\n',
      'The door is open.\n',
      ['removed paragraph||Nobody knows why that is.|'],
      /<p>\[-Nobody knows why that is\.-\]<\/p>$/,
    ],
    [
      'a section that is new, with what stands in it',
      'The door is open.\n',
      'The door is open.\n\n## Windows\n\nThey are shut.\n\n- One.\n- Two.\n',
      ['added section|Windows||They are shut. … One. … Two.'],
      /<h2 id="windows">\{\+Windows\+\}<\/h2><p>\{\+They are shut\.\+\}<\/p><ul>/,
    ],
    [
      'a heading that was renamed keeps the fragment that it had',
      '## Old name\n\nText that stays as it was, all of it.\n',
      '## New name\n\nText that stays as it was, all of it.\n',
      ['changed heading|New name|Old|New'],
      /<h2 id="new-name"><span id="old-name"><\/span>\[-Old-\]\{\+New\+\} name<\/h2>/,
    ],
    [
      'items of a list, one by one',
      '- The first item.\n- The second item.\n- The third item.\n',
      '- The first item.\n- The second of them all, and the item.\n- The third item.\n- The fourth.\n',
      ['changed item of a list|||of them all, and the', 'added item of a list|||The fourth.'],
      /<li>The second \{\+of them all, and the \+\}item\.<\/li>/,
    ],
    [
      'numbers of a list are no change',
      '1. The first item.\n2. The second item.\n',
      '1. The new item of all.\n2. The first item.\n3. The second item.\n',
      ['added item of a list|||The new item of all.'],
      /<li data-op="ins"[^>]*>\{\+The new item of all\.\+\}<\/li>\n<li>The first item\.<\/li>/,
    ],
    [
      'rows of a table, one by one, and its caption',
      table('| Who? | the gateway |', '| When? | at once |'),
      table('| Who? | the application |', '| Why? | nobody knows |', '| When? | at once |').replace(
        'Questions',
        'Questions and answers',
      ),
      [
        'changed caption of a table|||and answers',
        'changed row of a table||gateway|application',
        'added row of a table|||Why? … nobody knows',
      ],
      /<td>the \[-gateway-\]\{\+application\+\}<\/td>/,
    ],
    [
      'a cell that was empty, in its column',
      '| a | b | c |\n|---|---|---|\n| one | | three |\n',
      '| a | b | c |\n|---|---|---|\n| one | two | three |\n',
      ['changed row of a table|||two'],
      /<td>one<\/td><td>\{\+two\+\}<\/td><td>three<\/td>/,
    ],
    [
      'lines of code keep their colours',
      '```ts\nconst a = 1;\nconst b = 2;\n```\n',
      '```ts\nconst a = 1;\nconst b = 3;\n```\n',
      ['changed code||const b = 2;|const b = 3;'],
      /<span><span class="tok-keyword">const<\/span>.*\n\[-<span>.*2.*-\]\{\+<span>.*3/s,
    ],
    [
      'fields of an event, as the table that they are',
      CARD,
      CARD.replace('"How hard."', '"How hard it is."').replace(
        'fields:\n',
        'fields:\n  wish: {type: string, optional: true, text: "What for."}\n',
      ),
      [
        'added row of an event|door.push||wish … string, optional … What for.',
        'changed row of an event|door.push||it is',
      ],
      /<code>force<\/code>.*How hard\{\+ it is\+\}\./s,
    ],
    [
      'the values and the type of a field',
      CARD,
      CARD.replace('[left, right]', '[left, right, both]').replace(
        'type: integer,',
        'type: integer, minimum: 1,',
      ),
      ['changed row of an event|door.push||1 or more', 'changed row of an event|door.push||both'],
      /integer<\/span>\{\+, 1 or more\+\}.*<code>right<\/code>\{\+ <code>both<\/code>\+\}/s,
    ],
    [
      'rows of a machine, which is unfolded for it',
      machine(OPEN, STAY),
      machine(OPEN, STAY.replace('stay: true', 'misuse: door.close')),
      ['changed row of a state machine|door.leaf|nothing changes|Misuse … door.close'],
      /<details open="">/,
    ],
    [
      'rows of a figure, in its table',
      figure('to: door.word'),
      figure('to: client.response'),
      [
        'added row of a sequence figure|||app sends … door.word 1 octet',
        'added row of a sequence figure|||app sends … door.word … door.open-once',
        'added row of a sequence figure|||client receives … client.response 200',
      ],
      /<details open="">/,
    ],
    [
      'a paragraph that became a requirement',
      'The application closes it, as a rule.\n',
      requirement('The application SHOULD close it, as a rule.'),
      [
        'changed requirement|door.close|The application closes it, as a rule.|door.close … SHOULD … application … The application SHOULD close it, as a rule.',
      ],
      /<p>\[-The application closes it, as a rule\.-\]<\/p><section class="requirement"/,
    ],
    [
      'the facts above the text, but for the number of the revision',
      front(1, 'status: draft\n'),
      front(2, 'status: review\nrequires: [2]\n'),
      ['changed row of a front matter||draft|review', 'added row of a front matter|||[2]'],
      /<th scope="row">Status<\/th><td>\[-draft-\]\{\+review\+\}/,
    ],
    [
      'what an author struck out is not what was taken out',
      'The door is ~~shut~~ open.\n',
      'The door is ~~shut~~ open, as it was.\n',
      ['changed paragraph|||as it was'],
      /is <s>shut<\/s> open\{\+, as it was\+\}\./,
    ],
  ])('%s', async (_, before, after, expected, html) => {
    const page = await compare(before, after);
    expect(page.changes.map(told)).toEqual(expected);
    expect(shown(page.html)).toMatch(html);
  });

  test('a paragraph that moved says where from, and leaves a trace', async () => {
    const one = 'The first section has a text of some length that stays, for it is the longer one.';
    const moved = 'A short text that moves about.';
    const { html, changes } = await compare(
      `## A\n\n${moved}\n\n${one}\n\n## B\n\nMore.\n`,
      `## A\n\n${one}\n\n## B\n\nMore.\n\n${moved}\n`,
    );
    expect(changes).toMatchObject([
      { kind: 'moved', what: 'paragraph', section: ['B'], opening: moved },
    ]);
    expect(html).toContain('<strong>Moved: paragraph, from “A”</strong>');
    expect(html).toMatch(
      /<h2 id="a">A<\/h2><p class="redline-word change-trace">Paragraph “A short text that moves about\.” stood here, and <a href="#change-1">/,
    );
    expect(html).not.toMatch(/<ins>|<del>/);
  });

  test('what is the same has no mark, whatever its white space', async () => {
    const page = await compare(
      'A text\nof two lines.\n\n- a\n- b\n',
      'A text of two lines.\n\n-  a\n-  b\n',
    );
    expect(page.changes).toEqual([]);
    expect(page.html).not.toMatch(/<ins|<del|class="change/);
  });
});

describe('finding one’s way', () => {
  const page = () =>
    compare(
      `## A\n\nThe door is open to all.\n\n${table('| Who? | one |', '| When? | two |')}\n## B\n\nSee [door.close].\n\n${requirement('The application SHOULD close it.')}`,
      `## A\n\nThe door is open to some.\n\n${table('| Who? | three |', '| When? | four |')}\n## B\n\nSee [door.close].\n\n${requirement('The application MAY close it.')}`,
    );

  test('every change has a place, in order, and a way to those beside it', async () => {
    const { html, changes } = await page();
    expect(changes).toHaveLength(4);
    const ids = [...elementsOf(readHtml(html))].flatMap((one) => attribute(one, 'id') ?? []);
    expect(ids.filter((id) => id.startsWith('change-'))).toEqual(
      changes.map(({ number }) => `change-${number}`),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const labels = [...html.matchAll(/class="change-number">([^<]*)<.*?<\/p>/g)].map((label) => [
      label[1],
      ...[...label[0].matchAll(/href="#(change-\d+)" aria-label="(\w+) /g)].map(
        (one) => `${one[2]} ${one[1]}`,
      ),
    ]);
    expect(labels).toEqual([
      ['Change 1 of 4', 'Next change-2'],
      ['Changes 2 to 3 of 4', 'Previous change-1', 'Next change-4'],
      ['Change 4 of 4', 'Previous change-3'],
    ]);
  });

  test('fragments are those of the proposal’s page, and links to it stay here', async () => {
    const { html, headings } = await page();
    expect(html).toContain('<section class="requirement" id="door.close"');
    expect(html).toContain('See <a class="reference" href="#door.close">');
    expect(headings.map(({ slug, depth }) => `${depth} ${slug}`)).toEqual(['2 a', '2 b']);
  });

  test('what came and what went is said in words too', async () => {
    const { html } = await page();
    expect(html).toContain(
      '<del><span class="redline-word sr-only">(removed: </span>all<span class="redline-word sr-only">)</span></del><ins><span class="redline-word sr-only">(added: </span>some<span class="redline-word sr-only">)</span></ins>',
    );
  });
});

// Each run renders four texts: on a busy machine that takes its time.
describe('of any two revisions', { timeout: 120_000 }, () => {
  const word = fc.constantFrom(
    'the',
    'door',
    'opens',
    'at',
    'once',
    'and',
    'a',
    'gateway',
    'shall',
    'wait',
    '`door.push`',
    '**now**',
    '*not*',
    '[door.close]',
    '[a link](/x)',
    '2',
    'it',
    'again,',
    'twice.',
  );
  const sentence = fc
    .array(word, { minLength: 1, maxLength: 12 })
    .map((words) => `So ${words.join(' ')}.`);
  const block = fc.oneof(
    { weight: 4, arbitrary: sentence },
    sentence.map((text) => `## ${text.replace(/[`*[\]()/]/g, '')}`),
    sentence.map((text) => `r[door.knock]\nThe application SHOULD knock. ${text}`),
    fc
      .array(sentence, { minLength: 1, maxLength: 4 })
      .map((items) => items.map((item) => `- ${item}`).join('\n')),
    fc
      .array(sentence, { minLength: 1, maxLength: 3 })
      .map((items) => items.map((item, at) => `${at + 1}. ${item}`).join('\n')),
    fc
      .array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 4 })
      .map((rows) => table(...rows.map(([a, b]) => `| ${a} | ${b} |`)).trim()),
    fc
      .array(sentence, { minLength: 1, maxLength: 4 })
      .map((lines) => `\`\`\`text\n${lines.join('\n')}\n\`\`\``),
    sentence.map((text) => `> ${text}`),
    sentence.map((text) => `- outer\n  - ${text}\n  - inner`),
  );
  const cards = fc.constantFrom(
    CARD,
    CARD.replace('How hard', 'With what force'),
    machine(OPEN, STAY),
    machine(OPEN),
  );
  const blocks = fc.array(block, { maxLength: 7 });
  const revisions = fc
    .tuple(
      blocks,
      cards,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'swap', 'new', 'word'), block), {
        maxLength: 4,
      }),
      cards,
    )
    .map(([old, card, edits, otherCard]): [string, string] => {
      const now = [...old];
      for (const [at, edit, fresh] of edits) {
        const index = now.length === 0 ? 0 : at % now.length;
        if (edit === 'drop') now.splice(index, 1);
        else if (edit === 'new') now.splice(index, 0, fresh);
        else if (edit === 'swap') now.push(...now.splice(index, 1));
        else if (now[index]) now[index] = now[index].replace(/ (the|a|and) /, ' each ');
      }
      const once = (texts: string[]) => {
        // An id stands once in a text.
        let seen = false;
        return texts.filter((text) => {
          const again = seen && text.startsWith('r[');
          seen ||= text.startsWith('r[');
          return !again;
        });
      };
      return [[...once(old), card].join('\n\n'), [...once(now), otherCard].join('\n\n')];
    });

  const plain = async (text: string) => substanceIn(readHtml(await render(text)));
  /** Rows and items that moved stand where they are after. */
  const sorted = (text: string) => [...text].sort().join('');

  test('without what went it is the text after, without what came the text before', async () => {
    await fc.assert(
      fc.asyncProperty(revisions, async ([before, after]) => {
        const { html, entries } = await compare(before, after);
        expect(substanceIn(readHtml(html), 'del')).toBe(await plain(after));
        const old = [...entries]
          .filter((entry) => entry.before !== undefined)
          .sort((a, b) => (a.before ?? 0) - (b.before ?? 0))
          .map(({ nodes }) => substanceIn(nodes, 'ins'))
          .join('');
        const form = html.includes('data-op="moved"') ? sorted : (text: string) => text;
        expect(form(old)).toBe(form(await plain(before)));
      }),
      { numRuns: 60 },
    );
  });

  test('no difference has no mark', async () => {
    await fc.assert(
      fc.asyncProperty(revisions, async ([text]) => {
        const { html, changes } = await compare(text, text);
        expect(changes).toEqual([]);
        expect(html).not.toMatch(/<ins|<del|data-op/);
      }),
      { numRuns: 25 },
    );
  });

  test('every mark stands in a change, and ids are given once', async () => {
    await fc.assert(
      fc.asyncProperty(revisions, async ([before, after]) => {
        const { html, changes } = await compare(before, after);
        const nodes = readHtml(html);
        const isChange = (id = '') => /^change-\d+$/.test(id);
        const outside = [
          ...elementsOf(nodes, (one) => attribute(one, 'class') !== 'change'),
        ].filter(({ tagName }) => tagName === 'ins' || tagName === 'del');
        expect(outside).toEqual([]);
        const ids = [...elementsOf(nodes)].flatMap((one) => attribute(one, 'id') ?? []);
        expect(ids.filter(isChange)).toEqual(changes.map(({ number }) => `change-${number}`));
        expect(ids.length).toBe(new Set(ids).size);
      }),
      { numRuns: 40 },
    );
  });
});

describe('terms', () => {
  const linked = (html: string) =>
    html.replace('The door', 'The <a class="term" href="/x">door</a>');
  const defined = (html: string) =>
    html.replace('<em>', '<dfn id="term-door">').replace('</em>', '</dfn>');
  const side = (text: string, draw: (html: string) => string, revision: number) => ({
    source: front(revision) + text,
    render: async (source: string, tree: Root) => draw(await render(source, { tree })),
  });
  const same = (html: string) => html;
  const page = { page: '/proposals/0007/' };

  test('whether a use of a term is linked is no change', async () => {
    const text = 'The door is open.\n';
    for (const [old, now] of [
      [linked, same],
      [same, linked],
    ] as const) {
      const { changes, html } = await redlinePage(side(text, old, 1), side(text, now, 2), page);
      expect(changes).toEqual([]);
      expect(html.includes('class="term"')).toBe(now === linked);
    }
  });

  test('a definition that changed has one address, and its word is as emphasised as before', async () => {
    const { html } = await redlinePage(
      side('A *door* is a hole.\n\nOld.\n', defined, 1),
      side('Words. The wall has a *door* that is a hole.\n\nNew.\n', defined, 2),
      page,
    );
    expect(html.match(/id="term-door"/g)).toHaveLength(1);
    const gone = await redlinePage(
      side('A *door* is a hole.\n', defined, 1),
      side(
        'Nothing of that kind stands here.\n\nAn altogether other *door*, in words.\n',
        defined,
        2,
      ),
      page,
    );
    expect(gone.html.match(/id="term-door"/g)).toHaveLength(1);
  });
});
