// Every proposal as data: its front matter, its address, and what it waits for.
import { exportOptions, json } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { waiting } from '../../site/waiting.ts';
import { exportProposals } from '../../spec/export.ts';

export function GET(): Response {
  const waits = new Map(waiting.map(({ slug, status: _, ...rest }) => [slug, rest]));
  return json(
    exportProposals(specification, exportOptions).map((proposal) => ({
      ...proposal,
      waiting: waits.get(proposal.slug),
    })),
  );
}
