// The figure of a sequence on its page: the drawing and the table say the same, every link leads somewhere, and nothing
// that a trace carries becomes markup.
import { parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { context, problemsOf, render } from './fixture.ts';

const block = (...lines: string[]) =>
  `\`\`\`sequence\nexample: hinge\n${lines.map((line) => `${line}\n`).join('')}caption: See \`it\`, by [door.close].\n\`\`\`\n`;

const text = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x3C;', '<')
    .replaceAll('&#x26;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

/** What the drawing says: labels and clauses, from top to bottom; the names of the lanes are apart. */
function drawn(html: string) {
  const svg = /<svg[\s\S]*<\/svg>/.exec(html)?.[0] ?? '';
  const texts = [...svg.matchAll(/<text( class="[^"]*")?[^>]*>([\s\S]*?)<\/text>/g)];
  const of = (kind: (attribute: string) => boolean) =>
    texts.filter(([, name = '']) => kind(name)).map(([, , inner = '']) => text(inner));
  return {
    svg,
    lanes: of((name) => name.includes('lane')),
    labels: of((name) => !/lane|clause/.test(name)),
    clauses: of((name) => name.includes('clause')),
  };
}

/** The cells of the table, row by row. */
const rows = (html: string) =>
  [...html.matchAll(/<tr>((?:<td>[\s\S]*?<\/td>)+)<\/tr>/g)].map(([, cells = '']) =>
    [...cells.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell = '']) => text(cell)),
  );

describe('a figure', () => {
  test('has what the trace has, in its order', async () => {
    expect(rows(await render(block('conn: 1')))).toEqual([
      ['client sends', 'client.request GET /<door>', ''],
      ['gateway receives', 'http.request GET /<door>', ''],
      ['app waits', 'waits to receive', ''],
      ['app receives', 'door.word 5 octets', 'door.close'],
      ['app sends', 'door.word 1 octet', ''],
      ['app sends', 'door.word', 'door.open-once'],
      ['client receives', 'client.response 200', ''],
      ['app', 'application.returns', ''],
    ]);
  });

  test.each([
    ['all of it', []],
    ['one conversation', ['conn: 2']],
    ['a stretch', ['from: http.request', 'to: door.word']],
    ['some events', ['events: [door, receive]']],
    ['some requirements', ['show: [door.open-once]']],
  ])('says in its drawing what its table says: %s', async (_, lines) => {
    const html = await render(block(...lines));
    const { labels, clauses } = drawn(html);
    expect(labels.length).toBeGreaterThan(0);
    expect(labels).toEqual(rows(html).map(([, event]) => event));
    expect(clauses).toEqual(rows(html).flatMap(([, , clause = '']) => clause || []));
  });

  test('names a requirement at the first event that shows it, and only those that it is there to show', async () => {
    expect(drawn(await render(block())).clauses).toEqual(['door.close', 'door.open-once']);
    const some = drawn(await render(block('show: [door.open-once]')));
    expect(some.clauses).toEqual(['door.open-once']);
  });

  test('leads from an event to its entry, from a clause to its sentence, and to the example', async () => {
    const html = await render(block());
    const places = new Set(
      [...context.specification.events.values()].map(
        ({ slug, type }) => `/proposals/${slug}/#event-${type}`,
      ),
    );
    for (const { slug, id } of context.specification.requirements.values())
      places.add(`/proposals/${slug}/#${id}`);
    places.add('/examples/hinge/');
    const links = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href ?? '');
    expect(links.filter((href) => !places.has(href))).toEqual([]);
    const { svg } = drawn(html);
    expect(svg).toContain('<a href="/proposals/0007/#event-door.word">door.word</a>');
    expect(svg).toContain('<a href="/proposals/0007/#door.open-once">door.open-once</a>');
    expect(svg).not.toContain('>client.request</a>');
  });

  test('has a caption with references, and says where it was recorded', async () => {
    expect(await render(block())).toMatch(
      /<figcaption>See <code>it<\/code>, by <a class="reference" href="[^"]*#door.close">door.close<\/a>\. <a href="\/examples\/hinge\/">Recorded from the example “A hinge”: run it<\/a><\/figcaption>/,
    );
  });

  test('scrolls by itself and from the keyboard, under a name that counts its events', async () => {
    expect(await render(block('conn: 2'))).toContain(
      '<div class="diagram" role="group" tabindex="0" aria-label="Sequence of 1 event, as a drawing. The table below it has the same in words.">',
    );
  });

  test('has no colours, fonts, styles or scripts of its own', async () => {
    const { svg } = drawn(await render(block()));
    expect(svg).not.toMatch(
      / (?:fill|stroke|style|color|font[\w-]*|on\w+)=|#[0-9a-f]{3,8}\b(?!")|rgb|hsl|<style|<script/i,
    );
    const used = new Set([...svg.matchAll(/ ([a-z-]+)="/gi)].map(([, name = '']) => name));
    expect([...used].sort()).toEqual(
      ['class', 'd', 'height', 'href', 'viewBox', 'width', 'x', 'y'].sort(),
    );
  });

  test('is whole HTML, and what a client sent stays text', async () => {
    const html = await render(block());
    const errors: string[] = [];
    parseFragment(html, { onParseError: ({ code }) => errors.push(code) });
    expect(errors).toEqual([]);
    expect(html).not.toContain('<door>');
  });
});

test.each([
  ['example-exists', '```sequence\nexample: lock\ncaption: No.\n```'],
  ['sequence-shown', block('conn: 7')],
  ['sequence-shown', block('from: door.gone')],
  ['sequence-shown', block('events: [door.gone]')],
  ['block-shape', block('events: []')],
])('what cannot be drawn is an error at its line: %s', async (rule, source) => {
  const problems = await problemsOf(`Text.\n\n${source}`);
  expect(problems).toMatchObject([{ rule, file: 'doors.md' }]);
  expect(problems[0]?.line).toBeGreaterThanOrEqual(4);
});
