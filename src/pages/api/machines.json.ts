// Every state machine as data: states, guards, actions and the whole table.
import { exportOptions, json } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { exportMachines } from '../../spec/export.ts';

export function GET(): Response {
  return json(exportMachines(specification, exportOptions));
}
