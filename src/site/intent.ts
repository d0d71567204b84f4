// `client:intent`: wakes an island when the reader's pointer or focus comes near, and repeats a click that came before
// the island could hear it. Pages that are only read load no script of the sandbox.
import type { ClientDirective } from 'astro';

const SIGNS = ['pointerenter', 'pointerdown', 'focusin', 'touchstart'] as const;

const intent: ClientDirective = (load, options, element) => {
  let missed: HTMLElement | undefined;
  let waking = false;

  const remember = (event: Event) => {
    if (event.target instanceof HTMLElement) missed = event.target.closest('button') ?? undefined;
  };

  const wake = async () => {
    if (waking) return;
    waking = true;
    for (const sign of SIGNS) element.removeEventListener(sign, wake);
    try {
      const hydrate = await load();
      await hydrate();
    } catch {
      // The next touch tries again.
      waking = false;
      listen();
      const status = element.querySelector('[role=status]');
      if (status)
        status.textContent = 'The sandbox could not be loaded. Check the connection and try again.';
      return;
    }
    element.removeEventListener('click', remember, true);
    if (missed?.isConnected) missed.click();
  };

  const listen = () => {
    for (const sign of SIGNS) element.addEventListener(sign, wake, { passive: true });
  };

  element.addEventListener('click', remember, true);
  listen();

  // What a reader has edited before is shown at once.
  const key = typeof options.value === 'string' ? options.value : '';
  try {
    if (key && localStorage.getItem(key) !== null) void wake();
  } catch {
    // Storage is closed: nothing was kept.
  }
};

export default intent;
