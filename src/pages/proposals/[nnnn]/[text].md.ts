// The Markdown of a draft or of a published revision, octet for octet as it is in the repository.
import type { APIContext } from 'astro';
import { textsOf } from '../../../site/redline-comparisons.ts';
import { markdown } from '../../../site/responses.ts';
import { proposals } from '../../../site/specification.ts';

export function getStaticPaths() {
  return proposals.flatMap(({ slug }) =>
    textsOf(slug).map(({ name, source }) => ({
      params: { nnnn: slug, text: name },
      props: { source },
    })),
  );
}

export function GET({ props: { source } }: APIContext<{ source: string }>): Response {
  return markdown(source);
}
