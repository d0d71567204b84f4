// The Markdown of a draft, of a published revision or of errata, octet for octet as it is in the repository.
import type { APIContext } from 'astro';
import { errataOf } from '../../../site/errata.ts';
import { textsOf } from '../../../site/redline-comparisons.ts';
import { markdown } from '../../../site/responses.ts';
import { proposals } from '../../../site/specification.ts';

export function getStaticPaths() {
  return proposals.flatMap(({ slug }) => {
    const errata = errataOf(slug);
    return [...textsOf(slug), ...(errata ? [{ name: 'errata', source: errata.source }] : [])].map(
      ({ name, source }) => ({ params: { nnnn: slug, text: name }, props: { source } }),
    );
  });
}

export function GET({ props: { source } }: APIContext<{ source: string }>): Response {
  return markdown(source);
}
