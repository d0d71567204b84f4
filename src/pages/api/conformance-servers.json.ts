// The last run of the conformance suite over servers of others, as data.
import { serversReport } from '../../site/conformance-servers.ts';
import { json } from '../../site/json.ts';

export function GET(): Response {
  return json(serversReport);
}
