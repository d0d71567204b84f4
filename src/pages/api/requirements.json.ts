// Every requirement as data.
import { exportOptions, json } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { exportRequirements } from '../../spec/export.ts';

export function GET(): Response {
  return json(exportRequirements(specification, exportOptions));
}
