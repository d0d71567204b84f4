// Every edition as data: its chapters with revision, checksum and addresses.
import { exportEditions } from '../../site/editions.ts';
import { publicUrl } from '../../site/href.ts';
import { json } from '../../site/json.ts';

export function GET(): Response {
  return json(exportEditions(publicUrl));
}
