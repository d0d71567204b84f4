// The collections that Astro loads. Proposals and examples are not among them: they are read through src/spec, which
// needs all of them at once to check what refers to what.

import { defineCollection } from 'astro:content';
import { docsSchema, i18nSchema } from '@astrojs/starlight/schema';
import { z } from 'astro/zod';

const schemaOf = docsSchema({
  extend: z.object({
    /** The first heading, where it is not the title. */
    heading: z.string().optional(),
    /** A line above the first heading that says what kind of page this is. */
    eyebrow: z.string().optional(),
    /** A sentence or two below it. */
    lede: z.string().optional(),
  }),
});
let schema: ReturnType<typeof schemaOf> | undefined;

export const collections = {
  // Starlight's own words will do; the entry is there because it asks for the collection.
  i18n: defineCollection({ loader: () => [{ id: 'en' }], schema: i18nSchema() }),
  docs: defineCollection({
    loader: () => [],
    // Starlight asks for it once a page, and making it takes longer than the page's own text.
    schema(context) {
      schema ??= schemaOf(context);
      return schema;
    },
  }),
};
