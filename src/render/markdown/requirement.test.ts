import { expect, test } from 'vitest';
import { context, render } from './fixture.ts';
import { requirements } from './requirement.ts';

const html = (markdown: string) => render(markdown, { plugins: [[requirements, context]] });

test('a requirement becomes a section with its id as address, its level and its role', async () => {
  const code = await html('r[door.open-once]\nThe gateway MUST NOT open `door` twice.');
  expect(code).toContain(
    '<section class="requirement" id="door.open-once" data-level="MUST NOT" data-role="gateway">',
  );
});

test('level and role are there in words, and the id links to itself', async () => {
  const code = await html('r[door.close]\nThe application SHOULD close it.');
  expect(code).toContain('<a class="requirement-id" href="#door.close">door.close</a>');
  expect(code).toContain('<span class="requirement-level">SHOULD</span>');
  expect(code).toContain('<span class="requirement-role">application</span>');
});

test('the marker is gone from the sentence, and its keyword is marked', async () => {
  const code = await html('r[door.open-once]\nThe gateway MUST NOT open `door` twice.');
  expect(code).toContain(
    '<p>The gateway <strong class="keyword">MUST NOT</strong> open <code>door</code> twice.</p>',
  );
  expect(code).not.toContain('r[');
});

test('a requirement that an example shows leads to the example', async () => {
  expect(await html('r[door.open-once]\nThe gateway MUST NOT open it.')).toContain(
    '<a href="/examples/hinge/" aria-label="Try it: door.open-once">',
  );
  expect(await html('r[door.close]\nThe application SHOULD close it.')).not.toContain('Try');
});

test('a requirement that a recorded trace has leads to its event there', async () => {
  expect(await html('r[door.knock]\nThe application SHOULD knock.')).toContain(
    '<a href="/examples/hinge/#t=door.knock" aria-label="Show me door.knock">Show me</a>',
  );
});

test('other paragraphs stay as they are', async () => {
  expect(await html('An array `r[0]` and r[door.close] in a sentence.')).toBe(
    '<p>An array <code>r[0]</code> and r[door.close] in a sentence.</p>',
  );
});
