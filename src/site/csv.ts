// Rows of plain values as CSV (RFC 4180): a head, lines that end with CRLF, quotation marks only where they are needed.

type Value = string | number | null;

/** The keys of the first row are the head. A value that a spreadsheet could take for a formula is made text. */
export function csvText(rows: readonly Readonly<Record<string, Value>>[]): string {
  const head = Object.keys(rows[0] ?? {});
  const lines = [head, ...rows.map((row) => head.map((key) => row[key] ?? ''))];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Value): string {
  const text = String(value ?? '').replace(/^[=+@\t\r-]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
