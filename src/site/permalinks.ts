// Addresses of places: each heading of a text gets a link to itself, and a press on it, or on the id of a requirement,
// copies the whole address; in a draft, each gets a link to where an edit of it begins. Without script the contents and
// the ids are links all the same, and the page has one link to where an edit begins.
import { changeHref, type ShownText, shownText } from './passage.ts';
import { prepareToSay, say } from './said.ts';

const HEADINGS = '.sl-markdown-content > :is(h2, h3, h4)[id]';
/** What stands for its own place. */
const LINKS = 'a.here, a.requirement-id, .card > header a';

export function offerAddresses(): void {
  const draft = draftShown();
  for (const heading of document.querySelectorAll<HTMLElement>(HEADINGS)) {
    const name = heading.textContent.trim();
    const link = document.createElement('a');
    link.className = 'here';
    link.href = `#${heading.id}`;
    link.setAttribute('aria-label', `Link to section ${name}`);
    // The heading is called what it says, without the link in it.
    heading.setAttribute('aria-label', name);
    heading.append(link);
    if (draft) heading.append(' ', editLink(draft, heading, `section ${name}`));
  }
  for (const requirement of draft ? document.querySelectorAll('.requirement') : []) {
    const links = requirement.querySelector('.requirement-links');
    // Before the others, which stand at the end of the line: a pointer may be on its way to one of them.
    if (draft && links) links.prepend(editLink(draft, requirement, requirement.id));
  }
  prepareToSay();
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>(LINKS);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.getAttribute('href')?.startsWith('#')) copyAddress(link);
  });
}

/** The draft that the page shows, if it does: a published text does not change. */
function draftShown(): ShownText | undefined {
  const text = shownText(document.body);
  return text?.revision === undefined ? text : undefined;
}

function editLink(draft: ShownText, place: Element, name: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.className = 'edit';
  link.href = changeHref(draft, place.id);
  link.setAttribute('aria-label', `Propose an edit of ${name}`);
  // What it shows is drawn by the style sheet: words would be words of the heading.
  return link;
}

export function copyAddress({ href, hash }: HTMLAnchorElement): void {
  navigator.clipboard.writeText(href).then(
    () => say(`Address copied: ${hash}`),
    () => say(`The browser does not let this page copy. The address is ${href}`),
  );
}
