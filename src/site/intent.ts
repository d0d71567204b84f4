// `client:intent`: wakes an island when the reader's pointer or focus comes near, and repeats a click that came before
// the island could hear it. Pages that are only read load no script of the sandbox.
import type { ClientDirective } from 'astro';

/** Pixels of the window within which a pointer has not moved. */
const RESTING = 4;
const SIGNS = ['pointerenter', 'pointerdown', 'focusin', 'touchstart'] as const;

/** Gives the island its properties, where the build has put them into a file (island-props.ts). */
async function fetchProps(element: HTMLElement): Promise<void> {
  const address = element.dataset.props;
  if (address === undefined || element.hasAttribute('props')) return;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  element.setAttribute('props', await response.text());
}

/**
 * Links the styles that the build has taken out of the page until now: sheets that were drawn in part, each behind that
 * part (drawn-styles.ts), and those of which nothing was (late-styles.ts), in their order.
 */
async function fetchStyles(element: HTMLElement): Promise<void> {
  const parts = document.querySelectorAll<HTMLLinkElement>('link[data-whole]');
  const addresses = element.dataset.styles?.split(' ') ?? [];
  await Promise.all([
    ...[...parts].map((part) => link(part.dataset.whole ?? '', (sheet) => part.after(sheet))),
    ...addresses.map((address) => link(address, (sheet) => document.head.append(sheet))),
  ]);
}

/** Settles when the sheet holds; at once where it is linked already. */
async function link(address: string, place: (sheet: HTMLLinkElement) => void): Promise<void> {
  if (document.querySelector(`link[rel='stylesheet'][href='${address}']`)) return;
  const sheet = document.createElement('link');
  sheet.rel = 'stylesheet';
  sheet.href = address;
  await new Promise((resolve, reject) => {
    sheet.onload = resolve;
    sheet.onerror = () => {
      sheet.remove();
      reject(new Error(`${address} was not loaded`));
    };
    place(sheet);
  });
}

/**
 * Makes a press on a button count where the button moves under the resting pointer before it is released, as it does when
 * the island wakes in between: the browser gives such a click to neither.
 */
function keepPresses(element: HTMLElement): void {
  element.addEventListener('pointerdown', (down) => {
    const button = down.target instanceof Element ? down.target.closest('button') : null;
    if (!button || down.button !== 0) return;
    const ended = new AbortController();
    const { signal } = ended;
    const release = (up: PointerEvent) => {
      if (up.pointerId !== down.pointerId) return;
      ended.abort();
      const rested = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) <= RESTING;
      if (up.type !== 'pointerup' || !rested) return;
      let heard = false;
      const hear = () => {
        heard = true;
      };
      button.addEventListener('click', hear, { capture: true });
      // The click of the browser, if there is one, comes before.
      setTimeout(() => {
        button.removeEventListener('click', hear, { capture: true });
        if (!heard && button.isConnected) button.click();
      });
    };
    addEventListener('pointerup', release, { capture: true, signal });
    addEventListener('pointercancel', release, { capture: true, signal });
  });
}

const intent: ClientDirective = (load, options, element) => {
  let missed: HTMLElement | undefined;
  let waking = false;
  const notice = document.createElement('p');
  notice.role = 'alert';
  notice.className = 'try-notice';

  const remember = (event: Event) => {
    if (event.target instanceof HTMLElement) missed = event.target.closest('button') ?? undefined;
  };

  const wake = async () => {
    if (waking) return;
    waking = true;
    for (const sign of SIGNS) element.removeEventListener(sign, wake);
    // Astro does not let us see what failed: it tells the element, and gives back a function that does nothing.
    let failed = false;
    const fail = () => {
      failed = true;
    };
    element.addEventListener('astro:hydration-error', fail);
    try {
      // Before the component: Astro wakes an island that has one when its properties come.
      await Promise.all([fetchProps(element), fetchStyles(element)]);
      const hydrate = await load();
      await hydrate();
    } catch {
      fail();
    }
    element.removeEventListener('astro:hydration-error', fail);
    if (failed) {
      waking = false;
      missed = undefined;
      listen();
      // Beside the island: what is in it must stay as it was drawn, to be woken later.
      notice.textContent = 'The sandbox could not be loaded. Check the connection and try again.';
      element.before(notice);
      return;
    }
    notice.remove();
    element.removeEventListener('click', remember, true);
    if (missed?.isConnected) missed.click();
  };

  const listen = () => {
    for (const sign of SIGNS) element.addEventListener(sign, wake, { passive: true });
  };

  // The address asks for something: code of a link, which has to be seen before a click on Run means it, or safe mode.
  const asks = /^#s\d+\./.test(location.hash) || /[?&]safe(?:[=&]|$)/.test(location.search);
  if (!asks) element.addEventListener('click', remember, true);
  listen();
  keepPresses(element);

  // An event of the trace is asked for, of the first sandbox on the page.
  const asksEvent = () =>
    location.hash.startsWith('#t=') &&
    document.querySelector(`astro-island[client='intent']`) === element;

  // What a reader has edited before is shown at once.
  const key = typeof options.value === 'string' ? options.value : '';
  try {
    if (asks || asksEvent() || (key && localStorage.getItem(key) !== null)) void wake();
  } catch {
    // Storage is closed: nothing was kept.
  }
  // A link of this page to itself, such as one that is pasted into the address.
  addEventListener('hashchange', () => {
    if (/^#s\d+\./.test(location.hash) || asksEvent()) void wake();
  });
};

export default intent;
