// Every example as data, with its source.
import { examples, loadExample } from '../../site/examples.ts';
import { exampleHref, publicUrl } from '../../site/href.ts';
import { json } from '../../site/json.ts';

export async function GET(): Promise<Response> {
  return json(
    await Promise.all(
      examples.map(async (summary) => {
        const { files, requests } = await loadExample(summary.slug);
        return {
          ...summary,
          breaks: summary.breaks ?? null,
          url: publicUrl(exampleHref(summary.slug)),
          files: files.map(({ path, source }) => ({ path, source })),
          requests: requests.source,
        };
      }),
    ),
  );
}
