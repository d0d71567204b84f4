// Every requirement as data.
import { examplesShowing } from '../../site/examples.ts';
import { requirementPageHref } from '../../site/href.ts';
import { json, publicUrl } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';

export function GET(): Response {
  return json(
    [...specification.requirements.values()].map(({ id, level, role, slug, revision, text }) => ({
      id,
      level,
      role,
      proposal: slug,
      revision,
      text: text.replace(/\s*\n\s*/g, ' '),
      url: publicUrl(requirementPageHref(id)),
      tests: [],
      examples: examplesShowing(id).map((example) => example.slug),
      // Known once a revision is published.
      since: null,
      changed: null,
    })),
  );
}
