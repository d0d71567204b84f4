import { expect, test } from 'vitest';
import { render } from './fixture.ts';
import { listingOf, listings } from './listing.ts';

const html = (markdown: string) => render(markdown, { plugins: [listings] });
const fence = (info: string, code: string) => `\`\`\`${info}\n${code}\n\`\`\`\n`;

test('code that names its file is a figure with the name as its caption', async () => {
  const code = await html(`Before.\n\n${fence('ts hello/app.ts', 'one')}\nAfter.`);
  expect(code).toMatch(
    /^<p>Before\.<\/p>\s*<figure class="code-file"><figcaption>hello\/app\.ts<\/figcaption><pre>/,
  );
  expect(code).toContain('<p>After.</p>');
});

test('code without a name stays as it is', async () => {
  expect(await html(fence('ts', 'one'))).not.toContain('figure');
  expect(await html(fence('ts {1,2}', 'one'))).not.toContain('figure');
});

test('a listing stands beside the next one, and the one after that alone', async () => {
  const [left, right, alone] = [
    fence('python app.py beside', 'one'),
    fence('ts app.ts', 'two'),
    fence('ts other.ts', 'three'),
  ];
  const code = await html(`${left}\n${right}\n${alone}`);
  expect(code).toMatch(
    /<div class="beside"><figure.*one.*<\/figure><figure.*two.*<\/figure><\/div>/s,
  );
  expect(code.indexOf('three')).toBeGreaterThan(code.indexOf('</div>'));
});

test('a listing with none behind it stands alone', async () => {
  const code = await html(`${fence('ts app.ts beside', 'one')}\nText.`);
  expect(code).not.toContain('beside');
  expect(code.indexOf('one')).toBeLessThan(code.indexOf('Text.'));
});

test('what follows the name are notes', () => {
  expect(listingOf({ meta: 'broken/app.ts breaks=door.open-once' })).toEqual({
    file: 'broken/app.ts',
    notes: ['breaks=door.open-once'],
  });
});
