// Goes through the changes of a redline by the keys n and p, says which one it has come to, and knows which place of the
// other texts a change belongs to. Without it, the links beside each change do the same.

/** How far below the top of the window a change may stand and be the one that is being read, in CSS pixels. */
const READING = 180;

/** The clause or heading that a change stands in or behind: its number means nothing in another text. */
function placeOf(change: Element): string {
  let found = '';
  for (const other of document.querySelectorAll('.redline [id]:not([id^="change-"])')) {
    // What stands inside of the change is nearer than what stands before it.
    if (change.contains(other)) return other.id;
    if (change.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) break;
    found = other.id;
  }
  return found;
}

export function walkChanges(): void {
  const count = Number(document.querySelector<HTMLElement>('.redline')?.dataset.changes ?? 0);
  const status = document.querySelector('.redline-status');
  if (count === 0) return;
  document.documentElement.dataset.keys = 'n p';

  const at = (number: number) => document.getElementById(`change-${number}`);
  const changes = Array.from({ length: count }, (_, index) => index + 1);

  // Behind the listener of redline-place.ts, which takes the fragment as it is.
  const keep = () => {
    const change = at(Number(/^#change-(\d+)$/.exec(location.hash)?.[1] ?? 0));
    const place = change && placeOf(change);
    if (place === null) return;
    // Not shared with redline-place.ts: that would be one more file to load for every page of a proposal.
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-place]'))
      link.hash = place;
  };
  addEventListener('hashchange', keep);
  keep();

  /** The change that the address names while it can be seen, or else the last one above the middle of the reading. */
  const current = (): number => {
    const named = Number(/^#change-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    const box = at(named)?.getBoundingClientRect();
    if (box && box.bottom > 0 && box.top < innerHeight) return named;
    const above = changes.filter(
      (number) => (at(number)?.getBoundingClientRect().top ?? Infinity) < READING,
    );
    return above.at(-1) ?? 0;
  };

  const go = (number: number) => {
    const change = at(number);
    if (!change) {
      if (status)
        status.textContent = number < 1 ? 'This is the first change.' : 'This is the last change.';
      return;
    }
    location.hash = `change-${number}`;
    change.focus({ preventScroll: true });
    const entry = document.querySelector(`.changes [href="#change-${number}"]`);
    if (status)
      status.textContent = `Change ${number} of ${count}: ${entry?.textContent?.trim() ?? ''}`;
  };

  document.addEventListener('portway:key', (event) => {
    const key = (event as CustomEvent<string>).detail;
    if (key !== 'n' && key !== 'p') return;
    event.preventDefault();
    go(current() + (key === 'n' ? 1 : -1));
  });
}
