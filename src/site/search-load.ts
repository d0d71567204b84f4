// Opens the search, by its button, by Ctrl+K or by `/`. Part of every page, so what searches (components/search.ts) comes
// with the first opening; the dialog stands in the page, and what is typed until then is searched for too.

// As the address of a file: see text-tools-load.ts.
import search from './components/search.ts?worker&url';

export function offerSearch(): void {
  const dialog = document.querySelector<HTMLDialogElement>('site-search dialog');
  const button = document.querySelector<HTMLButtonElement>('.search-open');
  if (!dialog || !button) return;
  const open = (event: Event) => {
    if (dialog.open) return;
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector('input')?.select();
    void import(/* @vite-ignore */ search);
  };
  button.disabled = false;
  button.addEventListener('click', open);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'k' && (event.ctrlKey || event.metaKey)) open(event);
  });
  document.addEventListener('portway:key', (event) => {
    if ((event as CustomEvent<string>).detail === '/') open(event);
  });
}
