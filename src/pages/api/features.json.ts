// Every feature as data, with the events that need it.
import { exportOptions, json } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { exportFeatures } from '../../spec/export.ts';

export function GET(): Response {
  return json(exportFeatures(specification, exportOptions));
}
