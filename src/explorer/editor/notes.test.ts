// What hovers say: of the words of the real specification, where they mean it, and nothing of other words.

import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import { exportEvents, exportMachines } from '../../spec/export.ts';
import { assemble } from '../../spec/specification.ts';
import { type EventEntry, type MachineEntry, noteAt, noteInText, type Sources } from './notes.ts';

const specification = assemble(
  globSync('proposals/*/draft.md', { exclude: ['proposals/0000-*/**'] })
    .sort()
    .map((path) => [path, readFileSync(path, 'utf8')]),
);
const options = { address: (path: string) => `https://portway.example${path}` };
/** As they stand in the JSON of the site. */
const plain = <T>(value: unknown) => JSON.parse(JSON.stringify(value)) as readonly T[];
const sources: Sources = {
  events: new Map(
    plain<EventEntry>(exportEvents(specification, options)).map((event) => [event.type, event]),
  ),
  machines: new Map(
    plain<MachineEntry>(exportMachines(specification, options)).map((entry) => [
      entry.machine,
      entry,
    ]),
  ),
  requirements: REQUIREMENTS,
  requirementUrl: (id) => `https://portway.example/r/${id}/`,
};

/** The note of the place that `|` marks: what it is about, and its text. */
function hover(marked: string, note: typeof noteAt = noteAt) {
  const offset = marked.indexOf('|');
  const source = marked.slice(0, offset) + marked.slice(offset + 1);
  const found = note(source, offset, sources);
  return (
    found && { about: source.slice(found.start, found.end), says: found.paragraphs.join('\n\n') }
  );
}

describe('an event', () => {
  test('has its summary, its fields, its requirement and a link', () => {
    const note = hover("await send({ type: '|http.response.start', status: 200 });");
    expect(note?.about).toBe('http.response.start');
    expect(note?.says).toContain(sources.events.get('http.response.start')?.summary);
    expect(note?.says).toContain('Sent by the application in `http`');
    expect(note?.says).toContain('- `status`: `integer` from 200 to 599.');
    expect(note?.says).toContain('- `headers`: `fields`; if absent, `[]`.');
    expect(note?.says).toContain(
      '[http.start-once](https://portway.example/r/http.start-once/): The',
    );
    expect(note?.says).toMatch(
      /\[The event.*\]\(https:\/\/portway\.example\/.*#event-http\.response\.start\)/,
    );
  });

  test.each([
    ['at its first letter', "if (event.type === '|http.closed') {}"],
    ['at its last letter', "if (event.type === 'http.close|d') {}"],
    ['in double quotes', 'x = "http.|closed"'],
    ['in a comment', '// until http.|closed comes'],
    ['in a comment, before a full stop', '/* until http.closed|. */'.replace('d|', '|d')],
  ])('is known %s', (_, marked) => {
    expect(hover(marked)?.about).toBe('http.closed');
  });

  test('that is received says what it may be for', () => {
    expect(hover("'http.|closed'")?.says).toMatch(/Received by it.*`complete`, `peer_reset`/s);
  });

  test('behind a feature names it', () => {
    expect(hover("'http.|file'")?.says).toContain('where the feature `http.file` is accepted');
  });
});

describe('a field of an event', () => {
  test.each([
    ['behind the type', "send({ type: 'http.response.start', |status: 200 })"],
    ['before the type', "send({ |status: 200, type: 'http.response.start' })"],
    ['in short', "send({ type: 'http.response.start', |status })"],
    ['over several lines', "send({\n  type: 'http.response.start',\n  // why\n  sta|tus: 200,\n})"],
    [
      'behind other literals',
      "send({ type: 'http.response.start', headers: [['a', f({ b: 1 })]], |status: 200 })",
    ],
  ])('has its text %s', (_, marked) => {
    const note = hover(marked);
    expect(note?.about).toBe('status');
    expect(note?.says).toContain(
      '**`status`** of `http.response.start`: `integer` from 200 to 599.',
    );
    expect(note?.says).toContain('The status code');
  });

  test.each([
    ['in a literal inside', "send({ type: 'http.response.start', headers: f({ |status: 1 }) })"],
    ['of another event', "send({ type: 'http.response.end', |status: 200 })"],
    ['of no event', "send({ type: 'mine', |status: 200 })"],
    ['of no literal', "const |status = 200; send({ type: 'http.response.start' })"],
    ['that is a value', "send({ type: 'http.response.start', status: |status })"],
    ['of an object', "send({ type: 'http.response.start', status: a.|status })"],
    ['whose name every object has', "send({ type: 'http.response.start', |constructor: 1 })"],
  ])('is not %s', (_, marked) => {
    expect(hover(marked)).toBeUndefined();
  });
});

describe('a requirement', () => {
  test('has its level, who it binds, its text and a link', () => {
    const note = hover('// breaks http.start-|once, on purpose');
    expect(note?.about).toBe('http.start-once');
    expect(note?.says).toContain('**`http.start-once`** (MUST, gateway)');
    expect(note?.says).toContain(REQUIREMENTS['http.start-once']?.text);
    expect(note?.says).toContain('](https://portway.example/r/http.start-once/)');
  });

  test('that its text names is a link', () => {
    const [id, { text }] = Object.entries(REQUIREMENTS).find(([, { text }]) =>
      /\[[a-z]+\.[a-z.-]+\]/.test(text),
    ) as [string, { text: string }];
    const named = /\[([a-z]+\.[a-z.-]+)\]/.exec(text)?.[1];
    expect(hover(`// |${id}`)?.says).toContain(`[${named}](https://portway.example/r/${named}/)`);
  });

  test('is known in a comment of a scenario', () => {
    expect(hover('# shows http.start-|once\nGET /', noteInText)?.about).toBe('http.start-once');
  });
});

describe('a machine and its states', () => {
  test('the machine lists its states', () => {
    const note = hover("'http.|response'");
    expect(note?.says).toMatch(
      /Machine \*\*`http\.response`\*\*.*- `open` \(at first\).*- `committed`/s,
    );
  });

  test.each([
    ["state === 'commi|tted'", 'committed'],
    ['// it is `commi|tted` now', 'committed'],
  ])('%s', (marked, about) => {
    const note = hover(marked);
    expect(note?.about).toBe(about);
    expect(note?.says).toMatch(
      /- \[http\.response\]\(.*\): The head of the final response is sent\./,
    );
  });

  test('a state of several machines is told of each', () => {
    expect(hover("'o|pen'")?.says.match(/^- /gm)?.length).toBeGreaterThan(2);
  });
});

test.each([
  ['a word of code', 'const o|pen = 1;'],
  ['a word of a comment', '// keep it o|pen'],
  ['a part of a string', "'it is o|pen'"],
  ['an event as code', 'http.|response.start'],
  ['a sign', 'a |+ b'],
  ['a space', 'a | b'],
  ['the end of the text', 'a|'],
  ['a name that no one has', "'http.|nothing'"],
  ['a name of every object', "'constr|uctor'"],
])('nothing is said of %s', (_, marked) => {
  expect(hover(marked)).toBeUndefined();
});
