// Static JSON endpoints: one answer, indented so that a person can read it too.
import { type ExportOptions, historyIn, jsonText } from '../spec/export.ts';
import { examplesShowing } from './examples.ts';
import { href, publicUrl } from './href.ts';
import { register } from './published.ts';
import { testsOf } from './tests.ts';

export function json(value: unknown): Response {
  return new Response(jsonText(value), {
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  });
}

/** What the site adds to the specification as data: its own addresses, examples, tests and the register. */
export const exportOptions: ExportOptions = {
  address: (path) => publicUrl(href(path)),
  knowledge: {
    tests: testsOf,
    examples: (id) => examplesShowing(id).map(({ slug }) => slug),
    history: (id) => historyIn(register, id),
  },
};
