// The fenced blocks: what a reader gets of an event, a record, a machine and an embedded example.
import { expect, test } from 'vitest';
import { problemsOf, render } from './fixture.ts';
import { cut } from './parts.ts';

const EVENT = `## Events

\`\`\`event
type: door.opened
direction: receive
scope: [door]
summary: Somebody opened \`it\`, see [door.close].
requirement: door.open-once
fields:
  width: {type: integer, minimum: 1, maximum: 9, nullable: true, text: "How wide."}
  noise: {type: bytes, optional: true, text: "What was heard."}
  hinge: {type: enum, values: [left, right], text: "Which side."}
example: {type: door.opened, width: 3, noise: "creak", hinge: left}
\`\`\`
`;

test('an event is a card below the heading it stands under, with an address', async () => {
  const code = await render(EVENT);
  expect(code).toContain(
    '<h3 id="event-door.opened"><a href="#event-door.opened">door.opened</a></h3>',
  );
  expect(code).toContain('received by the application');
});

test('its fields say their type, range and options in words', async () => {
  const code = await render(EVENT);
  expect(code).toMatch(/<code>width<\/code>.*integer<\/span>, 1 to 9, or null/);
  expect(code).toMatch(/<code>noise<\/code>.*bytes<\/span>, optional/);
  expect(code).toContain('<code>left</code> <code>right</code>');
});

test('its clause and the references in its texts are links', async () => {
  const code = await render(EVENT);
  expect(code).toContain(
    'Governed by <a class="reference" href="/proposals/0007/#door.open-once">',
  );
  expect(code).toContain('see <a class="reference" href="/proposals/0007/#door.close">');
});

test('its example is written as an application writes it', async () => {
  const text = (await render(EVENT)).replace(/<[^>]*>/g, '');
  expect(text).toContain("{ type: 'door.opened', width: 3, noise: utf8('creak'), hinge: 'left' }");
});

const MACHINE = `\`\`\`machine
machine: door.state
summary: Open or shut.
scope: door
initial: shut
states:
  shut: It is shut.
  open: It is open.
final: [open]
triggers:
  push: Somebody pushes.
guards:
  locked: It is locked.
actions: {}
transitions:
  - {on: push, from: shut, when: locked, misuse: door.open-once}
  - {on: push, from: shut, to: open, requirement: door.close}
  - {on: push, from: open, stay: true}
\`\`\`
`;

test('a machine has every row of its table, with the clause of each', async () => {
  const code = await render(MACHINE);
  expect(code).toContain('Every transition: 3 rows');
  expect(code.match(/<tr data-outcome="(moves|misuse|nothing)">/g)).toEqual([
    '<tr data-outcome="misuse">',
    '<tr data-outcome="moves">',
    '<tr data-outcome="nothing">',
  ]);
  expect(code).toContain('<td>→ <code>open</code></td>');
  expect(code).toContain('href="/proposals/0007/#door.open-once"');
});

test('its diagram is named, described, free of colours, and leads to what each state means', async () => {
  const code = await render(MACHINE);
  const svg = /<svg[\s\S]*<\/svg>/.exec(code)?.[0] ?? '';
  expect(svg).toContain(
    '<desc id="machine-door.state-description">Begins in shut. shut to open on push.</desc>',
  );
  expect(svg).toContain('href="#machine-door.state-open"');
  expect(code).toContain('<div id="machine-door.state-open">');
  expect(svg).not.toMatch(/black|font-family| xlink/);
});

test('identifiers are unique on a page with two machines', async () => {
  const code = await render(MACHINE + MACHINE.replaceAll('door.state', 'door.other'));
  const ids = [...code.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
  expect(ids).toEqual([...new Set(ids)]);
});

test('an embedded example cuts the text in whole parts', async () => {
  const code = await render(
    'Before.\n\n```try\nexample: hinge\ncaption: It `turns`.\n```\n\nAfter.',
  );
  expect(cut(code)).toEqual([
    { html: '<p>Before.</p>\n' },
    { example: 'hinge', caption: 'It <code>turns</code>.' },
    { html: '\n<p>After.</p>' },
  ]);
});

test('an example that does not exist is an error at its line', async () => {
  const problems = await problemsOf('Text.\n\n```try\nexample: lock\ncaption: No.\n```');
  expect(problems).toMatchObject([{ rule: 'example-exists', file: 'doors.md', line: 4 }]);
});
