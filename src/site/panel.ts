// Where a text leads to what is known of a requirement or a term, a press shows it beside the text. This much stands in
// every page and is as short as it can be; what draws the panel (panel-view.ts) comes when the pointer or the focus does.

import address from 'virtual:portway/panel';

/** Links that a panel can show: “About” of a requirement, and the use of a term. */
const LINKS = '.term,.requirement-links [href*="/r/"]';

const view = (): Promise<typeof import('./panel-view.ts')> => import(/* @vite-ignore */ address);

function onLinks(type: string, act: (link: HTMLAnchorElement, event: Event) => void): void {
  document.addEventListener(type, (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(LINKS);
    if (link) act(link, event);
  });
}

/** Begins to listen. A press with a key or another button goes to the page, as everywhere. */
export function offerPanels(): void {
  // Whoever presses hears of what fails.
  for (const sign of ['pointerover', 'focusin'])
    onLinks(sign, (link) => view().then(({ prepare }) => prepare(link), Boolean));
  onLinks('click', (link, event) => {
    const { ctrlKey, metaKey, shiftKey, altKey } = event as MouseEvent;
    if (ctrlKey || metaKey || shiftKey || altKey) return;
    event.preventDefault();
    view().then(
      ({ openPanel }) => openPanel(link),
      () => location.assign(link.href),
    );
  });
}
