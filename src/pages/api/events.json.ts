// Every event as data, with its fields as the proposal declares them.
import { exportOptions, json } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { exportEvents } from '../../spec/export.ts';

export function GET(): Response {
  return json(exportEvents(specification, exportOptions));
}
