// The build of the site: Astro with Starlight as its shell and Svelte for islands. What a copy of the site may change
// is in src/site/settings.ts.
import { unified } from '@astrojs/markdown-remark';
import starlight from '@astrojs/starlight';
import svelte from '@astrojs/svelte';
import { defineConfig } from 'astro/config';
import { codeBlocks } from './src/render/markdown/code.ts';
import { tables } from './src/render/markdown/table.ts';
import { typography } from './src/render/markdown/typography.ts';
import { finishedPages } from './src/site/finished-pages.ts';
import { headers } from './src/site/headers-integration.ts';
import { sandboxes } from './src/site/sandbox-integration.ts';
import { settings } from './src/site/settings.ts';

const component = (name) => `./src/site/components/${name}.astro`;
const style = (name) => `./src/site/styles/${name}.css`;

export default defineConfig({
  ...(settings.site === null ? {} : { site: settings.site }),
  base: settings.base,
  output: 'static',
  // While one page is written, the next is made.
  build: { concurrency: 2 },
  devToolbar: { enabled: false },
  markdown: {
    // The plugins that need no specification. Proposals and examples go through the same engine with all of them:
    // see src/site/markdown/render.ts.
    processor: unified({ remarkPlugins: [codeBlocks, tables, typography], smartypants: false }),
    syntaxHighlight: false,
  },
  integrations: [
    starlight({
      title: settings.name,
      description: settings.description,
      favicon: '/favicon.svg',
      // A list of every proposal on every page would grow with their number.
      sidebar: [],
      pagination: false,
      // Code is highlighted by src/site/highlight.ts, everywhere alike.
      expressiveCode: false,
      disable404Route: true,
      pagefind: true,
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      markdown: { headingLinks: false },
      customCss: ['theme', 'shell', 'prose', 'specification', 'try', 'print'].map(style),
      components: {
        Header: component('Header'),
        Footer: component('Footer'),
        PageTitle: component('PageTitle'),
        Search: component('Search'),
      },
    }),
    svelte(),
    sandboxes(),
    headers(),
    // Last: it names what stands in the pages.
    finishedPages(),
  ],
});
