// Every proposal as data: its front matter and its address.
import { exportOptions, json } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { exportProposals } from '../../spec/export.ts';

export function GET(): Response {
  return json(exportProposals(specification, exportOptions));
}
