// Puts a button behind each text of a page that is there to be copied. Without script there is no button, and the text
// can be selected.

/** Names of the buttons by what they copy, where the text does not say it. */
const NAMES = { PRE: 'Copy as BibTeX', P: 'Copy as text' } as const;

export function offerCopies(): void {
  for (const text of document.querySelectorAll<HTMLElement>('.copyable')) {
    const name = text.dataset.copy ?? NAMES[text.tagName as keyof typeof NAMES] ?? 'Copy';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy small-button';
    button.textContent = name;
    const status = document.createElement('span');
    status.setAttribute('role', 'status');
    button.addEventListener('click', () => {
      // Of an address, the whole of it, which the page alone does not know.
      const copied = text.querySelector('a')?.href ?? text.textContent.trim();
      navigator.clipboard.writeText(copied).then(
        () => {
          status.textContent = 'Copied.';
        },
        () => {
          status.textContent = 'The browser does not let this page copy: select the text.';
        },
      );
    });
    const row = document.createElement('p');
    row.className = 'copy-row';
    row.append(button, ' ', status);
    text.after(row);
  }
}
