// Joins a text and the sandboxes in it: pointing at an event's name lights its rows, pointing at a row lights its clause.
// Works on what the build has drawn as well as on a sandbox that is alive; changes nothing but what is lit.

/** An event's name in a text: the whole of a piece of code. */
const NAME = /^[a-z]+(?:\.[a-z-]+)+$/;
/** What says which event it is: a row of the table, an arrow of the drawing. */
const ROW = '.sandbox [data-type]';
/** What is lit, as an attribute, so that no class of a component is in the way. */
const LIT = 'data-lit';

/** The name of an event that an element of the text stands for. */
function nameAt(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element) || target.closest('.sandbox')) return undefined;
  // A link around the code is what has the focus; the name of a card stands in its heading.
  const element = target.closest('code, a');
  const text = element?.textContent?.trim() ?? '';
  const name = text.replace(/^(?:send|receive) /, '');
  return NAME.test(name) ? name : undefined;
}

/** The clause that governs the row an element is in, where its text is on this page. */
function clauseAt(target: EventTarget | null): Element | undefined {
  if (!(target instanceof Element)) return undefined;
  const link = target.closest(ROW)?.querySelector<HTMLAnchorElement>('a[href*="#"]');
  const id = link?.hash.slice(1);
  const clause = id ? document.getElementById(decodeURIComponent(id)) : null;
  return clause?.classList.contains('requirement') ? clause : undefined;
}

/** Joins the texts of a page with its sandboxes. */
export function joinTextAndSandboxes(): void {
  // Rows come and go while a trace is scrolled and grows: a rule finds those that are there.
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  let lit: Element | undefined;
  let name: string | undefined;

  const look = ({ target }: Event) => {
    const clause = clauseAt(target);
    if (clause !== lit) {
      lit?.removeAttribute(LIT);
      clause?.setAttribute(LIT, '');
      lit = clause;
    }
    const found = nameAt(target);
    if (found === name) return;
    name = found;
    sheet.replaceSync(
      name === undefined
        ? ''
        : `tr[data-type="${name}"] { background: var(--signal-wash); box-shadow: inset 3px 0 var(--signal) }
g[data-type="${name}"] .row { fill: var(--signal-wash); stroke: var(--signal) }`,
    );
  };

  const shown = () => {
    const types = new Set<string>();
    for (const row of document.querySelectorAll<HTMLElement>(ROW))
      types.add(row.dataset.type ?? '');
    for (const code of document.querySelectorAll('.sl-markdown-content code'))
      if (!code.closest('.sandbox, pre'))
        code.toggleAttribute('data-in-trace', types.has(nameAt(code) ?? ''));
  };

  document.addEventListener('pointerover', look, { passive: true });
  document.addEventListener('focusin', look);
  document.addEventListener('portway:run', shown);
  shown();
}
