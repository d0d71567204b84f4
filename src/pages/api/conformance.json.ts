// The last run of the conformance suite over the reference gateway, as data.
import { report } from '../../site/conformance.ts';
import { json } from '../../site/json.ts';

export function GET(): Response {
  return json(report);
}
