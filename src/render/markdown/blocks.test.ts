// The fenced blocks: what a reader gets of each kind.
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
    '<h3 id="event-door.opened"><a href="/events/door.opened/">door.opened</a></h3>',
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

test('an event that goes both ways says so, in words and not by an arrow alone', async () => {
  const code = await render(EVENT.replace('direction: receive', 'direction: both'));
  expect(code).toContain('data-direction="both"');
  expect(code).toContain('<p class="direction">sent and received by the application</p>');
});

test('an event that needs a feature leads to it', async () => {
  const needs = (feature: string) =>
    render(EVENT.replace('direction: receive', `direction: receive\nfeature: ${feature}`));
  expect(await needs('door.bell')).toContain(
    '<p class="needs">Needs the feature <a href="/proposals/0007/#feature-door.bell"><code>door.bell</code></a></p>',
  );
  expect(await needs('door.other')).toContain(
    '<p class="needs">Needs the feature <code>door.other</code></p>',
  );
  expect(await render(EVENT)).not.toContain('class="needs"');
});

test('fields of which exactly one is there are named after the table', async () => {
  const code = await render(
    EVENT.replace('fields:', 'exactly_one: [noise, voice, knock]\nfields:').replace(
      '  hinge:',
      '  voice: {type: string, optional: true, text: x}\n  knock: {type: string, optional: true, text: x}\n  hinge:',
    ),
  );
  expect(code).toContain(
    '</table><p class="choice">Exactly one of <code>noise</code>, <code>voice</code> and <code>knock</code> is there.</p>',
  );
});

test.each([
  ['integer, default: 1000', 'send', '</span>, <code>1000</code> if left out'],
  ['integer, default: 1000', 'both', '</span>, <code>1000</code> if left out'],
  ['integer, default: 1000', 'receive', '</span>, <code>1000</code> by default'],
  ['boolean, default: false', 'send', '</span>, <code>false</code> if left out'],
  ['string, default: hello', 'send', "</span>, <code>'hello'</code> if left out"],
  ['string, default: ""', 'send', '</span>, empty if left out'],
  ['fields, default: []', 'send', '</span>, empty if left out'],
  [
    'integer, nullable: true, default: null',
    'send',
    '</span>, or null, <code>null</code> if left out',
  ],
])('a field says its default: %s, %s', async (type, direction, shown) => {
  const code = await render(
    EVENT.replace('direction: receive', `direction: ${direction}`).replace(
      'integer, minimum: 1, maximum: 9, nullable: true',
      type,
    ),
  );
  expect(code).toContain(`${type.split(',')[0]}${shown}`);
});

test('a record without fields of its own has no empty table', async () => {
  const code = await render(
    '```record\nrecord: hinge\nsummary: A hinge.\ntype: hinge\nfields: {}\n```',
  );
  expect(code).toContain('A hinge.');
  expect(code).not.toContain('<table');
});

test('a default of a record is said too', async () => {
  const code = await render(
    '```record\nrecord: hinge\nsummary: x\nfields:\n  turns: {type: integer, default: 3, text: x}\n```',
  );
  expect(code).toContain('</span>, <code>3</code> by default');
});

test('a feature is a card with its revision, what it allows and whether it is on', async () => {
  const feature = (on: boolean) =>
    render(
      `## Features\n\n\`\`\`feature\nfeature: door.bell\nrevision: 2\nsummary: It \\\`rings\\\`, see [door.close].\nrequirement: door.open-once\ndefault: ${on}\n\`\`\``.replaceAll(
        '\\`',
        '`',
      ),
    );
  const code = await feature(false);
  expect(code).toContain(
    '<h3 id="feature-door.bell"><a href="#feature-door.bell">door.bell</a></h3><p class="direction">feature, revision 2</p>',
  );
  expect(code).toContain('It <code>rings</code>, see <a class="reference"');
  expect(code).toContain('It counts as not accepted for an application without lifespan.');
  expect(code).toContain(
    'It allows <a href="/proposals/0007/#event-door.chime"><code>door.chime</code></a>.',
  );
  expect(code).toContain(
    'Governed by <a class="reference" href="/proposals/0007/#door.open-once">',
  );
  expect(await feature(true)).toContain('It counts as accepted for');
});

test('ids out of use keep their address, and lead to what took their place', async () => {
  const code = await render(
    '```retired\n- {id: door.once, alias: door.open-once}\n- {id: door.lock, tombstone: "Nobody has `keys`."}\n```',
  );
  expect(code).toContain(
    '<section class="table" tabindex="0" aria-label="Requirement ids that are no longer in use">',
  );
  expect(code).toContain(
    '<th scope="row" id="door.once"><code>door.once</code></th><td>It is now <a class="reference" href="/proposals/0007/#door.open-once">door.open-once</a>.</td>',
  );
  expect(code).toContain(
    '<th scope="row" id="door.lock"><code>door.lock</code></th><td>Nobody has <code>keys</code>.</td>',
  );
});

test('requirements without a test are a table with the reason of each', async () => {
  const code = await render(
    '```untested\n- {requirement: door.close, reason: "It is in the [door.open-once] of things."}\n```',
  );
  expect(code).toContain('<caption>Requirements without a test</caption>');
  expect(code).toMatch(
    /<th scope="row"><a class="reference" href="[^"]*#door.close">door.close<\/a><\/th><td>It is in the <a class="reference"/,
  );
});

test('a requirement that nobody defines is an error in these blocks too', async () => {
  expect(await problemsOf('```untested\n- {requirement: door.none, reason: x}\n```')).toMatchObject(
    [{ rule: 'reference-exists' }],
  );
  expect(await problemsOf('```retired\n- {id: door.once, alias: door.none}\n```')).toMatchObject([
    { rule: 'reference-exists' },
  ]);
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

test('a machine says which conversations it governs', async () => {
  expect(await render(MACHINE)).toContain('It governs conversations of type <code>door</code>.');
  expect(await render(MACHINE.replace('scope: door', 'scope: [door, gate]'))).toContain(
    'It governs conversations of type <code>door</code> and <code>gate</code>.',
  );
});

test('an event that goes both ways is linked from the rows that name it with its direction', async () => {
  const code = await render(
    MACHINE.replace('on: push, from: open', 'on: [push, send door.word], from: open'),
  );
  expect(code).toContain(
    '<td><code>push</code><br>\n<a href="/proposals/0007/#event-door.word"><code>send door.word</code></a></td>',
  );
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
