// Every requirement as a table for spreadsheets: CSV as of RFC 4180, in UTF-8.
import { csvText } from '../../site/csv.ts';
import { exportOptions } from '../../site/json.ts';
import { specification } from '../../site/specification.ts';
import { exportRequirements } from '../../spec/export.ts';

export function GET(): Response {
  const rows = exportRequirements(specification, exportOptions).map((row) => ({
    ...row,
    tests: row.tests.join(' '),
    examples: row.examples.join(' '),
  }));
  return new Response(csvText(rows), { headers: { 'Content-Type': 'text/csv; charset=utf-8' } });
}
