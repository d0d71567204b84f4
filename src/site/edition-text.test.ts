// Chapters in one document: places have one id each, what refers to them finds them, and the words stay as they are.
import { describe, expect, test } from 'vitest';
import { attribute, elementsOf, readHtml, textIn } from '../render/redline-tree.ts';
import { type ChapterHtml, editionText, joinChapters } from './edition-text.ts';
import { currentEdition, editionSpecification } from './editions.ts';
import { eventAnchor, featureAnchor, machineAnchor, recordAnchor } from './href.ts';
import { renderDocument } from './markdown/render.ts';
import { withoutSandboxes } from './without-sandboxes.ts';

const DOOR: ChapterHtml = {
  slug: '0001',
  revision: 2,
  html:
    '<h2 id="summary">Summary</h2><h3 id="the-bell">The <code>bell</code></h3>' +
    '<section class="requirement" id="door.open"></section>' +
    '<section class="card event"><header><h4 id="event-door.chime">door.chime</h4></header></section>',
};

/** What becomes of a second chapter beside it. */
function joined(html: string): string {
  return joinChapters([DOOR, { slug: '0002', revision: 1, html }])[1]?.html ?? '';
}

describe('a chapter in a document', () => {
  test.each([
    ['a section', '<h2 id="summary">A</h2>', '<h3 id="0002-summary">A</h3>'],
    ['a heading without an id', '<h2>A</h2>', '<h3>A</h3>'],
    ['the lowest heading', '<h6 id="a">A</h6>', '<h6 id="0002-a">A</h6>'],
    [
      'a requirement',
      '<section class="requirement" id="wall.high"></section>',
      '<section class="requirement" id="wall.high"></section>',
    ],
    [
      'a card',
      '<section class="card record"><header><h4 id="record-wall">wall</h4></header></section>',
      '<section class="card record"><header><h5 id="record-wall">wall</h5></header></section>',
    ],
    [
      'a footnote',
      '<a href="#user-content-fn-1" id="user-content-fnref-1" aria-describedby="footnote-label">1</a><h2 id="footnote-label">Notes</h2><p id="user-content-fn-1"></p>',
      '<a id="0002-user-content-fnref-1" aria-describedby="0002-footnote-label" href="#0002-user-content-fn-1">1</a><h3 id="0002-footnote-label">Notes</h3><p id="0002-user-content-fn-1"></p>',
    ],
  ])('%s', (_what, html, expected) => {
    expect(joined(html)).toBe(expected);
  });

  test.each([
    ['a section of its own', '#place', '#0002-place'],
    ['a section of another', '/proposals/0001/#the-bell', '#0001-the-bell'],
    ['a requirement of another', '/proposals/0001/#door.open', '#door.open'],
    ['an event of another', '/proposals/0001/#event-door.chime', '#event-door.chime'],
    ['another as a whole', '/proposals/0001/', '#0001'],
    ['the same revision of another', '/proposals/0001/v2/#the-bell', '#0001-the-bell'],
    ['the whole of itself', '/proposals/0002/', '#0002'],
    [
      'another revision of a chapter',
      '/proposals/0001/v1/#the-bell',
      '/proposals/0001/v1/#the-bell',
    ],
    ['a place that no chapter has', '/proposals/0001/#gate', '/proposals/0001/#gate'],
    ['what is known about a proposal', '/proposals/0001/about/', '/proposals/0001/about/'],
    ['a proposal that is no chapter', '/proposals/0003/#door.open', '/proposals/0003/#door.open'],
    ['another page of the site', '/r/door.open/', '/r/door.open/'],
    ['another site', 'https://doors.test/proposals/0001/', 'https://doors.test/proposals/0001/'],
  ])('a link to %s', (_what, address, expected) => {
    expect(joined(`<h2 id="place">A</h2><a href="${address}">A</a>`)).toContain(
      `<a href="${expected}">`,
    );
  });

  test('regions that are called the same in two chapters say which chapter they are of', () => {
    const region = '<section aria-label="Doors" tabindex="0"></section>';
    const both = [1, 2].map((number) => ({ ...DOOR, slug: `000${number}`, html: region }));
    expect(joinChapters(both).map(({ html }) => html)).toEqual([
      '<section tabindex="0" aria-label="Doors, chapter 1"></section>',
      '<section tabindex="0" aria-label="Doors, chapter 2"></section>',
    ]);
    expect(joined(region)).toBe(region);
  });

  test('its sections are the headings of the second and third level, under the ids of its page', () => {
    expect(joinChapters([DOOR])[0]?.sections).toEqual([
      { depth: 2, id: 'summary', title: 'Summary' },
      { depth: 3, id: 'the-bell', title: 'The bell' },
    ]);
  });
});

describe('the current edition', async () => {
  if (!currentEdition) throw new Error('There is no edition.');
  const edition = currentEdition;
  const specification = editionSpecification(edition);
  const chapters = await editionText(edition);
  const nodes = chapters.map(({ html }) => readHtml(html));
  const elements = nodes.flatMap((one) => [...elementsOf(one)]);
  const ids = elements.flatMap((one) => attribute(one, 'id') ?? []);
  const known = new Set([...ids, ...edition.chapters.map(({ slug }) => slug)]);

  test('every id stands once', () => {
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('every requirement, event, record, machine and feature keeps the address that it has on its page', () => {
    const { requirements, events, records, machines, features } = specification;
    const expected = [
      ...requirements.keys(),
      ...[...events.keys()].map(eventAnchor),
      ...[...records.keys()].map(recordAnchor),
      ...[...machines.keys()].map(machineAnchor),
      ...[...features.keys()].map(featureAnchor),
    ];
    expect(expected.length).toBeGreaterThan(300);
    expect(expected.filter((id) => !known.has(id))).toEqual([]);
  });

  test('every reference leads to a place in the document, and none to a draft', () => {
    const addresses = elements.flatMap((one) => attribute(one, 'href') ?? []);
    const own = addresses.filter((address) => address.startsWith('#'));
    expect(own.length).toBeGreaterThan(1000);
    expect(own.filter((address) => !known.has(address.slice(1)))).toEqual([]);
    const out = addresses.filter((address) => address.startsWith('/proposals/'));
    expect(out.filter((address) => !/\/about\/#erratum-\d+$/.test(address))).toEqual([]);
  });

  test('what an attribute names is there', () => {
    const named = elements.flatMap((one) =>
      ['aria-labelledby', 'aria-describedby'].flatMap(
        (name) => attribute(one, name)?.split(' ') ?? [],
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  test('a chapter says what the page of its text says, word for word', async () => {
    const [, second] = edition.chapters;
    if (!second) throw new Error('The edition has one chapter.');
    const { parts } = await renderDocument(second.text.source, second.text.file, specification);
    expect(textIn(nodes[1] ?? [])).toBe(textIn(readHtml(withoutSandboxes(parts))));
  });

  test('nothing in it runs', () => {
    const tags = new Set(elements.map(({ tagName }) => tagName));
    for (const tag of ['script', 'button', 'astro-island', 'portway-try'])
      expect(tags).not.toContain(tag);
    const examples = elements.filter((one) => attribute(one, 'class') === 'example-link');
    expect(examples.length).toBe(
      edition.chapters.reduce((sum, { text }) => sum + text.proposal.tries.length, 0),
    );
  });
}, 60_000);
