// The keys of a text: n and p go from requirement to requirement, r and d work the tools above the text, y copies an
// address. Says what it has come to, and leaves out what is folded.
import { copyAddress } from './permalinks.ts';
import { say } from './said.ts';

/** How far below the top of the window a requirement may stand and be the one that is being read, in CSS pixels. */
const READING = 180;

export function walkRequirements(tools: Element): void {
  /** Those whose sentence is shown. */
  const readable = () =>
    [...document.querySelectorAll<HTMLElement>('.requirement')].filter(({ lastElementChild }) =>
      Boolean(
        lastElementChild &&
          !lastElementChild.hasAttribute('hidden') &&
          lastElementChild.getClientRects().length > 0,
      ),
    );

  /** The one that has the focus or that the address names, while it can be seen; else the last that was reached. */
  const current = (all: readonly HTMLElement[]): number => {
    const named = [
      document.activeElement?.closest('.requirement'),
      document.querySelector(':target'),
    ];
    for (const one of named) {
      const box = one?.getBoundingClientRect();
      const place = all.indexOf(one as HTMLElement);
      if (place >= 0 && box && box.bottom > 0 && box.top < innerHeight) return place;
    }
    return all.findLastIndex((one) => one.getBoundingClientRect().top < READING);
  };

  const go = (by: number) => {
    const all = readable();
    const place = current(all) + by;
    const next = all[place];
    if (!next) {
      say(place < 0 ? 'This is the first requirement.' : 'This is the last requirement.');
      return;
    }
    // Not one entry of the history for each press.
    location.replace(`#${next.id}`);
    next.querySelector<HTMLElement>('.requirement-id')?.focus({ preventScroll: true });
    say(`Requirement ${place + 1} of ${all.length}.`, next.lastElementChild?.textContent ?? '');
  };

  const nextRole = () => {
    const menu = tools.querySelector('select');
    if (!menu) return;
    menu.selectedIndex = (menu.selectedIndex + 1) % menu.length;
    menu.dispatchEvent(new Event('change', { bubbles: true }));
    if (menu.value === '') say('Reading as everyone: all requirements.');
  };

  const copyCurrent = () => {
    const all = readable();
    const link = all[current(all)]?.querySelector<HTMLAnchorElement>('.requirement-id');
    if (link) copyAddress(link);
    else say('No requirement has been reached yet.');
  };

  const acts: Readonly<Record<string, () => void>> = {
    n: () => go(1),
    p: () => go(-1),
    r: nextRole,
    d: () => tools.querySelector('input')?.click(),
    y: copyCurrent,
  };

  document.addEventListener('portway:key', (event) => {
    const key = (event as CustomEvent<string>).detail;
    // A sandbox has keys of its own.
    if (!Object.hasOwn(acts, key) || (event.target as Partial<Element>).closest?.('.sandbox'))
      return;
    event.preventDefault();
    acts[key]?.();
  });
}
