// Every event as data, with its fields as the proposal declares them.
import { eventAnchor, proposalHref } from '../../site/href.ts';
import { json, publicUrl } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';

export function GET(): Response {
  return json(
    [...specification.events.values()].map(({ slug, revision, file: _, line: __, ...event }) => ({
      ...event,
      proposal: slug,
      revision,
      url: publicUrl(proposalHref(slug, eventAnchor(event.type))),
    })),
  );
}
