// Every state machine as data: states, guards, actions and the whole table.
import { machineAnchor, proposalHref } from '../../site/href.ts';
import { json, publicUrl } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';

export function GET(): Response {
  return json(
    [...specification.machines.values()].map(
      ({ slug, revision, file: _, line: __, ...machine }) => ({
        ...machine,
        proposal: slug,
        revision,
        url: publicUrl(proposalHref(slug, machineAnchor(machine.machine))),
      }),
    ),
  );
}
