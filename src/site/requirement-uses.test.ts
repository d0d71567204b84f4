// What refers to a requirement: nothing that does is missed, and each passage is a heading of the page.
import { expect, test } from 'vitest';
import { renderDocument } from './markdown/render.ts';
import { usesOf } from './requirement-uses.ts';
import { proposals, specification } from './specification.ts';

const ids = [...specification.requirements.keys()];

test('every event, machine and feature is found by the requirement that it names', () => {
  for (const { type, requirement } of specification.events.values())
    expect(usesOf(requirement).events.map((event) => event.type)).toContain(type);
  for (const { feature, requirement } of specification.features.values())
    expect(usesOf(requirement).features.map((one) => one.feature)).toContain(feature);
  for (const { machine, transitions } of specification.machines.values())
    for (const [index, { misuse }] of transitions.entries())
      if (misuse !== undefined)
        expect(
          usesOf(misuse).machines.find((one) => one.machine.machine === machine)?.rows,
        ).toContain(index + 1);
}, 60_000);

test('a requirement whose sentence refers to another is among the uses of that one', () => {
  for (const { id, text } of specification.requirements.values())
    for (const [, other = ''] of text.matchAll(/\[([a-z][a-z0-9.-]+)\]/g))
      expect(usesOf(other).requirements.map((one) => one.id)).toContain(id);
});

test('every passage leads to a heading of the page of its proposal', async () => {
  const anchors = new Map<string, Set<string>>();
  for (const { slug, proposal, source } of proposals) {
    const { headings } = await renderDocument(source, proposal.file);
    anchors.set(slug, new Set(headings.map((heading) => heading.slug)));
  }
  const passages = ids.flatMap((id) => usesOf(id).passages);
  expect(passages.length).toBeGreaterThan(100);
  for (const { slug, anchor, title } of passages)
    if (anchor !== undefined) expect(anchors.get(slug), `${slug} ${title}`).toContain(anchor);
}, 60_000);

test('every reference of a text is one of the passages', () => {
  // Proposal 3 asks in its motivation where `%2F` went.
  const { passages } = usesOf('http.target.raw');
  expect(passages).toContainEqual(expect.objectContaining({ slug: '0003', title: 'Motivation' }));
});
