// Addresses of places: each heading of a text gets a link to itself, and a press on it, or on the id of a requirement,
// copies the whole address. Without script the contents and the ids are links all the same.
import { prepareToSay, say } from './said.ts';

const HEADINGS = '.sl-markdown-content > :is(h2, h3, h4)[id]';
/** What stands for its own place. */
const LINKS = 'a.here, a.requirement-id, .card > header a';

export function offerAddresses(): void {
  for (const heading of document.querySelectorAll<HTMLElement>(HEADINGS)) {
    const name = heading.textContent.trim();
    const link = document.createElement('a');
    link.className = 'here';
    link.href = `#${heading.id}`;
    link.setAttribute('aria-label', `Link to section ${name}`);
    // The heading is called what it says, without the link in it.
    heading.setAttribute('aria-label', name);
    heading.append(link);
  }
  prepareToSay();
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>(LINKS);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.getAttribute('href')?.startsWith('#')) copyAddress(link);
  });
}

export function copyAddress({ href, hash }: HTMLAnchorElement): void {
  navigator.clipboard.writeText(href).then(
    () => say(`Address copied: ${hash}`),
    () => say(`The browser does not let this page copy. The address is ${href}`),
  );
}
