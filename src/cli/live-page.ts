// What the viewer of a live trace is besides its script: the page that loads it, and the clauses that its rows link to.
// Every text from outside is escaped.

import { REQUIREMENTS } from '../interface/requirements.generated.ts';
import { html } from './dev-page.ts';

/** The page. `app` is the application's file, as it was typed. */
export function viewerPage(app: string): string {
  return page(
    `Trace of ${app}`,
    `<div id="live" data-app="${html(app)}"></div>
<noscript><p>The trace is shown by a script, and scripts are off in this browser.
<code>portway dev --trace FILE</code> writes it to a file, and <code>portway replay FILE --show</code> prints it.</p></noscript>
<script type="module" src="/live.js"></script>
`,
  );
}

/** The clauses of a proposal, each at its anchor, or of all proposals. Undefined where there is no such proposal. */
export function clausesPage(proposal?: string): string | undefined {
  const clauses = Object.entries(REQUIREMENTS).filter(
    ([, clause]) => proposal === undefined || clause.proposal === proposal,
  );
  if (clauses.length === 0) return undefined;
  const title = proposal === undefined ? 'All clauses' : `Clauses of proposal ${Number(proposal)}`;
  const items = clauses.map(
    ([id, { text }]) => `<dt id="${html(id)}"><code>${html(id)}</code></dt>
<dd>${html(text).replace(/`([^`]+)`/g, '<code>$1</code>')}</dd>
`,
  );
  return page(
    title,
    `<main class="clauses">
<h1>${title}</h1>
<p>The requirements alone, as this version of <code>portway</code> knows them.</p>
<dl>
${items.join('')}</dl>
</main>
<script type="module" src="/live.js"></script>
`,
  );
}

/** A page that says in a sentence or two why there is no other. */
export function noticePage(title: string, text: string): string {
  return page(title, `<main><h1>${html(title)}</h1>\n<p>${html(text)}</p></main>\n`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${html(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/live.css">
</head>
<body>
${body}</body>
</html>
`;
}
