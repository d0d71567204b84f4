// Astro integration that sends the headers of headers.ts while developing and writes `_headers` at the end of a build.
import { writeFile } from 'node:fs/promises';
import type { AstroIntegration } from 'astro';
import { framingRules, HEADER_RULES, headersFile, headersFor, sourceRules } from './headers.ts';

export function headers(): AstroIntegration {
  return {
    name: 'portway-headers',
    hooks: {
      'astro:config:setup': ({ updateConfig }) => {
        updateConfig({
          // `astro preview` takes only these, which every page has.
          server: { headers: headersFor('/') },
          vite: {
            plugins: [
              {
                name: 'portway-headers',
                configureServer(server) {
                  server.middlewares.use((request, response, next) => {
                    // Caching is for built files; the development server says itself what may be kept.
                    const { 'Cache-Control': _, ...sent } = headersFor(pathOf(request.originalUrl));
                    for (const [name, value] of Object.entries(sent))
                      response.setHeader(name, value);
                    next();
                  });
                },
              },
            ],
          },
        });
      },
      'astro:build:done': async ({ dir, pages }) => {
        const paths = pages.map(({ pathname }) => pathname);
        const rules = [...HEADER_RULES, ...sourceRules(paths), ...framingRules(paths)];
        await writeFile(new URL('_headers', dir), headersFile(rules));
      },
    },
  };
}

function pathOf(url = '/'): string {
  return url.replace(/[?#].*$/, '');
}
