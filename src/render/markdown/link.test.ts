import { expect, test } from 'vitest';
import { addressesUnder } from '../addresses.ts';
import { context as doors, render } from './fixture.ts';
import { links } from './link.ts';

const hrefs = async (markdown: string, context = doors) =>
  [...(await render(markdown, { plugins: [[links, context]] })).matchAll(/href="([^"]*)"/g)].map(
    ([, href]) => href,
  );

test('a link to the draft of a proposal goes to its page, with the fragment', async () => {
  expect(await hrefs('[a](../0003-http/draft.md) [b](../0003-http/draft.md#the-scope)')).toEqual([
    '/proposals/0003/',
    '/proposals/0003/#the-scope',
  ]);
});

test('a link to a published revision goes to the page of the revision', async () => {
  expect(await hrefs('[a][v]\n\n[v]: ../0003-http/v12.md#x')).toEqual(['/proposals/0003/v12/#x']);
});

test('a path of the site goes below its base', async () => {
  const context = { ...doors, addresses: addressesUnder('/portway/') };
  expect(await hrefs('[a](/guide/) [b](//example.org/)', context)).toEqual([
    '/portway/guide/',
    '//example.org/',
  ]);
});

test('other links stay as they are', async () => {
  const addresses = ['https://example.org/0003-http/draft.md', '#the-scope', '/guide/'];
  expect(await hrefs(addresses.map((address) => `[x](${address})`).join(' '))).toEqual(addresses);
});

test('a link to another file leads to the list, as long as there is no code host', async () => {
  expect(await hrefs('[a](../README.md) [b](../../CONTRIBUTING.md)')).toEqual([
    '/proposals/',
    '/proposals/',
  ]);
});

test('a link to another file leads to the code host, where there is one', async () => {
  const context = { ...doors, repository: 'https://code.example/portway' };
  expect(await hrefs('[a](../README.md) [b](../../CONTRIBUTING.md)', context)).toEqual([
    'https://code.example/portway/blob/HEAD/proposals/README.md',
    'https://code.example/portway/blob/HEAD/CONTRIBUTING.md',
  ]);
});
