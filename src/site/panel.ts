// Where a text leads to what is known of a requirement or a term, a press shows it beside the text. This much stands in
// every page; what draws the panel (panel-view.ts) comes when the pointer or the focus does.

import address from 'virtual:portway/panel';

/** Links that a panel can show: “About” of a requirement, and the use of a term. */
const LINKS = 'a.term, .requirement-links [href*="/r/"]';

const view = (): Promise<typeof import('./panel-view.ts')> => import(/* @vite-ignore */ address);
const base = import.meta.env.BASE_URL;
const linkAt = ({ target }: Event) =>
  target instanceof Element ? target.closest<HTMLAnchorElement>(LINKS) : null;

/** Begins to listen. A press with a key or another button goes to the page, as everywhere. */
export function offerPanels(): void {
  for (const sign of ['pointerover', 'focusin'])
    document.addEventListener(sign, (event) => {
      const link = linkAt(event);
      // Whoever presses hears of what fails.
      if (link) view().then(({ prepare }) => prepare(link, base), Boolean);
    });
  document.addEventListener('click', (event) => {
    const link = linkAt(event);
    const { defaultPrevented, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (!link || defaultPrevented || button || ctrlKey || metaKey || shiftKey || altKey) return;
    event.preventDefault();
    view().then(
      ({ openPanel }) => openPanel(link, base),
      () => location.assign(link.href),
    );
  });
}
